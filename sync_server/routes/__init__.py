"""The routes of the API, one module a subject. Each names the guard that it stands behind."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from sync_server.routes import accounts, assets, keys, members, records, session, sync

HANDLERS: list[ControllerRouterHandler] = [
    *session.HANDLERS,
    *keys.HANDLERS,
    *accounts.HANDLERS,
    *members.HANDLERS,
    *assets.HANDLERS,
    *sync.HANDLERS,
    *records.HANDLERS,
]
