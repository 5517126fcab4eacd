"""The second copy in a real browser: a database that is gone is brought back from the site's own files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import run_python, wait_for_boot
from tests.browser.sites import Server, SiteCopy, serve_folder

SET_UP = """
import js
from pyodide.ffi import to_js
from webapp.py.browser.journal import open_store
from webapp.py.domain.ops import create, make_op
from webapp.py.store.store import Store

counts = []

async def open_for(person):
    global local, store
    script = js.URL.new(boot.site["journal"], boot.base).href
    local = await open_store(person, script, solo=person == "solo", recovered=counts.append)
    store = await Store.open(local, "setup", solo=person == "solo")

async def edit(name, note="", record=None):
    if record is None:
        store.edit([create("dataset", {"id": name, "name": name, "description": note})])
    else:
        store.edit([make_op("dataset", record, {"description": note})])
    await store.flushed()
    assert store.status.saved, store.status

def held():
    return to_js(sorted(f"{record['name']} {record.get('description', '')}".strip()
                        for record in store.records("dataset").values()))
"""
PEOPLE = pytest.mark.parametrize("person", ["ann", "solo"])


@pytest.fixture(scope="module")
def site(built_site: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The site whose page runs the Python that a test gives it."""
    copy = SiteCopy(tmp_path_factory.mktemp("harness") / "site")
    copy.with_harness()
    server = serve_folder(copy.folder)
    yield server
    server.stop()


@pytest.fixture
def profile(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(90_000)
    yield context
    context.close()


def start(profile: BrowserContext, address: str, person: str) -> Page:
    page = profile.new_page()
    page.goto(address)
    wait_for_boot(page)
    run_python(page, SET_UP + f"await open_for({person!r})")
    return page


def drop(page: Page, person: str) -> None:
    """Delete a person's database, also under pages that have it open."""
    page.evaluate(
        """person => new Promise((resolve, reject) => {
            const request = indexedDB.deleteDatabase(`limner-${person}`);
            request.onsuccess = resolve;
            request.onerror = () => reject(request.error);
        })""",
        person,
    )


@PEOPLE
def test_a_database_that_goes_while_two_tabs_are_open_is_whole_again_before_either_goes_on(
    profile: BrowserContext, site: Server, person: str
) -> None:
    one, other = start(profile, site.url, person), start(profile, site.url, person)
    run_python(one, "await edit('a', 'first')")
    run_python(other, "await store.refresh()\nawait edit('b')\nawait edit('a', 'second', record='a')")
    drop(one, person)
    run_python(one, "await edit('c')")
    run_python(other, "await edit('a', 'third', record='a')")
    for page in (one, other):
        assert run_python(page, "await store.refresh()\nheld()") == ["a third", "b", "c"]
    # Whoever comes first brings back what there was by then. A tab that writes the journal anew while the
    # other one is at an edit puts that edit into it, which then comes a second time: three are the least.
    assert run_python(one, "sum(counts)") >= 3
    assert run_python(other, "sum(counts)") == 0
    one.close()
    other.close()
    assert run_python(start(profile, site.url, person), "held()") == ["a third", "b", "c"]


@PEOPLE
def test_an_edit_of_which_a_kill_left_one_copy_has_two_after_the_next_start(
    profile: BrowserContext, site: Server, person: str
) -> None:
    page = start(profile, site.url, person)
    run_python(page, "await edit('a')")
    write = "apply_locally" if person == "solo" else "enqueue"
    run_python(page, f"await local._local.{write}('setup', [create('dataset', {{'id': 'b', 'name': 'b'}})])")
    page.close()
    page = start(profile, site.url, person)
    run_python(page, "await edit('c')")
    page.close()
    page = profile.new_page()
    page.goto(f"{site.url}site.json")
    drop(page, person)
    assert run_python(start(profile, site.url, person), "held()") == ["a", "b", "c"]


def test_a_journal_stays_short_while_its_owner_writes_the_same_record_again_and_again(
    profile: BrowserContext, site: Server
) -> None:
    page = start(profile, site.url, "solo")
    run_python(page, "await edit('a')\nfor n in range(30): await edit('', 'x' * 1000, record='a')")
    assert run_python(page, "sum(map(len, await local._journal.read()))") > 30_000
    run_python(page, "await local._local.enqueue('other', [])")  # a write that the journal does not tell of
    page.close()
    page = start(profile, site.url, "solo")
    run_python(page, "await edit('b')")
    assert run_python(page, "sum(map(len, await local._journal.read()))") < 3_000


def test_plain_http_has_no_second_copy_and_works_all_the_same(profile: BrowserContext, site: Server) -> None:
    address = f"http://plain.limner.test:{site.port}/"
    page = start(profile, address, "ann")
    run_python(page, "await edit('a')")
    assert run_python(page, "type(local).__name__") == "IndexedDbStore"
    page.close()
    assert run_python(start(profile, address, "ann"), "held()") == ["a"]
