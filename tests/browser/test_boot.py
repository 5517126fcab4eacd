"""How the page starts: at once to see, fast from the snapshot, or without it; or it says why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import PATIENCE_MS, Console, run_python, state, wait_for_boot, wait_for_state
from tests.browser.sites import Server, SiteCopy

Serve = Callable[..., Server]


WATCH_STEPS = """
window.steps = [];
addEventListener("DOMContentLoaded", () => new MutationObserver(() => {
    const step = document.getElementById("boot-step");
    if (step) window.steps.push(step.textContent);
}).observe(document.body, { subtree: true, childList: true, characterData: true }));
"""
LIKE_WEBKIT = """(() => {
    // Each place of a table but the first with the same function has a function object of its own.
    const { get } = WebAssembly.Table.prototype;
    const firsts = new Map();
    const others = new Map();
    WebAssembly.Table.prototype.get = function (place) {
        const found = get.call(this, place);
        if (!found) return found;
        if (!firsts.has(found)) firsts.set(found, place);
        if (firsts.get(found) === place) return (...given) => found(...given);
        if (!others.has(place)) others.set(place, (...given) => found(...given));
        return others.get(place);
    };
})()"""


@pytest.fixture
def trouble(page: Page) -> Callable[[str], str]:
    """Open an address where the start fails, and return what the page says, with its details."""

    def read(url: str) -> str:
        page.goto(url)
        assert wait_for_state(page, "boot", "ready", "failed") == "failed"
        return page.inner_text("#boot main") + "\n" + (page.text_content("#boot pre") or "")

    return read


@dataclass
class Start:
    """A start from the snapshot, which the tests of what it brings share."""

    page: Page
    console: Console
    drawn: float
    """A random number, drawn at once."""


@pytest.fixture(scope="module")
def started(browser: Browser, browser_context_args: dict[str, Any], harness_site: Server) -> Iterator[Start]:
    context = browser.new_context(**browser_context_args)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    console = Console(page)
    page.add_init_script(WATCH_STEPS)
    page.goto(harness_site.url)
    wait_for_boot(page)
    yield Start(page, console, run_python(page, "import random\nrandom.random()"))
    context.close()


def test_the_app_starts_from_the_snapshot_and_says_what_it_does(started: Start) -> None:
    page = started.page
    assert state(page, "how") == "snapshot"
    steps: list[str] = page.evaluate("window.steps")
    bytes_told = [
        float(found[1]) for step in steps if (found := re.match(r"Loading ([\d.]+) of [\d.]+ MB", step))
    ]
    assert len(bytes_told) > 3 and bytes_told == sorted(bytes_told)
    assert "Starting Python …" in steps and "Loading libraries …" in steps
    expect(page.locator("#boot")).to_have_count(0)
    assert started.console.problems() == []


def test_a_browser_that_does_not_find_functions_in_its_tables_starts_from_the_snapshot_too(
    page: Page, console: Console, harness_site: Server
) -> None:
    page.add_init_script(LIKE_WEBKIT)
    page.goto(harness_site.url)
    wait_for_boot(page)
    assert state(page, "how") == "snapshot"
    assert run_python(page, "import numpy\nint(numpy.arange(5).sum())") == 10
    assert console.problems() == []


def test_every_start_has_chance_of_its_own(started: Start, page: Page, harness_site: Server) -> None:
    page.goto(harness_site.url)
    wait_for_boot(page)
    assert run_python(page, "import random\nrandom.random()") != started.drawn


def test_a_plain_start_is_there_for_comparison(page: Page, harness_site: Server) -> None:
    page.goto(harness_site.url + "?boot=plain")
    wait_for_boot(page)
    assert state(page, "how") == "plain"
    assert run_python(page, "import numpy, msgspec\nint(numpy.arange(4).sum())") == 6


def damaged(content: bytes) -> bytes:
    middle = len(content) // 2
    return (
        content[:middle]
        + bytes(byte ^ 0xFF for byte in content[middle : middle + 64])
        + content[middle + 64 :]
    )


def test_the_libraries_are_in_the_snapshot_and_their_files_come_when_one_is_needed(
    started: Start,
) -> None:
    page = started.page
    is_here = "import os\nimport numpy\nos.path.exists(os.path.dirname(numpy.__file__))"
    assert run_python(page, "import sys\n'webapp.py.pages.shell.app' in sys.modules") is True
    assert run_python(page, "import numpy\nint(numpy.linalg.inv(numpy.eye(3) / 2).sum())") == 6
    assert run_python(page, is_here) is False
    find = "import importlib.util\nimportlib.util.find_spec('numpy.polynomial') is not None"
    page.evaluate(
        "async (code) => { while (!(await window.python(code))) await new Promise(requestAnimationFrame); }",
        find,
    )
    assert run_python(page, "import numpy.polynomial\nnumpy.polynomial.Polynomial([1, 2])(3)") == 7
    assert run_python(page, is_here) is True


@pytest.mark.parametrize("harm", ["damaged", "missing"])
def test_a_library_of_the_snapshot_that_is_no_good_only_costs_time(
    page: Page, harness_copy: SiteCopy, serve: Serve, harm: str
) -> None:
    path = harness_copy.description["libraries"][0][1]
    if harm == "missing":
        harness_copy.remove(path)
    else:
        harness_copy.write(path, damaged(harness_copy.read(path)))
    page.goto(serve(harness_copy.folder).url)
    wait_for_boot(page)
    assert state(page, "how") == "plain"
    assert run_python(page, "import numpy\nint(numpy.arange(4).sum())") == 6


@pytest.mark.parametrize("harm", ["damaged", "cut off", "empty", "missing"])
def test_a_snapshot_that_is_no_good_only_costs_time(
    page: Page, harness_copy: SiteCopy, serve: Serve, harm: str
) -> None:
    path = harness_copy.path("snapshot")
    whole = harness_copy.read(path)
    if harm == "missing":
        harness_copy.remove(path)
    else:
        harness_copy.write(path, {"damaged": damaged(whole), "cut off": whole[:-1000], "empty": b""}[harm])
    page.goto(serve(harness_copy.folder).url)
    wait_for_boot(page)
    assert state(page, "how") == "plain"
    assert run_python(page, "1 + 1") == 2


@pytest.mark.parametrize(
    "part", ["pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json", "app", "numpy"]
)
def test_a_missing_file_is_named_and_trying_again_works_once_it_is_there(
    page: Page, trouble: Callable[[str], str], harness_copy: SiteCopy, serve: Serve, part: str
) -> None:
    path = wheel_of(harness_copy, part) if part == "numpy" else harness_copy.path(part)
    content = harness_copy.read(path)
    harness_copy.remove(path)
    said = trouble(serve(harness_copy.folder).url + ("?boot=plain" if part == "numpy" else ""))
    assert "missing on the server" in said
    assert f"{path}: 404" in said
    harness_copy.write(path, content)
    page.get_by_role("button", name="Try again").click()
    wait_for_boot(page)


@pytest.mark.parametrize("part", ["python_stdlib.zip", "app", "numpy"])
def test_a_file_with_other_content_is_not_run(
    trouble: Callable[[str], str], harness_copy: SiteCopy, serve: Serve, part: str
) -> None:
    path = wheel_of(harness_copy, part) if part == "numpy" else harness_copy.path(part)
    harness_copy.write(path, damaged(harness_copy.read(path)))
    said = trouble(serve(harness_copy.folder).url + "?boot=plain")
    assert "damaged" in said
    assert path in said


def wheel_of(site: SiteCopy, package: str) -> str:
    return next(str(file["path"]) for file in site.description["files"] if f"/{package}-" in file["path"])


def test_a_server_that_goes_away_during_the_start_is_told(
    page: Page, trouble: Callable[[str], str], harness_site: Server
) -> None:
    page.route("**/*.wasm", lambda route: route.abort())
    page.route("**/*.zip", lambda route: route.abort())
    assert "could not be reached" in trouble(harness_site.url)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("delete globalThis.WebAssembly", "does not allow WebAssembly"),
        (
            "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); }",
            "save anything",
        ),
        ("Object.defineProperty(window, 'indexedDB', { value: undefined })", "save anything"),
        (
            "IDBFactory.prototype.open = () => { throw new DOMException('full', 'QuotaExceededError'); }",
            "storage on this computer is full",
        ),
        (
            "const { instantiate } = WebAssembly; WebAssembly.instantiate = async (...given) => {"
            "  if (given.length < 2) return instantiate.apply(WebAssembly, given);"
            "  throw new RangeError('WebAssembly.Memory(): could not allocate memory'); }",
            "too little memory",
        ),
    ],
    ids=["no WebAssembly", "storage forbidden", "no storage", "storage full", "no memory"],
)
def test_what_the_browser_lacks_is_said_in_plain_words(
    page: Page, trouble: Callable[[str], str], static_site: str, script: str, words: str
) -> None:
    page.add_init_script(script)
    said = trouble(static_site)
    assert words in said
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_role("alert")).to_be_visible()


def test_an_app_that_cannot_start_shows_why(
    trouble: Callable[[str], str], site_copy: SiteCopy, serve: Serve
) -> None:
    broken = "async def start(boot):\n    raise RuntimeError('the clock has no hands')\n"
    site_copy.rebuild(app=site_copy.app_with(broken))
    said = trouble(serve(site_copy.folder).url)
    assert "could not start" in said
    assert "the clock has no hands" in said


def test_the_frame_stands_before_any_script_runs(page: Page, static_site: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.route("**/assets/boot-*.js", lambda route: None)
    page.goto(static_site, wait_until="commit")
    expect(page.get_by_role("banner")).to_have_text("Limner")
    expect(page.get_by_role("progressbar", name="Starting")).to_be_visible()
    expect(page.locator("#boot")).to_have_css("background-color", "rgb(17, 20, 25)")


@pytest.mark.parametrize(
    ("system", "choice", "light"),
    [("light", "", True), ("light", "dark", False), ("dark", "light", True), ("dark", "system", False)],
)
def test_the_frame_has_the_colors_of_the_system_or_those_that_were_chosen(
    page: Page, static_site: str, system: Literal["light", "dark"], choice: str, light: bool
) -> None:
    page.emulate_media(color_scheme=system)
    page.add_init_script(f"localStorage.setItem('limner.theme', '{choice}')")
    page.route("**/*.wasm", lambda route: None)
    page.goto(static_site, wait_until="commit")
    color = "rgb(243, 245, 248)" if light else "rgb(17, 20, 25)"
    expect(page.locator("#boot")).to_have_css("background-color", color)


def test_without_javascript_the_page_says_so(browser: Browser, static_site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(static_site)
    expect(page.locator("noscript p")).to_be_visible()
    expect(page.locator("noscript p")).to_contain_text("needs JavaScript")
    context.close()


def test_the_real_app_starts_on_a_plain_static_host(page: Page, console: Console, static_site: str) -> None:
    page.goto(static_site)
    wait_for_boot(page)
    wait_for_state(page, "compute", "ready")
    assert [line for line in console.problems() if "404" not in line] == []
