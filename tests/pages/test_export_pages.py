"""Exporting as a person does it, through the dialog."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import DEMO_ASSETS, DEMO_RECORDS, Server
from tests.support.visitor import document_of, exported, labeled, visit
from webapp.py.domain.model import Asset, Fields
from webapp.py.domain.wire import PROTOCOL, SETUP, AssetPage, SignedIn, project_scope
from webapp.py.pages.exchange.transfer import file_name, mask_images
from webapp.py.store.document import read_document
from webapp.py.store.sync import Offline
from webapp.py.ui.reactive import effect
from webapp.py.ui.tree import find, text_of

SCOPE = project_scope("p1")


# --- JSON


async def test_the_json_holds_the_whole_project() -> None:
    page = await labeled()
    name, content, media_type = await exported(page)
    assert (name[:12], name[-5:], media_type) == ("limner-pets-", ".json", "application/json")
    read = json.loads(content)
    assert read["project"] == DEMO_RECORDS["project"]
    assert read["instruction"] == DEMO_RECORDS["instruction"]
    assert [asset["url"] for asset in read["assets"]] == [asset.url for asset in DEMO_ASSETS]
    (annotation,) = read["records"]["annotation"]
    assert annotation["shape"] == {"kind": "box", "x": 10, "y": 10, "width": 20, "height": 15}
    assert sorted(fields["status"] for fields in read["records"]["assignment"]) == ["started", "submitted"]
    assert page.app.state.toast == f"Exported as {name}."
    assert not page.app.busy


async def test_what_was_deleted_is_not_exported() -> None:
    page = await labeled()
    await page.go("#/project/p1/0")
    await page.press("a", ctrl=True)
    await page.press("Delete")
    assert json.loads(await document_of(page))["records"]["annotation"] == []


class OnlyFirstPages(FakePorts):
    """A server that breaks off after the first page of a list of images, until ``all_pages`` is set."""

    all_pages = False

    async def asset_page(self, dataset: str, start: int) -> AssetPage:
        if start and not self.all_pages:
            raise Offline("The server cannot be reached.")
        return await super().asset_page(dataset, start)


async def test_a_project_on_a_server_is_exported_with_all_images_also_those_not_listed_yet() -> None:
    server = Server()
    server.signed_in = SignedIn(protocol=PROTOCOL, person="anna", name="Anna", role="admin")
    server.records[SETUP] = {(table, fields["id"]): fields for table, fields in DEMO_RECORDS.items()}
    server.assets["d1"] = [Asset(ordinal=at, name=f"{at}.png", url=f"{at}.png") for at in range(20_500)]
    ports = OnlyFirstPages(server=server)
    page = await visit(ports, "#/project/p1/0")
    assert len(page.workbench.image_list.index.assets) == 1000
    ports.all_pages = True
    assert len(json.loads(await document_of(page))["assets"]) == 20_500


async def test_without_network_an_incomplete_list_of_images_is_told_and_nothing_is_saved() -> None:
    server = Server()
    server.signed_in = SignedIn(protocol=PROTOCOL, person="anna", name="Anna", role="admin")
    server.records[SETUP] = {(table, fields["id"]): fields for table, fields in DEMO_RECORDS.items()}
    server.assets["d1"] = [Asset(ordinal=at, name=f"{at}.png", url=f"{at}.png") for at in range(20_500)]
    ports = OnlyFirstPages(server=server)
    page = await visit(ports, "#/project/p1/0")
    ports.offline = True
    await page.click("Export")
    await page.click("Download JSON")
    assert "cannot be reached" in text_of(find(page.page, "p", role="alert"))
    assert ports.saved == []
    assert "disabled" not in page.button("Download JSON").attrs


async def test_a_record_that_cannot_be_read_is_told() -> None:
    machine = Machine()
    await labeled(machine)
    held = machine.disks["solo"].scope(SCOPE)
    key = next(key for key in held.rows if key[0] == "annotation")
    held.rows[key] = held.rows[key].replace("box", "spiral")
    page = await visit(FakePorts(machine), "#/project/p1/0")
    await exported(page)
    assert "1 unreadable record is not included." in page.app.state.toast


# --- masks


async def test_masks_are_saved_as_a_zip_with_a_png_for_each_labeled_image() -> None:
    page = await labeled()
    name, content, media_type = await exported(page, "Download masks")
    assert (name[:18], name[-4:], media_type) == ("limner-pets-masks-", ".zip", "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.namelist() == ["masks/day 1/a.png", "masks/day 1/b.png", "classes.json"]
    mask = np.asarray(Image.open(io.BytesIO(archive.read("masks/day 1/a.png"))))
    assert mask.shape == (80, 100)
    expected = np.zeros((80, 100), np.uint8)
    expected[10:25, 10:30] = 1
    np.testing.assert_array_equal(mask, expected)
    assert not np.asarray(Image.open(io.BytesIO(archive.read("masks/day 1/b.png")))).any()
    assert page.app.state.toast == "Exported 2 masks."


async def test_masks_of_a_project_without_labels_are_refused_with_a_sentence() -> None:
    page = await visit(fragment="#/project/p1/0")
    await page.click("Export")
    await page.click("Download masks")
    assert "No images are labeled yet" in text_of(find(page.page, "p", role="alert"))
    assert page.ports.saved == []


def box(name: str, asset: int = 0, order: int = 0) -> Fields:
    shape = {"kind": "box", "x": 0, "y": 0, "width": 1, "height": 1}
    return {"id": name, "asset": asset, "class_id": "cat", "shape": shape, "order": order}


def test_an_image_whose_size_is_unknown_or_disputed_gets_no_mask() -> None:
    sizes = [
        {"asset": 0, "width": 0, "height": 0},
        {"asset": 1, "width": 8, "height": 6},
        {"asset": 1, "width": 6, "height": 8},
        {"asset": 2, "width": 8, "height": 6},
        {"asset": 2, "width": 8, "height": 6},
    ]
    first, second, third = mask_images(DEMO_ASSETS, sizes, [box("a", 0), box("b", 1), box("c", 2)])
    assert first["skip"] == "its size in pixels is unknown"
    assert second["skip"] == "it was labeled in different sizes (6 × 8 and 8 × 6)"
    assert (third["width"], third["height"], "skip" in third) == (8, 6, False)


def test_annotations_lie_in_their_order_for_masks() -> None:
    drawn = [box("c", order=1), box("b", order=2), box("a", order=1)]
    for number, fields in enumerate(drawn):
        fields["class_id"] = fields["id"]
        drawn[number] = fields
    (image,) = mask_images(DEMO_ASSETS, [], drawn)
    assert [class_id for class_id, _, _ in image["annotations"]] == ["a", "c", "b"]


async def test_relative_addresses_of_images_stay_relative() -> None:
    page = await labeled()
    assert [asset.url for asset in read_document(await document_of(page)).assets] == [
        "demo/a.png",
        "demo/b.png",
        "https://elsewhere.example/c.png",
    ]


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("Cats / Dogs", "limner-cats-dogs-1970-01-01.json"),
        ("../../etc/passwd", "limner-etc-passwd-1970-01-01.json"),
        ("⁂", "limner-project-1970-01-01.json"),
        ("Zoë’s CT\n2", "limner-zoë-s-ct-2-1970-01-01.json"),
        ("x" * 200, f"limner-{'x' * 60}-1970-01-01.json"),
    ],
)
def test_file_names_hold_nothing_that_a_system_would_refuse(project: str, name: str) -> None:
    assert file_name(project, 0, "json") == name


async def test_drawing_masks_tells_how_far_it_is() -> None:
    page = await labeled()
    told: list[str] = []
    following = effect(lambda: told.append(page.app.busy))
    await exported(page, "Download masks")
    following.stop()
    shares = [text for text in dict.fromkeys(told) if "%" in text]
    assert shares == ["Creating masks: 50%", "Creating masks: 100%"]
    assert told[-1] == ""
    assert page.dialog == ""
