"""Runs in the page's Python between two tests: ends the app, and builds it anew."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
from typing import Any

import js
from pyodide.ffi import create_proxy

from webapp.py.browser import main
from webapp.py.browser.boot import BootInfo

boot = next(one for one in gc.get_objects() if isinstance(one, BootInfo))


async def end(heard: Any) -> None:
    """Leave the page, cancel whatever runs, forget what the worker was given."""
    app = inspect.getclosurevars(heard.unwrap()).nonlocals["app"]
    with contextlib.suppress(Exception):
        app.commit()
        if app.page is not None:
            app.page.close()
    running = asyncio.all_tasks() - {asyncio.current_task()}
    for task in running:
        task.cancel()
    await asyncio.wait(running, timeout=5) if running else None
    for address in list(boot.compute._given):
        boot.compute.forget_image(address)


async def begin() -> None:
    """Do what the start of the page does once Python is there."""
    await main.start(boot)
    boot.compute.warm()


js.window.limnerTests.python = create_proxy({"end": end, "begin": begin})
