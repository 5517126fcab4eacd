"""The browser that benchmarks run in, and pages in it that run Python given from outside."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, sync_playwright

from builder.chromium import chromium
from tests.browser.pages import run_python, wait_for_boot
from tests.browser.sites import SiteCopy, serve_folder

PATIENCE_MS = 180_000
FLAGS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A machine without a graphics card draws WebGL in software.
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
)


@contextlib.contextmanager
def profile(folder: Path) -> Iterator[BrowserContext]:
    """A browser with its profile on the disk, as people have it; closed at the end."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder,
            executable_path=os.environ.get("LIMNER_CHROMIUM") or chromium(),
            args=list(FLAGS),
            viewport={"width": 1280, "height": 800},
        )
        context.set_default_timeout(PATIENCE_MS)
        try:
            yield context
        finally:
            context.close()


@contextlib.contextmanager
def python_page(*sources: Path, files: Mapping[str, bytes] | None = None, before: str = "") -> Iterator[Page]:
    """A page of the site whose app only runs the Python it is given; these sources are run first.

    ``files`` lie beside the site, to be fetched from there. ``before`` is JavaScript that runs first.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = SiteCopy(Path(folder) / "site")
        copy.with_harness()
        for name, content in (files or {}).items():
            (copy.folder / name).write_bytes(content)
        server = serve_folder(copy.folder)
        try:
            with profile(Path(folder) / "profile") as context:
                page = context.new_page()
                page.add_init_script(before)
                page.goto(f"{server.url}?worker")
                wait_for_boot(page)
                for source in sources:
                    run_python(page, source.read_text(encoding="utf-8") + "\nNone\n")
                yield page
        finally:
            server.stop()


@dataclass(frozen=True)
class Task:
    """Something that the page's own thread did, in milliseconds; ``busy`` is the processor's time for it."""

    name: str
    began: float
    took: float
    busy: float


@contextlib.contextmanager
def traced(page: Page) -> Iterator[list[Task]]:
    """Note each pointer event and each frame's callbacks, as the browser itself traces them."""
    session = page.context.new_cdp_session(page)
    found: list[dict[str, Any]] = []
    session.on("Tracing.dataCollected", lambda part: found.extend(part["value"]))
    categories = {"includedCategories": ["devtools.timeline"]}
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": categories})
    tasks: list[Task] = []
    try:
        yield tasks
    finally:
        done: list[bool] = []
        session.on("Tracing.tracingComplete", lambda _: done.append(True))
        session.send("Tracing.end")
        while not done:
            page.wait_for_timeout(50)  # which is when the driver hears of it
        tasks += sorted(
            (
                Task(kind, event["ts"] / 1000, event["dur"] / 1000, event.get("tdur", event["dur"]) / 1000)
                for event in found
                if event.get("ph") == "X" and (kind := _kind(event))
            ),
            key=lambda task: task.began,
        )


def _kind(event: dict[str, Any]) -> str:
    if event["name"] == "EventDispatch":
        kind = str(event["args"]["data"]["type"])
        return kind if kind.startswith("pointer") else ""
    return "frame" if event["name"] == "FireAnimationFrame" else ""


def ask(page: Page, code: str, **names: Any) -> Any:
    """Run Python on the page; the last line's value comes back, through JSON."""
    return run_python(page, code, **names)
