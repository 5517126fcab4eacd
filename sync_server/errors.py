"""Error answers: each has a stable code for programs and a sentence for people."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from sync_server import texts
from sync_server.error_page import error_page, wants_page
from sync_server.logs import get_logger
from sync_server.storage import StorageError
from webapp.py.domain.ids import new_id
from webapp.py.domain.wire import ErrorReply

logger = get_logger("sync_server")

_GENERAL = {
    400: ("invalid", texts.BAD_REQUEST),
    404: ("not-found", texts.NOTHING_HERE),
    405: ("method", texts.WRONG_METHOD),
    413: ("too-large", texts.TOO_LARGE),
}


class ApiError(Exception):
    """A request that gets a 4xx answer.

    Parameters
    ----------
    status
        HTTP status of the answer.
    code
        Stable word for programs.
    message
        Sentence for people.
    headers
        Extra headers of the answer.
    """

    def __init__(self, status: int, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}


def invalid(message: str) -> ApiError:
    """Return the error for a request that makes no sense."""
    return ApiError(400, "invalid", message)


def forbidden(message: str) -> ApiError:
    """Return the error for a request that this person may not make."""
    return ApiError(403, "forbidden", message)


def not_found(message: str) -> ApiError:
    """Return the error for something that does not exist, or not for this person."""
    return ApiError(404, "not-found", message)


def error_response(
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    message: str,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    """Return the answer with an error: JSON for a program, a page for a person."""
    if wants_page(request.headers.get("accept", "")):
        page = error_page(status, message)
        return Response(page, status_code=status, media_type="text/html", headers=headers)
    body = msgspec.json.encode(ErrorReply(code=code, message=message))
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def _on_api_error(request: Request[Any, Any, Any], error: ApiError) -> Response[bytes]:
    return error_response(request, error.status, error.code, str(error), error.headers)


def _reason(item: dict[str, str]) -> str:
    if item.get("key") == "data":
        return texts.NO_BODY
    return f"{item.get('key', 'The request')}: {item.get('message')}"


def _on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    code, message = _GENERAL.get(error.status_code, ("refused", texts.CANNOT_ANSWER))
    if error.status_code == 400 and isinstance(error.extra, list):
        message = texts.bad_request([_reason(item) for item in error.extra])
    return error_response(request, error.status_code, code, message, dict(error.headers or {}))


def _on_storage(request: Request[Any, Any, Any], error: StorageError) -> Response[bytes]:
    logger.error("database failed", exc_info=error)
    return error_response(request, 503, "storage", texts.STORAGE_FAILED)


def _on_fault(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    fault = new_id()
    logger.error("internal error", exc_info=error, fault=fault)
    return error_response(request, 500, "fault", texts.fault(fault))


EXCEPTION_HANDLERS: ExceptionHandlersMap = {
    ApiError: _on_api_error,
    HTTPException: _on_http,
    StorageError: _on_storage,
    Exception: _on_fault,
}
