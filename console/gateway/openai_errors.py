"""Errors in the shape OpenAI's clients read: `{"error": {message, type, param, code}}`."""

from typing import Any

from console.json_text import encoded


class RefusalError(Exception):
    """A client's request is not taken, for a reason the client can act on.

    `status` is the HTTP status told, `code` a short word for programs, `param` the field of the
    body that is to blame.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str,
        param: str | None = None,
        kind: str = "invalid_request_error",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind

    def body(self) -> bytes:
        """Return the answer's body."""
        return encoded(error_object(self.message, self.kind, self.code, self.param))


def error_object(
    message: str, kind: str, code: str | None, param: str | None = None
) -> dict[str, Any]:
    """Return an error as clients parse it. `kind` is its `type`; `code` is text, never a number."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}
