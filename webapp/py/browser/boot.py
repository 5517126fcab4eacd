"""What the page knows when Python begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import js
from pyodide.ffi import create_proxy

from webapp.py.browser.worker import ComputeWorker


@dataclass(frozen=True)
class OfflineReport:
    """What becomes of the copy of the site on this machine.

    ``ready``: this version works without a network. ``update``: another version is here, a reload brings it.
    ``caching``: ``done`` of ``total`` files are here. ``failed``: it could not be made, ``reason`` says why.
    ``unsupported``: this browser or address (no secure context) keeps no copy.
    """

    kind: Literal["ready", "update", "caching", "failed", "unsupported"]
    done: int = 0
    total: int = 0
    reason: str = ""


@dataclass(frozen=True)
class BootInfo:
    """What ``main.start`` is given."""

    build: str
    """Name of the version of the site."""
    base: str
    """Address of the site's folder, with a slash at the end."""
    demo: str | None
    """Path of the demo project below ``base``."""
    how: Literal["snapshot", "plain"]
    """How Python was started."""
    site: dict[str, Any]
    """The whole of ``site.json``."""
    compute: ComputeWorker
    """Starts by itself once ``start`` has returned, or at the first call."""
    step: Callable[[str], Any]
    """Says on the boot display what is being done: a few words without a full stop."""

    def listen(self, callback: Callable[[OfflineReport], Any]) -> None:
        """Hear of offline copies and updates, those included that were reported before."""
        js.limnerBoot.listen(create_proxy(lambda message: callback(_report(message, self.build))))


def _report(message: Any, build: str) -> OfflineReport:
    kind = str(message.type)
    if kind == "active":
        return OfflineReport("ready" if message.build == build else "update")
    if kind == "caching":
        return OfflineReport("caching", int(message.done), int(message.total))
    if kind == "failed":
        return OfflineReport("failed", reason=str(message.reason))
    return OfflineReport("unsupported")
