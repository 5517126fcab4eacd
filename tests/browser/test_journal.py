"""The second copy in a real browser: a database that is gone is brought back from the site's own files."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.pages import run_python, wait_for_boot
from tests.browser.sites import Server

SET_UP = """
import js
from pyodide.ffi import to_js
from webapp.py.browser.journal import open_store
from webapp.py.domain.ops import create, make_op
from webapp.py.store.store import Store

class Person:
    def __init__(self, name, solo):
        self.name, self.solo, self.counts = name, solo, []

    async def open(self):
        script = js.URL.new(boot.site["journal"], boot.base).href
        self.local = await open_store(self.name, script, solo=self.solo, recovered=self.counts.append)
        self.store = await Store.open(self.local, "setup", solo=self.solo)

    async def edit(self, name, note="", record=None):
        if record is None:
            self.store.edit([create("dataset", {"id": name, "name": name, "description": note})])
        else:
            self.store.edit([make_op("dataset", record, {"description": note})])
        await self.store.flushed()
        assert self.store.status.saved, self.store.status

    def held(self):
        return sorted(f"{record['name']} {record.get('description', '')}".strip()
                      for record in self.store.records("dataset").values())

people = [Person(*given) for given in given_people]
for one in people:
    await one.open()

async def edit(*given, **more):
    for one in people:
        await one.edit(*given, **more)

async def refresh():
    for one in people:
        await one.store.refresh()

def held():
    return to_js([one.held() for one in people])
"""
People = list[tuple[str, bool]]
"""Names, and whether there is no server: what waits for one and what does not are written differently."""


@pytest.fixture
def people(request: pytest.FixtureRequest) -> People:
    """Two with stores of their own, which each page opens: one with a server, one without."""
    test = request.node.name[:40]
    return [(f"{test}-ann", False), (f"{test}-solo", True)]


@pytest.fixture
def last_page(harness: Page) -> Page:
    """A page that is there already and on which nobody is yet. It is in one profile with the others."""
    return harness


def enter(page: Page, people: People) -> Page:
    """Let people open their stores on a page."""
    run_python(page, SET_UP, given_people=people)
    return page


def start(beside: Page, address: str, people: People) -> Page:
    """Open a page of its own in the profile of another, and let people open their stores."""
    page = beside.context.new_page()
    page.goto(address)
    wait_for_boot(page)
    return enter(page, people)


def drop(page: Page, people: People) -> None:
    """Delete the databases of people, also under pages that have them open."""
    for person, _ in people:
        page.evaluate(
            """person => new Promise((resolve, reject) => {
                const request = indexedDB.deleteDatabase(`limner-${person}`);
                request.onsuccess = resolve;
                request.onerror = () => reject(request.error);
            })""",
            person,
        )


def test_a_database_that_goes_while_two_tabs_are_open_is_whole_again_before_either_goes_on(
    last_page: Page, harness_site: Server, people: People
) -> None:
    one, other = (start(last_page, harness_site.url, people) for _ in range(2))
    run_python(one, "await edit('a', 'first')")
    run_python(other, "await refresh()\nawait edit('b')\nawait edit('a', 'second', record='a')")
    drop(one, people)
    run_python(one, "await edit('c')")
    run_python(other, "await edit('a', 'third', record='a')")
    for page in (one, other):
        assert run_python(page, "await refresh()\nheld()") == [["a third", "b", "c"]] * 2
    # Whoever comes first brings back what there was by then. A tab that writes the journal anew while the
    # other one is at an edit puts that edit into it, which then comes a second time: three are the least.
    assert run_python(one, "min(sum(one.counts) for one in people)") >= 3
    assert run_python(other, "sum(sum(one.counts) for one in people)") == 0
    one.close()
    other.close()
    assert run_python(enter(last_page, people), "held()") == [["a third", "b", "c"]] * 2


def test_an_edit_of_which_a_kill_left_one_copy_has_two_after_the_next_start(
    last_page: Page, harness_site: Server, people: People
) -> None:
    page = start(last_page, harness_site.url, people)
    run_python(
        page,
        """
await edit("a")
for one in people:
    write = one.local._local.apply_locally if one.solo else one.local._local.enqueue
    await write("setup", [create("dataset", {"id": "b", "name": "b"})])
""",
    )
    page.close()
    page = start(last_page, harness_site.url, people)
    run_python(page, "await edit('c')")
    page.close()
    drop(last_page, people)
    assert run_python(enter(last_page, people), "held()") == [["a", "b", "c"]] * 2


def test_a_journal_stays_short_while_its_owner_writes_the_same_record_again_and_again(
    last_page: Page, harness_site: Server, people: People
) -> None:
    solo = people[1:]
    length = "sum(map(len, await people[0].local._journal.read()))"
    page = start(last_page, harness_site.url, solo)
    run_python(page, "await edit('a')\nfor n in range(30): await edit('', 'x' * 1000, record='a')")
    assert run_python(page, length) > 30_000
    # A write that the journal does not tell of.
    run_python(page, "await people[0].local._local.enqueue('other', [])")
    page.close()
    page = enter(last_page, solo)
    run_python(page, "await edit('b')")
    assert run_python(page, length) < 3_000


def test_plain_http_has_no_second_copy_and_works_all_the_same(
    page: Page, harness_site: Server, people: People
) -> None:
    page.goto(f"http://plain.limner.test:{harness_site.port}/")
    wait_for_boot(page)
    ann = people[:1]
    enter(page, ann)
    run_python(page, "await edit('a')")
    assert run_python(page, "type(people[0].local).__name__") == "IndexedDbStore"
    page.reload()
    wait_for_boot(page)
    assert run_python(enter(page, ann), "held()") == [["a"]]
