"""The index of the words of texts, kept in step with `bodies` by whoever writes or deletes there.

An external content table of FTS5 (https://sqlite.org/fts5.html#external_content_tables). SQLite's
triggers could keep it, but not in a connection that trusts no schema, which all of ours are.
"""

import sqlite3
from collections.abc import Callable, Sequence

import msgspec

_TEXTS = "prompt, system, conversation, answer"
_OF_THESE = f"{_TEXTS} FROM bodies WHERE seq IN (SELECT value FROM json_each(?))"  # noqa: S608 - ours
_MERGED_PAGES = 64

CREATE = (
    f"CREATE VIRTUAL TABLE words USING fts5({_TEXTS}, content = 'bodies', content_rowid = 'seq',"
    " columnsize = 0, tokenize = 'unicode61 remove_diacritics 2')"
)


def forget_words(connection: sqlite3.Connection, seqs: Sequence[int]) -> None:
    """Take the words of these requests' texts out, before the texts are changed or deleted."""
    connection.execute(
        f"INSERT INTO words (words, rowid, {_TEXTS}) SELECT 'delete', seq, {_OF_THESE}",
        [_bound(seqs)],
    )


def add_words(connection: sqlite3.Connection, seqs: Sequence[int]) -> None:
    """Put the words of these requests' texts in, once the texts are there."""
    connection.execute(
        f"INSERT INTO words (rowid, {_TEXTS}) SELECT seq, {_OF_THESE}",
        [_bound(seqs)],
    )


def index_all(connection: sqlite3.Connection) -> None:
    """Make the index anew from all texts there are."""
    connection.execute("INSERT INTO words (words) VALUES ('rebuild')")


def drop_forgotten(connection: sqlite3.Connection, goes_on: Callable[[], bool]) -> None:
    """Merge the index, in short steps as long as `goes_on`, so that forgotten words leave the file.

    A forgotten word is only marked as such until what holds it is merged.
    """
    pages = -_MERGED_PAGES
    while goes_on():
        before = connection.total_changes
        connection.execute("INSERT INTO words (words, rank) VALUES ('merge', ?)", [pages])
        if connection.total_changes - before < 2:
            return
        pages = _MERGED_PAGES


def _bound(seqs: Sequence[int]) -> str:
    return msgspec.json.encode(list(seqs)).decode()
