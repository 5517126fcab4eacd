"""What handlers share: their parameters and the checks of roles."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.params import PathParameter, QueryParameter

from sync_server import texts
from sync_server.access import organization_role, project_role
from sync_server.auth import Asker, Caller, signed_in
from sync_server.errors import forbidden, not_found
from sync_server.state import Server
from sync_server.storage import Transaction
from webapp.py.domain.permissions import Role

Asking = Request[Caller, Any, State]
"""A request behind the guard `auth.signed_in`."""

PathId = Annotated[str, PathParameter(max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$(?!\n)")]
QueryId = Annotated[str, QueryParameter(max_length=64, pattern=r"^[A-Za-z0-9_.:-]*$(?!\n)")]


def server_of(request: Request[Any, Any, State]) -> Server:
    """Return the server that a request reached."""
    server: Server = request.app.state.server
    return server


def require_admin(transaction: Transaction, caller: Caller) -> None:
    """Reject everyone but admins of the organization."""
    if organization_role(transaction, caller.person) != "admin":
        raise forbidden(texts.ADMINS_ONLY)


async def admin_only(connection: Asker, handler: BaseRouteHandler) -> None:
    """Guard: only admins of the organization. It comes before anything of the body is read."""
    await signed_in(connection, handler)
    connection.app.state.server.storage.look(lambda transaction: require_admin(transaction, connection.user))


async def project_admin_only(connection: Asker, handler: BaseRouteHandler) -> None:
    """Guard: only admins of the organization and of the project in the path."""
    await signed_in(connection, handler)
    project = str(connection.path_params["project"])
    connection.app.state.server.storage.look(
        lambda transaction: require_project_admin(transaction, connection.user, project)
    )


def require_role(transaction: Transaction, caller: Caller, project: str) -> Role:
    """Return the caller's role in a project. No role and no project are rejected with the same words."""
    role = project_role(transaction, caller.person, project)
    if role is None:
        raise forbidden(texts.NO_PROJECT_ACCESS)
    return role


def require_project_admin(transaction: Transaction, caller: Caller, project: str) -> None:
    """Reject everyone but admins of the organization and of this project."""
    if project_role(transaction, caller.person, project) == "admin":
        return
    require_admin(transaction, caller)
    if not transaction.records.exists("project", project):
        raise not_found(texts.NO_PROJECT)
