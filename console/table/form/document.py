"""One entry under edit: its lines, and the fields drawn from them. Two views, one text.

A field is typed into the lines, so comments and quotes in them stay; whatever is typed as YAML is
what the fields then show. It knows no screen.
"""

from dataclasses import replace
from typing import Any

from console.table.editing.change import EditRefusedError, Step, changed, differences
from console.table.editing.entries import entry_line, entry_text, with_entry_text
from console.table.editing.tree import Path
from console.table.form.additions import Addition, additions_to
from console.table.form.entries import NOUNS, entry_fields
from console.table.form.field import MISSING, Field, value_at
from console.table.form.values import typed_value
from console.table.problems import Problem
from console.table.yaml_source import join, read_source


class EntryDocument:
    """An entry of the table in `table_text`, found at `path`. Raises EditRefusedError.

    `text` holds its lines as they are now, without what they are indented by.
    """

    def __init__(self, table_text: str, path: Path) -> None:
        self.table_text, self.path = table_text, path
        self.first = entry_text(table_text, path)
        self.first_line = entry_line(table_text, path)
        self._text = self.first
        self._fields: list[Field] = []
        self.trouble = ""
        """Why the lines cannot be read as fields now, which then are those read last."""
        self._typing: tuple[Path, str, Any] | None = None
        self._root: Path = (0,) if self.is_rule else (path[-1],)
        """Where the entry stands in its own lines, as they could last be read."""
        self._read()

    @property
    def section(self) -> str:
        """The section the entry stands in, or the key it is."""
        return str(self.path[0])

    @property
    def is_rule(self) -> bool:
        """Whether it is a rule, which has a number and not a name."""
        return isinstance(self.path[-1], int)

    @property
    def noun(self) -> str:
        """What such an entry is called."""
        return "rule" if self.is_rule else NOUNS.get(self.section, self.section)

    @property
    def text(self) -> str:
        """The lines as they are now."""
        return self._text

    @property
    def fields(self) -> list[Field]:
        """The fields of the lines as they could last be read."""
        return self._fields

    @property
    def is_changed(self) -> bool:
        """Whether the lines say anything else than at first."""
        return self._text.strip() != self.first.strip()

    @property
    def whole(self) -> str:
        """The table with these lines in it. Raises EditRefusedError where they reach beyond."""
        return self.with_text(self._text)

    def with_text(self, text: str) -> str:
        """Return the table with other lines in the entry's place. Raises EditRefusedError."""
        return with_entry_text(self.table_text, self.path, text)

    def type_text(self, text: str) -> None:
        """Take the lines as they were typed, whatever they are."""
        if text != self._text:
            self._text, self._typing = text, None
            self._read()

    def type_field(self, field: Field, typed: str) -> None:
        """Put what was typed into a field into the lines. Raises EditRefusedError.

        While one field is typed in, each key starts from the lines as they were before the first:
        a value that is cleared and typed anew keeps its place and the comment beside it.
        """
        if self._typing is None or self._typing[0] != field.path:
            self._typing = (field.path, self._text, field.value)
        _, before, old = self._typing
        value = typed_value(replace(field, value=old), typed)
        data = read_source(before).data
        try:
            self._change(before, _steps(data, field.path, old, value))
        except EditRefusedError:
            if old is MISSING or value is MISSING:
                raise
            self._change(before, [("set", field.path, value)])

    def leave_field(self) -> None:
        """Take what was typed into a field as done: what is typed next starts from here."""
        self._typing = None

    def add(self, addition: Addition) -> None:
        """Add something. Raises EditRefusedError."""
        what, path, value = addition.step
        data = read_source(self._text).data
        if what == "set":
            self._change(self._text, [_with_parents(data, path, value)])
        else:
            self._change(self._text, [(what, path, value)])
        self._typing = None

    def remove(self, field: Field) -> None:
        """Take away what the field belongs to. Raises EditRefusedError."""
        if not field.owner:
            raise EditRefusedError(f"`{field.label}` cannot be taken away.", "Empty it instead.")
        self._change(self._text, [("delete", field.owner, None)])
        self._typing = None

    def additions(self, field: Field | None) -> list[Addition]:
        """Return what can be added from where one stands."""
        within = field.within if field is not None else self._root
        return additions_to(read_source(self._text).data, within, self.section)

    def field_of(self, problem: Problem) -> Field | None:
        """Return the field that a problem of the table is about; None where it is elsewhere."""
        nearest, length = None, -1
        for field in self._fields:
            path = self.table_path(field)
            is_within = problem.path == path or problem.path.startswith((f"{path}.", f"{path}["))
            if is_within and len(path) > length:
                nearest, length = field, len(path)
        return nearest

    def is_about(self, problem: Problem) -> bool:
        """Return whether a problem of the table is about this entry."""
        root = _joined(self._table_root)
        last = self.first_line + self._text.rstrip("\n").count("\n")
        on_its_lines = problem.code == "not-yaml" and self.first_line <= problem.line <= last
        return (
            on_its_lines
            or problem.path == root
            or problem.path.startswith((f"{root}.", f"{root}["))
        )

    def table_path(self, field: Field) -> str:
        """Return the path of a field in the table, as problems give it."""
        rest = field.path[1:] if self._root else field.path
        return _joined((*self._table_root, *rest))

    @property
    def _table_root(self) -> Path:
        return self.path if self.is_rule else (*self.path[:-1], *self._root)

    def _change(self, before: str, steps: list[Step]) -> None:
        self._text = changed(before, steps) if steps else before
        self._read()

    def _read(self) -> None:
        source = read_source(self._text)
        if source.problems:
            first = source.problems[0]
            self.trouble = f"Line {first.line} cannot be read: {first.message}"
            return
        data = source.data
        if not isinstance(data, list if self.is_rule else dict) or len(data) != 1:
            is_rule = self.is_rule
            self.trouble = "These lines are not one rule." if is_rule else "They are not one entry."
            return
        if not self.is_rule:
            self._root = (next(iter(data)),)
        self._fields = entry_fields(self.section, value_at(data, self._root), self._root)
        self.trouble = ""


def _steps(data: Any, path: Path, before: Any, value: Any) -> list[Step]:
    if value is MISSING:
        return [] if before is MISSING else [("delete", path, None)]
    if before is MISSING:
        return [_with_parents(data, path, value)]
    return differences(path, before, value)


def _with_parents(data: Any, path: Path, value: Any) -> Step:
    """Return the step that sets a value also where the mapping it belongs to is not there yet."""
    for length in range(1, len(path)):
        if value_at(data, path[:length]) is None:
            for inner in reversed(path[length:]):
                value = {inner: value}
            return ("set", path[:length], value)
    return ("set", path, value)


def _joined(path: Path) -> str:
    text = ""
    for key in path:
        text = join(text, key)
    return text
