"""The durable store in a real browser: what is called saved is on the disk, whatever becomes of the page."""

from __future__ import annotations

import inspect

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.pages import run_python, wait_for_boot
from tests.browser.sites import Server
from tests.support import local_store_scenarios

SOURCE = inspect.getsource(local_store_scenarios)
SET_UP = """
import asyncio, js, msgspec
from pyodide.ffi import to_js
AS_OBJECT = {"dict_converter": js.Object.fromEntries}
from webapp.py.browser.indexeddb import IndexedDbStore
from webapp.py.browser.tabs import Tabs
from webapp.py.domain.ids import new_id
from webapp.py.domain.ops import create, make_op
from webapp.py.domain.wire import Change, SyncReply
from webapp.py.store.leading import Standing, SyncWish
from webapp.py.store.local import StorageProblem
from webapp.py.store.store import Store

SCOPE = "project/p"

def dataset(name, **fields):
    return create("dataset", {"id": new_id(), "name": name, **fields})

def names(store):
    return sorted(record["name"] for record in store.records("dataset").values())
"""


SCENARIOS = """
import types
module = types.ModuleType('scenarios')
exec(compile(source, 'scenarios', 'exec'), module.__dict__)
scenarios = {one.__name__: one for one in module.SCENARIOS}
"""


@pytest.fixture
def shared_page(harness: Page) -> Page:
    """One profile for all tests here; each uses a database of its own."""
    run_python(harness, SET_UP)
    return harness


def start(context: BrowserContext, site: Server) -> Page:
    page = context.new_page()
    page.goto(site.url)
    wait_for_boot(page)
    run_python(page, SET_UP)
    return page


@pytest.fixture
def person(request: pytest.FixtureRequest) -> str:
    """Whose database a test uses."""
    return str(request.node.name)[:60]


@pytest.mark.parametrize("name", [one.__name__ for one in local_store_scenarios.SCENARIOS])
def test_local_store_in_indexeddb(shared_page: Page, name: str, person: str) -> None:
    run_python(
        shared_page,
        SCENARIOS
        + """
opened = []
async def door():
    opened.append(await IndexedDbStore.open(person))
    return opened[-1]
await scenarios[name](door)
for store in opened:
    store.close()
""",
        source=SOURCE,
        name=name,
        person=person,
    )


def test_what_is_saved_is_there_after_a_reload(shared_page: Page, person: str) -> None:
    page = shared_page
    run_python(
        page,
        """
store = await Store.open(await IndexedDbStore.open(person), "setup")
store.edit([dataset("first"), dataset("second")])
await store.flushed()
assert store.status.saved and store.status.unsynced == 2
""",
        person=person,
    )
    page.reload()
    wait_for_boot(page)
    run_python(page, SET_UP)
    found = run_python(
        page,
        """
store = await Store.open(await IndexedDbStore.open(person), "setup")
to_js([names(store), store.status.unsynced])
""",
        person=person,
    )
    assert found == [["first", "second"], 2]


def test_two_tabs_share_their_work_and_one_of_them_sends(
    shared_page: Page, harness_site: Server, person: str
) -> None:
    open_tab = """
tabs = Tabs(person)
local = await IndexedDbStore.open(person)
local.on_change = tabs.tell_news
store = await Store.open(local, "setup")
tabs.listen(lambda news: asyncio.ensure_future(store.refresh(news)))
"""
    one, other = shared_page, start(shared_page.context, harness_site)
    for page in (one, other):
        run_python(page, open_tab, person=person)
    assert run_python(one, "await tabs.lead()") is True
    assert run_python(other, "await tabs.lead()") is False
    run_python(one, "store.edit([dataset('from one')])\nawait store.flushed()")
    run_python(other, "store.edit([dataset('from other')])\nawait store.flushed()")
    for page in (one, other):
        run_python(
            page, "while len(names(store)) < 2 or store.status.unsynced < 2:\n    await asyncio.sleep(0.01)"
        )
    run_python(
        one,
        """
out = await local.outgoing("setup", 500, 10**6)
changes = [Change(table=op.table, id=op.id, fields=op.fields) for op in out.ops]
await store.apply_reply("", SyncReply(cursor="c1", done=[op.op_id for op in out.ops], changes=changes))
""",
    )
    run_python(other, "while store.status.unsynced:\n    await asyncio.sleep(0.01)")
    assert run_python(other, "to_js(names(store))") == ["from one", "from other"]
    # The leader tells how it fares, and hears what others wish.
    run_python(one, "wishes = []\ntabs.on_wish = wishes.append")
    run_python(
        other,
        "told, led = [], []\ntabs.on_standing = told.append\ntabs.on_lead = lambda: led.append(1)\n"
        "tabs.wish(SyncWish(wished=['setup'], now=True))",
    )
    asked = run_python(one, "while not wishes:\n    await asyncio.sleep(0.01)\nto_js(wishes[0].wished)")
    assert asked == ["setup"]
    run_python(one, "tabs.tell(Standing(state='signed_out', problem='Sign in.'))")
    assert run_python(
        other, "while not told:\n    await asyncio.sleep(0.01)\nto_js([told[0].state, told[0].problem])"
    ) == ["signed_out", "Sign in."]
    # An outdated leader hands over; a closed one is followed at once.
    run_python(one, "tabs.step_down()")
    run_python(other, "while not led:\n    await asyncio.sleep(0.01)")
    assert run_python(other, "await tabs.lead()") is True
    assert run_python(one, "await tabs.lead()") is False
    run_python(one, "led = []\ntabs.on_lead = lambda: led.append(1)")
    other.close()
    run_python(one, "while not led:\n    await asyncio.sleep(0.01)")
    assert run_python(one, "await tabs.lead()") is True


def test_rows_that_cannot_be_read_are_quarantined_and_the_others_stay_usable(
    shared_page: Page, person: str
) -> None:
    found = run_python(
        shared_page,
        """
local = await IndexedDbStore.open(person)
good, bad, odd = ({"id": name, "name": name} for name in ("good", "bad", "odd"))
changes = [Change(table="dataset", id=one["id"], fields=one) for one in (good, bad, odd)]
await local.apply_reply("setup", "", SyncReply(cursor="c1", changes=changes))
await local.enqueue("setup", [dataset("waits"), dataset("torn"), dataset("waits too")])

def damage(at):
    yield at("base").put('{"table": "dataset", "id": "ba', to_js(["setup", "dataset", "bad"]))
    row = '{"table": "dataset", "id": "odd", "fields": "{oops}"}'
    yield at("base").put(row, to_js(["setup", "dataset", "odd"]))
    entry = yield at("outbox").get(2)
    entry.text = entry.text[:20]
    yield at("outbox").put(entry, 2)
    yield at("meta").put("{oops", "mark")
    yield at("lists").put(to_js({"scope": "setup", "kind": "refused", "id": "x", "text": 5}, **AS_OBJECT))

await local._database.run(["base", "outbox", "meta", "lists"], "readwrite", damage)
marks = [await local.get_meta("mark", unreadable=0) for _ in range(2)]
out = await local.outgoing("setup", 10, 10**6)
store = await Store.open(local, "setup")
shown = names(store)
raw = sorted(entry.raw[:20] for entry in store.quarantined)
while (await local.load("setup")).cursor:
    await asyncio.sleep(0.01)  # what is damaged is fetched again
await store.apply_reply("", SyncReply(cursor="c2", changes=changes, reset=True))
local.close()
to_js([[op.fields["name"] for op in out.ops], shown, raw, names(store), store.status.quarantined, marks])
""",
        person=person,
    )
    assert found[0] == ["waits", "waits too"]
    assert found[1] == ["good", "waits", "waits too"]
    assert [raw[:9] for raw in found[2]] == ['{"op_id":', '{"scope":', '{"table":', "{oops", "{oops}"]
    assert found[3] == ["bad", "good", "odd", "waits", "waits too"]
    assert found[4] == 3
    assert found[5] == [0, 0]


def test_a_full_disk_is_said_and_the_edits_are_saved_once_there_is_room(
    browser: Browser, harness_site: Server, person: str
) -> None:
    # A profile of its own: where data was written before, Chromium goes by the room that it saw then.
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(90_000)
    page = start(context, harness_site)
    devtools = context.new_cdp_session(page)
    origin = harness_site.url.rstrip("/")
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin, "quotaSize": 1_000_000})
    run_python(page, "store = await Store.open(await IndexedDbStore.open(person), 'setup')", person=person)
    try:
        problem, saved, all_shown = run_python(
            page,
            """
import os
for number in range(50):
    store.edit([dataset(f"{number}-{part}", description=os.urandom(9_000).hex()) for part in range(20)])
    await store.flushed()
    if store.status.storage_problem:
        break
to_js([store.status.storage_problem, store.status.saved, len(names(store)) == 20 * (number + 1)])
""",
        )
    finally:
        devtools.send("Storage.overrideQuotaForOrigin", {"origin": origin})
    assert "storage is full" in problem
    assert (saved, all_shown) == (False, True)
    assert run_python(
        page,
        """
await store.retry()
again = await Store.open(await IndexedDbStore.open(person), "setup")
to_js([store.status.storage_problem, store.status.saved, names(again) == names(store)])
""",
        person=person,
    ) == [None, True, True]
    context.close()


def test_a_newer_version_in_another_tab_is_not_held_up_and_this_one_says_to_reload(
    shared_page: Page, harness_site: Server, person: str
) -> None:
    page, newer = shared_page, shared_page.context.new_page()
    newer.goto(f"{harness_site.url}site.json")
    run_python(
        page,
        "local = await IndexedDbStore.open(person)\nstore = await Store.open(local, 'setup')\n"
        "store.edit([dataset('old')])\nawait store.flushed()",
        person=person,
    )
    name = run_python(page, "local._database._name")
    newer.evaluate(
        """name => new Promise((done, fail) => {
            const request = indexedDB.open(name, 99);
            request.onsuccess = () => { request.result.close(); done(); };
            request.onerror = () => fail(request.error);
            request.onblocked = () => fail(new Error("blocked"));
        })""",
        name,
    )
    found = run_python(
        page,
        "store.edit([dataset('new')])\nawait store.flushed()\n"
        "to_js([store.status.storage_problem, store.status.unsaved, names(store)])",
    )
    assert "newer" in found[0] and "Reload" in found[0]
    assert found[1:] == [1, ["new", "old"]]
    newer.close()


def test_site_data_cleared_under_the_page_gets_what_the_page_still_holds(
    shared_page: Page, person: str
) -> None:
    page = shared_page
    run_python(
        page,
        "local = await IndexedDbStore.open(person)\nstore = await Store.open(local, 'setup')\n"
        "store.edit([dataset('before')])\nawait store.flushed()",
        person=person,
    )
    page.evaluate(
        """name => new Promise((done, fail) => {
            const request = indexedDB.deleteDatabase(name);
            request.onsuccess = () => done();
            request.onerror = () => fail(request.error);
        })""",
        run_python(page, "local._database._name"),
    )
    found = run_python(
        page,
        """
store.edit([dataset("after")])
await store.flushed()
again = await Store.open(await IndexedDbStore.open(person), "setup")
to_js([store.status.storage_problem, names(store), names(again)])
""",
        person=person,
    )
    assert found == [None, ["after", "before"], ["after", "before"]]
