"""Lines of a text by the offsets in it, and values as they are written into one."""

from typing import Any

import yaml

_NEVER_WRAPPED = 10**9
_SHORT = 88
"""Characters up to which a new collection is written on one line."""


def line_start(text: str, offset: int) -> int:
    """Return where the line begins in which `offset` lies."""
    return text.rfind("\n", 0, offset) + 1


def line_end(text: str, offset: int) -> int:
    """Return where the line ends in which `offset` lies, behind its line break."""
    end = text.find("\n", offset)
    return len(text) if end < 0 else end + 1


def break_of(text: str) -> str:
    """Return how the lines of a text are ended."""
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def column(text: str, offset: int) -> int:
    """Return how many characters stand before `offset` in its line."""
    return offset - line_start(text, offset)


def comments_above(text: str, start: int) -> int:
    """Return where the comment begins that stands right above the line beginning at `start`.

    A blank line ends a comment: what stands above it is about more than the line below.
    """
    while start > 0:
        above = line_start(text, start - 1)
        if not text[above:start].lstrip(" ").startswith("#"):
            return start
        start = above
    return start


def inline(value: Any, style: str = "") -> str:
    """Return a value on one line; `style` is the quote a text is to have, where it can."""
    quote = style if style in ("'", '"') and isinstance(value, str) else None
    text = yaml.dump(
        [value],
        Dumper=_Inline,
        default_flow_style=True,
        default_style=quote,
        allow_unicode=True,
        sort_keys=False,
        width=_NEVER_WRAPPED,
    )
    return text.rstrip("\n")[1:-1]


def block(value: Any, indent: int) -> list[str]:
    """Return a collection as lines, each `indent` blanks in."""
    text = yaml.dump(
        value,
        Dumper=_Block,
        default_flow_style=False,
        allow_unicode=True,
        sort_keys=False,
        width=_NEVER_WRAPPED,
    )
    return [" " * indent + row if row else row for row in text.rstrip("\n").split("\n")]


def is_short(value: Any) -> bool:
    """Return whether a collection goes on one line."""
    return len(inline(value)) <= _SHORT


def represented(dumper: yaml.SafeDumper, text: str, style: str | None = None) -> yaml.ScalarNode:
    """Return a text as it can be read back: quoted where a sign in it would be taken for a break.

    YAML 1.1 takes U+0085, U+2028 and U+2029 for line breaks; within quotes they are escaped.
    """
    if not text.isprintable() and not text.replace("\n", "").isprintable():
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


class _Inline(yaml.SafeDumper):
    """Writes everything on one line."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything where it stands."""
        return True


class _Block(yaml.SafeDumper):
    """Writes lists of plain values, and what is small and within, on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Put the dashes of a list under its key, two blanks in."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Write everything where it stands."""
        return True


def _list(dumper: yaml.SafeDumper, items: list[Any]) -> yaml.SequenceNode:
    plain = all(not isinstance(item, (dict, list)) for item in items)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", items, flow_style=plain)


_Block.add_representer(list, _list)
_Block.add_representer(str, represented)
_Inline.add_representer(str, represented)
