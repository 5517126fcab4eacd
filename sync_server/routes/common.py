"""What handlers share: their parameters and the checks of roles."""

from __future__ import annotations

import sqlite3
from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.params import PathParameter, QueryParameter

from sync_server.access import organisation_role, project_role
from sync_server.auth import Caller
from sync_server.problems import forbidden, missing
from sync_server.state import Server
from webapp.py.domain.permissions import Role

Asking = Request[Caller, Any, State]
"""A request behind the guard `auth.signed_in`."""

PathId = Annotated[str, PathParameter(max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$(?!\n)")]
QueryId = Annotated[str, QueryParameter(max_length=64, pattern=r"^[A-Za-z0-9_.:-]*$(?!\n)")]


def server_of(request: Request[Any, Any, State]) -> Server:
    """Return the server that a request reached."""
    server: Server = request.app.state.server
    return server


def require_admin(connection: sqlite3.Connection, caller: Caller) -> None:
    """Refuse everyone but admins of the organisation."""
    if organisation_role(connection, caller.person) != "admin":
        raise forbidden("Only an admin of the organisation may do this.")


def require_role(connection: sqlite3.Connection, caller: Caller, project: str) -> Role:
    """Return the caller's role in a project; refuse, in the same words, when there is none or no project."""
    role = project_role(connection, caller.person, project)
    if role is None:
        raise forbidden("You have no access to this project. Ask an admin to add you to it.")
    return role


def require_project_admin(connection: sqlite3.Connection, caller: Caller, project: str) -> None:
    """Refuse everyone but admins of the organisation and of this project."""
    if project_role(connection, caller.person, project) == "admin":
        return
    require_admin(connection, caller)
    if (
        connection.execute(
            "SELECT 1 FROM records WHERE id = ? AND table_name = 'project'", [project]
        ).fetchone()
        is None
    ):
        raise missing("There is no such project.")
