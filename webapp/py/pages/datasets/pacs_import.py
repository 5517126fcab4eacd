"""Creates a project from series on a DICOMweb server: search, select, create."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from webapp.py.domain.ids import new_id
from webapp.py.domain.model import Asset, Invalid
from webapp.py.domain.ops import create
from webapp.py.domain.wire import MOST_ASSETS
from webapp.py.imaging.dicomweb import Found, Resource, parse
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.datasets import texts
from webapp.py.pages.datasets.pacs_assets import MOST_IMAGES, Series, dataset_assets, has_images
from webapp.py.pages.datasets.pacs_servers import PacsServers
from webapp.py.pages.ports.shell import Route, Shell
from webapp.py.store.local import StorageProblem
from webapp.py.store.sync import SyncProblem
from webapp.py.ui.reactive import reactive

PAGE = 50
"""Studies in one request."""
_LISTED = 1_000
"""Instances in one request."""
_PROBLEMS = (ImageProblem, Invalid, StorageProblem, SyncProblem)


class PacsImport:
    """What the page “New from DICOMweb” shows and what its buttons do.

    Parameters
    ----------
    shell
        The app. The project is created in its setup.
    """

    server = reactive("")
    wanted = reactive[Mapping[str, str]](factory=lambda: dict.fromkeys(texts.STUDY_FIELDS, ""))
    studies = reactive[Sequence[Found] | None](None)
    more = reactive(False)
    series = reactive[Mapping[Resource, Sequence[Found] | None]](factory=dict)
    """The series of expanded studies. None while they are loading."""
    chosen = reactive[Mapping[Resource, Found]](factory=dict)
    addresses = reactive("")
    name = reactive("")
    instruction = reactive("")
    busy = reactive("")
    problem = reactive("")

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.servers = PacsServers(shell, self.take_servers)
        self._stop: Callable[[], object] = lambda: None
        self._begun: tuple[str, list[Asset]] | None = None

    @property
    def allowed(self) -> bool:
        """Whether this person may create projects."""
        return self._shell.person.may_set_up

    async def open(self) -> None:
        """Load the list of servers when the page opens."""
        try:
            await self.servers.load()
        except StorageProblem as problem:
            self.problem = str(problem)
        self.take_servers()
        instructions = self._shell.setup.records("instruction")
        if self.instruction not in instructions:
            self.instruction = next(iter(instructions), "")

    def take_servers(self) -> None:
        """Choose the first server if the chosen one is not in the list."""
        addresses = [one.address for one in self.servers.list]
        if self.server not in addresses:
            self.choose_server(addresses[0] if addresses else "")

    def choose_server(self, address: str) -> None:
        """Choose another server to search. Selected series stay selected."""
        self.cancel()
        self.server, self.studies, self.more, self.problem = address, None, False, ""
        self.series = {}

    def want(self, field: str, text: str) -> None:
        """Set a field of the search."""
        self.wanted = {**self.wanted, field: text}

    def fill(self, field: str, text: str) -> None:
        """Set ``name``, ``instruction`` or ``addresses`` of the project."""
        setattr(self, field, text)

    # --- searching

    def search(self, more: bool = False) -> None:
        """Load the first studies, or more of them."""
        if not more:
            self.studies, self.more = None, False
            self.series = {}
        self._start(texts.SEARCHING, lambda: self._search(more))

    async def _search(self, more: bool) -> None:
        before = self.studies or [] if more else []
        place = Resource(self.server)
        found = await self._shell.ports.images.dicomweb_list(
            place, offset=len(before), limit=PAGE, **matching(self.wanted)
        )
        known = {one.resource for one in before}
        # Some servers ignore offset and limit and list everything.
        new = [one for one in found if one.resource not in known]
        self.studies = [*before, *new[:PAGE]]
        self.more = len(found) >= PAGE and bool(new)

    def unfold(self, study: Found) -> None:
        """Show or hide the series of a study."""
        if study.resource in self.series:
            self._fold(study.resource)
            return
        self.series = {**self.series, study.resource: None}
        self._shell.ports.machine.spawn(self._unfold(study.resource))

    async def _unfold(self, study: Resource) -> None:
        try:
            found = await self._list(study)
        except ImageProblem as problem:
            self.problem = problem.message
            self._fold(study)
        else:
            if study in self.series:
                self.series = {**self.series, study: sorted(found, key=lambda one: one.number)}

    def _fold(self, study: Resource) -> None:
        self.series = {place: found for place, found in self.series.items() if place != study}

    def tick(self, series: Found, on: bool) -> None:
        """Select a series, or remove it from the selection."""
        others = {place: one for place, one in self.chosen.items() if place != series.resource}
        self.chosen = {**others, series.resource: series} if on else others

    def clear(self) -> None:
        """Clear the selection."""
        self.chosen = {}

    # --- creating

    @property
    def lacks(self) -> str:
        """What is missing before the project can be created. Empty if nothing is."""
        if not self.chosen and not self.addresses.strip():
            return texts.SELECT_SERIES
        if not self.name.strip():
            return texts.ENTER_NAME
        return "" if self.instruction else texts.NO_INSTRUCTION

    def create(self) -> None:
        """Create a dataset from the selection, and a project with it."""
        if not self.lacks:
            self._start(texts.LISTING_IMAGES, self._create)

    async def _create(self) -> None:
        wanted = [Series(found, await self._instances(found)) for found in self.chosen.values()]
        for address in self.addresses.split():
            wanted += await self._series_of(parse(address))
        assets = dataset_assets(wanted)
        if not assets:
            raise ImageProblem("not_found", texts.NO_IMAGES_SELECTED)
        dataset = await self._make(assets)
        self._shell.set_total(dataset, len(assets))
        self.chosen = {}
        self.addresses = self.name = ""
        self._begun = None
        self._shell.go(Route())
        self._shell.say(texts.project_created(len(assets)))

    async def _make(self, assets: list[Asset]) -> str:
        """Create dataset, image list and project, in this order. Return the dataset's id.

        A second try with the same images continues with the first dataset, so that no unused one remains.
        """
        setup, name = self._shell.setup, self.name.strip()[:200]
        if self._begun is None or self._begun[1] != assets:
            self._begun = (new_id(), assets)
            setup.edit([create("dataset", {"id": self._begun[0], "name": name})])
        dataset = self._begun[0]
        await self._shell.send_setup()
        if self._shell.person.solo:
            await self._shell.keep_assets(dataset, assets)
        else:
            for start in range(0, len(assets), MOST_ASSETS):
                await self._shell.ports.server.add_assets(dataset, start, assets[start : start + MOST_ASSETS])
        fields = {"name": name, "dataset": dataset, "instruction": self.instruction}
        setup.edit([create("project", {"id": new_id(), **fields})])
        await self._shell.send_setup()
        return dataset

    async def _series_of(self, place: Resource) -> list[Series]:
        """Return the series that a pasted address means."""
        if not place.study:
            raise ImageProblem("address", texts.SERVER_ADDRESS_PASTED)
        study = replace(place, series="", instance="", frame=None)
        listed = await self._list(study, SeriesInstanceUID=place.series)
        series = [one for one in listed if place.series in ("", one.resource.series) and has_images(one)]
        if not place.instance:
            return [Series(one, await self._instances(one)) for one in series]
        instance = replace(place, frame=None)
        found = await self._list(replace(instance, instance=""), SOPInstanceUID=place.instance)
        one = next((one for one in found if one.resource == instance), Found(instance, texts.IMAGE))
        within = series[0] if series else Found(replace(instance, instance=""), texts.SERIES)
        return [Series(within, [replace(one, resource=place)])]

    async def _instances(self, series: Found) -> list[Found]:
        self.busy = texts.listing_images_of(series.title)
        return await self._list(series.resource, most=series.count)

    async def _list(self, place: Resource, most: int = 0, **matching: str) -> list[Found]:
        """Return all entries of a resource, each once, in as many requests as the server needs."""
        found: dict[Resource, Found] = {}
        while True:
            part = await self._shell.ports.images.dicomweb_list(
                place, offset=len(found), limit=_LISTED, **matching
            )
            before = len(found)
            found.update((one.resource, one) for one in part)
            if len(found) > MOST_IMAGES:
                raise ImageProblem("too_large", texts.too_many_listed(MOST_IMAGES))
            if len(found) == before or (len(part) < _LISTED and len(found) >= most):
                return list(found.values())

    # --- while it runs

    def cancel(self) -> None:
        """Stop what is running."""
        self._stop()
        self._stop = lambda: None
        self.busy = ""

    def _start(self, text: str, work: Callable[[], Awaitable[None]]) -> None:
        self._stop()
        self.busy, self.problem = text, ""
        self._stop = self._shell.ports.machine.spawn(self._run(work))

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except _PROBLEMS as problem:
            self.problem = str(problem)
        # Not reached after a cancellation: what canceled it has already set this.
        self.busy = ""


def matching(wanted: Mapping[str, str]) -> dict[str, str]:
    """Return the attributes of a QIDO-RS search (PS3.4 C.2.2.2: wildcards, ranges of dates).

    Examples
    --------
    >>> matching({"PatientName": "Müller jane", "from": "2026-01-31", "to": "", "ModalitiesInStudy": "ct"})
    {'PatientName': '*M*ller*jane*', 'ModalitiesInStudy': 'CT', 'StudyDate': '20260131-'}
    """
    made = {}
    for name, text in wanted.items():
        text = text.strip()
        if not text or name in ("from", "to"):
            continue
        if name == "ModalitiesInStudy":
            made[name] = text.upper()
            continue
        text = text if "*" in text or "?" in text else f"*{text}*"
        # A name may have a space or ^ between its parts, and servers encode non-ASCII letters differently.
        # Wildcards in their place may find a study too many, but miss none.
        made[name] = re.sub(r"[^!-~]+|\^|\*{2,}", "*", text)
    first, last = (wanted.get(end, "").replace("-", "") for end in ("from", "to"))
    if first or last:
        made["StudyDate"] = f"{first}-{last}"
    return made
