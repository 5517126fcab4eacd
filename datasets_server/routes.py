"""The server's own routes, under ``/-/``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.exceptions import HTTPException

from datasets_server import texts


def create_routes(root: Path) -> Litestar:
    """Return the application with the server's own routes.

    Parameters
    ----------
    root : Path
        The served folder.
    """

    @get("/-/health", sync_to_thread=True)
    def health() -> Response[dict[str, str]]:
        """Tell whether the served folder can be read right now."""
        try:
            os.scandir(root).close()
        except OSError:
            return Response({"status": texts.UNREADABLE_FOLDER}, status_code=503)
        return Response({"status": "ok"})

    return Litestar(
        [health], openapi_config=None, logging_config=None, exception_handlers={HTTPException: _on_error}
    )


def _on_error(_: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, object]]:
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"}
    value: dict[str, object] = {"status": error.status_code, "error": error.detail, "reason": error.detail}
    return Response(value, status_code=error.status_code, headers=headers)
