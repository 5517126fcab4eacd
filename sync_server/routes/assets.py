"""Assets of a dataset, in pages by ordinal."""

from __future__ import annotations

from typing import Annotated

from litestar import get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Struct

from sync_server import texts
from sync_server.access import sees_dataset
from sync_server.assets import NewAssets, append_assets
from sync_server.auth import signed_in
from sync_server.body import StrictJson
from sync_server.change_feed import Changed
from sync_server.errors import forbidden, not_found
from sync_server.logs import get_logger
from sync_server.routes.common import Asking, PathId, admin_only, require_admin, server_of
from sync_server.storage import Transaction
from webapp.py.domain.wire import MOST_ASSETS, SETUP, AssetPage

logger = get_logger("sync_server")

Start = Annotated[int, QueryParameter(ge=0, le=2**40)]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST_ASSETS)]
MOST_BODY_BYTES = 16 * 1024 * 1024
"""Largest batch of assets. A full one with the longest names and addresses fits."""


class AssetTotal(Struct, kw_only=True):
    """How many assets a dataset has now."""

    dataset: str
    total: int


@get("/api/datasets/{dataset:str}/assets", guards=[signed_in], tags=["Assets"])
async def list_assets(
    request: Asking, dataset: PathId, start: Start = 0, limit: Limit = MOST_ASSETS
) -> AssetPage:
    """List a run of a dataset's assets. For everyone with a project that uses the dataset."""

    def query(transaction: Transaction) -> AssetPage:
        if not sees_dataset(transaction, request.user.person, dataset):
            raise forbidden(texts.NO_DATASET_ACCESS)
        assets = transaction.assets.page(dataset, start, limit)
        return AssetPage(dataset=dataset, start=start, total=transaction.assets.total(dataset), assets=assets)

    return await server_of(request).storage.read(query)


@post(
    "/api/datasets/{dataset:str}/assets",
    guards=[admin_only],
    dto=StrictJson[NewAssets],
    status_code=200,
    request_max_body_size=MOST_BODY_BYTES,
    tags=["Assets"],
)
async def add_assets(request: Asking, dataset: PathId, data: JSONBody[NewAssets]) -> AssetTotal:
    """Append assets to a dataset. A batch sent twice with the same `start` is appended once."""
    server = server_of(request)

    def job(transaction: Transaction) -> int:
        require_admin(transaction, request.user)
        if not sees_dataset(transaction, request.user.person, dataset):
            raise not_found(texts.NO_DATASET)
        return append_assets(transaction, dataset, data)

    total = await server.storage.write(job)
    server.change_feed.changed(SETUP, Changed(frozenset([dataset])))
    logger.info("assets added", dataset=dataset, total=total, by=request.user.person)
    return AssetTotal(dataset=dataset, total=total)


HANDLERS = [list_assets, add_assets]
