"""The browser that every test here runs in, and the servers that the site lies on."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pydicom import Dataset

from builder.chromium import chromium
from builder.paths import DIST
from builder.site import build_site
from tests.browser.bad_pacs import BadPacs
from tests.browser.harness import Harness
from tests.browser.pacs import Pacs
from tests.browser.pacs_data import of_patient
from tests.browser.pages import PATIENCE_MS, Console, sign_in, wait_for_boot
from tests.browser.servers import World, add_project, make_world
from tests.browser.sites import Server, SiteCopy, serve_folder
from tests.browser.started import StartedPage, StartedPages
from tests.browser.weights import OTHER, SECONDS
from tests.browser.workspace import Workspace

QUIET = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Names that are not this machine for the browser, and lead to it all the same.
    "--host-resolver-rules=MAP *.limner.test 127.0.0.1",
)
SOFTWARE_WEBGL = (
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    # WebGL is the same without it; a page put together by an emulated graphics card takes a core for itself.
    "--disable-gpu-compositing",
)
SHORT_LIVED = ("--js-flags=--liftoff-only",)
"""A page that lives some seconds never gets back what optimizing Python's WebAssembly for it takes."""
OWN_PHOTOS = 4
"""Images of a project of a test's own."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("LIMNER_CHROMIUM") or chromium()
    return {
        **browser_type_launch_args,
        "executable_path": program,
        "args": [*QUIET, *SOFTWARE_WEBGL, *SHORT_LIVED],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Without a copy of the site on this machine, which each fresh profile would download whole.

    Tests of that copy carry ``tests.browser.pages.with_offline_copy``.
    """
    viewport = {"width": 1280, "height": 800}
    return {**browser_context_args, "viewport": viewport, "service_workers": "block"}


@pytest.fixture
def context(context: BrowserContext) -> BrowserContext:
    context.set_default_timeout(PATIENCE_MS)
    return context


@pytest.fixture
def console(page: Page) -> Console:
    """What the page wrote to its console and what it failed with."""
    return Console(page)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Sort files by what they take, the longest first, where several processes share them."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: -SECONDS.get(item.path.stem, OTHER))


FAILED = pytest.StashKey[bool]()
"""Whether a part of a test failed."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether a test failed: what it left behind is not for the next one."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def started_pages(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[StartedPages]:
    """The pages of this process that tests leave to each other."""
    pages = StartedPages(browser, browser_context_args)
    yield pages
    pages.close()


@pytest.fixture
def start(started_pages: StartedPages, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open the app at an address of a site, on a started page: nothing of other tests is on it.

    Not for tests of the start itself, of several tabs, of a copy of the site on this machine, of a clock that
    the test sets, and of what a browser allows: those use ``page``. ``prepare`` may route requests first.
    """
    taken: list[StartedPage] = []

    def open_page(address: str, fragment: str = "#/", **given: Any) -> Page:
        taken.append(started_pages.take(address, fragment, **given))
        return taken[-1].page

    yield open_page
    for page in taken:
        started_pages.put_back(page, failed=request.node.stash.get(FAILED, False))


@pytest.fixture
def solo(start: Callable[..., Page], static_site: str) -> Workspace:
    """The demo project of a site on a plain static server, on a started page."""
    return Workspace(start(static_site, "#/project/demo-project/0")).wait()


@pytest.fixture
def person_page(world: World, start: Callable[..., Page]) -> Callable[..., Page]:
    """Open the app as ``admin``, ``annotator`` or ``reviewer`` on a started page; see ``signed_in_page``."""

    def open_page(role: str = "annotator", world: World = world, fragment: str = "#/") -> Page:
        person = {"email": world.email(role), "password": world.passwords[role]}
        return start(world.sync.url, fragment, **person)

    return open_page


@pytest.fixture(scope="session")
def built_site() -> Path:
    """Folder of the built site."""
    build_site()
    return DIST


@pytest.fixture(scope="session")
def static_site(built_site: Path) -> Iterator[str]:
    """Address of the built site on a plain static server, with no sync server."""
    server = serve_folder(built_site)
    yield server.url
    server.stop()


@pytest.fixture
def site_copy(built_site: Path, tmp_path: Path) -> SiteCopy:
    """A copy of the site that a test may change."""
    return SiteCopy(tmp_path / "site")


@pytest.fixture(scope="session")
def harness_folder(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a copy of the site whose app is the harness: the page runs the Python that a test gives it.

    Tests leave it as it is.
    """
    copy = SiteCopy(tmp_path_factory.mktemp("harness") / "site")
    copy.with_harness()
    return copy.folder


@pytest.fixture
def harness_copy(harness_folder: Path, tmp_path: Path) -> SiteCopy:
    """A copy of the site with the harness that a test may change."""
    return SiteCopy(tmp_path / "site", harness_folder)


@pytest.fixture(scope="session")
def harness_site(harness_folder: Path) -> Iterator[Server]:
    """A plain static server with the harness."""
    server = serve_folder(harness_folder)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def harness_of_process(
    browser: Browser, browser_context_args: dict[str, Any], harness_site: Server
) -> Iterator[Harness]:
    made = Harness(browser, browser_context_args, harness_site.url)
    yield made
    made.close()


@pytest.fixture(scope="module")
def harness(harness_of_process: Harness) -> Page:
    """A page of the harness, which all files of this process use one after the other.

    Databases, stored files and the worker stay: each test names those of its own.
    """
    return harness_of_process.page()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    """Serve a folder on a free port, or on a given one; stopped at the end of the test."""
    running: list[Server] = []

    def start(folder: Path, port: int = 0) -> Server:
        running.append(serve_folder(folder, port))
        return running[-1]

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the demo's images, made once."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def world(built_site: Path, demo_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Both servers with the demo, shared by the tests that do not stop them."""
    made = make_world(tmp_path_factory.mktemp("world"), demo_files)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def stopped_world(world: World) -> Iterator[World]:
    """The shared servers for a test that stops them: those that it leaves stopped are started again."""
    yield world
    world.start()


@pytest.fixture
def own_project(world: World, demo_files: Path, browser: Browser) -> str:
    """The id of a project on the shared servers that nobody has worked on: the first photos of the demo."""
    files = json.loads((demo_files / "assets.json").read_text())[:OWN_PHOTOS]
    name = f"project-{uuid.uuid4().hex}"
    return add_project(world, browser, name, [(one["folder"], one["path"]) for one in files])


@pytest.fixture
def own_world(built_site: Path, demo_files: Path, tmp_path: Path) -> Iterator[World]:
    """Both servers with the demo for one test that changes what all people have."""
    made = make_world(tmp_path, demo_files)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def sync_server(world: World) -> str:
    """Address of the shared sync server, which serves the site."""
    return world.sync.url


@pytest.fixture
def datasets_server(world: World) -> str:
    """Address of the shared datasets server."""
    return world.datasets.url


@pytest.fixture
def signed_in_page(world: World, new_context: Callable[[], BrowserContext]) -> Callable[..., Page]:
    """Open the app as ``admin``, ``annotator`` or ``reviewer``, each time in a fresh profile."""

    def open_page(role: str = "annotator", world: World = world) -> Page:
        context = new_context()
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(world.sync.url)
        wait_for_boot(page)
        sign_in(page, world.email(role), world.passwords[role])
        return page

    return open_page


@pytest.fixture(scope="session")
def patient() -> list[Dataset]:
    return of_patient()


@pytest.fixture(scope="session")
def bad_pacs() -> Iterator[BadPacs]:
    server = BadPacs()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def pacs(
    tmp_path_factory: pytest.TempPathFactory, patient: list[Dataset], bad_pacs: BadPacs
) -> Iterator[Pacs]:
    made = Pacs(tmp_path_factory.mktemp("pacs"), elsewhere=f"{bad_pacs.base('good')}/studies")
    made.start()
    for data in patient:
        made.keep(data)
    yield made
    made.stop()
