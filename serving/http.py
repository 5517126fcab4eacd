"""uvicorn's HTTP protocol with limits for requests that are not complete.

uvicorn closes idle connections, and can limit how many it answers at once. It waits without end for the rest
of a header or body, and keeps a header of any length. Its other implementation, on h11, bounds the length of
a header alone.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from serving.gate import Gate


class LimitedProtocol(HttpToolsProtocol):
    """One connection. `limited` gives it its gate."""

    gate: Gate
    _phase: Literal["idle", "header", "body", "refused"] = "idle"
    _completed = False
    _bytes = 0
    _began = 0.0
    _timer: asyncio.TimerHandle | None = None

    @property
    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or close it if its address has too many."""
        super().connection_made(transport)
        if not self.gate.admit(self._address):
            self._phase = "refused"
            transport.abort()
            return
        self._enter("header")
        self._watch(self.gate.limits.header_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._stop_watching()
        if self._phase != "refused":
            self.gate.leave(self._address)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read bytes, and close a connection that sends too many or takes too long."""
        before = self._phase
        if before == "refused":
            return
        self._completed = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        limits = self.gate.limits
        if self._phase == "idle":
            self._stop_watching()
            if before == "idle" and not self._completed:
                # Line breaks between two requests. They have ended uvicorn's own wait for the next one.
                self._enter("header")
                self._watch(limits.header_s)
            return
        self._bytes += len(data)
        if self._phase == "header" and self._bytes > limits.header_bytes:
            self._close("header too large", b"431 Request Header Fields Too Large")
        elif self._phase == "body" and self._bytes > limits.body_bytes + limits.header_bytes:
            self._close("body too large", b"413 Content Too Large")
        elif self._timer is None:
            self._watch(limits.header_s if self._phase == "header" else limits.body_s)

    def on_message_begin(self) -> None:
        """Note that a header begins."""
        super().on_message_begin()
        if self._phase != "header":
            self._enter("header")

    def on_headers_complete(self) -> None:
        """Note that a header is complete."""
        super().on_headers_complete()
        self._enter("body")

    def on_message_complete(self) -> None:
        """Note that a request is complete."""
        super().on_message_complete()
        self._phase = "idle"
        self._completed = True

    def _enter(self, phase: Literal["header", "body"]) -> None:
        self._stop_watching()
        self._phase = phase
        self._bytes = 0
        self._began = self.loop.time()

    def _watch(self, seconds: float) -> None:
        self._timer = self.loop.call_later(seconds, self._late)

    def _stop_watching(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        limits = self.gate.limits
        if self._phase == "body":
            left = limits.body_s + self._bytes / limits.body_rate - (self.loop.time() - self._began)
            if self.flow.read_paused:
                # It is us who do not read.
                left = max(left, limits.body_s)
            if left > 0:
                self._watch(left)
                return
        if self._phase == "header" and not self._bytes:
            # Browsers open connections that they then do not need.
            self.transport.close()
            return
        self._close(f"{self._phase} too slow", b"408 Request Timeout")

    def _close(self, reason: str, status: bytes) -> None:
        self._stop_watching()
        self.gate.complain(reason, self._address)
        if self.cycle is None or self.cycle.response_complete:
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            self.transport.close()
        else:
            self.transport.abort()


def limited(gate: Gate) -> type[asyncio.Protocol]:
    """Return the protocol whose connections go through a gate, for `uvicorn.Config(http=…)`."""
    members: dict[str, Any] = {"gate": gate}
    return type("GatedProtocol", (LimitedProtocol,), members)
