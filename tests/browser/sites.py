"""Copies of the built site that differ in one thing, and the plain servers that they lie on."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import io
import json
import os
import shutil
import socket
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from builder.paths import DIST

HARNESS = Path(__file__).with_name("harness_main.py")
MAIN = "webapp/py/browser/main.py"


class SiteCopy:
    """A copy of the built site, or of a copy. Unchanged files are shared on disk, changed ones replaced."""

    def __init__(self, folder: Path, source: Path = DIST) -> None:
        self.folder = folder
        shutil.copytree(source, folder, copy_function=os.link, ignore=shutil.ignore_patterns("*.br", "*.gz"))

    @property
    def description(self) -> dict[str, Any]:
        site: dict[str, Any] = json.loads((self.folder / "site.json").read_text())
        return site

    def path(self, name: str) -> str:
        """Path in the site of the file that the description has under a name, or that ends in it."""
        site = self.description
        named = site.get(name)
        if isinstance(named, str):
            return named
        return next(str(file["path"]) for file in site["files"] if file["path"].endswith(name))

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def write(self, path: str, content: bytes) -> None:
        """Put other bytes under a name, as damage would."""
        target = self.folder / path
        target.unlink(missing_ok=True)
        target.write_bytes(content)

    def remove(self, path: str) -> None:
        (self.folder / path).unlink()

    def rebuild(self, **files: bytes) -> str:
        """Put other files in under new hashed names, as a build does, and return the new build's name."""
        site = self.description
        before = site["build"]
        for name, content in files.items():
            old = site[name]
            digest = hashlib.sha256(content).hexdigest()
            new = f"assets/{name}-{digest[:12]}{Path(old).suffix}"
            self.remove(old)
            self.write(new, content)
            site["files"] = [file for file in site["files"] if file["path"] != old]
            site["files"].append({"path": new, "size": len(content), "sha256": digest})
            site[name] = new
        site["build"] = hashlib.sha256(json.dumps(site).encode()).hexdigest()[:16]
        self.write("site.json", json.dumps(site).encode())
        page = self.read("index.html").decode()
        start = page.index('id="site">') + len('id="site">')
        end = page.index("</script>", start)
        self.write("index.html", (page[:start] + json.dumps(site) + page[end:]).encode())
        self.write("sw.js", self.read("sw.js").replace(before.encode(), site["build"].encode()))
        return str(site["build"])

    def with_harness(self, note: str = "", in_worker: str = "") -> str:
        """Put the harness in the place of the app; another note makes another build.

        ``in_worker`` is Python that runs at the start of the compute worker.
        """
        app = self.app_with(HARNESS.read_text() + f"\nNOTE = {note!r}\n")
        if not in_worker:
            return self.rebuild(app=app)
        script = self.read(self.path("compute")).decode()
        line = "  const answer ="
        assert script.count(line) == 1
        script = script.replace(line, f"  python.runPython({json.dumps(in_worker)});\n{line}")
        return self.rebuild(app=app, compute=script.encode())

    def app_with(self, main: str) -> bytes:
        """Return the app's archive with another ``main.py``."""
        made = io.BytesIO()
        with (
            zipfile.ZipFile(self.folder / self.description["app"]) as old,
            zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for entry in old.infolist():
                if entry.filename not in (MAIN, f"{MAIN}c"):
                    new.writestr(entry, old.read(entry))
            new.writestr(MAIN, main)
        return made.getvalue()


class StaticHandler(http.server.SimpleHTTPRequestHandler):
    """What any plain static server does; the types that Windows or old systems lack are named."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_: object) -> None:
        pass


class _QuietServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._open: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def break_connections(self) -> None:
        """End what browsers keep open between requests: a server that is gone answers nothing."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that a page closed."""


class Server:
    """A threaded HTTP server on a free port of this machine that can be stopped in mid-test."""

    def __init__(self, handler: Callable[..., http.server.BaseHTTPRequestHandler], port: int = 0) -> None:
        self._server = _QuietServer(("127.0.0.1", port), handler)
        self.port: int = self._server.server_address[1]
        self.url = f"http://localhost:{self.port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._running = True

    def stop(self) -> None:
        if self._running:
            self._running = False
            self._server.shutdown()
            self._server.server_close()
            self._server.break_connections()


def serve_folder(folder: Path, port: int = 0) -> Server:
    """Serve a folder as a plain static server does."""
    return Server(functools.partial(StaticHandler, directory=str(folder)), port)
