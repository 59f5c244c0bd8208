"""A small vocabulary of texts, phrases, patterns and names, so that random rules and random
requests meet, just miss each other, or meet only by case folding."""

from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st

TASKS = ["extraction", "drafting", "chat"]
UNLISTED_TASKS = ["Extraction", "extraction-2", "unheard-of"]
MODELS_ASKED = ["gpt-5", "gpt-5-mini", "GPT-5", "haiku", "", "g*", "a\nb"]
CLIENTS = ["alice", "batch-1", "batch-2", "Alice"]
TAG_KEYS = ["team", "tier", "a.b", "task"]
TAG_VALUES = ["billing", "Billing", "support", "gold", "", "x,y", "ünï"]
RESPONSE_FORMATS = ["text", "json_object", "json_schema"]
MODEL_GLOBS = ["*", "**", "gpt-*", "*mini", "g*5", "*-*", "a*b", "*\nb", "a*"]
CLIENT_GLOBS = ["*", "batch-*", "*i*", "A*", "*-1"]
FORMAT_GLOBS = ["*", "json_*", "*_*", "t*t"]
GLOBS = ["*", "**", "*i*", "b*g", "*ion", "ü*", "*,*", "B*"]

WORDS = [
    "key",
    "KEY",
    "\u212aey",  # a Kelvin sign folds to k, yet is no ASCII letter
    "keys",
    "mass",
    "ma\u017fs",  # so does the long s to s
    "mas\u017f",
    "ſ",
    "s",
    "k",
    "maß",
    "MAẞ",
    "foo",
    "Foo",
    "foo bar",
    "bar",
    "foobar",
    "_x",
    "x_",
    "x",
    "7",
    "c++",
    "C++",
    ".net",
    "(a)",
    "a",
    "[a-z]",
    "a.b",
    "a|b",
    "\\d",
    "$5",
    "don't",
    "^",
    "é",
    "É",
    "e\u0301",
    "café",
    "Σας",
    "σασ",
    "ﬁ",
    "İ",
    "ı",
    "日本",
    "😀",
]
SEPARATORS = ["", " ", " ", "\n", "-", "_", ".", "\u00a0", "\u200b", "\r\n", "\t", "\u2028"]
ODDITIES = [
    "\ud800",
    "\udfff",
    "\x00",
    "\x1b[31m",
    "\u202e",
    "\ufeff",
    "\x7f",
    "\x85",
    "\U000e0041",
]
"""Lone surrogates and characters that nobody sees; requests have them, tables do not."""

ATOMS = [
    "foo",
    "Foo",
    "key",
    "mass",
    "ß",
    "bar",
    "c\\+\\+",
    ".",
    ".*",
    ".+",
    "\\b",
    "\\Bo",
    "\\w+",
    "\\W",
    "\\s",
    "\\d",
    "[a-k]+",
    "[^a]",
    "\\pL",
    "\\x{212A}",
    "(?i:k)",
    "(?i:S)",
    "(foo|bar)",
    "(a|b)*",
    "\\n",
    "日",
    "[é-ü]",
    "\\Qa.b\\E",
    "x{1,2}",
    "(?P<n>x)?",
]
FLAGS_IN_FRONT = ["", "", "(?i)", "(?s)", "(?m)", "(?is)", "(?ms)", "(?U)", "(?-s)"]


@lru_cache(maxsize=None, typed=True)
def among(*options: Any) -> st.SearchStrategy[Any]:
    """Return the strategy that picks one of the options, built once: building takes the time."""
    return st.sampled_from(options)


_AT_THE_ENDS = among(*[""] * 20, *SEPARATORS)


@st.composite
def strings_of(draw: st.DrawFn, words: tuple[str, ...], most: int) -> str:
    """Draw one to `most` of the words with separators between them, rarely at the ends."""
    text: str = draw(_AT_THE_ENDS) + draw(among(*words))
    for _ in range(draw(st.integers(0, most - 1))):
        text += draw(among(*SEPARATORS)) + draw(among(*words))
    text += draw(_AT_THE_ENDS)
    return text


def _in_some_case(text: str, case: int) -> str:
    return [text, text, text.upper(), text.lower(), text.swapcase()][case]


@lru_cache(maxsize=512)
def texts(said: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Return texts of a request: none to six words, with oddities, and with what the table says."""
    plain = strings_of(tuple(WORDS), 6)
    odd = strings_of(tuple(WORDS + ODDITIES), 4)
    if not said:
        return st.one_of(st.just(""), plain, odd)
    quoting = strings_of((*said, *said, "x", "_", "é", "foo"), 4)
    quoted = st.builds(_in_some_case, quoting, among(0, 1, 2, 3, 4))
    return st.one_of(st.just(""), odd, quoted, quoted, quoted)


@cache
def phrases() -> st.SearchStrategy[str]:
    """Return phrases of one to three words, in their own case or another."""
    return st.builds(_in_some_case, strings_of(tuple(WORDS), 3), among(0, 1, 2, 3, 4))


@cache
@st.composite
def patterns(draw: st.DrawFn) -> str:
    """Draw an RE2 pattern of one to three atoms, with or without flags and anchors."""
    atoms = "".join(draw(_ATOM_LISTS))
    start = draw(among("", "", "^", "\\A"))
    end = draw(among("", "", "$", "\\z"))
    alternative = "|" + draw(among(*ATOMS)) if draw(among(*range(4))) == 0 else ""
    pattern: str = draw(among(*FLAGS_IN_FRONT)) + start + atoms + end + alternative
    return pattern


_ATOM_LISTS = st.lists(among(*ATOMS), min_size=1, max_size=3)
