"""Projects out of and into this browser: JSON, masks, and import into the solo workspace."""

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
from webapp.py.pages.ports.shell import Shell
from webapp.py.store.document import Document, import_ops, project_document, read_document, write_document
from webapp.py.store.local import StorageProblem
from webapp.py.store.store import Store
from webapp.py.store.sync import SyncProblem
from webapp.py.ui.parts import plural

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
    """Does what the export dialog and the import button ask for.

    Parameters
    ----------
    shell
        What the app offers.
    ask
        Opens the dialog that asks which side counts.
    """

    def __init__(self, shell: Shell, ask: Callable[[], None]) -> None:
        self._shell, self._ask = shell, ask
        self.plan: ImportPlan | None = None
        self.error = ""
        """What went wrong with the export."""

    # --- export

    async def export_json(self, project: Project, store: Store) -> None:
        """Offer a project as a JSON document."""
        await self._busy("Collecting…", lambda: self._export_json(project, store), self._tell_in_dialog)

    async def export_masks(self, project: Project, store: Store) -> None:
        """Offer the masks of a project as a ZIP of indexed PNGs."""
        await self._busy("Drawing masks…", lambda: self._export_masks(project, store), self._tell_in_dialog)

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
        unread = len(store.quarantined)
        lacks = f" It lacks {plural(unread, 'stored record')} that cannot be read." if unread else ""
        self._shell.dialog(None)
        self._shell.say(f"Exported as {name}.{lacks}")

    async def _export_masks(self, project: Project, store: Store) -> None:
        records = {table: list(store.records(table).values()) for table in ("assignment", "annotation")}
        assets = await self._assets(project.dataset)
        images = mask_images(assets, records["assignment"], records["annotation"])
        if not images:
            raise Incomplete("No image of this project is labeled yet, so there are no masks to export.")
        arguments = {"classes": mask_classes(self._instruction(project)), "images": images}
        answer = await self._shell.ports.compute.call("mask_archive", arguments, self._tell_progress)
        name = file_name(f"{project.name} masks", now_ms(), "zip")
        self._shell.ports.machine.save_file(name, answer["archive"].tobytes(), "application/zip")
        self._shell.dialog(None)
        self._shell.say(_masks_summary(answer))

    def _tell_progress(self, progress: Progress) -> None:
        self._shell.set_busy(f"Drawing masks: {progress.share * 100:.0f} %")

    def _instruction(self, project: Project) -> Instruction:
        instruction = decode("instruction", self._setup_record("instruction", project.instruction))
        assert isinstance(instruction, Instruction)
        return instruction

    def _setup_record(self, table: str, record_id: str) -> Fields:
        fields = self._shell.setup.get(table, record_id)
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
        total = self._shell.totals.get(dataset)
        while total is None or len(assets) < total:
            page = await self._asset_page(dataset, len(assets), total)
            if page is None:
                if total is None and self._shell.person.solo:
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
        """Let the person choose a document, and take it in; asks where records here differ."""
        if self._shell.busy:
            return
        content = await self._shell.ports.machine.pick_file(".json,application/json")
        if content is not None:
            await self._busy("Reading the file…", lambda: self._read(content), self._shell.fail)

    async def finish_import(self, choice: Choice) -> None:
        """Take in what was read, now that it is known which side counts."""
        plan, self.plan = self.plan, None
        self._shell.dialog(None)
        if plan is not None:
            await self._busy("Importing…", lambda: self._carry_out(plan, choice), self._shell.fail)

    def cancel_import(self) -> None:
        """Forget the import that waits for an answer; nothing was changed."""
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
        """Store images and work first and the project last, so that it shows only when it is whole."""
        document = plan.document
        dataset = document.dataset["id"]
        here = await self._assets(dataset)
        taken = choice == "file" and not _continues(document.assets, here)
        if taken or _continues(here, document.assets):
            await self._shell.keep_assets(dataset, document.assets)
            self._shell.totals[dataset] = len(document.assets)
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
                raise StorageProblem(
                    f"The import stopped, for this machine could not store it: {problem} Import the "
                    "file again when that is mended; nothing comes in twice."
                )
            if len(ops) > MOST_OPS:
                self._shell.set_busy(f"Importing {min(start + MOST_OPS, len(ops))} of {len(ops)}…")

    async def _work_store(self, project: str) -> Store:
        return await Store.open(self._shell.local, project_scope(project), solo=True)

    # --- while it runs

    async def _busy(
        self, text: str, work: Callable[[], Awaitable[None]], tell: Callable[[str], None]
    ) -> None:
        if self._shell.busy:
            return
        self.error = ""
        self._shell.set_busy(text)
        try:
            await work()
        except _PROBLEMS as problem:
            tell(str(problem))
        finally:
            self._shell.set_busy("")

    def _tell_in_dialog(self, text: str) -> None:
        self.error = text


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
