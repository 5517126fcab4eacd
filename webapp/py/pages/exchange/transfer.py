"""Projects out of and into this browser: JSON, masks, and import into the solo workspace."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from webapp.py.compute.protocol import ComputeProblem, Progress
from webapp.py.domain.ids import now_ms
from webapp.py.domain.model import WORK_TABLES, Asset, Fields, Instruction, Invalid
from webapp.py.domain.ops import Op, apply
from webapp.py.domain.wire import MOST_ASSETS, MOST_OPS, SETUP, AssetPage, project_scope
from webapp.py.pages.shell.state import Work
from webapp.py.store.document import Document, import_ops, project_document, read_document, write_document
from webapp.py.store.local import LocalStore, StorageProblem
from webapp.py.store.store import Store
from webapp.py.store.sync import SyncProblem
from webapp.py.ui.parts import plural

if TYPE_CHECKING:
    from webapp.py.pages.shell.app import App

Choice = Literal["here", "file"]
"""Which side counts where a record is another one here than in the file."""
_PROBLEMS = (Invalid, ComputeProblem, StorageProblem, SyncProblem)


class Incomplete(Invalid):
    """Something that belongs to the project is not on this machine."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """An import that was read and compared with what is here."""

    document: Document
    work: Store
    setup_ops: list[Op]
    work_ops: list[Op]
    differing: int
    """How many records (the list of images counts as one) are here already, and are not as in the file."""


class Transfer:
    """Does what the export sheet and the import button ask for."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.plan: ImportPlan | None = None

    # --- export

    async def export_json(self) -> None:
        """Offer the project at hand as a JSON document."""
        await self._busy("Collecting…", self._export_json, self._tell_in_sheet)

    async def export_masks(self) -> None:
        """Offer the masks of the project at hand as a ZIP of indexed PNGs."""
        await self._busy("Drawing masks…", self._export_masks, self._tell_in_sheet)

    async def _export_json(self) -> None:
        work, exported_at = self._work, now_ms()
        document = project_document(
            self._setup_record("project", work.project.id),
            self._setup_record("instruction", work.project.instruction),
            self._setup_record("dataset", work.project.dataset),
            await self._assets(work.project.dataset),
            {table: work.store.records(table).values() for table in WORK_TABLES},
            exported_at,
        )
        name = file_name(work.project.name, exported_at, "json")
        self.app.ports.machine.save_file(name, write_document(document), "application/json")
        unread = len(work.store.quarantined)
        lacks = f" It lacks {plural(unread, 'stored record')} that cannot be read." if unread else ""
        self.app.close_sheet()
        self.app.notify(f"Exported as {name}.{lacks}")

    async def _export_masks(self) -> None:
        work = self._work
        records = {table: list(work.store.records(table).values()) for table in ("assignment", "annotation")}
        assets = await self._assets(work.project.dataset)
        images = mask_images(assets, records["assignment"], records["annotation"])
        if not images:
            raise Incomplete("No image of this project is labeled yet, so there are no masks to export.")
        arguments = {"classes": mask_classes(work.session.instruction), "images": images}
        answer = await self.app.ports.compute.call("mask_archive", arguments, self._tell_progress)
        name = file_name(f"{work.project.name} masks", now_ms(), "zip")
        self.app.ports.machine.save_file(name, answer["archive"].tobytes(), "application/zip")
        self.app.close_sheet()
        self.app.notify(_masks_summary(answer))

    def _tell_progress(self, progress: Progress) -> None:
        self.app.state.busy = f"Drawing masks: {progress.share * 100:.0f} %"
        self.app.ports.render()

    @property
    def _work(self) -> Work:
        work = self.app.state.work
        if work is None:
            raise Incomplete("Open a project first; the export is of the project at hand.")
        return work

    def _setup_record(self, table: str, record_id: str) -> Fields:
        setup = self.app.state.setup
        fields = setup.get(table, record_id) if setup is not None else None
        if fields is None:
            raise Incomplete(
                f"The {table} of this project is not on this machine yet. Try again when online."
            )
        return fields

    async def _assets(self, dataset: str) -> list[Asset]:
        """Return all assets of a dataset; pages that are not here are fetched.

        Raises
        ------
        Incomplete
            When a page is neither here nor to be had.
        """
        assets: list[Asset] = []
        total = self.app.state.totals.get(dataset)
        while total is None or len(assets) < total:
            page = await self._asset_page(dataset, len(assets), total)
            if page is None:
                if total is None and self.app.state.mode == "solo":
                    return []
                raise Incomplete(
                    "The list of images is not completely on this machine. Try again when the server can "
                    "be reached."
                )
            total = page.total if total is None else total
            assets += page.assets
            if not page.assets:
                break
        return assets

    async def _asset_page(self, dataset: str, start: int, total: int | None) -> AssetPage | None:
        local = self._local
        page = await local.get_assets(dataset, start)
        wanted = 0 if page is None else min(MOST_ASSETS, (page.total if total is None else total) - start)
        if page is not None and len(page.assets) >= wanted:
            return page
        if self.app.state.mode == "solo":
            return None
        page = await self.app.ports.server.asset_page(dataset, start)
        await local.put_assets(page)
        return page

    # --- import

    async def import_project(self) -> None:
        """Let the person choose a document, and take it in; asks where records here differ."""
        if self.app.state.busy:
            return
        content = await self.app.ports.machine.pick_file(".json,application/json")
        if content is not None:
            await self._busy("Reading the file…", lambda: self._read(content), self.app.fail)

    async def finish_import(self, choice: Choice) -> None:
        """Take in what was read, now that it is known which side counts."""
        plan, self.plan = self.plan, None
        self.app.close_sheet()
        if plan is not None:
            await self._busy("Importing…", lambda: self._carry_out(plan, choice), self.app.fail)

    def cancel_import(self) -> None:
        """Forget the import that waits for an answer; nothing was changed."""
        self.plan = None
        self.app.close_sheet()

    async def _read(self, content: bytes) -> None:
        document = read_document(content)
        work = await self._work_store(document.project["id"])
        setup = self._setup
        setup_ops, work_ops = import_ops(document)
        differing = sum(_differs(setup, op) for op in setup_ops) + sum(_differs(work, op) for op in work_ops)
        here = await self._assets(document.dataset["id"])
        differing += not _continues(here, document.assets) and not _continues(document.assets, here)
        plan = ImportPlan(document, work, setup_ops, work_ops, differing)
        if differing:
            self.plan = plan
            self.app.open_sheet("import")
        else:
            await self._carry_out(plan, "here")

    async def _carry_out(self, plan: ImportPlan, choice: Choice) -> None:
        """Store images and work first and the project last, so that it shows only when it is whole."""
        document = plan.document
        dataset = document.dataset["id"]
        here = await self._assets(dataset)
        taken = choice == "file" and not _continues(document.assets, here)
        if taken or _continues(here, document.assets):
            await self.app.keep_assets(dataset, document.assets)
            self.app.state.totals[dataset] = len(document.assets)
        work_ops = _wanted(plan.work, plan.work_ops, choice)
        setup_ops = _wanted(self._setup, plan.setup_ops, choice)
        await self._write(plan.work, work_ops)
        await self._write(self._setup, setup_ops)
        self.app.notify(_import_summary(document, [*setup_ops, *work_ops]))

    async def _write(self, store: Store, ops: Sequence[Op]) -> None:
        for start in range(0, len(ops), MOST_OPS):
            store.edit(ops[start : start + MOST_OPS])
            await store.flushed()
            problem = store.status.storage_problem
            if problem:
                raise StorageProblem(
                    f"The import stopped, for this machine could not store it: {problem} Import the "
                    "file again when that is mended; nothing comes in twice."
                )
            if len(ops) > MOST_OPS:
                self.app.state.busy = f"Importing {min(start + MOST_OPS, len(ops))} of {len(ops)}…"
                self.app.ports.render()

    async def _work_store(self, project: str) -> Store:
        return await Store.open(self._local, project_scope(project), solo=True)

    @property
    def _setup(self) -> Store:
        setup = self.app.state.setup
        assert setup is not None and setup.scope == SETUP
        return setup

    @property
    def _local(self) -> LocalStore:
        assert self.app.local is not None
        return self.app.local

    # --- while it runs

    async def _busy(
        self, text: str, work: Callable[[], Awaitable[None]], tell: Callable[[str], None]
    ) -> None:
        state = self.app.state
        if state.busy:
            return
        state.busy, state.form_error, state.problem = text, "", ""
        self.app.ports.render()
        try:
            await work()
        except _PROBLEMS as problem:
            tell(str(problem))
        finally:
            state.busy = ""
            self.app.ports.render()

    def _tell_in_sheet(self, text: str) -> None:
        self.app.state.form_error = text


def file_name(project: str, at: int, extension: str) -> str:
    """Return a name for an exported file that every system takes; ``at`` is milliseconds UTC.

    Examples
    --------
    >>> file_name("Cats / Dogs: part 2", 1_700_000_000_000, "json")
    'limner-cats-dogs-part-2-2023-11-14.json'
    """
    words = "-".join(re.findall(r"\w+", project.lower()))[:60].strip("-") or "project"
    return f"limner-{words}-{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}.{extension}"


def mask_classes(instruction: Instruction) -> list[dict[str, str]]:
    """Return the classes as the mask export wants them, in the order of the instruction."""
    return [{"id": one.id, "name": one.name, "color": one.color} for one in instruction.classes]


def mask_images(
    assets: Sequence[Asset], assignments: Iterable[Fields], annotations: Iterable[Fields]
) -> list[dict[str, Any]]:
    """Return the labeled images as the mask export wants them, in the order of the dataset.

    An image is labeled when there is an annotation on it, or when its work was submitted or accepted without.
    """
    named = {asset.ordinal: asset for asset in assets}
    sizes: dict[int, set[tuple[int, int]]] = {}
    found: dict[int, list[Fields]] = {}
    for fields in assignments:
        width, height = fields.get("width", 0), fields.get("height", 0)
        if width and height:
            sizes.setdefault(fields["asset"], set()).add((width, height))
        if fields.get("status") in ("submitted", "accepted"):
            found.setdefault(fields["asset"], [])
    for fields in annotations:
        found.setdefault(fields["asset"], []).append(fields)
    return [
        _mask_image(named.get(ordinal), ordinal, sizes.get(ordinal, set()), found[ordinal])
        for ordinal in sorted(found)
    ]


def _mask_image(
    asset: Asset | None, ordinal: int, sizes: set[tuple[int, int]], annotations: list[Fields]
) -> dict[str, Any]:
    layers = sorted(annotations, key=lambda fields: (fields.get("order", 0), fields["id"]))
    image = {
        "name": asset.name if asset else f"image-{ordinal}",
        "folder": asset.folder if asset else "",
        "annotations": [[one["class_id"], one["shape"], one.get("order", 0)] for one in layers],
    }
    if len(sizes) == 1:
        ((width, height),) = sizes
        return {**image, "width": width, "height": height}
    if not sizes:
        return {**image, "width": 0, "height": 0, "skip": "its size in pixels is not known"}
    several = " and ".join(f"{width} × {height}" for width, height in sorted(sizes))
    return {**image, "width": 0, "height": 0, "skip": f"it was labeled in different sizes ({several})"}


def _masks_summary(answer: Mapping[str, Any]) -> str:
    parts = [f"Exported {plural(answer['made'], 'mask')}."]
    if answer["skipped"]:
        first = answer["skipped"][0]
        parts.append(
            f"{plural(len(answer['skipped']), 'image')} skipped: {first['name']}, {first['reason']}."
        )
    left_out = sum(answer["left_out"].values())
    if left_out:
        parts.append(f"{plural(left_out, 'annotation')} left out, see classes.json.")
    return " ".join(parts)


def _import_summary(document: Document, ops: Sequence[Op]) -> str:
    if not ops:
        return f"“{document.name}” is here already, just as in the file."
    annotations = sum(op.table == "annotation" for op in ops)
    other = len(ops) - annotations
    return (
        f"Imported “{document.name}”: {plural(annotations, 'annotation')}, {plural(other, 'other record')}."
    )


def _differs(store: Store, op: Op) -> bool:
    """Tell whether the op's record is here already and would be another one after the op."""
    here = store.get_deleted(op.table, op.id)
    return here is not None and apply(here, op) != here


def _wanted(store: Store, ops: Sequence[Op], choice: Choice) -> list[Op]:
    """Return the ops that make a new record, and with the choice "file" those that change one."""
    return [
        op
        for op in ops
        if store.get_deleted(op.table, op.id) is None or (choice == "file" and _differs(store, op))
    ]


def _continues(here: Sequence[Asset], other: Sequence[Asset]) -> bool:
    """Tell whether the other list begins with all of this one."""
    return list(other[: len(here)]) == list(here)
