"""A compute worker that ends in the middle of its work: every caller is answered, the next one goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import Console, run_python, wait_for_boot
from tests.browser.sites import SiteCopy, serve_folder

DEADLY = Path(__file__).with_name("deadly_functions.py").read_text()
BEGIN = """
import asyncio, gc, json
from webapp.py.compute.functions import FUNCTIONS, Function
from webapp.py.compute.liveness import Deaths
from webapp.py.compute.protocol import ComputeProblem, OutOfMemory
worker = boot.compute
worker._deaths = Deaths()
FUNCTIONS["hang"] = Function("", "", (), seconds=1.0)
workers = []
warm = type(worker).warm
def noted():
    fresh = worker._worker is None
    found = warm(worker)
    if fresh: workers.append(found)
    return found
worker.warm = noted
async def ask(name, **arguments):
    try:
        return await worker.call(name, arguments)
    except ComputeProblem as problem:
        return f"{type(problem).__name__}: {problem}"
"""


@pytest.fixture(scope="module")
def page(built_site: Path, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The harness with functions that end the worker."""
    copy = SiteCopy(tmp_path_factory.mktemp("deaths") / "site")
    copy.with_harness(in_worker=DEADLY)
    server = serve_folder(copy.folder)
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(90_000)
    page = context.new_page()
    page.goto(server.url)
    wait_for_boot(page)
    yield page
    context.close()
    server.stop()


def answers(page: Page, code: str) -> Any:
    """Run Python after `BEGIN`; the last line's value comes back as JSON."""
    *lines, last = code.strip().splitlines()
    return json.loads(run_python(page, "\n".join([BEGIN, *lines, f"json.dumps({last})"])))


def reports(console: Console) -> list[str]:
    return [line for line in console.problems() if "compute worker" in line]


@pytest.mark.parametrize("way", ["trap", "abort"])
def test_a_call_that_ends_the_worker_is_tried_once_more_and_those_behind_it_are_answered(
    page: Page, way: str
) -> None:
    console = Console(page)
    first, others, again, started = answers(
        page,
        f"""
deadly = asyncio.ensure_future(ask({way!r}))
waiting = [asyncio.ensure_future(ask("echo", value=[number])) for number in range(20)]
first, others = await deadly, await asyncio.gather(*waiting)
again = await ask({way!r})
[first, others, again, len(workers)]
""",
    )
    assert "stopped unexpectedly, twice" in first
    assert others == [[number] for number in range(20)]
    assert again == first  # remembered: no worker is given up for it a third time
    assert started <= 3
    assert len(reports(console)) == 2
    assert all(f"crashed during “{way}”" in line for line in reports(console))


def test_a_worker_that_hangs_is_replaced(page: Page) -> None:
    console = Console(page)
    said, behind, after = answers(
        page,
        """
hung = asyncio.ensure_future(ask("hang"))
behind = asyncio.ensure_future(ask("echo", value="behind"))
[await hung, await behind, await ask("echo", value="after")]
""",
    )
    assert "took too long, twice" in said
    assert [behind, after] == ["behind", "after"]
    assert len(reports(console)) == 2


def test_a_hanging_call_that_nobody_waits_for_holds_up_no_other(page: Page) -> None:
    behind = answers(
        page,
        """
hung = asyncio.ensure_future(ask("hang", note="unwanted"))
behind = asyncio.ensure_future(ask("echo", value="behind"))
await asyncio.sleep(0)
hung.cancel()
await behind
""",
    )
    assert behind == "behind"


def test_a_worker_without_memory_is_replaced_and_its_caller_told(page: Page) -> None:
    console = Console(page)
    said, behind, started = answers(
        page,
        """
await ask("echo", value=0)
before = len(workers)
full = asyncio.ensure_future(ask("exhaust"))
behind = asyncio.ensure_future(ask("echo", value="behind"))
[await full, await behind, len(workers) - before]
""",
    )
    assert said.startswith("OutOfMemory: There is not enough memory")
    assert (behind, started) == ("behind", 1)
    assert console.problems() == []


def test_callers_of_a_worker_that_cannot_start_are_told(page: Page) -> None:
    page.route("**/compute-*.js", lambda route: route.abort())
    ask = """
if worker._worker is not None: worker._replace()
[await asyncio.gather(ask("echo", value=1), ask("echo", value=2)), len(workers)]
"""
    said, started = answers(page, ask)
    page.unroute_all()
    assert all("could not be started" in one for one in said)
    assert started == 2
    assert answers(page, 'await ask("echo", value=3)') == 3
