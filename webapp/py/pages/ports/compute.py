"""The port to the compute worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from webapp.py.compute.protocol import Progress


class ComputePort(Protocol):
    """Runs functions of the compute room away from the page."""

    async def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Any:
        """Run a function by its name. Raises `ComputeProblem` or `Cancelled`."""
