"""The port to the compute worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from webapp.py.compute.protocol import Progress


class ComputePort(Protocol):
    """Runs functions of the compute room in the compute worker."""

    async def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Any:
        """Run a function by its name and return its result. Raises `ComputeProblem` or `Cancelled`."""
