"""What the idle tool has the compute worker prepare: asked once, after a pause, and called off when stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from webapp.py.workspace.messages import Ask, Prepared

PAUSE = 0.25
"""Seconds without a change after which the worker is asked again."""


class Worker(Protocol):
    """How questions reach the compute worker."""

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
        pause: float = 0.0,
    ) -> Callable[[], None]:
        """Put a question after ``pause`` seconds; returns how to call it off: then nobody is called back."""

    def notify(self, text: str) -> None:
        """Show a sentence for some seconds."""


class Preparation:
    """Keeps the latest answer for each tool, of one image."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._image: object = None
        self._ready: dict[str, Prepared] = {}
        self._asked: Ask | None = None
        self._refused: Ask | None = None
        self._call_off: Callable[[], None] = lambda: None

    @property
    def computing(self) -> bool:
        """Whether an answer is on its way."""
        return self._asked is not None

    def of(self, tool_id: str, image: object) -> Prepared | None:
        """Return the latest answer for a tool on this image."""
        return self._ready.get(tool_id) if image == self._image else None

    def want(self, tool_id: str, image: object, ask: Ask | None) -> None:
        """Have ``ask`` answered unless it is already, and call off any other question; None asks nothing."""
        if image != self._image:
            self.forget()
            self._image = image
        if ask is not None and ask in (self._asked, self._refused):
            return
        first = self._asked is None and tool_id not in self._ready
        self.stop()
        ready = self._ready.get(tool_id)
        if ask is None or (ready is not None and ready.ask == ask):
            return
        self._asked = ask

        def answered(answer: Any) -> None:
            self._ready[tool_id] = Prepared(ask, answer)
            self._asked = None

        def failed(reason: str) -> None:
            self._asked, self._refused = None, ask
            self._worker.notify(reason)

        self._call_off = self._worker.ask(
            ask.function, ask.arguments, answered, failed, 0.0 if first else PAUSE
        )

    def retry(self) -> None:
        """Let a question that failed be put once more."""
        self._refused = None

    def stop(self) -> None:
        """Call off what is being asked; answers that are there stay."""
        if self._asked is not None:
            self._asked = None
            self._call_off()

    def forget(self) -> None:
        """Call off what is being asked, and drop the answers."""
        self.stop()
        self._ready, self._refused = {}, None
