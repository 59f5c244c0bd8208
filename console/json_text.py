"""Reading and writing JSON exactly as it came, however odd, without ever failing by a traceback."""

import json
from typing import Any, NoReturn

import msgspec

_decoder = msgspec.json.Decoder()
_encoder = msgspec.json.Encoder()


class NotJsonError(Exception):
    """The bytes are no JSON document, or one nested too deeply to be read."""


def decoded(data: bytes) -> Any:
    """Return the document in `data`. Raises `NotJsonError`.

    Half a surrogate pair (`"\\ud800"`) is legal JSON and some clients cut texts there; msgspec
    refuses it, so such a document takes the slower way through the standard library.
    """
    try:
        return _decoder.decode(data)
    except RecursionError:
        raise NotJsonError("it is nested too deeply") from None
    except ValueError as error:
        if b"\\u" not in data:
            raise NotJsonError(str(error)) from None
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except RecursionError:
        raise NotJsonError("it is nested too deeply") from None
    except ValueError as error:
        raise NotJsonError(str(error)) from None


def encoded(document: Any) -> bytes:
    """Return `document` as compact JSON. Raises `NotJsonError` where it cannot be written."""
    try:
        return _encoder.encode(document)
    except RecursionError:
        raise NotJsonError("it is nested too deeply") from None
    except UnicodeEncodeError:
        pass
    try:
        text = json.dumps(document, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise NotJsonError(str(error)) from None
    return text.encode("ascii")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
