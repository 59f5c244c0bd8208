"""Random requests as plain data: bodies of every kind with headers, and ready-made facts.

`said` is what the rules of a table ask for in texts; requests drawn with it often meet them.
"""

from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st

from tests.property import vocabulary as words
from tests.property.strategies import FLAG_FACTS, NUMBER_FACTS, TEXT_FACTS
from tests.property.vocabulary import among

Said = tuple[str, ...]

DECLARED_TASKS = (*words.TASKS * 3, *words.UNLISTED_TASKS)
TAG_HEADERS = (
    "team=billing",
    "team=support,tier=gold",
    " team = billing , tier=gold ",
    "team=billing,team=support",
    "a.b=x=y",
    "tier=",
    "=billing",
    "team",
    ",,team=ünï,",
    "task=chat",
    "team=\ud800",
    "",
)
NOT_TEXTS: tuple[Any, ...] = (None, 7, 1.5, True, ["team"], {"team": "billing"})
LENGTHS: tuple[Any, ...] = (0, 1, 5, 8, 12, -1, None, True, "5")
TOOLS: tuple[Any, ...] = ([], None, [{"type": "function", "function": {"name": "f"}}])
RESPONSE_FORMATS: tuple[Any, ...] = (
    *({"type": kind} for kind in (*words.RESPONSE_FORMATS, "grammar", None)),
    {},
    None,
)
OTHER_PARTS: tuple[dict[str, Any], ...] = (
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
    {"type": "refusal", "refusal": "foo"},
    {"type": "file", "file": {"file_id": "foo"}},
    {"type": "text"},
)
OTHER_INPUT_PARTS: tuple[Any, ...] = (
    {"type": "input_image", "image_url": "data:image/png;base64,AAAA"},
    {"type": "input_image", "file_id": "file-1", "image_url": None},
    {"type": "input_image", "image_url": ""},
    {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
    {"type": "input_file", "file_id": "foo"},
    {"type": "refusal", "refusal": "foo"},
    {"type": "input_text", "text": 5},
    "foo",
)
OTHER_ITEMS: tuple[Any, ...] = (
    {"type": "reasoning", "summary": [{"type": "summary_text", "text": "foo"}]},
    {"type": "function_call", "name": "f", "arguments": '{"a": "foo"}'},
    {"type": "computer_call_output", "output": {"type": "computer_screenshot", "file_id": "f"}},
    {"type": "function_call_output", "output": 5},
    {"role": "user"},
    7,
    None,
)
TOKENS: tuple[Any, ...] = ([1, 2, 3], [[1, 2], [3]], [[]], [True], [1, "foo"], [], 5, {"a": "foo"})
NOT_ALWAYS_KEPT = (*TEXT_FACTS, *TEXT_FACTS, "model", "client", "turns", "hidden_chars", "stream")
"""Facts that may not have been captured. Those that targets and tasks are judged by always are."""


def requests(said: Said = ()) -> st.SearchStrategy[dict[str, Any]]:
    """Return requests as they stand in a file, in one of the two forms."""
    return st.one_of(body_requests(said), facts_requests(said))


@lru_cache(maxsize=512)
@st.composite
def body_requests(draw: st.DrawFn, said: Said = ()) -> dict[str, Any]:
    """Draw a request with a body; headers and client may be left out."""
    kind = draw(among(bodies, bodies, input_bodies))
    request: dict[str, Any] = {"body": draw(kind(said))}
    if draw(st.booleans()):
        request["headers"] = draw(headers())
    if draw(st.booleans()):
        request["client"] = draw(among(*words.CLIENTS))
    return request


@lru_cache(maxsize=512)
@st.composite
def bodies(draw: st.DrawFn, said: Said = ()) -> dict[str, Any]:
    """Draw an OpenAI chat-completions body, at times with a part that is not as it should be."""
    body: dict[str, Any] = {
        "messages": [draw(_messages(said)) for _ in range(draw(among(0, 1, 1, 2, 3, 5)))]
    }
    for key in draw(_SOME_BODY_KEYS):
        body[key] = draw(_BODY_KEYS[key])
    return body


@lru_cache(maxsize=512)
@st.composite
def input_bodies(draw: st.DrawFn, said: Said = ()) -> dict[str, Any]:
    """Draw the body of a response or of an embedding, at times with `messages` beside it."""
    texts = words.texts(said)
    given = st.one_of(
        st.lists(_items(said), max_size=4),
        texts,
        st.lists(texts, max_size=3),
        st.lists(st.one_of(texts, _items(said)), max_size=3),
        st.sampled_from(TOKENS),
    )
    body: dict[str, Any] = {"input": draw(given)}
    for key in draw(_SOME_BODY_KEYS):
        body[key] = draw(_BODY_KEYS[key])
    if draw(st.booleans()):
        body["instructions"] = draw(st.one_of(texts, st.sampled_from(NOT_TEXTS)))
    if draw(st.booleans()):
        body["max_output_tokens"] = draw(st.sampled_from(LENGTHS))
    if draw(st.booleans()):
        formats = st.sampled_from(RESPONSE_FORMATS).map(lambda wanted: {"format": wanted})
        body["text"] = draw(st.one_of(formats, st.sampled_from(NOT_TEXTS)))
    beside = draw(among("none", "none", "none", "null", "messages"))
    if beside != "none":
        body["messages"] = [draw(_messages(said))] if beside == "messages" else None
    return body


@cache
@st.composite
def headers(draw: st.DrawFn) -> dict[str, str]:
    """Draw headers, their names in any case."""
    found = {"User-Agent": "someone"}
    if draw(st.booleans()):
        name = draw(among("X-Route-Task", "x-route-task", "X-ROUTE-task"))
        found[name] = draw(among(*DECLARED_TASKS, " chat ", "", " "))
    if draw(st.booleans()):
        name = draw(among("X-Route-Tags", "x-route-tags", "x-Route-TAGS"))
        found[name] = draw(among(*TAG_HEADERS))
    return found


@lru_cache(maxsize=512)
@st.composite
def facts_requests(draw: st.DrawFn, said: Said = ()) -> dict[str, Any]:
    """Draw a request written as facts, any of them left out."""
    facts = {fact: draw(_FACTS[fact]) for fact in draw(_SOME_FACTS)}
    for fact in draw(among((), *[("prompt",)] * 3, ("prompt", "system"), TEXT_FACTS, TEXT_FACTS)):
        facts[fact] = draw(words.texts(said))
    return {"facts": facts}


@cache
def facts_not_kept() -> st.SearchStrategy[frozenset[str]]:
    """Return names of facts that were not captured, mostly none."""
    some = st.frozensets(among(*NOT_ALWAYS_KEPT), min_size=1, max_size=3)
    return st.one_of(st.just(frozenset()), st.just(frozenset()), some)


@lru_cache(maxsize=512)
@st.composite
def _messages(draw: st.DrawFn, said: Said) -> dict[str, Any]:
    message = {"role": draw(among(*["user"] * 3, "system", "developer", "assistant", "tool"))}
    content = draw(among("text", "text", "text", "parts", "parts", "nothing", None))
    if content == "text":
        return message | {"content": draw(words.texts(said))}
    if content == "parts":
        parts = [draw(_parts(said)) for _ in range(draw(among(0, 1, 2, 3)))]
        return message | {"content": parts}
    return message | {"content": None} if content == "nothing" else message


@lru_cache(maxsize=512)
@st.composite
def _items(draw: st.DrawFn, said: Said) -> Any:
    if draw(among(True, False, False)):
        return draw(st.sampled_from(OTHER_ITEMS))
    kind = draw(among("message", "message", "message", "function_call_output"))
    item: dict[str, Any] = {"type": kind} if draw(st.booleans()) else {}
    texts = words.texts(said)
    kinds = among("input_text", "output_text", "text")
    part = st.builds(lambda name, text: {"type": name, "text": text}, kinds, texts)
    parts = st.lists(st.one_of(part, st.sampled_from(OTHER_INPUT_PARTS)), max_size=3)
    content = draw(st.one_of(texts, parts, st.none()))
    if kind == "message":
        role = draw(among("user", "user", "system", "developer", "assistant"))
        return item | {"role": role, "content": content}
    return item | {"call_id": "c", "output": content}


@lru_cache(maxsize=512)
def _parts(said: Said) -> st.SearchStrategy[dict[str, Any]]:
    text = words.texts(said).map(lambda t: {"type": "text", "text": t})
    return st.one_of(text, text, st.sampled_from(OTHER_PARTS))


@cache
def _metadata() -> st.SearchStrategy[Any]:
    values = st.one_of(
        among(*words.TAG_VALUES), st.sampled_from(NOT_TEXTS), among("\udc00", "\ud800x")
    )
    tags = st.dictionaries(among(*words.TAG_KEYS), values, max_size=3)
    declared = st.sampled_from([*DECLARED_TASKS, "", *NOT_TEXTS]).map(lambda task: {"task": task})
    return st.one_of(tags, declared, st.builds(lambda a, b: a | b, tags, declared), st.none())


_BODY_KEYS: dict[str, st.SearchStrategy[Any]] = {
    "model": among(*words.MODELS_ASKED * 2, None),
    "metadata": _metadata(),
    "max_tokens": st.sampled_from(LENGTHS),
    "max_completion_tokens": st.sampled_from(LENGTHS),
    "tools": st.sampled_from(TOOLS),
    "stream": among(True, False, None),
    "audio": st.sampled_from([{}, None, {"voice": "alloy", "format": "wav"}]),
    "response_format": st.sampled_from(RESPONSE_FORMATS),
    "temperature": st.just(0.5),
}
_SOME_BODY_KEYS = st.lists(among(*_BODY_KEYS, "metadata"), unique=True)
_FACTS: dict[str, st.SearchStrategy[Any]] = {
    "task": among(*DECLARED_TASKS),
    "model": among(*words.MODELS_ASKED),
    "client": among(*words.CLIENTS),
    "response_format": among(*words.RESPONSE_FORMATS),
    **{f"tags.{key}": among(*words.TAG_VALUES) for key in words.TAG_KEYS},
    **{fact: among(*range(13)) for fact in NUMBER_FACTS},
    **{fact: st.booleans() for fact in FLAG_FACTS},
}
_SOME_FACTS = st.lists(among(*_FACTS, "task", "client"), unique=True)
