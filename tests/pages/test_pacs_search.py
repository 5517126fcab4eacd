"""Searching a PACS: what is asked, page by page, and what it answers."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.support.pacs_page import (
    BASE,
    Pacs,
    a_pacs,
    at_search,
    choose,
    submit,
    type_in,
)
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.datasets import texts
from webapp.py.pages.datasets.pacs_assets import MOST_IMAGES, Series, dataset_assets
from webapp.py.pages.datasets.pacs_import import matching
from webapp.py.ui.tree import find, find_all, text_of


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
