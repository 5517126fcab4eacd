"""Stands in for the app in tests of the room beneath it: lets a test run Python on the page."""

from __future__ import annotations

from typing import Any

import js
from pyodide.code import eval_code_async
from pyodide.ffi import create_proxy

from webapp.py.browser.boot import BootInfo


async def start(boot: BootInfo) -> None:
    if "worker" not in str(js.location.search):
        _spare_worker(boot.compute)
    names: dict[str, Any] = {"boot": boot}

    async def run(code: str) -> Any:
        # A snapshot brings only what the app imports of its libraries; a test may ask for any part.
        await js.limnerBoot.complete()
        return await eval_code_async(code, names)

    js.window.python = create_proxy(run)
    js.window.reports = js.Array.new()
    boot.listen(lambda report: js.window.reports.push(f"{report.kind} {report.reason}".strip()))
    js.document.getElementById("app").textContent = f"Build {boot.build}"


def _spare_worker(compute: Any) -> None:
    """Let the worker start with its first call only: it costs what the page costs, and few tests need it."""

    def not_yet() -> None:
        del compute.warm

    compute.warm = not_yet
