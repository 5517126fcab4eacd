"""How long a person waits: from going to the address of an image until it is on the screen."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Page

from builder.paths import DIST
from tests.bench.chrome import profile
from tests.bench.figures import Budget, Figure, median_of
from tests.bench.registry import Effort, benchmark
from tests.browser.pages import wait_for_state, wait_until_offline_ready
from tests.browser.servers import World, make_world

MARKS = """(() => {
    const marks = (window.benchMarks = {});
    const mark = (name) => { marks[name] ??= performance.now(); };
    const look = () => {
        const step = document.getElementById("boot-step")?.textContent;
        if (step?.endsWith("…")) mark(step);
        if (document.body?.dataset.boot === "ready") mark("boot");
        // The skeleton covers the page until it is taken away.
        const covered = document.getElementById("boot");
        if (marks.image === undefined && !covered && document.querySelector("[data-image=ready]")) {
            mark("image");
            // The frame that shows it is drawn between these two.
            requestAnimationFrame(() => requestAnimationFrame(() => mark("painted")));
        }
    };
    const attributeFilter = ["data-image", "data-boot"];
    const changes = { subtree: true, childList: true, characterData: true, attributeFilter };
    new MutationObserver(look).observe(document, changes);
})()"""
"""Runs before the page's own code: notes when things are first to be seen, from the navigation on."""

STAY_MS = 8000
"""Milliseconds that somebody stays at least; V8 keeps machine code two seconds after the last was made."""
COLD = Budget("≤", 3900)
WARM = Budget("≤", 1100)


@contextmanager
def servers(home: Path) -> Iterator[World]:
    """Run both servers, on a copy of the site that stays as it is when the site is built again."""
    world = make_world(home, home / "files")
    # A copy stays as it is when the site is built again meanwhile.
    site = home / "site"
    shutil.copytree(DIST, site, copy_function=os.link)
    world.sync.line = [str(site) if part == str(DIST) else part for part in world.sync.line]
    world.start()
    try:
        yield world
    finally:
        world.stop()


def _sign_in(context: BrowserContext, world: World) -> None:
    answer = context.request.post(
        f"{world.sync.url}api/session",
        headers={"X-Limner": "1", "Origin": world.sync.url.rstrip("/")},
        data={"email": world.email("annotator"), "password": world.passwords["annotator"]},
    )
    if not answer.ok:
        raise RuntimeError(f"sign-in: {answer.status} {answer.text()}")


def visit(context: BrowserContext, address: str) -> tuple[Page, dict[str, float]]:
    """Open an image in a new page; return the page and the milliseconds from navigation to each mark."""
    page = context.new_page()
    page.add_init_script(MARKS)
    page.goto(address)
    page.wait_for_function("() => window.benchMarks.painted !== undefined")
    marks: dict[str, float] = page.evaluate("window.benchMarks")
    return page, marks


def leave_when_quiet(page: Page) -> None:
    """Close the page once nothing of it is still at work: the offline copy is whole, the worker is up."""
    wait_until_offline_ready(page)
    wait_for_state(page, "compute", "ready")
    page.close()


def stay(context: BrowserContext, address: str) -> None:
    """Come a second time and stay a while, as people do before any later visit.

    Only now do the files come from the copy on this machine, and what V8 keeps belongs to that.
    """
    page, _ = visit(context, address)
    page.wait_for_timeout(STAY_MS)
    leave_when_quiet(page)


def _python_start(marks: dict[str, float]) -> float:
    return marks["Loading libraries …"] - marks["Starting Python …"]


@benchmark("visits", "First and later visits, up to the first image on the screen")
def visits(effort: Effort) -> list[Figure]:
    runs, again = effort.times(3, 1), effort.times(5, 2)
    cold: list[dict[str, float]] = []
    warm: list[dict[str, float]] = []
    plain: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder, servers(Path(folder)) as world:
        place = "#/project/demo-project/0"
        for run in range(runs):
            with profile(Path(folder) / f"profile-{run}") as context:
                _sign_in(context, world)
                page, marks = visit(context, world.sync.url + place)
                cold.append(marks)
                leave_when_quiet(page)
                if run < runs - 1:
                    continue
                stay(context, world.sync.url + place)
                for query, found in [("", warm), ("?boot=plain", plain)] * again:
                    page, marks = visit(context, world.sync.url + query + place)
                    found.append(marks)
                    page.close()
    snapshot_start = [_python_start(marks) for marks in warm]
    plain_start = [_python_start(marks) for marks in plain]
    return [
        median_of("first visit", [marks["painted"] for marks in cold], "ms", COLD),
        median_of("later visit", [marks["painted"] for marks in warm], "ms", WARM),
        median_of("later visit, app is there", [marks["boot"] for marks in warm], "ms"),
        median_of("later visit, Python started plainly", [marks["painted"] for marks in plain], "ms"),
        median_of("Python from the snapshot", snapshot_start, "ms"),
        median_of("Python started plainly", plain_start, "ms"),
    ]
