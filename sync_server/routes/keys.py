"""API keys of one's own account, for scripts."""

from __future__ import annotations

import logging

from litestar import delete, get, post
from litestar.params import JSONBody
from msgspec import Struct

from sync_server import people
from sync_server.auth import signed_in
from sync_server.body import StrictJson
from sync_server.people import ApiKey
from sync_server.routes.common import Asking, PathId, server_of
from webapp.py.domain.model import Name

logger = logging.getLogger("sync_server")


class NewKey(Struct):
    """What the key is for, in the owner's words."""

    name: Name


@get("/api/keys", guards=[signed_in], tags=["API keys"])
async def list_keys(request: Asking) -> list[ApiKey]:
    """One's own API keys, without the keys themselves."""
    return server_of(request).database.look(lambda rows: people.list_keys(rows, request.user.person))


@post("/api/keys", guards=[signed_in], dto=StrictJson[NewKey], tags=["API keys"])
async def create_key(request: Asking, data: JSONBody[NewKey]) -> ApiKey:
    """Make an API key. `key` in the answer is shown this once; send it as `Authorization: Bearer …`."""
    person = request.user.person
    made = await server_of(request).database.write(lambda rows: people.create_key(rows, person, data.name))
    logger.info("API key made", extra={"person": person, "key": made.id})
    return made


@delete("/api/keys/{key:str}", guards=[signed_in], status_code=204, tags=["API keys"])
async def revoke_key(request: Asking, key: PathId) -> None:
    """Revoke one of one's own keys; it stops working at once."""
    person = request.user.person
    await server_of(request).database.write(lambda rows: people.revoke_key(rows, person, key))
    logger.info("API key revoked", extra={"person": person, "key": key})


HANDLERS = [list_keys, create_key, revoke_key]
