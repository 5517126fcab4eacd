"""What the page knows when Python starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import js
from pyodide.ffi import create_proxy

from webapp.py.browser.worker import ComputeWorker


@dataclass(frozen=True)
class OfflineReport:
    """The state of the offline copy of the site.

    ``ready``: this version works offline. ``update``: another version is installed and used after a reload.
    ``caching``: ``done`` of ``total`` files are saved. ``failed``: saving failed, see ``reason``.
    ``unsupported``: this browser, or an address without a secure context, keeps no copy.
    """

    kind: Literal["ready", "update", "caching", "failed", "unsupported"]
    done: int = 0
    total: int = 0
    reason: str = ""


@dataclass(frozen=True)
class BootInfo:
    """What ``main.start`` receives."""

    build: str
    """The build of the site."""
    base: str
    """The address of the site's folder, with a slash at the end."""
    demo: str | None
    """The path of the demo project below ``base``."""
    how: Literal["snapshot", "plain"]
    """How Python started."""
    site: dict[str, Any]
    """The content of ``site.json``."""
    compute: ComputeWorker
    """The compute worker. It starts when ``start`` has returned, or at the first call."""
    step: Callable[[str], Any]
    """Shows the current step while the page starts, in a few words without a period."""

    def listen(self, callback: Callable[[OfflineReport], Any]) -> None:
        """Call back with reports on the offline copy, including earlier ones."""
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
