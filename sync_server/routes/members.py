"""Members of a project: who works on it, in which role."""

from __future__ import annotations

import logging
import sqlite3
from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.params import JSONBody, PathParameter
from msgspec import Struct

from sync_server import people
from sync_server.auth import signed_in
from sync_server.body import StrictJson
from sync_server.people import Member
from sync_server.problems import forbidden
from sync_server.routes.common import Asking, PathId, require_project_admin, require_role, server_of
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import SETUP, project_scope

logger = logging.getLogger("sync_server")

Person = Annotated[str, PathParameter(max_length=254, description="Id or e-mail address of an account.")]


class Membership(Struct):
    """The role of a person in a project; it goes before their role in the organisation."""

    role: Role


@get("/api/projects/{project:str}/members", guards=[signed_in], tags=["Members"])
async def list_members(request: Asking, project: PathId) -> list[Member]:
    """Everyone with access to a project. Annotators see themselves and those who judge, without addresses."""

    def query(rows: sqlite3.Connection) -> list[Member]:
        role = require_role(rows, request.user, project)
        members = people.list_members(rows, project)
        if role != "annotator":
            return members
        own = request.user.person
        seen = [member for member in members if member.person == own or member.role != "annotator"]
        return [msgspec.structs.replace(member, email="") for member in seen]

    return await server_of(request).database.read(query)


@put(
    "/api/projects/{project:str}/members/{person:str}",
    guards=[signed_in],
    dto=StrictJson[Membership],
    tags=["Members"],
)
async def set_member(request: Asking, project: PathId, person: Person, data: JSONBody[Membership]) -> Member:
    """Give a person a role in a project. Admins of the organisation or of the project."""

    def job(rows: sqlite3.Connection) -> Member:
        require_project_admin(rows, request.user, project)
        found = people.find_person(rows, person)
        people.set_member(rows, project, found, data.role)
        for member in people.list_members(rows, project):
            if member.person == found:
                return member
        raise forbidden("This account is disabled; enable it first.")

    member = await server_of(request).database.write(job)
    server_of(request).hub.access_changed(member.person, [SETUP, project_scope(project)])
    logger.info("member set", extra={"project": project, "person": member.person, "by": request.user.person})
    return member


@delete(
    "/api/projects/{project:str}/members/{person:str}", guards=[signed_in], status_code=204, tags=["Members"]
)
async def remove_member(request: Asking, project: PathId, person: Person) -> None:
    """Take a membership away. What the person made stays; a role in the organisation stays."""

    def job(rows: sqlite3.Connection) -> str:
        require_project_admin(rows, request.user, project)
        found = people.find_person(rows, person)
        people.remove_member(rows, project, found)
        return found

    found = await server_of(request).database.write(job)
    server_of(request).hub.access_changed(found, [SETUP, project_scope(project)])
    logger.info("member removed", extra={"project": project, "person": found, "by": request.user.person})


HANDLERS = [list_members, set_member, remove_member]
