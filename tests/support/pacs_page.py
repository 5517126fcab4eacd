"""A PACS in memory, and the page that searches it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from types import SimpleNamespace

from tests.support.fake_ports import FakePorts
from tests.support.visitor import Visitor, visit
from webapp.py.domain.wire import PROTOCOL, SignedIn
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.datasets import texts
from webapp.py.ui.tree import Node, find, find_all, text_of

BASE = "https://pacs/dicom-web"
ADMIN = SignedIn(protocol=PROTOCOL, person="ada", name="Ada", email="ada@example.org", role="admin")


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
