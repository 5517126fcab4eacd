"""Assets of a dataset: their addresses, appended in batches. The images never pass this server."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from sync_server import texts
from sync_server.errors import ApiError
from sync_server.storage import Transaction
from sync_server.storage.rows import AssetRow
from webapp.py.domain.model import Ordinal
from webapp.py.domain.wire import MOST_ASSETS


class NewAsset(Struct, kw_only=True):
    """An asset without its ordinal, which the server gives."""

    name: Annotated[str, Meta(min_length=1, max_length=1000)]
    folder: Annotated[str, Meta(max_length=2000)] = ""
    url: Annotated[str, Meta(min_length=1, max_length=4000)]
    frame: Ordinal | None = None


class NewAssets(Struct, kw_only=True):
    """Assets to append. ``start`` is the number of assets that the sender believes the dataset has."""

    start: Ordinal
    assets: Annotated[list[NewAsset], Meta(min_length=1, max_length=MOST_ASSETS)]


def append_assets(transaction: Transaction, dataset: str, new: NewAssets) -> int:
    """Append assets and return how many there are now. The same batch sent again changes nothing.

    Raises
    ------
    ApiError
        With 409, when there are other assets from ``start`` on, or some before it are missing.
    """
    total = transaction.assets.total(dataset)
    given = [AssetRow(asset.name, asset.folder, asset.url, asset.frame) for asset in new.assets]
    present = [
        AssetRow(asset.name, asset.folder, asset.url, asset.frame)
        for asset in transaction.assets.page(dataset, new.start, len(given))
    ]
    if new.start > total or present != given[: len(present)]:
        raise ApiError(409, "conflict", texts.other_assets(total))
    transaction.assets.append(dataset, new.start + len(present), given[len(present) :])
    return max(total, new.start + len(given))
