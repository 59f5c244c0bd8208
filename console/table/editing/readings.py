"""What a text of a table says as plain data, remembered: one edit reads a text several times.

What is returned is shared, so nobody changes it.
"""

from functools import lru_cache
from typing import Any

from console.table.problems import Problem
from console.table.rereading import TEXTS_KEPT, reread
from console.table.yaml_source import read_source


@lru_cache(maxsize=TEXTS_KEPT)
def data_of(text: str) -> tuple[Any, Problem | None]:
    """Return the data in `text` and the first problem of reading it.

    The data is None where the text is not one YAML document; it is to be read only. Rules whose
    lines are the same in two texts are the same objects.
    """
    again = reread(text)
    source = again.source if again is not None else read_source(text)
    return source.data, source.problems[0] if source.problems else None
