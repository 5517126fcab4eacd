"""A project over series of a DICOMweb server: search, choose, create."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from webapp.py.domain.ids import new_id
from webapp.py.domain.model import Asset, Invalid
from webapp.py.domain.ops import create
from webapp.py.domain.wire import MOST_ASSETS
from webapp.py.imaging.dicomweb import Found, Resource, parse
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.datasets.pacs_assets import MOST_IMAGES, Series, dataset_assets, has_images
from webapp.py.pages.datasets.pacs_servers import PacsServers
from webapp.py.pages.ports.shell import Route, Shell
from webapp.py.store.local import StorageProblem
from webapp.py.store.sync import SyncProblem
from webapp.py.ui.parts import plural

PAGE = 50
"""Studies that are asked for at a time."""
_LISTED = 1_000
"""Instances that are asked for at a time."""
_PROBLEMS = (ImageProblem, Invalid, StorageProblem, SyncProblem)
WANTED = ("PatientName", "PatientID", "from", "to", "ModalitiesInStudy", "StudyDescription")
"""What studies are searched by: attributes by keyword, and the ends of the days that count."""


class PacsImport:
    """What the page “New from DICOMweb” shows, and what its buttons do.

    Parameters
    ----------
    shell
        What the app offers; the project goes there.
    """

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.servers = PacsServers(shell, self.take_servers)
        self.server = ""
        self.wanted = dict.fromkeys(WANTED, "")
        self.studies: list[Found] | None = None
        self.more = False
        self.series: dict[Resource, list[Found] | None] = {}
        self.chosen: dict[Resource, Found] = {}
        self.addresses = self.name = self.instruction = ""
        self.busy = self.problem = ""
        self._stop: Callable[[], object] = lambda: None
        self._begun: tuple[str, list[Asset]] | None = None

    @property
    def allowed(self) -> bool:
        """Whether this person may make projects."""
        return self._shell.person.may_set_up

    async def open(self) -> None:
        """Take in the servers that there are, as the page opens."""
        try:
            await self.servers.load()
        except StorageProblem as problem:
            self.problem = str(problem)
        self.take_servers()
        instructions = self._shell.setup.records("instruction")
        if self.instruction not in instructions:
            self.instruction = next(iter(instructions), "")

    def take_servers(self) -> None:
        """See to it that the server at hand is one of those that there are."""
        addresses = [one.address for one in self.servers.list]
        if self.server not in addresses:
            self.choose_server(addresses[0] if addresses else "")

    def choose_server(self, address: str) -> None:
        """Search on another server; what was chosen stays."""
        self.cancel()
        self.server, self.studies, self.more, self.problem = address, None, False, ""
        self.series.clear()
        self._shell.ports.render()

    def want(self, field: str, text: str) -> None:
        """Take over what was typed into a field of the search."""
        self.wanted[field] = text

    def fill(self, field: str, text: str) -> None:
        """Take over ``name``, ``instruction`` or ``addresses`` of the project."""
        setattr(self, field, text)
        self._shell.ports.render()

    # --- searching

    def search(self, more: bool = False) -> None:
        """Ask for the first studies, or for the next ones."""
        if not more:
            self.studies, self.more = None, False
            self.series.clear()
        self._start("Searching…", lambda: self._search(more))

    async def _search(self, more: bool) -> None:
        before = self.studies or [] if more else []
        place = Resource(self.server)
        found = await self._shell.ports.images.dicomweb_list(
            place, offset=len(before), limit=PAGE, **matching(self.wanted)
        )
        known = {one.resource for one in before}
        # Some servers list all there is, whatever they are asked.
        new = [one for one in found if one.resource not in known]
        self.studies = before + new[:PAGE]
        self.more = len(found) >= PAGE and bool(new)

    def unfold(self, study: Found) -> None:
        """Show the series of a study, or hide them."""
        if study.resource in self.series:
            del self.series[study.resource]
            self._shell.ports.render()
            return
        self.series[study.resource] = None
        self._shell.ports.machine.spawn(self._unfold(study.resource))
        self._shell.ports.render()

    async def _unfold(self, study: Resource) -> None:
        try:
            found = await self._list(study)
        except ImageProblem as problem:
            self.problem = problem.message
            self.series.pop(study, None)
        else:
            if study in self.series:
                self.series[study] = sorted(found, key=lambda one: one.number)
        self._shell.ports.render()

    def tick(self, series: Found, on: bool) -> None:
        """Choose a series, or leave it out."""
        self.chosen.pop(series.resource, None)
        if on:
            self.chosen[series.resource] = series
        self._shell.ports.render()

    def clear(self) -> None:
        """Leave out everything that was chosen."""
        self.chosen.clear()
        self._shell.ports.render()

    # --- creating

    @property
    def lacks(self) -> str:
        """What has to be done before the project can be created; empty when it can."""
        if not self.chosen and not self.addresses.strip():
            return "Choose at least one series, or paste addresses."
        if not self.name.strip():
            return "Give the project a name."
        return (
            ""
            if self.instruction
            else "There is no labeling instruction yet, so there is nothing to label by."
        )

    def create(self) -> None:
        """Make a dataset of what was chosen, and a project over it."""
        if not self.lacks:
            self._start("Listing images…", self._create)

    async def _create(self) -> None:
        wanted = [Series(found, await self._instances(found)) for found in self.chosen.values()]
        for address in self.addresses.split():
            wanted += await self._series_of(parse(address))
        assets = dataset_assets(wanted)
        if not assets:
            raise ImageProblem("not_found", "There are no images in what you chose.")
        dataset = await self._make(assets)
        self._shell.totals[dataset] = len(assets)
        self.chosen.clear()
        self.addresses = self.name = ""
        self._begun = None
        self._shell.go(Route())
        self._shell.say(f"The project is there, with {plural(len(assets), 'image')}.")

    async def _make(self, assets: list[Asset]) -> str:
        """Make dataset, list of images and project, in this order; returns the dataset's id.

        A second try with the same images goes on with the dataset of the first, so that none is left over.
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
        """Return what a pasted address means, series by series."""
        if not place.study:
            raise ImageProblem("address", "This address names a whole server; add /studies/UID, at least.")
        study = replace(place, series="", instance="", frame=None)
        listed = await self._list(study, SeriesInstanceUID=place.series)
        series = [one for one in listed if place.series in ("", one.resource.series) and has_images(one)]
        if not place.instance:
            return [Series(one, await self._instances(one)) for one in series]
        instance = replace(place, frame=None)
        found = await self._list(replace(instance, instance=""), SOPInstanceUID=place.instance)
        one = next((one for one in found if one.resource == instance), Found(instance, "Image"))
        within = series[0] if series else Found(replace(instance, instance=""), "Series")
        return [Series(within, [replace(one, resource=place)])]

    async def _instances(self, series: Found) -> list[Found]:
        self.busy = f"Listing images of {series.title}…"
        self._shell.ports.render()
        return await self._list(series.resource, most=series.count)

    async def _list(self, place: Resource, most: int = 0, **matching: str) -> list[Found]:
        """Return all that lies in a place, however few a server lists at a time; each once."""
        found: dict[Resource, Found] = {}
        while True:
            part = await self._shell.ports.images.dicomweb_list(
                place, offset=len(found), limit=_LISTED, **matching
            )
            before = len(found)
            found.update((one.resource, one) for one in part)
            if len(found) > MOST_IMAGES:
                raise ImageProblem("too_large", f"The server lists more than {MOST_IMAGES:,} here.")
            if len(found) == before or (len(part) < _LISTED and len(found) >= most):
                return list(found.values())

    # --- while it runs

    def cancel(self) -> None:
        """Stop what is under way."""
        self._stop()
        self._stop = lambda: None
        self.busy = ""
        self._shell.ports.render()

    def _start(self, text: str, work: Callable[[], Awaitable[None]]) -> None:
        self._stop()
        self.busy, self.problem = text, ""
        self._stop = self._shell.ports.machine.spawn(self._run(work))
        self._shell.ports.render()

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except _PROBLEMS as problem:
            self.problem = str(problem)
        # Whoever called this off shows already what comes next.
        self.busy = ""
        self._shell.ports.render()


def matching(wanted: dict[str, str]) -> dict[str, str]:
    """Return the attributes that QIDO-RS is asked by (PS3.4 C.2.2.2: wild cards, ranges of days).

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
        # Between the parts of a name there may be a space or a ^, and servers do not agree on the letters of
        # other alphabets: rather a study too many than none.
        made[name] = re.sub(r"[^!-~]+|\^|\*{2,}", "*", text)
    first, last = (wanted.get(end, "").replace("-", "") for end in ("from", "to"))
    if first or last:
        made["StudyDate"] = f"{first}-{last}"
    return made
