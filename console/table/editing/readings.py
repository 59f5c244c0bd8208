"""What a text of a table says as plain data, remembered: one edit reads a text several times.

What is returned is shared, so nobody changes it.
"""

from functools import lru_cache
from typing import Any

from console.table.problems import Problem
from console.table.yaml_source import read_source

TEXTS_KEPT = 4
"""A draft's text before and after an edit, the file's, and one to spare."""


@lru_cache(maxsize=TEXTS_KEPT)
def data_of(text: str) -> tuple[Any, Problem | None]:
    """Return the data in `text` and the first problem of reading it.

    The data is None where the text is not one YAML document; it is to be read only.
    """
    source = read_source(text)
    return source.data, source.problems[0] if source.problems else None
