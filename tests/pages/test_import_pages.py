"""Importing as a person does it: a file of one machine, taken in on another or on the same one."""

from __future__ import annotations

import json
from typing import Any

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import DEMO_ASSETS, DEMO_RECORDS, Server
from tests.support.visitor import Visitor, document_of, labeled, visit
from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import Fields
from webapp.py.domain.wire import MOST_OPS, PROTOCOL, SignedIn, project_scope
from webapp.py.pages.exchange import texts
from webapp.py.pages.ports.server import Demo
from webapp.py.store.document import project_document, write_document
from webapp.py.store.local import StorageProblem
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.ui.tree import find, find_all, text_of

SCOPE = project_scope("p1")


async def empty(machine: Machine | None = None) -> Visitor:
    """Return somebody in a solo workspace without any project."""
    ports = FakePorts(machine)
    ports.demo_project = None
    return await visit(ports)


async def bring(page: Visitor, content: bytes | None) -> None:
    page.ports.to_pick = content
    await page.go("#/")
    await page.click("Import…")


async def records_on(machine: Machine, scope: str = SCOPE) -> dict[tuple[str, str], Fields]:
    """Return what a page would find on this machine, deleted records too."""
    store = await Store.open(MemoryLocalStore(machine.disks["solo"]), scope, solo=True)
    keys = machine.disks["solo"].scope(scope).rows
    return {key: fields for key in keys if (fields := store.get_deleted(*key)) is not None}


def changed(content: bytes, change: Any) -> bytes:
    read = json.loads(content)
    change(read)
    return json.dumps(read).encode()


def many(count: int) -> bytes:
    """Return a document with so many annotations."""
    own = assignment_id("p1", 0, "solo")
    keys = {"project": "p1", "asset": 0}
    box = {"kind": "box", "x": 0, "y": 0, "width": 1, "height": 1}
    made = {**keys, "assignment": own, "author": "solo", "class_id": "cat", "shape": box, "object_id": "o"}
    records = {
        "assignment": [{"id": own, **keys, "person": "solo", "status": "started"}],
        "annotation": [{"id": f"a{number:06}", **made} for number in range(count)],
    }
    setup = (DEMO_RECORDS["project"], DEMO_RECORDS["instruction"], DEMO_RECORDS["dataset"])
    return write_document(project_document(*setup, DEMO_ASSETS, records, 0))


async def test_an_imported_project_is_there_with_images_and_labels_on_the_other_machine() -> None:
    here, there = Machine(), Machine()
    content = await document_of(await labeled(here))
    page = await empty(there)
    await bring(page, content)
    card = find(page.page, "article", data_project="p1")
    assert "3 images" in text_of(card)
    assert "Imported “Pets”: 1 annotation, 5 other records." in page.text
    await page.go("#/project/p1/0")
    assert "1 annotation" in page.text
    read = {key: {**fields, "deleted": False} for key, fields in (await records_on(there)).items()}
    assert read == {key: {**fields, "deleted": False} for key, fields in (await records_on(here)).items()}


async def test_the_imported_project_exports_as_the_same_file_but_for_the_time() -> None:
    content = await document_of(await labeled())
    page = await empty()
    await bring(page, content)
    await page.go("#/project/p1/0")
    again = await document_of(page)
    lines = [line for line in content.splitlines() if not line.startswith(b'"exported_at"')]
    assert [line for line in again.splitlines() if not line.startswith(b'"exported_at"')] == lines


async def test_importing_the_same_file_twice_changes_nothing() -> None:
    machine = Machine()
    content = await document_of(await labeled())
    page = await empty(machine)
    await bring(page, content)
    before = await records_on(machine)
    await bring(page, content)
    assert "“Pets” is already on this computer and matches the file." in page.text
    assert await records_on(machine) == before


async def test_what_was_deleted_here_stays_deleted_when_the_file_is_imported_again() -> None:
    machine = Machine()
    page = await labeled(machine)
    content = await document_of(page)
    await page.go("#/project/p1/0")
    await page.press("a", ctrl=True)
    await page.press("Delete")
    await bring(page, content)
    await page.go("#/project/p1/0")
    assert "0 annotations" in page.text


async def diverged() -> tuple[Machine, Visitor, bytes]:
    """Return a machine whose project is not as in the file: each has a box more, one box another class."""
    machine = Machine()
    content = await document_of(await labeled(machine))

    def change(read: Any) -> None:
        read["records"]["annotation"][0]["class_id"] = "sky"
        read["records"]["annotation"].append({**read["records"]["annotation"][0], "id": "only-in-the-file"})

    page = await visit(FakePorts(machine), "#/project/p1/2")
    await page.draw((1, 1), (20, 20))
    return machine, page, changed(content, change)


async def test_where_records_differ_the_person_is_asked_and_nothing_happens_before() -> None:
    machine, page, content = await diverged()
    before = await records_on(machine)
    await bring(page, content)
    assert "1 record differs from the file" in page.text
    await page.click("Cancel")
    assert await records_on(machine) == before
    assert page.dialog == ""


async def test_keeping_what_is_here_adds_only_what_the_file_has_more() -> None:
    machine, page, content = await diverged()
    before = await records_on(machine)
    await bring(page, content)
    await page.click(texts.KEEP_MINE)
    after = await records_on(machine)
    assert after.pop(("annotation", "only-in-the-file"))["class_id"] == "sky"
    assert after == before


async def test_taking_the_files_replaces_what_differs_and_removes_nothing() -> None:
    machine, page, content = await diverged()
    before = await records_on(machine)
    await bring(page, content)
    await page.click(texts.USE_FILE)
    after = await records_on(machine)
    assert len(after) == len(before) + 1
    (other,) = [key for key in before if after[key] != before[key]]
    assert (before[other]["class_id"], after[other]["class_id"]) == ("cat", "sky")


async def test_a_file_with_more_images_brings_them_and_one_with_fewer_takes_none_away() -> None:
    machine = Machine()
    content = await document_of(await labeled(machine))
    page = await visit(FakePorts(machine))
    more = {"ordinal": 3, "name": "d.png", "url": "d.png"}
    await bring(page, changed(content, lambda read: read["assets"].append(more)))
    assert "4 images" in text_of(find(page.page, "article", data_project="p1"))
    await bring(page, content)
    assert "4 images" in text_of(find(page.page, "article", data_project="p1"))
    await page.go("#/project/p1/3")
    assert page.canvas.shown == "d.png"


async def test_a_file_that_is_no_project_is_told_and_changes_nothing() -> None:
    page = await empty()
    await bring(page, b"GIF89a")
    assert "This file is not JSON, so it is not a Limner project" in text_of(find(page.page, role="alert"))
    assert "No projects yet" in page.text
    assert "disabled" not in page.button("Import…").attrs


async def test_choosing_no_file_changes_nothing() -> None:
    page = await empty()
    await bring(page, None)
    assert "No projects yet" in page.text
    assert not page.app.state.problem


async def test_a_project_of_more_records_than_one_write_takes_is_imported_whole() -> None:
    machine = Machine()
    page = await empty(machine)
    await bring(page, many(2 * MOST_OPS + 7))
    assert len(await records_on(machine)) == 2 * MOST_OPS + 8
    assert f"{2 * MOST_OPS + 7} annotations" in page.text


async def test_an_import_that_fails_midway_shows_no_half_project_and_can_be_repeated() -> None:
    machine = Machine()
    page = await empty(machine)
    local = page.ports.local
    assert local is not None
    writes = 0

    async def full(method: str) -> None:
        nonlocal writes
        writes += method == "apply_locally"
        if writes > 2:
            raise StorageProblem("The disk is full.", "full")

    local.before = full
    await bring(page, many(3 * MOST_OPS))
    assert "The import stopped because this computer could not store the data: The disk is full." in page.text
    assert "No projects yet" in page.text
    local.before = None
    assert "No projects yet" in (await empty(machine)).text
    await bring(page, many(3 * MOST_OPS))
    assert find(page.page, "article", data_project="p1")
    assert len(await records_on(machine)) == 3 * MOST_OPS + 1


async def test_work_of_others_keeps_its_author_and_can_be_edited_in_the_solo_workspace() -> None:
    def change(read: Any) -> None:
        anna = assignment_id("p1", 0, "anna")
        read["records"]["assignment"][0].update(id=anna, person="anna")
        read["records"]["annotation"][0].update(assignment=anna, author="anna")

    content = changed(many(1), change)
    machine = Machine()
    page = await empty(machine)
    await bring(page, content)
    await page.go("#/project/p1/0")
    await page.press("a", ctrl=True)
    await page.press("Delete")
    annotation = (await records_on(machine))["annotation", "a000000"]
    assert (annotation["author"], annotation["deleted"]) == ("anna", True)


async def test_only_a_solo_workspace_offers_the_import() -> None:
    server = Server()
    server.signed_in = SignedIn(protocol=PROTOCOL, person="anna", name="Anna", role="admin")
    page = await visit(FakePorts(server=server))
    assert not find_all(page.page, "button", text="Import…")


async def test_the_demo_of_a_site_and_a_file_of_it_are_one_project() -> None:
    ports = FakePorts()
    ports.demo_project = Demo(DEMO_RECORDS, list(DEMO_ASSETS))
    page = await visit(ports)
    await bring(page, many(3))
    assert "Imported “Pets”: 3 annotations, 1 other record." in page.text
