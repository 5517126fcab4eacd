"""Exports projects as JSON and masks, and imports JSON into the solo workspace."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from webapp.py.compute.protocol import ComputeProblem, Progress
from webapp.py.domain.ids import now_ms
from webapp.py.domain.model import WORK_TABLES, Asset, Fields, Instruction, Invalid, Project, decode
from webapp.py.domain.ops import Op, apply
from webapp.py.domain.wire import MOST_ASSETS, MOST_OPS, AssetPage, project_scope
from webapp.py.pages.exchange import texts
from webapp.py.pages.ports.shell import Shell
from webapp.py.store.document import Document, import_ops, project_document, read_document, write_document
from webapp.py.store.local import StorageProblem
from webapp.py.store.store import Store
from webapp.py.store.sync import SyncProblem
from webapp.py.ui.reactive import reactive

Choice = Literal["here", "file"]
"""Which version is kept where a record here differs from the file."""
_PROBLEMS = (Invalid, ComputeProblem, StorageProblem, SyncProblem)


class Incomplete(Invalid):
    """A part of the project is not on this computer."""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """An import: the file that was read, and how it differs from what is here."""

    document: Document
    work: Store
    setup_ops: list[Op]
    work_ops: list[Op]
    differing: int
    """Number of records here that differ from the file. The image list counts as one."""


class Transfer:
    """Exports and imports projects.

    Parameters
    ----------
    shell
        The app.
    ask
        Opens the dialog that asks which version to keep.
    """

    plan = reactive[ImportPlan | None](None)
    error = reactive("")
    """What went wrong with the export."""

    def __init__(self, shell: Shell, ask: Callable[[], None]) -> None:
        self._shell, self._ask = shell, ask

    # --- export

    async def export_json(self, project: Project, store: Store) -> None:
        """Save a project as a JSON file."""
        await self._busy(texts.PREPARING_EXPORT, lambda: self._export_json(project, store), self._show_error)

    async def export_masks(self, project: Project, store: Store) -> None:
        """Save the masks of a project as a ZIP file of indexed PNGs."""
        await self._busy(texts.CREATING_MASKS, lambda: self._export_masks(project, store), self._show_error)

    async def _export_json(self, project: Project, store: Store) -> None:
        exported_at = now_ms()
        document = project_document(
            self._setup_record("project", project.id),
            self._setup_record("instruction", project.instruction),
            self._setup_record("dataset", project.dataset),
            await self._assets(project.dataset),
            {table: store.records(table).values() for table in WORK_TABLES},
            exported_at,
        )
        name = file_name(project.name, exported_at, "json")
        self._shell.ports.machine.save_file(name, write_document(document), "application/json")
        self._shell.dialog(None)
        self._shell.say(texts.exported(name, len(store.quarantined)))

    async def _export_masks(self, project: Project, store: Store) -> None:
        records = {table: list(store.records(table).values()) for table in ("assignment", "annotation")}
        assets = await self._assets(project.dataset)
        images = mask_images(assets, records["assignment"], records["annotation"])
        if not images:
            raise Incomplete(texts.NOTHING_LABELED)
        arguments = {"classes": mask_classes(self._instruction(project)), "images": images}
        answer = await self._shell.ports.compute.call("mask_archive", arguments, self._show_progress)
        name = file_name(f"{project.name} masks", now_ms(), "zip")
        self._shell.ports.machine.save_file(name, answer["archive"].tobytes(), "application/zip")
        self._shell.dialog(None)
        self._shell.say(_masks_summary(answer))

    def _show_progress(self, progress: Progress) -> None:
        self._shell.set_busy(texts.creating_masks(progress.share))

    def _instruction(self, project: Project) -> Instruction:
        instruction = decode("instruction", self._setup_record("instruction", project.instruction))
        assert isinstance(instruction, Instruction)
        return instruction

    def _setup_record(self, table: str, record_id: str) -> Fields:
        fields = self._shell.setup.get(table, record_id)
        if fields is None:
            gone = table == "project" and not self._shell.person.solo
            raise Incomplete(texts.NO_LONGER_A_MEMBER if gone else texts.record_missing(table))
        return fields

    async def _assets(self, dataset: str) -> list[Asset]:
        """Return all assets of a dataset. Pages that are not on this computer are fetched.

        Raises
        ------
        Incomplete
            If a page is not on this computer and cannot be fetched.
        """
        assets: list[Asset] = []
        total = self._shell.totals.get(dataset)
        while total is None or len(assets) < total:
            page = await self._asset_page(dataset, len(assets), total)
            if page is None:
                if total is None and self._shell.person.solo:
                    return []
                raise Incomplete(texts.IMAGE_LIST_INCOMPLETE)
            total = page.total if total is None else total
            assets += page.assets
            if not page.assets:
                break
        return assets

    async def _asset_page(self, dataset: str, start: int, total: int | None) -> AssetPage | None:
        local = self._shell.local
        page = await local.get_assets(dataset, start)
        wanted = 0 if page is None else min(MOST_ASSETS, (page.total if total is None else total) - start)
        if page is not None and len(page.assets) >= wanted:
            return page
        if self._shell.person.solo:
            return None
        page = await self._shell.ports.server.asset_page(dataset, start)
        await local.put_assets(page)
        return page

    # --- import

    async def import_project(self) -> None:
        """Let the person choose a file and import it. Ask which version to keep if records differ."""
        if self._shell.busy:
            return
        content = await self._shell.ports.machine.pick_file(".json,application/json")
        if content is not None:
            await self._busy(texts.READING_FILE, lambda: self._read(content), self._shell.fail)

    async def finish_import(self, choice: Choice) -> None:
        """Import what was read, after the person has chosen which version to keep."""
        plan, self.plan = self.plan, None
        self._shell.dialog(None)
        if plan is not None:
            await self._busy(texts.IMPORTING, lambda: self._carry_out(plan, choice), self._shell.fail)

    def cancel_import(self) -> None:
        """Cancel the import that needs an answer. Nothing has been changed yet."""
        self.plan = None
        self._shell.dialog(None)

    async def _read(self, content: bytes) -> None:
        document = read_document(content)
        work = await self._work_store(document.project["id"])
        setup = self._shell.setup
        setup_ops, work_ops = import_ops(document)
        differing = sum(_differs(setup, op) for op in setup_ops) + sum(_differs(work, op) for op in work_ops)
        here = await self._assets(document.dataset["id"])
        differing += not _continues(here, document.assets) and not _continues(document.assets, here)
        plan = ImportPlan(document, work, setup_ops, work_ops, differing)
        if differing:
            self.plan = plan
            self._ask()
        else:
            await self._carry_out(plan, "here")

    async def _carry_out(self, plan: ImportPlan, choice: Choice) -> None:
        """Store images and work first and the project last, so that no incomplete project is shown."""
        document = plan.document
        dataset = document.dataset["id"]
        here = await self._assets(dataset)
        taken = choice == "file" and not _continues(document.assets, here)
        if taken or _continues(here, document.assets):
            await self._shell.keep_assets(dataset, document.assets)
            self._shell.set_total(dataset, len(document.assets))
        work_ops = _wanted(plan.work, plan.work_ops, choice)
        setup_ops = _wanted(self._shell.setup, plan.setup_ops, choice)
        await self._write(plan.work, work_ops)
        await self._write(self._shell.setup, setup_ops)
        self._shell.say(_import_summary(document, [*setup_ops, *work_ops]))

    async def _write(self, store: Store, ops: Sequence[Op]) -> None:
        for start in range(0, len(ops), MOST_OPS):
            store.edit(ops[start : start + MOST_OPS])
            await store.flushed()
            problem = store.status.storage_problem
            if problem:
                raise StorageProblem(texts.import_stopped(problem))
            if len(ops) > MOST_OPS:
                self._shell.set_busy(texts.importing(min(start + MOST_OPS, len(ops)), len(ops)))

    async def _work_store(self, project: str) -> Store:
        return await Store.open(self._shell.local, project_scope(project), solo=True)

    # --- while it runs

    async def _busy(
        self, text: str, work: Callable[[], Awaitable[None]], show_problem: Callable[[str], None]
    ) -> None:
        if self._shell.busy:
            return
        self.error = ""
        self._shell.set_busy(text)
        try:
            await work()
        except _PROBLEMS as problem:
            show_problem(str(problem))
        finally:
            self._shell.set_busy("")

    def _show_error(self, text: str) -> None:
        self.error = text


def file_name(project: str, at: int, extension: str) -> str:
    """Return a file name that every system allows; ``at`` is in milliseconds UTC.

    Examples
    --------
    >>> file_name("Cats / Dogs: part 2", 1_700_000_000_000, "json")
    'limner-cats-dogs-part-2-2023-11-14.json'
    """
    words = "-".join(re.findall(r"\w+", project.lower()))[:60].strip("-") or "project"
    return f"limner-{words}-{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d}.{extension}"


def mask_classes(instruction: Instruction) -> list[dict[str, str]]:
    """Return the classes for the mask export, in the order of the instruction."""
    return [{"id": one.id, "name": one.name, "color": one.color} for one in instruction.classes]


def mask_images(
    assets: Sequence[Asset], assignments: Iterable[Fields], annotations: Iterable[Fields]
) -> list[dict[str, Any]]:
    """Return the labeled images for the mask export, in the order of the dataset.

    An image is labeled if it has annotations, or if its assignment was submitted or accepted.
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
        return {**image, "width": 0, "height": 0, "skip": texts.SIZE_UNKNOWN}
    return {**image, "width": 0, "height": 0, "skip": texts.different_sizes(sorted(sizes))}


def _masks_summary(answer: Mapping[str, Any]) -> str:
    parts = [texts.masks_exported(answer["made"])]
    if answer["skipped"]:
        first = answer["skipped"][0]
        parts.append(texts.images_skipped(len(answer["skipped"]), first["name"], first["reason"]))
    left_out = sum(answer["left_out"].values())
    if left_out:
        parts.append(texts.annotations_left_out(left_out))
    return " ".join(parts)


def _import_summary(document: Document, ops: Sequence[Op]) -> str:
    if not ops:
        return texts.up_to_date(document.name)
    annotations = sum(op.table == "annotation" for op in ops)
    return texts.imported(document.name, annotations, len(ops) - annotations)


def _differs(store: Store, op: Op) -> bool:
    """Return whether the op's record is here already and the op would change it."""
    here = store.get_deleted(op.table, op.id)
    return here is not None and apply(here, op) != here


def _wanted(store: Store, ops: Sequence[Op], choice: Choice) -> list[Op]:
    """Return the ops that create a record and, with the choice "file", those that change one."""
    return [
        op
        for op in ops
        if store.get_deleted(op.table, op.id) is None or (choice == "file" and _differs(store, op))
    ]


def _continues(here: Sequence[Asset], other: Sequence[Asset]) -> bool:
    """Return whether the other list starts with this whole list."""
    return list(other[: len(here)]) == list(here)
