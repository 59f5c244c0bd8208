"""Embeddings: `POST /v1/embeddings`. Their vectors pass through as the bytes that came.

An answer of many vectors weighs tens of megabytes, and all the gateway has to know of it stands
beside them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from console.gateway.answer_checks import AskedFormat, Said
from console.gateway.client_request import (
    ClientRequest,
    asks_for_stream,
    object_in,
    refuse_messages,
    refused,
    rest_of,
)
from console.gateway.endpoints import OperationName
from console.gateway.failures import AttemptError, Failure
from console.gateway.provider_message import error_inside
from console.gateway.usage import usage_of_embeddings
from console.gateway.whole_answer import WholeAnswer
from console.json_text import NotJsonError, decoded, encoded

MOST_ANSWER_BYTES = 64 * 1024 * 1024
"""Twice the largest answer of the largest request OpenAI takes: 2,048 vectors of 3,072 numbers, in
base64 as its clients ask for them."""

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_vectors = msgspec.json.Decoder(list[msgspec.Raw])


class Embeddings:
    """The operation, as `operation.Operation` says. Answers are never streamed and never judged."""

    name: Final[OperationName] = "embeddings"
    most_answer_bytes: Final = MOST_ANSWER_BYTES

    def request(self, raw: bytes) -> ClientRequest:
        """Read a body: what is to be embedded must be something that rules can see."""
        body = object_in(raw)
        given = body.get("input")
        if given is None:
            raise refused("The body has no `input`.", "missing_required_parameter", "input")
        if not isinstance(given, str) and not _is_list_of_texts_or_tokens(given):
            message = "`input` must be a text, a list of texts, or tokens as whole numbers."
            raise refused(message, "invalid_type", "input")
        refuse_messages(body)
        if asks_for_stream(body):
            message = "Embeddings come in one piece: `stream` can only be false."
            raise refused(message, "unsupported_parameter", "stream")
        return ClientRequest(body, rest_of(body))

    def whole(self, raw: bytes, model: str) -> WholeAnswer:
        """Read a list of embeddings, of which only the fields around the vectors are looked at."""
        try:
            fields = _fields.decode(raw)
            error = decoded(bytes(fields.get("error", b"null")))
            if error:
                raise error_inside(error)
            first = _vectors.decode(fields.get("data", b"[]"))[0]
            usage = usage_of_embeddings(decoded(bytes(fields.get("usage", b"null"))))
        except (ValueError, RecursionError, NotJsonError, IndexError):
            raise AttemptError(Failure("bad_answer", 200)) from None
        if not bytes(first).startswith(b"{"):
            raise AttemptError(Failure("bad_answer", 200))
        fields["model"] = msgspec.Raw(encoded(model))
        return WholeAnswer(msgspec.json.encode(fields), usage, None, None, {})

    def said_in(self, _answer: WholeAnswer, /) -> Sequence[Said]:
        """Return nothing: vectors say nothing that could be checked."""
        return ()

    def asked_format(self, _body: Mapping[str, Any], /) -> AskedFormat:
        """Return no format: none can be asked for."""
        return AskedFormat(json=False)


def _is_list_of_texts_or_tokens(given: Any) -> bool:
    if not isinstance(given, list):
        return False
    kinds = set(map(type, given))
    if kinds == {list}:
        return all(set(map(type, tokens)) <= {int} for tokens in given)
    return len(kinds) < 2 and kinds <= {str, int}
