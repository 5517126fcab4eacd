"""The browser that every test here runs in, and the built site behind a plain static server."""

from __future__ import annotations

import functools
import http.server
import os
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from builder.chromium import chromium
from builder.paths import DIST
from builder.site import build_site

QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SOFTWARE_WEBGL = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("LIMNER_CHROMIUM") or chromium()
    return {**browser_type_launch_args, "executable_path": program, "args": [*QUIET, *SOFTWARE_WEBGL]}


class StaticHandler(http.server.SimpleHTTPRequestHandler):
    """What any plain static server does; the types that Windows or old systems lack are named."""

    extensions_map = {  # noqa: RUF012
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def static_site() -> Iterator[str]:
    """Address of the built site on a plain static server, with no sync server."""
    build_site()
    handler = functools.partial(StaticHandler, directory=str(DIST))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_address[1]}/"
        server.shutdown()
