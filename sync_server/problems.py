"""Every error of the API is a `wire.Problem`: a stable code and a plain sentence."""

from __future__ import annotations

import logging
import sqlite3
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from webapp.py.domain.ids import new_id
from webapp.py.domain.wire import ErrorReply

logger = logging.getLogger("sync_server")

_GENERAL = {
    400: ("invalid", "The server did not understand this request."),
    404: ("not-found", "There is nothing at this address."),
    405: ("method", "This address does not take that method."),
    413: ("too-large", "This request is too large; send it in smaller parts."),
}


class Refused(Exception):
    """A request that is answered with a 4xx or 5xx status."""

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


def invalid(message: str) -> Refused:
    """Return the refusal of a request that makes no sense."""
    return Refused(400, "invalid", message)


def forbidden(message: str) -> Refused:
    """Return the refusal of a request that this person may not make."""
    return Refused(403, "forbidden", message)


def missing(message: str) -> Refused:
    """Return the refusal of a request for something that is not there, or not for this person."""
    return Refused(404, "not-found", message)


def problem_response(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> Response[bytes]:
    """Return the answer that carries a problem."""
    body = msgspec.json.encode(ErrorReply(code=code, message=message))
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def _on_refused(_: Request[Any, Any, Any], error: Refused) -> Response[bytes]:
    return problem_response(error.status, error.code, str(error), error.headers)


def _reason(item: dict[str, str]) -> str:
    if item.get("key") == "data":
        return "The body is missing"
    return f"{item.get('key', 'The request')}: {item.get('message')}"


def _on_http(_: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    code, message = _GENERAL.get(error.status_code, ("refused", "The server cannot answer this request."))
    if error.status_code == 400 and isinstance(error.extra, list):
        reasons = [_reason(item) for item in error.extra]
        message = f"{message} {'; '.join(reasons)}."
    return problem_response(error.status_code, code, message, dict(error.headers or {}))


def _on_database(_: Request[Any, Any, Any], error: sqlite3.Error) -> Response[bytes]:
    logger.error("the database refused", exc_info=error)
    return problem_response(
        503,
        "storage",
        "The server cannot write or read its database just now. Try again; nothing was changed.",
    )


def _on_fault(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    fault = new_id()
    logger.error("a fault in the server", exc_info=error, extra={"fault": fault})
    return problem_response(
        500, "fault", f"Something went wrong in the server; its log says more under {fault}."
    )


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    Refused: _on_refused,
    HTTPException: _on_http,
    sqlite3.Error: _on_database,
    Exception: _on_fault,
}
