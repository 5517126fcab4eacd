"""What an op must satisfy beside the role of its sender: its scope, its form and what it refers to."""

from __future__ import annotations

import msgspec

from sync_server.ledger import OF_ASSIGNMENT, Ledger, Stored, classes_ever
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
"""Largest record as JSON; a mask of 8 million runs fits."""


class Rules:
    """Decides whether ops make sense; remembers the classes of projects, which only ever grow."""

    def __init__(self) -> None:
        self._classes: dict[str, frozenset[str]] = {}

    def misplaced(self, op: Op, before: Stored | None, scope: str) -> str | None:
        """Return why the op does not belong to this scope, or None."""
        tables = SETUP_TABLES if scope == SETUP else WORK_TABLES
        if op.table not in SETUP_TABLES and op.table not in WORK_TABLES:
            return f"There is no table {op.table!r}."
        if op.table not in tables:
            return f"The table {op.table!r} does not belong to {scope!r}."
        if before is not None and before.scope != scope:
            return "This record does not belong to this project."
        return None

    def resulting(self, op: Op, after: Fields) -> tuple[Record, bytes]:
        """Return the record after the op, decoded and as JSON.

        Raises
        ------
        Invalid
            When it is not what its table asks, or too large.
        """
        try:
            record = decode(op.table, after)
            json = msgspec.json.encode(after)
        except (OverflowError, RecursionError):
            raise Invalid(f"{op.table}: a number is too large or a list is nested too deep") from None
        if len(json) > MOST_RECORD_BYTES:
            raise Invalid(f"{op.table}: the record is larger than {MOST_RECORD_BYTES // 2**20} MB")
        return record, json

    def dangling(self, ledger: Ledger, op: Op, begins: bool, record: Record) -> str | None:
        """Return which record that this one refers to is missing or does not fit, or None."""
        if isinstance(record, Project):
            return self._of_project(ledger, op, record)
        if not isinstance(record, WorkRecord):
            return None
        if begins:
            if record.project != project_of(ledger.scope):
                return "This record names another project than the one it was sent to."
            if isinstance(record, Assignment):
                return self._of_assignment(ledger, record)
            if isinstance(record, OF_ASSIGNMENT) and (reason := _of_work(ledger, record)):
                return reason
        if isinstance(record, Annotation) and "class_id" in op.fields:
            return self._of_class(ledger, record)
        return None

    def _of_project(self, ledger: Ledger, op: Op, record: Project) -> str | None:
        for table, identifier in (("dataset", record.dataset), ("instruction", record.instruction)):
            found = ledger.records.get((table, identifier))
            if table in op.fields and (found is None or found.deleted):
                return f"The {table} of this project does not exist."
        return None

    def _of_assignment(self, ledger: Ledger, record: Assignment) -> str | None:
        row = ledger.connection.execute(
            "SELECT 1 FROM records AS project JOIN assets AS asset "
            "ON asset.dataset = json_extract(project.fields, '$.dataset') AND asset.ordinal = ? "
            "WHERE project.id = ? AND project.table_name = 'project'",
            [record.asset, record.project],
        ).fetchone()
        if row is None:
            return f"The dataset of this project has no image number {record.asset}."
        person = ledger.connection.execute("SELECT 1 FROM accounts WHERE id = ?", [record.person]).fetchone()
        return None if person else "There is no account of the person this work is assigned to."

    def _of_class(self, ledger: Ledger, record: Annotation) -> str | None:
        known = self._classes.get(record.project, frozenset())
        if record.class_id not in known:
            known = self._classes[record.project] = classes_ever(ledger.connection, record.project)
        return None if record.class_id in known else "The instruction of this project has no such class."


def _of_work(ledger: Ledger, record: Annotation | Review | Activity) -> str | None:
    assignment = ledger.records.get(("assignment", record.assignment))
    if assignment is None or (assignment.project, assignment.asset) != (record.project, record.asset):
        return "The assignment that this record belongs to does not exist, or is about another image."
    if isinstance(record, Annotation) or record.annotation is None:
        return None
    annotation = ledger.records.get(("annotation", record.annotation))
    if annotation is None or annotation.assignment != record.assignment:
        return "The annotation that this record is about does not exist in this assignment."
    return None
