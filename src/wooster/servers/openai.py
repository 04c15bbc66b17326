"""What both servers share of the OpenAI protocol: its errors, reading a body, counts, the models.

It knows what the wire looks like; it knows nothing of sockets, threads or models. The chat
request's types stand in `chat_request`, its answer's in `completion`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails


class ApiError(Exception):
    """An answer that isn't what was asked for: an HTTP status and an OpenAI-shaped error."""

    def __init__(
        self, status: int, message: str, *, code: str | None = None, param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param

    def body(self) -> dict[str, Any]:
        kinds = {401: "authentication_error", 403: "permission_error"}
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        return {
            "error": {
                "message": self.message,
                "type": kinds.get(self.status, kind),
                "param": self.param,
                "code": self.code,
            }
        }


class Shape(BaseModel):
    """A part of a request. Clients send more fields than any one server knows: those that aren't
    known are ignored, those that are must be of the right type."""

    model_config = ConfigDict(strict=True, extra="ignore")


Request = TypeVar("Request", bound=BaseModel)


def parse(kind: type[Request], body: bytes) -> Request:
    """The request in `body`. Raises `ApiError` 400 that names the field and what is wrong."""
    try:
        data = json.loads(body)
    except ValueError as error:  # also what isn't UTF-8
        raise ApiError(400, f"The body isn't JSON: {error}", code="invalid_json") from error
    except RecursionError as error:
        raise ApiError(400, "The body's JSON is nested too deeply", code="invalid_json") from error
    if not isinstance(data, dict):
        raise ApiError(400, f"The body is a JSON {type(data).__name__}, an object is needed")
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise _explain(_deepest(error.errors())) from error


def _deepest(errors: Sequence[ErrorDetails]) -> ErrorDetails:
    """Of the branches of a union, the one that came furthest is the one that was meant."""
    return max(errors, key=lambda error: (error["type"] == "value_error", len(error["loc"])))


# Branches of a union are named so by pydantic; they aren't fields.
_TYPES = ("bool", "float", "int", "list", "str")


def _explain(error: ErrorDetails) -> ApiError:
    param = ""
    for part in error["loc"]:
        if isinstance(part, int):
            param += f"[{part}]"
        elif part.islower() and part not in _TYPES and "[" not in part:
            param += f".{part}" if param else part
    if error["type"] == "missing":
        return ApiError(400, f"{param} is missing", param=param, code="missing_required_parameter")
    told = str(error.get("ctx", {}).get("error", error["msg"])).removeprefix("Input ")
    if error["type"] == "value_error":
        message = f"{param}: {told}" if param else told
        return ApiError(400, message, param=param or None, code="unsupported_value")
    shown = repr(error["input"])
    shown = shown if len(shown) <= 60 else shown[:60] + "…"
    return ApiError(400, f"{param}: {shown} {told}", param=param, code="invalid_value")


def models(name: str, created: int, **more: Any) -> dict[str, Any]:
    """`GET /v1/models` for a server that has one model."""
    entry = {"id": name, "object": "model", "created": created, "owned_by": "local", **more}
    return {"object": "list", "data": [entry]}
