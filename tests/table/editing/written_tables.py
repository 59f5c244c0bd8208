"""Tables written in every style: block and flow, quotes, comments, blank lines, CRLF, no end."""

from typing import Any

from hypothesis import strategies as st

WORDS = [
    "refund",
    "a: b",
    "#1",
    "it's",
    'say "hi"',
    "tab\there",
    "été 日本",
    "yes",
    "12",
    "- x",
    "",
    "a\u2028b",
]

_words = st.sampled_from(WORDS)
_whens = st.fixed_dictionaries(
    {},
    optional={
        "prompt": st.lists(_words.filter(bool), min_size=1, max_size=3),
        "input_tokens": st.fixed_dictionaries({"min": st.integers(0, 9)}),
        "stream": st.booleans(),
        "none_of": st.lists(
            st.fixed_dictionaries({"task": st.sampled_from(["a", "b"])}), min_size=1, max_size=2
        ),
    },
)


@st.composite
def rules(draw: st.DrawFn, number: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"id": f"rule-{number}"}
    if draw(st.booleans()):
        rule["because"] = draw(_words)
    rule["when"] = draw(_whens)
    if draw(st.booleans()):
        rule["enabled"] = draw(st.booleans())
    rule["route"] = draw(st.sampled_from(["small", "large"]))
    return rule


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """A text and what it says."""
    count = draw(st.integers(1, 4))
    found = [draw(rules(number)) for number in range(count)]
    data = {"version": 1, "rules": found, "default": "small"}
    dash = draw(st.sampled_from(["", "  ", "    "]))
    lines = ["version: 1"]
    lines += draw(st.sampled_from([[], ["", "# The rules, in their order."], ["# c"]]))
    if draw(st.integers(0, 5)) == 0:
        lines.append("rules: [" + ", ".join(_flow(draw, rule) for rule in found) + "]")
    else:
        lines.append("rules:" + draw(_comment))
        apart = draw(st.booleans())
        for place, rule in enumerate(found):
            if place and apart:
                lines.append("")
            if draw(st.booleans()):
                lines.append(f"{dash}# about {rule['id']}")
            lines += _rule(draw, rule, dash)
    lines += ["", "# The end.", "default: small" + draw(_comment)]
    text = draw(st.sampled_from(["\n", "\r\n"])).join(lines)
    return text + draw(st.sampled_from(["", "\n", "\n\n# last words\n"])), data


_comment = st.sampled_from(["", "  # said beside"])


def _rule(draw: st.DrawFn, rule: dict[str, Any], dash: str) -> list[str]:
    if draw(st.integers(0, 4)) == 0:
        return [f"{dash}- {_flow(draw, rule)}{draw(_comment)}"]
    lines: list[str] = []
    lead = f"{dash}- "
    for key, value in rule.items():
        lines += _entry(draw, key, value, lead, len(dash) + 2)
        lead = " " * (len(dash) + 2)
    return lines


def _entry(draw: st.DrawFn, key: str, value: Any, lead: str, indent: int) -> list[str]:
    inside = " " * (indent + 2)
    if isinstance(value, dict) and value and draw(st.booleans()):
        lines = [f"{lead}{key}:{draw(_comment)}"]
        for name, item in value.items():
            lines += _entry(draw, name, item, inside, indent + 2)
        return lines
    if isinstance(value, list) and draw(st.booleans()):
        lines = [f"{lead}{key}:"]
        if draw(st.booleans()):
            lines.append(f"{inside}# a list")
        return lines + [f"{inside}- {_flow(draw, item)}{draw(_comment)}" for item in value]
    if isinstance(value, str) and value == "refund" and draw(st.booleans()):
        return [f"{lead}{key}: >-", f"{inside}refund"]
    return [f"{lead}{key}: {_flow(draw, value)}{draw(_comment)}"]


def _flow(draw: st.DrawFn, value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(draw, item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(draw, item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if value.isalpha() and value.isascii() and value != "yes" and draw(st.booleans()):
        return str(value)
    if draw(st.booleans()) and "\t" not in value:
        return "'" + str(value).replace("'", "''") + "'"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
