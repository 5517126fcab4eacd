"""DICOMweb servers and projects over their series, as a person sets them up; the PACS is one in memory."""

from __future__ import annotations

import asyncio
import json

import pytest

from tests.support.fake_ports import FakePicture, FakePorts, Machine
from tests.support.fake_server import a_server
from tests.support.pacs_page import (
    ADMIN,
    BASE,
    Pacs,
    a_pacs,
    add_server,
    at_search,
    choose,
    field_of,
    submit,
    type_in,
)
from tests.support.visitor import Visitor, visit
from webapp.py.domain.wire import SETUP, AssetPage
from webapp.py.imaging.dicomweb_access import SERVERS_KEY
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.datasets import texts
from webapp.py.pages.ports.images import ImageRef
from webapp.py.store.sync import Offline
from webapp.py.ui.tree import find, find_all, text_of


async def test_a_server_is_kept_on_this_machine_for_this_person_and_asked_at_once() -> None:
    machine = Machine()
    ports = FakePorts(machine)
    ports.pacs = a_pacs()
    page = await visit(ports)
    await add_server(page, **{"Sign-in": "bearer", "Token": "s3cret", "Name": "Radiology"})
    assert "Connected to Radiology." in page.text
    assert "s3cret" not in page.text
    (kept,) = json.loads(machine.disks["solo"].meta[SERVERS_KEY])
    assert (kept["address"], kept["sign_in"], kept["secret"]) == (BASE, "bearer", "s3cret")
    again = await visit(FakePorts(machine))
    await again.click("DICOMweb servers")
    assert "Radiology" in again.text and texts.SIGN_INS["bearer"] in again.text


async def test_a_server_that_does_not_answer_is_kept_and_the_reason_is_said() -> None:
    ports = FakePorts()
    ports.pacs = Pacs(problem=ImageProblem("unauthorized", "It asks for a sign-in (401)."))
    page = await visit(ports)
    await add_server(page)
    assert texts.CONNECTION_FAILED in page.text
    assert "It asks for a sign-in (401)." in page.text


async def test_a_dialog_that_was_opened_before_the_page_stood_stays_open() -> None:
    ports, counted = FakePorts(server=a_server(ADMIN)), asyncio.Event()
    ask = ports.server.asset_page

    async def asset_page(dataset: str, start: int) -> AssetPage:
        await counted.wait()
        return await ask(dataset, start)

    ports.server.asset_page = asset_page  # type: ignore[method-assign]
    page = Visitor(ports)
    starting = asyncio.ensure_future(page.app.start(""))
    while page.app.state.mode == "starting":
        await asyncio.sleep(0)
    await page.pacs.servers.open()
    counted.set()
    await starting
    assert page.dialog == "DICOMweb servers"


@pytest.mark.parametrize(("address", "words"), [("pacs", "not an address"), (BASE, "already in the list")])
async def test_what_cannot_be_kept_stays_in_the_form_with_the_reason(address: str, words: str) -> None:
    page = await at_search(a_pacs())
    await add_server(page, Address=address)
    assert words in page.text
    assert field_of(page, "Address").attrs["prop:value"] == address


async def test_changing_and_forgetting_a_server() -> None:
    page = await at_search(a_pacs())
    await page.click("DICOMweb servers")
    await page.click("Edit pacs")
    await type_in(page, "Name", "Archive")
    await submit(page, texts.SERVER_FORM)
    assert [one.name for one in page.pacs.servers.list] == ["Archive"]
    await page.click("Remove Archive")
    assert "Archive was removed." in page.text
    assert page.pacs.server == ""
    page.app.close_dialog()
    assert texts.NO_SERVERS in page.text


async def test_a_solo_project_has_the_chosen_series_in_folders_that_tell_nothing_of_patients() -> None:
    page = await at_search(a_pacs())
    assert "2 studies" in page.text and "Roe Rick" in page.text
    await choose(page, "Doe", "Doe Jane's CT")
    await choose(page, "Roe", "Roe Rick's US", "Roe Rick's CT")
    assert "3 series, 6 files" in page.text
    await type_in(page, "Name", "Livers")
    await submit(page, "Project")
    assert page.ports.fragment == "#/"
    assert "Your project with 9 images is ready." in page.text
    assert "9 images" in text_of(find(page.page, "article", text="Livers"))
    setup = page.app.setup
    assert setup is not None
    (project,) = [one for one in setup.records("project").values() if one["name"] == "Livers"]
    assert project["instruction"] == "i1"
    listed = await page.app.local.get_assets(project["dataset"], 0)  # type: ignore[union-attr]
    assert listed is not None
    assert [(one.folder, one.name) for one in listed.assets] == [
        ("Study 1/CT 3", "Image 1"),
        ("Study 1/CT 3", "Image 2"),
        ("Study 1/CT 3", "Image 3"),
        ("Study 2/US 1", "Image 1, frame 1"),
        ("Study 2/US 1", "Image 1, frame 2"),
        ("Study 2/US 1", "Image 1, frame 3"),
        ("Study 2/US 1", "Image 1, frame 4"),
        ("Study 2/CT 3", "Image 1"),
        ("Study 2/CT 3", "Image 2"),
    ]
    assert listed.assets[0].url == "dicomwebs://pacs/dicom-web/studies/1.1/series/1.1.1/instances/1.1.1.1"
    assert listed.assets[4].url.endswith("/instances/1.2.2.1/frames/2")
    kept = json.dumps([one.name + one.folder + one.url for one in listed.assets])
    assert "Doe" not in kept and "Roe" not in kept


async def test_an_admins_project_goes_to_the_server_with_its_images_before_the_project() -> None:
    server = a_server(ADMIN)
    page = await at_search(a_pacs(), FakePorts(server=server))
    await choose(page, "Doe", "Doe Jane's CT")
    await type_in(page, "Name", "Livers")
    await submit(page, "Project")
    projects = [one for (table, _), one in server.records[SETUP].items() if table == "project"]
    (made,) = [one for one in projects if one["name"] == "Livers"]
    assert [one.name for one in server.assets[made["dataset"]]] == ["Image 1", "Image 2", "Image 3"]
    assert ("dataset", made["dataset"]) in server.records[SETUP]
    sent = json.dumps([[op.fields for op in request.ops] for request in server.requests])
    assert "Doe" not in sent and "s3cret" not in sent


async def test_without_the_server_nothing_is_made_twice_when_it_is_tried_again() -> None:
    server = a_server(ADMIN)
    page = await at_search(a_pacs(), FakePorts(server=server))
    await choose(page, "Doe", "Doe Jane's CT")
    await type_in(page, "Name", "Livers")
    server.trouble = Offline("The server cannot be reached.")
    await submit(page, "Project")
    assert "cannot be reached" in page.text
    server.trouble = None
    await submit(page, "Project")
    assert "is ready" in page.text
    assert sum(table == "dataset" for table, _ in server.records[SETUP]) == 2  # the demo's and this one


async def test_loading_says_how_much_has_come_and_an_image_that_is_left_behind_is_called_off() -> None:
    page = await visit(FakePorts(), "#/project/p1/0")
    left: list[str] = []

    async def never_load(ref: ImageRef, *, keep_decoded: bool = False) -> FakePicture:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            left.append(ref.url)
            raise
        return FakePicture(ref.url)

    load, page.ports.images.load = page.ports.images.load, never_load  # type: ignore[method-assign]
    page.workbench.navigation.step(1)
    while not find_all(page.page, "small", class_="patience"):
        await asyncio.sleep(0)
    patience = text_of(find(page.page, "small", class_="patience"))
    assert patience.startswith("Nothing downloaded so far.")
    page.app.note_download("demo/b.png", 2_500_000, 10_000_000)
    patience = text_of(find(page.page, "small", class_="patience"))
    assert patience.startswith("2.5 of 10.0 MB downloaded so far.")
    page.ports.images.load = load  # type: ignore[method-assign]
    page.workbench.navigation.step(-1)
    await page.settle()
    assert left == ["demo/b.png"]
    assert not find_all(page.page, "small", class_="patience")


async def test_only_admins_make_projects() -> None:
    page = await visit(FakePorts(server=a_server()))
    assert "New from DICOMweb" not in page.text
    await page.go("#/dicomweb")
    assert texts.ADMINS_ONLY in page.text
    assert not find_all(page.page, "form")
