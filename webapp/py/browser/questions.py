"""Questions of gestures to the compute worker: each waits for a pause and can be cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from webapp.py.browser import texts
from webapp.py.compute.protocol import Progress

_DOING = "data-doing"
"""The attribute with the worker's progress, which the style sheet shows while it is busy."""


class Compute(Protocol):
    """Calls the compute worker."""

    async def __call__(
        self,
        function: str,
        arguments: Mapping[str, Any],
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Any:
        """Return the answer, or raise an exception with a message for the person."""


class Questions:
    """Asks questions and shows their progress in the viewport.

    Parameters
    ----------
    element
        The element of the viewport.
    compute
        Calls the worker.
    finished
        Called after each answer or failure.
    """

    def __init__(self, element: Any, compute: Compute, finished: Callable[[], None]) -> None:
        self._element, self._compute, self._finished = element, compute, finished
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answered: Callable[[Any], None],
        failed: Callable[[str], None],
        pause: float = 0.0,
    ) -> Callable[[], None]:
        """Ask after ``pause`` seconds. Returns a function that cancels the question and its callbacks."""

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
            self._finished()

        task = asyncio.ensure_future(put())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

        def call_off() -> None:
            task.cancel()

        return call_off

    def close(self) -> None:
        """Cancel all questions."""
        for task in self._tasks:
            task.cancel()

    def _show_progress(self, progress: Progress) -> None:
        self._element.setAttribute(_DOING, texts.progress(progress.note, progress.share))
