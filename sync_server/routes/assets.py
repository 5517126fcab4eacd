"""Assets of a dataset, in pages by ordinal. Only their addresses: the images never pass this server."""

from __future__ import annotations

import logging
import sqlite3
from typing import Annotated

from litestar import get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from sync_server.access import sees_dataset
from sync_server.auth import signed_in
from sync_server.body import StrictJson
from sync_server.problems import Refused, forbidden, missing
from sync_server.routes.common import Asking, PathId, require_admin, server_of
from webapp.py.domain.model import Asset, Ordinal
from webapp.py.domain.wire import MOST_ASSETS, SETUP, AssetPage

logger = logging.getLogger("sync_server")

Start = Annotated[int, QueryParameter(ge=0, le=2**40)]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ASSETS)]
MOST_BODY_BYTES = 16 * 1024 * 1024
"""Largest batch of assets; a full one of longest names and addresses fits."""
_COLUMNS = "name, folder, url, frame"


class NewAsset(Struct, kw_only=True):
    """An asset without its ordinal, which the server gives."""

    name: Annotated[str, Meta(min_length=1, max_length=1000)]
    folder: Annotated[str, Meta(max_length=2000)] = ""
    url: Annotated[str, Meta(min_length=1, max_length=4000)]
    frame: Ordinal | None = None


class NewAssets(Struct, kw_only=True):
    """Assets to append. ``start`` is the number of assets that the sender believes are there."""

    start: Ordinal
    assets: Annotated[list[NewAsset], Meta(min_length=1, max_length=MOST_ASSETS)]


class AssetTotal(Struct, kw_only=True):
    """How many assets a dataset has now."""

    dataset: str
    total: int


def asset_total(connection: sqlite3.Connection, dataset: str) -> int:
    """Return how many assets a dataset has; ordinals run from 0 without gaps."""
    row = connection.execute("SELECT max(ordinal) + 1 FROM assets WHERE dataset = ?", [dataset]).fetchone()
    return row[0] or 0


def append_assets(connection: sqlite3.Connection, dataset: str, new: NewAssets) -> int:
    """Append assets and return how many there are now; the same batch sent again changes nothing.

    Raises
    ------
    Refused
        With 409, when other assets than these already stand at ``start``, or some before it are missing.
    """
    total = asset_total(connection, dataset)
    given = [(asset.name, asset.folder, asset.url, asset.frame) for asset in new.assets]
    present = connection.execute(
        f"SELECT {_COLUMNS} FROM assets WHERE dataset = ? AND ordinal >= ? ORDER BY ordinal LIMIT ?",
        [dataset, new.start, len(given)],
    ).fetchall()
    if new.start > total or present != given[: len(present)]:
        raise Refused(
            409,
            "conflict",
            f"This dataset has {total} images by now; ask for them and append after the last.",
        )
    first = new.start + len(present)
    connection.executemany(
        f"INSERT INTO assets (dataset, ordinal, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        [(dataset, ordinal, *row) for ordinal, row in enumerate(given[len(present) :], first)],
    )
    return max(total, new.start + len(given))


@get("/api/datasets/{dataset:str}/assets", guards=[signed_in], tags=["Assets"])
async def list_assets(
    request: Asking, dataset: PathId, start: Start = 0, limit: Limit = MOST_ASSETS
) -> AssetPage:
    """A run of a dataset's assets, for whoever has a project with that dataset."""

    def query(rows: sqlite3.Connection) -> AssetPage:
        if not sees_dataset(rows, request.user.person, dataset):
            raise forbidden("You have no access to this dataset.")
        found = rows.execute(
            f"SELECT ordinal, {_COLUMNS} FROM assets "
            "WHERE dataset = ? AND ordinal >= ? ORDER BY ordinal LIMIT ?",
            [dataset, start, limit],
        )
        assets = [
            Asset(ordinal=row[0], name=row[1], folder=row[2], url=row[3], frame=row[4]) for row in found
        ]
        return AssetPage(dataset=dataset, start=start, total=asset_total(rows, dataset), assets=assets)

    return await server_of(request).database.read(query)


@post(
    "/api/datasets/{dataset:str}/assets",
    guards=[signed_in],
    dto=StrictJson[NewAssets],
    status_code=200,
    request_max_body_size=MOST_BODY_BYTES,
    tags=["Assets"],
)
async def add_assets(request: Asking, dataset: PathId, data: JSONBody[NewAssets]) -> AssetTotal:
    """Append assets to a dataset. Sending a batch twice with the same `start` appends it once."""
    server = server_of(request)

    def job(rows: sqlite3.Connection) -> int:
        require_admin(rows, request.user)
        if not sees_dataset(rows, request.user.person, dataset):
            raise missing("There is no such dataset; send its record first.")
        return append_assets(rows, dataset, data)

    total = await server.database.write(job)
    server.hub.changed(SETUP)
    logger.info("assets added", extra={"dataset": dataset, "total": total, "by": request.user.person})
    return AssetTotal(dataset=dataset, total=total)


HANDLERS = [list_assets, add_assets]
