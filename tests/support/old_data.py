"""Data that earlier builds made, kept in ``tests/old_data``; see docs/compatibility.md."""

from __future__ import annotations

import json
import sqlite3
import tarfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOME = Path(__file__).parents[1] / "old_data"


@dataclass(frozen=True)
class OldData:
    """What one build left behind: an archive, and the manifest that says what is in it."""

    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        return found

    def unpack(self, target: Path) -> Path:
        """Unpack everything into a folder, which a test may change, and return it."""
        with tarfile.open(self.folder / "data.tar.xz") as archive:
            archive.extractall(target, filter="data")
        return target


OLD_DATA = [OldData(path.parent) for path in sorted(HOME.glob("*/manifest.json"))]


def name_of(old: OldData) -> str:
    return old.folder.name


def rows_of(database: Path, query: str, *values: Any) -> list[dict[str, Any]]:
    """Read rows from a server's database as SQLite has them, JSON decoded."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        found = [dict(row) for row in connection.execute(query, values)]
    for row in found:
        for name in ("fields", "before"):
            if row.get(name) is not None:
                row[name] = json.loads(row[name])
    return found


def alive(records: dict[str, dict[str, Any]], table: str, project: str) -> dict[str, dict[str, Any]]:
    """The records of a table and a project that are not deleted, by id."""
    return {
        fields["id"]: {name: value for name, value in fields.items() if name != "deleted"}
        for place, fields in records.items()
        if place.startswith(f"{table}/") and fields["project"] == project and not fields.get("deleted")
    }
