"""The project document: a whole project as one JSON file, which a solo workspace can import.

docs/export-format.md describes it field by field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw, Struct

from webapp.py.domain.ids import assignment_id
from webapp.py.domain.model import (
    SETUP_TABLES,
    WORK_TABLES,
    Asset,
    Fields,
    Invalid,
    Project,
    decode,
    encode,
)
from webapp.py.domain.ops import Op, create
from webapp.py.store import texts

FORMAT = "limner-project"
VERSION = 1
COORDINATES = (
    "displayed orientation (EXIF applied), origin top-left corner of the top-left pixel, pixels"
)  # fmt: skip
MOST_BYTES = 100_000_000
"""Largest document that is read, in bytes. A browser tab would run out of memory with more."""
_NAMED = 3
"""How many mistakes are named in one sentence."""
_UNREADABLE = (msgspec.DecodeError, msgspec.ValidationError, RecursionError, ValueError, OverflowError)


class Document(Struct, kw_only=True, frozen=True):
    """A project document that was read and checked. Records are plain fields; unknown fields are kept."""

    project: Fields
    instruction: Fields
    dataset: Fields
    assets: list[Asset]
    records: dict[str, list[Fields]]
    exported_at: int

    @property
    def name(self) -> str:
        """The project's name."""
        return str(self.project["name"])


class _Head(Struct, kw_only=True):
    """What must be known before the rest of the file is read."""

    format: str = ""
    version: int = 0


class _Envelope(Struct, kw_only=True):
    """A document whose records are not decoded yet, so that an error can name the record."""

    project: Raw
    instruction: Raw
    dataset: Raw
    assets: list[Raw]
    records: dict[str, list[Raw]]
    exported_at: int = 0


def project_document(
    project: Fields,
    instruction: Fields,
    dataset: Fields,
    assets: Sequence[Asset],
    records: Mapping[str, Iterable[Fields]],
    exported_at: int,
) -> dict[str, Any]:
    """Return a project as a document. The same content always makes the same document.

    Parameters
    ----------
    project, instruction, dataset
        The set-up records.
    assets
        All images of the dataset, in any order.
    records
        Work records by table. Deleted ones are left out.
    exported_at
        When, in milliseconds UTC.
    """
    return {
        "format": FORMAT,
        "version": VERSION,
        "exported_at": exported_at,
        "coordinates": COORDINATES,
        "project": _kept(project),
        "instruction": _kept(instruction),
        "dataset": _kept(dataset),
        "assets": [encode(asset) for asset in sorted(assets, key=lambda asset: asset.ordinal)],
        "records": {table: _sorted(records.get(table, ())) for table in WORK_TABLES},
    }


def write_document(document: Mapping[str, Any]) -> bytes:
    """Return a document as JSON text, with one line for each image and each record.

    Examples
    --------
    >>> print(write_document({"version": 1, "records": {"review": [{"id": "r", "a": 2}]}}).decode())
    {
    "version": 1,
    "records": {
    "review": [
    {"a":2,"id":"r"}
    ]
    }
    }
    <BLANKLINE>
    """
    return (_block({name: _part(value) for name, value in document.items()}) + "\n").encode()


def read_document(content: bytes) -> Document:
    """Return the document in a file, all of it.

    Raises
    ------
    Invalid
        If the file is not a project, comes from a newer version, or contains an invalid record.
    """
    if len(content) > MOST_BYTES:
        raise Invalid(texts.too_large(MOST_BYTES // 1_000_000))
    content = content.removeprefix(b"\xef\xbb\xbf")
    _check_head(content)
    try:
        envelope = msgspec.json.decode(content, type=_Envelope)
    except _UNREADABLE as error:
        raise Invalid(texts.incomplete(_reason(error))) from None
    wrong: list[str] = []
    setup = {table: _record(table, getattr(envelope, table), f"the {table}", wrong) for table in SETUP_TABLES}
    _check_setup(setup, wrong)
    assets = _assets(envelope.assets, wrong)
    records = _records(envelope.records, setup["project"].get("id"), wrong)
    if wrong:
        raise Invalid(texts.mistakes(wrong, _NAMED))
    return Document(**setup, assets=assets, records=records, exported_at=envelope.exported_at)


def import_ops(document: Document) -> tuple[list[Op], list[Op]]:
    """Return the ops that create the set-up records of a document, and those that create its work records.

    Every record keeps its id, its author and the fields that this version does not know.
    """
    setup = [create(table, _kept(getattr(document, table))) for table in SETUP_TABLES]
    work = [create(table, _kept(fields)) for table in WORK_TABLES for fields in document.records[table]]
    return setup, work


def _kept(fields: Fields) -> Fields:
    """Return a record without ``deleted: false``, so that importing it never restores a deleted record."""
    return {name: value for name, value in fields.items() if name != "deleted" or value}


def _sorted(records: Iterable[Fields]) -> list[Fields]:
    alive = [_kept(fields) for fields in records if not fields.get("deleted")]
    return sorted(alive, key=lambda fields: str(fields["id"]))


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _block(parts: Mapping[str, str]) -> str:
    lines = ",\n".join(f"{_json(name)}: {text}" for name, text in parts.items())
    return "{\n" + lines + "\n}" if parts else "{}"


def _list(items: Sequence[object]) -> str:
    return "[\n" + ",\n".join(map(_json, items)) + "\n]" if items else "[]"


def _part(value: object) -> str:
    if isinstance(value, list):
        return _list(value)
    if isinstance(value, dict) and value and all(isinstance(one, list) for one in value.values()):
        return _block({name: _list(one) for name, one in value.items()})
    return _json(value)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return texts.RECURSION
    text = str(error)
    return text[:1].lower() + text[1:]


def _check_head(content: bytes) -> None:
    try:
        head = msgspec.json.decode(content, type=_Head)
    except msgspec.ValidationError:
        head = _Head()
    except _UNREADABLE as error:
        raise Invalid(texts.not_json(_reason(error))) from None
    if head.format != FORMAT:
        raise Invalid(texts.NOT_A_PROJECT)
    if head.version > VERSION:
        raise Invalid(texts.NEWER_VERSION)
    if head.version < 1:
        raise Invalid(texts.NO_VERSION)


def _decoded(raw: Raw) -> Fields:
    fields: Fields = msgspec.json.decode(raw, type=dict[str, Any])
    return fields


def _record(table: str, raw: Raw, what: str, wrong: list[str]) -> Fields:
    """Return the fields of a record, and add what is wrong with it to ``wrong``."""
    fields: Fields = {}
    try:
        fields = _decoded(raw)
        name = fields.get("id")
        what = texts.record_name(what, name if isinstance(name, str) and len(name) <= 64 else None)
        decode(table, fields)
    except Invalid as error:
        wrong.append(f"{what}: {_reason(Exception(str(error).removeprefix(f'{table}: ')))}")
    except _UNREADABLE as error:
        wrong.append(f"{what}: {_reason(error)}")
    return fields


def _check_setup(setup: Mapping[str, Fields], wrong: list[str]) -> None:
    if wrong:
        return
    project = decode("project", setup["project"])
    assert isinstance(project, Project)
    for table, named in (("dataset", project.dataset), ("instruction", project.instruction)):
        if setup[table]["id"] != named:
            wrong.append(texts.other_setup(table, named, setup[table]["id"]))
    wrong.extend(texts.deleted(table) for table, fields in setup.items() if fields.get("deleted"))


def _assets(raws: Sequence[Raw], wrong: list[str]) -> list[Asset]:
    assets: list[Asset] = []
    for place, raw in enumerate(raws, start=1):
        try:
            asset = msgspec.json.decode(raw, type=Asset)
        except _UNREADABLE as error:
            wrong.append(texts.asset_mistake(place, _reason(error)))
            continue
        if asset.ordinal != place - 1:
            wrong.append(texts.asset_mistake(place, texts.ordinal_must_be(place - 1)))
        assets.append(asset)
    return assets


def _records(
    tables: Mapping[str, Sequence[Raw]], project: object, wrong: list[str]
) -> dict[str, list[Fields]]:
    wrong.extend(texts.unknown_table(name[:64]) for name in tables if name not in WORK_TABLES)
    found: dict[str, list[Fields]] = {}
    for table in WORK_TABLES:
        known: dict[str, Fields] = {}
        for place, raw in enumerate(tables.get(table, ()), start=1):
            before = len(wrong)
            fields = _record(table, raw, f"{table} {place}", wrong)
            if len(wrong) == before:
                problem = _misplaced(table, fields, project, known)
                if problem:
                    wrong.append(f"{table} {place} “{fields['id']}”: {problem}")
                known[fields["id"]] = fields
        found[table] = list(known.values())
    return found


def _misplaced(table: str, fields: Fields, project: object, known: Mapping[str, Fields]) -> str:
    if fields["id"] in known:
        return texts.DUPLICATE
    if fields["project"] != project:
        return texts.other_project(fields["project"])
    if table == "assignment":
        proper = assignment_id(fields["project"], fields["asset"], fields["person"])
        if fields["id"] != proper:
            return texts.assignment_id_must_be(proper)
    return ""
