"""Records: everything that people make, as structures of plain fields.

A record is stored and sent as a dictionary of fields. It is decoded to one of these structures where it is
used. Fields that this version does not know stay in the dictionary.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from webapp.py.domain.shapes import Shape

Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=20_000)]
# Unlike in JSON Schema, "$" in Python also matches before a final newline. The lookahead forbids it.
Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$(?!\n)")]
Ordinal = Annotated[int, Meta(ge=0, le=2**40)]
Milliseconds = Annotated[int, Meta(ge=0, le=2**53)]

AssignmentStatus = Literal["queued", "started", "submitted", "skipped", "accepted", "rejected"]
Work = Literal["segmentation", "classification", "both"]
AttributeKind = Literal["text", "checkboxes", "dropdown", "radio"]
MOST_OPTIONS = 500
"""Most options of one question, and so most ticks in one answer."""
MOST_QUESTIONS = 200
"""Most questions about one annotation or image. Answers to removed questions stay, so there may be more."""
Answer = Text | Annotated[list[Name], Meta(max_length=MOST_OPTIONS)]
Answers = Annotated[dict[Id, Answer], Meta(max_length=5 * MOST_QUESTIONS)]
Fields = dict[str, Any]
"""A record as it is stored and sent."""


class Invalid(ValueError):
    """A record that its table does not allow. The message says which field and why."""


class Record(Struct, kw_only=True):
    """What all records have in common."""

    id: Id
    deleted: bool = False


class Attribute(Struct, kw_only=True):
    """A question to the annotator, about one annotation or about the whole image."""

    id: Id
    name: Name
    kind: AttributeKind = "text"
    options: Annotated[list[Name], Meta(max_length=MOST_OPTIONS)] = []
    required: bool = False


class LabelClass(Struct, kw_only=True):
    """A class of objects to label: its name, color, tool, shortcut and questions."""

    id: Id
    name: Name
    color: Annotated[str, Meta(pattern=r"^#[0-9a-fA-F]{6}$(?!\n)")]
    tool: Id = "polygon"
    shortcut: Annotated[str, Meta(max_length=40)] = ""
    attributes: Annotated[list[Attribute], Meta(max_length=MOST_QUESTIONS)] = []


class Dataset(Record, kw_only=True):
    """A named list of assets. The assets are not part of the record; they are fetched in pages."""

    name: Name
    description: Text = ""


class Instruction(Record, kw_only=True):
    """What annotators should label and answer. ``version`` rises with every edit."""

    name: Name
    version: Annotated[int, Meta(ge=1)] = 1
    work: Work = "segmentation"
    guide: Text = ""
    classes: Annotated[list[LabelClass], Meta(max_length=2000)] = []
    image_attributes: Annotated[list[Attribute], Meta(max_length=MOST_QUESTIONS)] = []


class Project(Record, kw_only=True):
    """One dataset, one instruction, and the people who work on it."""

    name: Name
    description: Text = ""
    dataset: Id
    instruction: Id


class WorkRecord(Record, kw_only=True):
    """What all work records have in common: their project and asset."""

    project: Id
    asset: Ordinal


class Assignment(WorkRecord, kw_only=True):
    """One person's work on one asset. Its id is `ids.assignment_id`.

    ``width`` and ``height`` are the size of the displayed image in pixels when work started, 0 before that.
    Masks and exports need them even if the image cannot be opened. ``skip_reason`` is why a skipped image
    was skipped; it may be empty.
    """

    person: Id
    status: AssignmentStatus = "queued"
    skip_reason: Text = ""
    answers: Answers = {}
    width: Annotated[int, Meta(ge=0, le=2**31)] = 0
    height: Annotated[int, Meta(ge=0, le=2**31)] = 0


class Annotation(WorkRecord, kw_only=True):
    """One labeled object. ``object_id`` connects the slices or frames of one object."""

    assignment: Id
    author: Id
    class_id: Id
    shape: Shape
    attributes: Answers = {}
    object_id: Id
    order: Annotated[int, Meta(ge=-(2**53), le=2**53)] = 0


class Review(WorkRecord, kw_only=True):
    """A review of an assignment, or of one of its annotations."""

    assignment: Id
    annotation: Id | None = None
    author: Id
    verdict: Literal["accepted", "rejected"]
    score: Annotated[float, Meta(ge=0, le=10)] | None = None
    comment: Text = ""


class Activity(WorkRecord, kw_only=True):
    """Time spent on an assignment, or on one of its annotations. It never changes."""

    assignment: Id
    annotation: Id | None = None
    person: Id
    started: Milliseconds
    active_ms: Milliseconds
    idle_ms: Milliseconds


class Asset(Struct, kw_only=True, omit_defaults=True):
    """One image, DICOM instance or frame of a dataset. Not a record: there may be millions."""

    ordinal: Ordinal
    name: Annotated[str, Meta(min_length=1, max_length=1000)]
    folder: Annotated[str, Meta(max_length=2000)] = ""
    url: Annotated[str, Meta(min_length=1, max_length=4000)]
    frame: int | None = None


SETUP_TABLES: dict[str, type[Record]] = {
    "dataset": Dataset,
    "instruction": Instruction,
    "project": Project,
}
WORK_TABLES: dict[str, type[WorkRecord]] = {
    "assignment": Assignment,
    "annotation": Annotation,
    "review": Review,
    "activity": Activity,
}
TABLES: dict[str, type[Record]] = {**SETUP_TABLES, **WORK_TABLES}

KEYS = frozenset({"id", "project", "asset", "person", "author", "assignment", "annotation"})
"""Fields that say what a record is about. They are set when it is created and never change."""


def decode(table: str, fields: Fields) -> Record:
    """Return the structure of a record.

    Raises
    ------
    Invalid
        If the table is unknown, or a field is missing or invalid.
    """
    kind = TABLES.get(table)
    if kind is None:
        raise Invalid(f"there is no table {table!r}")
    try:
        return msgspec.convert(fields, kind)
    except msgspec.ValidationError as error:
        raise Invalid(f"{table}: {error}") from None


def encode(record: Record | Struct) -> Fields:
    """Return the plain fields of a record, ready to store or send."""
    fields: Fields = msgspec.to_builtins(record)
    return fields
