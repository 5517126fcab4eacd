"""API keys of your own account, for scripts."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.params import JSONBody
from msgspec import Struct

from sync_server import accounts
from sync_server.auth import signed_in
from sync_server.body import StrictJson
from sync_server.logs import get_logger
from sync_server.routes.common import Asking, PathId, server_of
from sync_server.storage.rows import ApiKey
from webapp.py.domain.model import Name

logger = get_logger("sync_server")


class NewKey(Struct):
    """What the key is for, in the owner's words."""

    name: Name


@get("/api/keys", guards=[signed_in], tags=["API keys"])
async def list_keys(request: Asking) -> list[ApiKey]:
    """List your API keys, without the keys themselves."""
    return server_of(request).storage.look(lambda transaction: transaction.api_keys.all(request.user.person))


@post("/api/keys", guards=[signed_in], dto=StrictJson[NewKey], tags=["API keys"])
async def create_key(request: Asking, data: JSONBody[NewKey]) -> ApiKey:
    """Create an API key. `key` is shown only once; send it as `Authorization: Bearer …`."""
    person = request.user.person
    key = await server_of(request).storage.write(
        lambda transaction: accounts.create_key(transaction, person, data.name)
    )
    logger.info("API key created", person=person, key=key.id)
    return key


@delete("/api/keys/{key:str}", guards=[signed_in], status_code=204, tags=["API keys"])
async def revoke_key(request: Asking, key: PathId) -> None:
    """Revoke one of your keys. It stops working immediately."""
    person = request.user.person
    await server_of(request).storage.write(lambda transaction: accounts.revoke_key(transaction, person, key))
    logger.info("API key revoked", person=person, key=key)


HANDLERS = [list_keys, create_key, revoke_key]
