"""Questions of a viewport's gestures to the compute worker: each after a pause, until it is called off."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from webapp.py.compute.protocol import Progress

_DOING = "data-doing"
"""The attribute with what the worker does and how far it is, shown by the style sheet while it is busy."""


class Compute(Protocol):
    """How questions reach the compute worker."""

    async def __call__(
        self,
        function: str,
        arguments: Mapping[str, Any],
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Any:
        """Return the answer, or raise with a sentence for the person."""


class Questions:
    """Puts questions, and shows in the viewport's element how far their answers are.

    Parameters
    ----------
    element
        The viewport's element.
    compute
        How questions reach the worker.
    settled
        Called when a question has been answered, or has failed.
    """

    def __init__(self, element: Any, compute: Compute, settled: Callable[[], None]) -> None:
        self._element, self._compute, self._settled = element, compute, settled
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
        pause: float = 0.0,
    ) -> Callable[[], None]:
        """Put a question after ``pause`` seconds; returns how to call it off: then nobody is called back."""

        async def put() -> None:
            await asyncio.sleep(pause)
            try:
                answer = await self._compute(function, arguments, self._show_progress)
            except Exception as error:
                failed(str(error) or type(error).__name__)
            else:
                answered(answer)
            finally:
                self._element.removeAttribute(_DOING)
            self._settled()

        task = asyncio.ensure_future(put())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

        def call_off() -> None:
            task.cancel()

        return call_off

    def close(self) -> None:
        """Call off everything."""
        for task in self._tasks:
            task.cancel()

    def _show_progress(self, progress: Progress) -> None:
        doing = progress.note or "Computing"
        self._element.setAttribute(_DOING, f"{doing} {progress.share:.0%} · Esc to cancel")
