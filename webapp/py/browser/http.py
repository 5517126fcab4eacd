"""Requests to the sync server, and its change events."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin

import js
import msgspec
from pyodide.ffi import JsException, create_proxy, to_js

from webapp.py.browser import texts
from webapp.py.domain.wire import ErrorReply, SyncReply, SyncRequest
from webapp.py.store.sync import Offline, delay, read_reply

TIMEOUT_MS = 60_000


@dataclass(frozen=True)
class HttpResponse:
    """A response of the server, with any status."""

    status: int
    content_type: str
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether the status is a success."""
        return 200 <= self.status < 300

    @property
    def is_json(self) -> bool:
        """Whether the response is JSON. A static host answers with a web page instead."""
        return self.content_type.split(";")[0].strip().lower() == "application/json"

    def problem(self) -> ErrorReply:
        """Return what went wrong, in the server's words or in general ones."""
        try:
            return msgspec.json.decode(self.body, type=ErrorReply)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return ErrorReply(code="", message=texts.server_error(self.status))


class Http:
    """Sends requests to the server that the page came from.

    Parameters
    ----------
    base
        The address of the site's folder. Paths are relative to it.
    """

    person = ""
    """Whose page this is. The server rejects requests of this page under another person's session."""

    def __init__(self, base: str) -> None:
        self._base = base

    def url(self, path: str) -> str:
        """Return the absolute address of a path such as ``api/session``."""
        return urljoin(self._base, path)

    async def ask(self, method: str, path: str, body: Any = None, *, as_anyone: bool = False) -> HttpResponse:
        """Send a request. A ``body`` that is not bytes is sent as JSON.

        With ``as_anyone`` the request does not name the person of this page.

        Raises
        ------
        Offline
            When there is no answer.
        """
        headers = {"Accept": "application/json"}
        options: dict[str, Any] = {"method": method, "headers": headers, "cache": "no-store"}
        options["credentials"] = "same-origin"
        if method not in ("GET", "HEAD"):
            headers["X-Limner"] = "1"
        if self.person and not as_anyone:
            headers["X-Limner-Person"] = self.person
        if body is not None:
            headers["Content-Type"] = "application/json"
            options["body"] = to_js(body if isinstance(body, bytes) else msgspec.json.encode(body))
        options["signal"] = js.AbortSignal.timeout(TIMEOUT_MS)
        try:
            response = await js.fetch(self.url(path), to_js(options, dict_converter=js.Object.fromEntries))
            content = (await response.arrayBuffer()).to_bytes()
        except JsException:
            raise Offline(texts.SERVER_UNREACHABLE) from None
        return HttpResponse(int(response.status), str(response.headers.get("Content-Type") or ""), content)

    async def send(self, request: SyncRequest) -> SyncReply:
        """Send a sync request. This is the transport of ``webapp.py.store.sync``.

        Raises
        ------
        SyncProblem
            `Offline`, `SignedOut`, `ProtocolMismatch`, `Rejected` or `ServerTrouble`.
        """
        answer = await self.ask("POST", "api/sync", request)
        return read_reply(answer.status, answer.body)


class Changes:
    """Listens for changes on the server. An event has no data and means "sync now".

    The browser reconnects by itself, but gives up when the server answers with an error, such as during a
    restart or after the sign-in expired. Then this reconnects at growing intervals.

    Parameters
    ----------
    url
        The address of the events.
    on_change
        Called for each event, and after each new connection, because events may have been missed before it.
    on_state
        Called with ``open`` or ``lost``.
    """

    def __init__(
        self,
        url: str,
        on_change: Callable[[], Any],
        on_state: Callable[[Literal["open", "lost"]], Any] = lambda state: None,
    ) -> None:
        self._url = url
        self._on_change = on_change
        self._on_state = on_state
        self._source: Any = None
        self._failures = 0
        self._again: asyncio.TimerHandle | None = None
        self._closed = False
        self._opened = create_proxy(self._when_open)
        self._failed = create_proxy(self._when_failed)
        self._told = create_proxy(lambda event: self._on_change())
        self._connect()

    def close(self) -> None:
        """Stop listening."""
        self._closed = True
        if self._again is not None:
            self._again.cancel()
        self._drop()
        for proxy in (self._opened, self._failed, self._told):
            proxy.destroy()

    def _connect(self) -> None:
        self._again = None
        self._source = js.EventSource.new(self._url)
        self._source.addEventListener("open", self._opened)
        self._source.addEventListener("error", self._failed)
        for name in ("message", "changed"):
            self._source.addEventListener(name, self._told)

    def _drop(self) -> None:
        if self._source is not None:
            self._source.close()
            self._source = None

    def _when_open(self, _event: Any) -> None:
        self._failures = 0
        self._on_state("open")
        self._on_change()

    def _when_failed(self, _event: Any) -> None:
        self._on_state("lost")
        if self._source is None or self._source.readyState != js.EventSource.CLOSED or self._closed:
            return
        self._drop()
        self._failures += 1
        loop = asyncio.get_running_loop()
        self._again = loop.call_later(delay(self._failures, random.random()), self._connect)
