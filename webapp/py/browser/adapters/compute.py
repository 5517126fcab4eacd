"""The compute worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.py.browser.worker import ComputeWorker
from webapp.py.compute.protocol import Progress


class ComputeAdapter:
    """`webapp.py.pages.ports.compute.ComputePort` in a web worker."""

    def __init__(self, worker: ComputeWorker) -> None:
        self._worker = worker

    async def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Any:
        """Run a function of the worker by its name."""
        return await self._worker.call(function, arguments, on_progress=on_progress)
