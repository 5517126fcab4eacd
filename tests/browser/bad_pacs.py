"""A DICOMweb server that answers in all the ways in which servers go wrong, and notes what it is told."""

from __future__ import annotations

import http.server
import json
import re
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

import pydicom

from tests.browser.sites import Server

FILE = (Path(pydicom.__file__).parent / "data" / "test_files" / "CT_small.dcm").read_bytes()
MARK = "MixedCase-Boundary_7"
UID = "1.2.3"
"""Of the study; the series is ``UID.1``, the instance ``UID.1.1``."""
INSTANCE = f"studies/{UID}/series/{UID}.1/instances/{UID}.1.1"
_PART = f"--{MARK}\r\nContent-Type: application/dicom\r\nContent-Length: {{}}\r\n\r\n"
_LISTS = {
    "series": {"0020000E": {"vr": "UI", "Value": [f"{UID}.1"]}, "00080060": {"vr": "CS", "Value": ["CT"]}},
    "instances": {"00080018": {"vr": "UI", "Value": [f"{UID}.1.1"]}},
}


def parts(body: bytes, told: int | None = None) -> bytes:
    """Return a multipart answer of one file, with a length that it may not have."""
    head = _PART.format(len(body) if told is None else told).encode()
    return head + body + f"\r\n--{MARK}--\r\n".encode()


class BadPacs(Server):
    """``/way/studies/…``: lists are good in each way, files only in some."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        self.over = Event()
        outer = self

        class Handler(_Handler):
            server_of_all = outer

        super().__init__(Handler)

    def base(self, way: str) -> str:
        """The http address of the service that goes wrong in one way."""
        return f"{self.url}{way}"

    def instance(self, way: str) -> str:
        """The ``dicomweb://`` address of an instance on it."""
        return f"{self.base(way).replace('http', 'dicomweb', 1)}/{INSTANCE}"

    def stop(self) -> None:
        """Stop, and let go of whoever still waits."""
        self.over.set()
        super().stop()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of_all: BadPacs

    def do_OPTIONS(self) -> None:
        self._answer(204, "", b"")

    def do_GET(self) -> None:
        self.server_of_all.headers.append(dict(self.headers))
        _, way, *path = urlsplit(self.path).path.split("/")
        found = _LISTS.get(path[-1] if path else "")
        kind = f'multipart/related; type="application/dicom"; boundary="{MARK}"'
        if found is not None:
            self._answer(200, "application/dicom+json", json.dumps([found]).encode())
        elif way == "slow":
            self._begin(200, kind, 10_000_000)
            self.wfile.write(parts(FILE)[:2_000_000])
            self.wfile.flush()
            self.server_of_all.over.wait(300)
            self.close_connection = True
        elif way == "short":
            self._begin(200, kind, len(parts(FILE)) + 1_000)
            self.wfile.write(parts(FILE))
            self.close_connection = True
        elif re.fullmatch(r"status-\d+", way):
            self._answer(int(way[7:]), "text/html", b"<html>trouble</html>")
        elif way == "moved":
            self.send_response(307)
            self.send_header("Location", self.path.replace("moved", "good"))
            self._end(0)
        else:
            self._answer(200, "text/html" if way == "html" else kind, _BODIES[way])

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self._begin(status, kind, len(body))
        if status != 204:
            self.wfile.write(body)

    def _begin(self, status: int, kind: str, length: int) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        self._end(length)

    def _end(self, length: int) -> None:
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Access-Control-Allow-Headers", "Accept, Authorization, X-Api-Key")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_BODIES = {
    "good": parts(FILE),
    "wrong-length": parts(FILE, told=7),
    "torn": parts(FILE)[:-2_000],
    "html": b"<!doctype html><title>Sign in</title>",
    "html-within": parts(b"<html>not here</html>"),
    "nothing": b"",
    "no-part": f"--{MARK}--\r\n".encode(),
    "not-cut": FILE,
}
