"""What an idle tool has the compute worker prepare: asked once, after a pause, and canceled when outdated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from webapp.py.workspace.messages import Ask, Prepared

PAUSE = 0.25
"""Seconds without a change before the worker is asked again."""


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
        """Ask after ``pause`` seconds, and return a function that cancels: then nothing is called back."""

    def notify(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show a sentence for some seconds; ``undo`` is what its Undo button does, if it has one."""


class Preparation:
    """Keeps the latest answer for each tool, for one image."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._image: object = None
        self._ready: dict[str, Prepared] = {}
        self._asked: Ask | None = None
        self._failed: Ask | None = None
        self._cancel: Callable[[], None] = lambda: None
        self._sharing: tuple[Callable[[Any], None], Callable[[str], None]] | None = None

    @property
    def computing(self) -> bool:
        """Whether an answer is pending."""
        return self._asked is not None

    def of(self, tool_id: str, image: object) -> Prepared | None:
        """Return the latest answer for a tool on this image, or None."""
        return self._ready.get(tool_id) if image == self._image else None

    def want(self, tool_id: str, image: object, ask: Ask | None) -> None:
        """Ask for ``ask`` unless it is already answered, and cancel any other question; None asks nothing."""
        if image != self._image:
            self.forget()
            self._image = image
        if ask is not None and ask in (self._asked, self._failed):
            return
        first = self._asked is None and tool_id not in self._ready
        self.stop()
        ready = self._ready.get(tool_id)
        if ask is None or (ready is not None and ready.ask == ask):
            return
        self._asked = ask

        def answered(answer: Any) -> None:
            self._ready[tool_id] = Prepared(ask, answer)
            self._asked, sharing = None, self._take_sharing()
            if sharing is not None:
                sharing[0](answer)

        def failed(reason: str) -> None:
            self._asked, self._failed = None, ask
            sharing = self._take_sharing()
            if sharing is not None:
                sharing[1](reason)
            else:
                self._worker.notify(reason)

        self._cancel = self._worker.ask(
            ask.function, ask.arguments, answered, failed, 0.0 if first else PAUSE
        )

    def share(
        self, ask: Ask, answered: Callable[[Any], None], failed: Callable[[str], None]
    ) -> Callable[[], None] | None:
        """Give the answer that is pending to a gesture that asks the same, so that it is computed once.

        Returns a function that cancels this; None if something else is pending.
        """
        if ask != self._asked:
            return None
        self._sharing = answered, failed

        def cancel() -> None:
            self._sharing = None

        return cancel

    def _take_sharing(self) -> tuple[Callable[[Any], None], Callable[[str], None]] | None:
        sharing, self._sharing = self._sharing, None
        return sharing

    def retry(self) -> None:
        """Allow a failed question to be asked again."""
        self._failed = None

    def stop(self) -> None:
        """Cancel the pending question; answers stay."""
        if self._asked is not None:
            self._asked = None
            self._cancel()

    def forget(self) -> None:
        """Cancel the pending question, and drop the answers."""
        self.stop()
        self._ready, self._failed = {}, None
