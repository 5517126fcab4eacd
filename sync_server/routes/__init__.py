"""The routes of the API, one module for each subject. Each route names its guard."""

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
