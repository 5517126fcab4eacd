"""Assets of datasets as rows. Only their addresses: the images never pass this server."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from sync_server.storage.rows import AssetRow
from webapp.py.domain.model import Asset

_COLUMNS = "name, folder, url, frame"


class SqliteAssets:
    """The table of assets. Ordinals run from 0 without gaps."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def total(self, dataset: str) -> int:
        """Return how many assets a dataset has."""
        row = self._connection.execute(
            "SELECT max(ordinal) + 1 FROM assets WHERE dataset = ?", [dataset]
        ).fetchone()
        return row[0] or 0

    def page(self, dataset: str, start: int, limit: int) -> list[Asset]:
        """Return the assets from an ordinal on, in order."""
        rows = self._connection.execute(
            f"SELECT ordinal, {_COLUMNS} FROM assets WHERE dataset = ? AND ordinal >= ? "
            "ORDER BY ordinal LIMIT ?",
            [dataset, start, limit],
        )
        return [Asset(ordinal=row[0], name=row[1], folder=row[2], url=row[3], frame=row[4]) for row in rows]

    def move(self, dataset: str, ordinal: int, url: str) -> None:
        """Store another address of an asset that is the same image."""
        self._connection.execute(
            "UPDATE assets SET url = ? WHERE dataset = ? AND ordinal = ?", [url, dataset, ordinal]
        )

    def append(self, dataset: str, start: int, assets: Sequence[AssetRow]) -> None:
        """Store assets at the ordinals from ``start`` on."""
        self._connection.executemany(
            f"INSERT INTO assets (dataset, ordinal, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (dataset, ordinal, asset.name, asset.folder, asset.url, asset.frame)
                for ordinal, asset in enumerate(assets, start)
            ],
        )

    def project_has(self, project: str, ordinal: int) -> bool:
        """Tell whether the dataset of a project has an asset with this ordinal."""
        row = self._connection.execute(
            "SELECT 1 FROM records AS project JOIN assets AS asset "
            "ON asset.dataset = json_extract(project.fields, '$.dataset') AND asset.ordinal = ? "
            "WHERE project.id = ? AND project.table_name = 'project'",
            [ordinal, project],
        ).fetchone()
        return row is not None
