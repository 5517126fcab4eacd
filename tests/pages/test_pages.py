"""The labeling page as a person meets it, without a browser: what it says, and what its buttons do."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.fake_ports import FakePicture, FakePorts, Machine
from tests.support.fake_server import a_server
from tests.support.visitor import Visitor, labeling, save_text, visit
from webapp.py.domain.model import Asset
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import PROTOCOL, SETUP, SignedIn, project_scope
from webapp.py.pages.ports.images import ImageFailure, ImageRef
from webapp.py.pages.ports.shell import Route
from webapp.py.store.local import StorageProblem
from webapp.py.ui.tree import find, find_all, text_of
from webapp.py.workspace.registry import find_tools


async def test_the_labeling_page_shows_the_classes_with_their_counts() -> None:
    page = await labeling()
    assert [text_of(node) for node in find_all(page.page, "button", class_="class")] == ["Cat10", "Sky20"]
    await page.draw((10, 10), (30, 30))
    await page.draw((50, 10), (70, 30))
    assert [text_of(node) for node in find_all(page.page, "button", class_="class")] == ["Cat12", "Sky20"]
    assert "2 annotations" in page.text


async def test_a_drawn_box_is_saved_on_this_machine_and_is_there_after_a_reload() -> None:
    machine = Machine()
    page = await labeling(FakePorts(machine))
    await page.draw((10, 10), (30, 25))
    assert save_text(page) == "Saved on this computer"
    again = await labeling(FakePorts(machine))
    (view,) = again.workbench.session.annotations
    assert (view.class_id, view.shape.__struct_config__.tag) == ("cat", "box")
    assert "1 annotation" in again.text


async def test_a_box_drawn_in_one_tab_shows_up_in_the_other() -> None:
    machine = Machine()
    one, other = await labeling(FakePorts(machine)), await labeling(FakePorts(machine))
    await one.draw((10, 10), (30, 25))
    await other.settle()
    assert "1 annotation" in other.text
    await other.click("Delete Cat 1")
    await one.settle()
    assert "0 annotations" in one.text


async def test_a_box_drawn_with_a_server_waits_until_the_server_has_it() -> None:
    ports = FakePorts(server=a_server())
    page = await labeling(ports)
    await page.draw((10, 10), (30, 25))
    assert save_text(page) == "2 not synced"  # the box and the begun assignment
    assert ports.sync is not None
    await ports.sync.run_once()
    await page.settle()
    assert save_text(page) == "Synced"
    assert ports.sync_server is not None
    tables = {table for table, _ in ports.sync_server.records[project_scope("p1")]}
    assert tables == {"assignment", "annotation"}


@pytest.mark.parametrize("role", ["annotator", "reviewer", "admin"])
async def test_everything_that_the_workspace_offers_is_accepted_by_the_server(role: Role) -> None:
    server = a_server(SignedIn(protocol=PROTOCOL, person="anna", name="Anna", role=role))
    ports = FakePorts(server=server)
    page = await labeling(ports)
    await page.draw((10, 10), (30, 25))
    await page.draw((50, 10), (70, 25))
    await page.click("Undo")
    await page.click("Redo")
    await page.press("a", ctrl=True)
    await page.press("Delete")
    await page.click("Undo")
    await page.press("Enter", ctrl=True)
    await page.press("Enter", ctrl=True, shift=True)
    await page.click("Nothing to label")
    await page.go("#/project/p1/0")
    await page.click("Reopen to edit")
    await page.draw((15, 40), (35, 60))
    assert ports.sync is not None
    await ports.sync.run_once()
    await page.settle()
    assert page.workbench.store.refused == []
    assert save_text(page) == "Synced"
    assert "3 annotations" in page.text


ACCEPTED = "This image was accepted. Ask a reviewer to reopen it."


async def judged(page: Visitor, status: str) -> None:
    """Have somebody else set the status of the first image's only assignment."""
    server, sync = page.ports.sync_server, page.ports.sync
    assert server is not None and sync is not None
    await sync.run_once()
    held = server.records[project_scope("p1")]
    (own,) = (key for key in held if key[0] == "assignment" and held[key]["asset"] == 0)
    held[own] = {**held[own], "status": status}
    await sync.run_once()
    await page.settle()


async def test_an_accepted_image_is_not_reopened_by_its_annotator_and_the_page_says_why() -> None:
    page = await labeling(FakePorts(server=a_server()))
    await page.press("Enter", ctrl=True)
    await judged(page, "accepted")
    await page.go("#/project/p1/0")
    assert ACCEPTED in text_of(find(page.page, class_="panel-foot", text="accepted"))
    with pytest.raises(LookupError):
        page.button("Reopen to edit")
    await page.press("Enter", ctrl=True, shift=True)
    assert page.canvas.shown == "demo/a.png"
    assert text_of(find(page.page, "div", class_="toast")) == ACCEPTED
    await judged(page, "accepted")
    assert save_text(page) == "Synced"


async def test_annotations_of_an_accepted_image_are_read_only_until_it_is_opened_again() -> None:
    page = await labeling(FakePorts(server=a_server()))
    await page.draw((10, 10), (30, 25))
    session = page.workbench.session
    (made,) = before = session.annotations
    await judged(page, "accepted")
    await page.draw((50, 10), (70, 25))
    assert text_of(find(page.page, "div", class_="toast")) == ACCEPTED
    assert not page.canvas.gestures.busy
    assert "disabled" in page.button("Undo").attrs
    session.select([made.id])
    await page.press("Delete")
    await page.press("v")
    await page.press("ArrowRight")
    await page.press("c", shift=True)
    await page.press("z", ctrl=True)
    assert text_of(find(page.page, "div", class_="toast")) == ACCEPTED
    assert [view.shape for view in session.annotations] == [view.shape for view in before]
    await judged(page, "accepted")
    assert save_text(page) == "Synced"
    await judged(page, "queued")
    await page.press("Delete")
    assert session.annotations == ()
    await page.press("z", ctrl=True)
    assert len(session.annotations) == 1


async def test_nobody_but_an_admin_gets_past_a_withdrawn_assignment() -> None:
    ports = FakePorts(server=a_server())
    page = await labeling(ports)
    await page.draw((10, 10), (30, 25))
    assert ports.sync is not None and ports.sync_server is not None
    await ports.sync.run_once()
    held = ports.sync_server.records[project_scope("p1")]
    own = next(key for key in held if key[0] == "assignment")
    held[own] = {**held[own], "deleted": True}
    await ports.sync.run_once()
    await page.draw((50, 10), (70, 25))
    await ports.sync.run_once()
    await page.settle()
    assert held[own]["deleted"] is True
    assert save_text(page) == "1 refused"


async def test_what_the_server_does_not_accept_is_listed_with_its_reason() -> None:
    ports = FakePorts(server=a_server())
    page = await labeling(ports)
    assert ports.sync_server is not None and ports.sync is not None
    ports.sync_server.refuse = "You left this project."
    await page.draw((10, 10), (30, 25))
    await ports.sync.run_once()
    await page.settle()
    assert save_text(page) == "2 refused"
    await page.fire(find(page.page, "button", class_="save-state"), "click")
    assert text_of(find(page.page, "section", data_list="refused")).count("You left this project.") == 2


async def test_edits_that_the_disk_does_not_take_are_told_until_it_does() -> None:
    ports = FakePorts()
    page = await labeling(ports)

    async def full(method: str) -> None:
        raise StorageProblem("The disk is full.", "full")

    assert ports.local is not None
    ports.local.before = full
    await page.draw((10, 10), (30, 25))
    assert save_text(page) == "Not saved"
    assert "Your changes are not saved on this computer: The disk is full." in page.text
    ports.local.before = None
    await page.click("Try again")
    assert save_text(page) == "Saved on this computer"


async def test_undo_and_redo_are_grayed_out_while_there_is_nothing_to_do() -> None:
    page = await labeling()
    assert "disabled" in page.button("Undo").attrs
    await page.draw((10, 10), (30, 25))
    await page.click("Undo")
    assert "No annotations yet" in page.text
    assert "disabled" in page.button("Undo").attrs
    await page.click("Redo")
    assert "1 annotation" in page.text


async def test_submitting_goes_on_to_the_next_image() -> None:
    page = await labeling()
    await page.press("Enter", ctrl=True)
    assert page.canvas.shown == "demo/b.png"
    first, second, _ = find_all(page.page, "div", class_="asset")
    assert (text_of(first), second.attrs["aria-current"]) == ("a.png Submitted", "true")


async def test_keys_choose_classes_and_tools() -> None:
    page = await labeling()
    await page.press("2")
    assert (
        text_of(find(find(page.page, "button", class_="class", aria_pressed="true"), class_="name")) == "Sky"
    )
    assert page.button("Polygon").attrs["aria-pressed"] == "true"
    await page.press("b")
    assert page.button("Bounding box").attrs["aria-pressed"] == "true"


async def test_an_image_that_cannot_be_shown_says_why_and_offers_to_try_again() -> None:
    ports = FakePorts()
    trouble = ImageFailure("The image server does not let this page read it", "Ask for CORS.", "demo/a.png")
    ports.picture_problems["demo/a.png"] = trouble
    page = await labeling(ports)
    card = find(page.page, "div", role="alert")
    assert "The image server does not let this page read it" in text_of(card)
    assert "Ask for CORS." in text_of(card)
    assert "demo/a.png" in text_of(card)
    del ports.picture_problems["demo/a.png"]
    await page.click("Try again")
    assert not find_all(page.page, "div", role="alert")
    assert page.canvas.shown == "demo/a.png"


def retries(ports: FakePorts) -> list[object]:
    """What waits to load an image again."""
    return [call for call in ports.timers if "Retrying" in call.__qualname__]


async def test_an_image_is_shown_by_itself_when_its_server_is_back() -> None:
    ports = FakePorts()
    gone = ImageFailure("The image server cannot be reached", "It is off.", "demo/a.png", may_pass=True)
    ports.picture_problems["demo/a.png"] = gone
    page = await labeling(ports)
    for _ in range(2):
        ports.pass_time()
        await page.settle()
        assert "The image server cannot be reached" in text_of(find(page.page, "div", role="alert"))
    del ports.picture_problems["demo/a.png"]
    ports.pass_time()
    await page.settle()
    assert page.canvas.shown == "demo/a.png"
    assert not find_all(page.page, "div", role="alert")
    assert [picture.closed for picture in ports.pictures] == [True, False]
    assert not retries(ports)


async def test_nobody_tries_again_what_will_not_pass_or_is_no_longer_shown() -> None:
    ports = FakePorts()
    ports.picture_problems["demo/a.png"] = ImageFailure("No image", "It is gone.", "demo/a.png")
    off = ImageFailure("The image server cannot be reached", "It is off.", "demo/b.png", may_pass=True)
    ports.picture_problems["demo/b.png"] = off
    page = await labeling(ports)
    assert not retries(ports)
    await page.go("#/project/p1/1")
    assert len(retries(ports)) == 1
    await page.go("#/project/p1/2")
    assert not retries(ports)


async def test_the_next_image_can_be_opened_past_one_that_cannot_be_shown() -> None:
    ports = FakePorts()
    ports.picture_problems["demo/a.png"] = ImageFailure("No image", "It is gone.")
    page = await labeling(ports)
    card = find(page.page, "div", role="alert")
    await page.fire(find(card, "button", text="Next image"), "click")
    assert page.canvas.shown == "demo/b.png"


async def test_pictures_are_put_away_when_another_is_shown() -> None:
    ports = FakePorts()
    page = await labeling(ports)
    await page.go("#/project/p1/1")
    await page.go("#/")
    assert [picture.closed for picture in ports.pictures] == [True, True]
    assert all(canvas.destroyed for canvas in ports.stages)


async def test_going_from_one_project_straight_to_another_shows_its_image() -> None:
    server = a_server()
    other = {"id": "p2", "name": "Other", "dataset": "d2", "instruction": "i1"}
    server.records[SETUP]["project", "p2"] = other
    server.assets["d2"] = [Asset(ordinal=0, name="z.png", url="z.png")]
    page = await labeling(FakePorts(server=server))
    await page.go("#/project/p2/0")
    assert page.canvas.shown == "z.png"
    assert page.workbench.canvas is page.canvas
    await page.draw((10, 10), (30, 25))
    assert "1 annotation" in page.text


async def test_a_project_that_is_not_here_is_told_and_the_projects_are_shown() -> None:
    page = await visit(fragment="#/project/elsewhere")
    assert "This project doesn't exist" in page.text
    assert find(page.page, "article", data_project="p1")


async def test_a_project_without_images_says_so() -> None:
    server = a_server()
    server.assets["d1"] = []
    page = await labeling(FakePorts(server=server))
    assert "No images" in page.text


async def test_the_shortcuts_dialog_lists_every_tool_with_its_key() -> None:
    page = await labeling()
    await page.click("Keyboard shortcuts")
    dialog = find(page.page, class_="dialog", aria_label="Keyboard shortcuts")
    lines = {text_of(line) for line in find_all(dialog, "div") if not find_all(line, "div")[1:]}
    for tool in find_tools().tools:
        assert any(line.startswith(tool.title) for line in lines), tool.title
    assert {"Cat1", "Sky2", "UndoCtrl+Z"} <= lines


async def test_keys_do_nothing_behind_a_dialog() -> None:
    page = await labeling()
    await page.click("Keyboard shortcuts")
    assert not await page.press("2")
    await page.fire(find(page.page, class_="dialog"), "close")
    assert await page.press("2")


async def test_a_dialog_that_was_opened_on_the_way_to_another_image_stays_open() -> None:
    page = await labeling()
    await page.click("Export")
    await page.app.follow("#/project/p1/1")
    assert page.dialog == "Export"
    await page.app.follow("#/")
    assert page.dialog == ""


async def test_a_hostile_name_is_text_and_nothing_else() -> None:
    ports = FakePorts()
    assert ports.demo_project is not None
    ports.demo_project.assets[0] = Asset(ordinal=0, name="<img onerror=x>", url="a.png")
    page = await labeling(ports)
    assert "<img onerror=x>" in page.text
    assert not [node for node in find_all(page.page, "img") if "onerror" in node.attrs]


async def test_what_is_copied_is_pasted_beside_itself_and_into_another_image() -> None:
    page = await labeling()
    await page.draw((10, 10), (30, 25))
    await page.press("c", ctrl=True)
    await page.press("v", ctrl=True)
    first, second = (view.shape for view in page.workbench.session.annotations)
    assert (second.width, second.height) == (first.width, first.height)
    assert second.x > first.x
    await page.go("#/project/p1/1")
    await page.press("v", ctrl=True)
    (there,) = page.workbench.session.annotations
    assert there.shape == first
    await page.press("z", ctrl=True)
    assert page.workbench.session.annotations == ()


async def test_whoever_goes_on_to_another_project_while_one_is_opening_arrives_there() -> None:
    server = a_server()
    other = {**server.records[SETUP]["project", "p1"], "id": "p2", "name": "Other pets"}
    server.records[SETUP]["project", "p2"] = other
    page = await visit(ports := FakePorts(server=server))
    arrived, left = asyncio.Event(), asyncio.Event()
    load = ports.images.load

    async def slow_load(ref: ImageRef, *, keep_decoded: bool = False) -> FakePicture:
        arrived.set()
        await left.wait()
        return await load(ref)

    async def slow_storage(name: str) -> None:
        if name == "load" and arrived.is_set():
            left.set()
            await first

    ports.images.load = slow_load
    page.app.local.before = slow_storage
    first = asyncio.create_task(page.app.follow("#/project/p1/1"))
    await arrived.wait()
    await page.app.follow("#/project/p2/0")
    assert page.app.state.route == Route("label", ("p2", "0"))
    assert page.workbench.project.id == "p2"
    assert "Other pets" in page.text
