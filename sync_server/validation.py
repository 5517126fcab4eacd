"""What an op must satisfy besides the role of its sender: its scope, its form and what it refers to."""

from __future__ import annotations

import msgspec

from sync_server import texts
from sync_server.record_batch import OF_ASSIGNMENT, RecordBatch
from sync_server.storage.rows import RecordState
from webapp.py.domain.model import (
    SETUP_TABLES,
    WORK_TABLES,
    Activity,
    Annotation,
    Assignment,
    Fields,
    Invalid,
    Project,
    Record,
    Review,
    WorkRecord,
    decode,
)
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import SETUP, project_of

MOST_RECORD_BYTES = 16 * 1024 * 1024
"""Largest record as JSON. A mask of 8 million runs fits."""


class Validation:
    """Decides whether ops make sense. Remembers the classes of projects, which only ever grow."""

    def __init__(self) -> None:
        self._classes: dict[str, frozenset[str]] = {}

    def misplaced(self, op: Op, before: RecordState | None, scope: str, person: str) -> str | None:
        """Return why the op does not belong here, or None. Of the work of others it tells nothing."""
        tables = SETUP_TABLES if scope == SETUP else WORK_TABLES
        if op.table not in SETUP_TABLES and op.table not in WORK_TABLES:
            return texts.no_table(op.table)
        if op.table not in tables:
            return texts.wrong_scope(op.table, scope)
        if before is not None and before.scope != scope and before.owner == person:
            return texts.WRONG_PROJECT
        return None

    def resulting(self, op: Op, after: Fields) -> tuple[Record, bytes]:
        """Return the record after the op, decoded and as JSON.

        Raises
        ------
        Invalid
            When it does not have the form of its table, or is too large.
        """
        try:
            record = decode(op.table, after)
            json = msgspec.json.encode(after)
        except (OverflowError, RecursionError):
            raise Invalid(f"{op.table}: {texts.TOO_BIG_OR_DEEP}") from None
        if len(json) > MOST_RECORD_BYTES:
            raise Invalid(f"{op.table}: {texts.record_too_large(MOST_RECORD_BYTES // 2**20)}")
        return record, json

    def dangling(self, batch: RecordBatch, op: Op, creates: bool, record: Record) -> str | None:
        """Return which record that this one refers to is missing or does not fit, or None."""
        if isinstance(record, Project):
            return self._of_project(batch, op, record)
        if not isinstance(record, WorkRecord):
            return None
        if creates:
            if record.project != project_of(batch.scope):
                return texts.OTHER_PROJECT
            if isinstance(record, Assignment):
                return self._of_assignment(batch, record)
            if isinstance(record, OF_ASSIGNMENT) and (reason := _of_work(batch, record)):
                return reason
        if isinstance(record, Annotation) and "class_id" in op.fields:
            return self._of_class(batch, record)
        return None

    def _of_project(self, batch: RecordBatch, op: Op, record: Project) -> str | None:
        for table, identifier in (("dataset", record.dataset), ("instruction", record.instruction)):
            found = batch.records.get((table, identifier))
            if table in op.fields and (found is None or found.deleted):
                return texts.part_missing(table)
        return None

    def _of_assignment(self, batch: RecordBatch, record: Assignment) -> str | None:
        if not batch.transaction.assets.project_has(record.project, record.asset):
            return texts.no_image(record.asset)
        if batch.transaction.accounts.get(record.person) is None:
            return texts.ASSIGNEE_MISSING
        return None

    def _of_class(self, batch: RecordBatch, record: Annotation) -> str | None:
        known = self._classes.get(record.project, frozenset())
        if record.class_id not in known:
            known = self._classes[record.project] = batch.transaction.records.classes_ever(record.project)
        return None if record.class_id in known else texts.NO_SUCH_CLASS


def _of_work(batch: RecordBatch, record: Annotation | Review | Activity) -> str | None:
    assignment = batch.records.get(("assignment", record.assignment))
    if assignment is None or (assignment.project, assignment.asset) != (record.project, record.asset):
        return texts.ASSIGNMENT_MISSING
    if isinstance(record, Annotation) or record.annotation is None:
        return None
    annotation = batch.records.get(("annotation", record.annotation))
    if annotation is None or annotation.assignment != record.assignment:
        return texts.ANNOTATION_MISSING
    return None
