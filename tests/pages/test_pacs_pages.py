"""DICOMweb servers and projects over their series, as a person sets them up; the PACS is one in memory."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from types import SimpleNamespace

import pytest

from tests.support.fake_ports import FakePicture, FakePorts, Machine
from tests.support.fake_server import a_server
from tests.support.visitor import Visitor, visit
from webapp.py.domain.wire import PROTOCOL, SETUP, AssetPage, SignedIn
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.dicomweb_access import SERVERS_KEY
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.datasets import texts
from webapp.py.pages.datasets.pacs_assets import MOST_IMAGES, Series, dataset_assets
from webapp.py.pages.datasets.pacs_import import matching
from webapp.py.pages.ports.images import ImageRef
from webapp.py.store.sync import Offline
from webapp.py.ui.tree import Node, find, find_all, text_of

pytestmark = pytest.mark.anyio

BASE = "https://pacs/dicom-web"
ADMIN = SignedIn(protocol=PROTOCOL, person="ada", name="Ada", email="ada@example.org", role="admin")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass
class Pacs:
    """Studies of patients, series of studies, instances of series; lists at most ``most`` at a time."""

    studies: list[Found] = field(default_factory=list)
    below: dict[Resource, list[Found]] = field(default_factory=dict)
    most: int = 1_000
    problem: ImageProblem | None = None
    asked: list[tuple[Resource, int, dict[str, str]]] = field(default_factory=list)

    def add(self, patient: str, *series: tuple[str, int, int, int]) -> None:
        """Add a study; series are (modality, number, instances, frames of each)."""
        number = len(self.studies) + 1
        study = Resource(BASE, f"1.{number}")
        self.studies.append(
            Found(study, "Abdomen", "2026-01-31 · CT", patient, sum(one[2] for one in series))
        )
        self.below[study] = []
        for place, (modality, order, count, frames) in enumerate(series, 1):
            one = replace(study, series=f"{study.study}.{place}")
            title = f"{patient}'s {modality}"
            self.below[study].append(Found(one, title, modality, count=count, number=order))
            self.below[one] = [
                Found(
                    replace(one, instance=f"{one.series}.{image}"),
                    f"Image {image}",
                    frames=frames,
                    number=image,
                )
                for image in range(count, 0, -1)
            ]

    async def __call__(self, place: Resource, offset: int, limit: int, wanted: dict[str, str]) -> list[Found]:
        self.asked.append((place, offset, wanted))
        if self.problem is not None:
            raise self.problem
        found = self.below[place] if place.study else self.studies
        name = wanted.get("PatientName", "*")
        found = [one for one in found if place.study or fnmatchcase(one.patient.lower(), name.lower())]
        return found[offset : offset + min(limit, self.most)]


def a_pacs() -> Pacs:
    pacs = Pacs()
    pacs.add("Doe Jane", ("CT", 3, 3, 1), ("SR", 9, 1, 1))
    pacs.add("Roe Rick", ("CT", 3, 2, 1), ("US", 0, 1, 4))
    return pacs


def form(page: Visitor, label: str) -> Node:
    return find(page.page, "form", aria_label=label)


def field_of(page: Visitor, title: str) -> Node:
    """Return the field with this title; one of a dialog goes before one of the page under it."""
    label = [
        node for node in find_all(page.page, "label", class_="field") if text_of(node).startswith(title)
    ][-1]
    (entry,) = [node for node in find_all(label) if node.tag in ("input", "select", "textarea")]
    return entry


async def type_in(page: Visitor, title: str, value: str) -> None:
    entry = field_of(page, title)
    await page.fire(entry, "change" if entry.tag == "select" else "input", value=value)


async def submit(page: Visitor, label: str) -> None:
    await page.fire(form(page, label), "submit", raw=SimpleNamespace())


async def add_server(page: Visitor, **facts: str) -> None:
    """Add a server in the dialog."""
    await page.go("#/")
    await page.click("DICOMweb servers")
    if "Add a server" in page.text:
        await page.click("Add a server")
    await type_in(page, "Address", facts.pop("Address", BASE))
    if "Sign-in" in facts:
        await type_in(page, "Sign-in", facts.pop("Sign-in"))
    for title, value in facts.items():
        await type_in(page, title, value)
    await submit(page, texts.SERVER_FORM)


async def at_search(pacs: Pacs, ports: FakePorts | None = None) -> Visitor:
    """Return somebody who has searched all studies of a PACS."""
    ports = ports or FakePorts()
    ports.pacs = pacs
    page = await visit(ports)
    await add_server(page)
    await page.go("#/dicomweb")
    await page.fire(find(page.page, "form", class_="study-search"), "submit", raw=SimpleNamespace())
    return page


async def choose(page: Visitor, patient: str, *titles: str) -> None:
    (study,) = [one for one in find_all(page.page, "button", class_="study") if patient in text_of(one)]
    await page.fire(study, "click")
    for title in titles:
        (line,) = [
            one
            for one in find_all(page.page, "label")
            if title in text_of(one) and find_all(one, "input", type="checkbox")
        ]
        await page.fire(find(line, "input"), "change", checked=True)


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


async def test_pasted_addresses_stand_for_all_that_lies_in_them() -> None:
    page = await at_search(a_pacs())
    service = BASE.replace("https", "dicomwebs")
    await type_in(
        page,
        "dicomweb://",
        f"{service}/studies/1.1\n{service}/studies/1.2/series/1.2.2/instances/1.2.2.1/frames/3 "
        f"{service}/studies/1.2/series/1.2.1/instances/1.2.1.2",
    )
    await type_in(page, "Name", "Pasted")
    await submit(page, "Project")
    (project,) = [one for one in page.app.setup.records("project").values() if one["name"] == "Pasted"]  # type: ignore[union-attr]
    listed = await page.app.local.get_assets(project["dataset"], 0)  # type: ignore[union-attr]
    assert listed is not None
    assert [(one.folder, one.name, one.url.rpartition("instances/")[2]) for one in listed.assets] == [
        ("Study 1/CT 3", "Image 1", "1.1.1.1"),
        ("Study 1/CT 3", "Image 2", "1.1.1.2"),
        ("Study 1/CT 3", "Image 3", "1.1.1.3"),
        ("Study 2/US 1", "Image 1, frame 3", "1.2.2.1/frames/3"),
        ("Study 2/CT 3", "Image 2", "1.2.1.2"),
    ]


@pytest.mark.parametrize("address", ["dicomweb://pacs/dicom-web", "http://pacs/a.png"])
async def test_an_address_that_means_no_images_is_told(address: str) -> None:
    page = await at_search(a_pacs())
    await type_in(page, "dicomweb://", address)
    await type_in(page, "Name", "Pasted")
    await submit(page, "Project")
    assert "address" in text_of(find(page.page, "div", class_="notice"))


async def test_a_server_that_lists_few_at_a_time_is_asked_until_it_has_listed_all() -> None:
    pacs = a_pacs()
    pacs.most = 2
    page = await at_search(pacs)
    await choose(page, "Doe", "Doe Jane's CT")
    await type_in(page, "Name", "Livers")
    await submit(page, "Project")
    assert "with 3 images" in page.text


@pytest.mark.parametrize("obeys", [True, False])
async def test_many_studies_come_page_by_page_even_from_a_server_that_lists_all(obeys: bool) -> None:
    pacs = Pacs()
    for number in range(120):
        pacs.add(f"Patient {number}", ("CT", 1, 1, 1))

    async def all_of_them(place: Resource, offset: int, limit: int, wanted: dict[str, str]) -> list[Found]:
        return pacs.studies

    page = await at_search(pacs)
    if not obeys:
        page.ports.pacs = all_of_them
    await page.fire(find(page.page, "form", class_="study-search"), "submit", raw=SimpleNamespace())
    assert "First 50 studies" in page.text
    await page.click("Show more")
    await page.click("Show more")
    assert len(find_all(page.page, "button", class_="study")) == 120


async def test_what_is_searched_for_goes_to_the_pacs_as_its_standard_says() -> None:
    pacs = a_pacs()
    page = await at_search(pacs)
    await type_in(page, "Patient name", "roe")
    await type_in(page, "Study date from", "2026-01-01")
    await page.fire(find(page.page, "form", class_="study-search"), "submit", raw=SimpleNamespace())
    assert pacs.asked[-1] == (Resource(BASE), 0, {"PatientName": "*roe*", "StudyDate": "20260101-"})
    assert "1 study" in page.text and "Doe" not in page.text
    assert matching({"PatientID": "A?7", "to": "2026-02-01"}) == {
        "PatientID": "A?7",
        "StudyDate": "-20260201",
    }


async def test_a_search_that_fails_says_why_and_leads_to_the_servers() -> None:
    pacs = a_pacs()
    page = await at_search(pacs)
    pacs.problem = ImageProblem("unauthorized", "Enter its token under “DICOMweb servers” on the page.")
    await page.fire(find(page.page, "form", class_="study-search"), "submit", raw=SimpleNamespace())
    notice = find(page.page, "div", class_="notice")
    assert "Enter its token" in text_of(notice)
    await page.fire(find(notice, "button"), "click")
    assert page.dialog == "DICOMweb servers"


async def test_a_series_without_images_cannot_be_chosen() -> None:
    page = await at_search(a_pacs())
    await choose(page, "Doe")
    (line,) = [one for one in find_all(page.page, "label") if "Doe Jane's SR" in text_of(one)]
    assert texts.NO_IMAGES in text_of(line)
    assert "disabled" in find(line, "input").attrs


def test_two_series_that_look_alike_get_folders_of_their_own() -> None:
    place = Resource(BASE, "1", "1")
    image = Found(replace(place, instance="1"), "Image", number=1)
    alike = [
        Series(Found(replace(place, series=uid), "", kind, number=2), [image])
        for uid, kind in (("1", "CT"), ("2", "CT"), ("3", "Mr. Doe"), ("4", ""), ("1", "CT"))
    ]
    assert [one.folder for one in dataset_assets(alike)] == [
        "Study 1/CT 2",
        "Study 1/CT 3",
        "Study 1/Series 2",
        "Study 1/Series 3",
        "Study 1/CT 2",
    ]


def test_a_server_that_claims_a_billion_frames_is_told_so() -> None:
    place = Resource(BASE, "1", "1", "1")
    with pytest.raises(ImageProblem, match="more than 100,000"):
        dataset_assets([Series(Found(place, ""), [Found(place, "", frames=999_999_999)])])
    exactly = dataset_assets([Series(Found(place, ""), [Found(place, "", frames=MOST_IMAGES)])])
    assert len(exactly) == MOST_IMAGES
