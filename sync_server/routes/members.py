"""Members of a project: who works on it, in which role."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import delete, get, put
from litestar.params import JSONBody, PathParameter
from msgspec import Struct

from sync_server import accounts
from sync_server.auth import signed_in
from sync_server.body import StrictJson
from sync_server.logs import get_logger
from sync_server.routes.common import (
    Asking,
    PathId,
    project_admin_only,
    require_project_admin,
    require_role,
    server_of,
)
from sync_server.storage import Transaction
from sync_server.storage.rows import Member
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import SETUP, project_scope

logger = get_logger("sync_server")

Person = Annotated[str, PathParameter(max_length=254, description="Id or e-mail address of an account.")]


class Membership(Struct):
    """The role of a person in a project. It replaces their role in the organization there."""

    role: Role


@get("/api/projects/{project:str}/members", guards=[signed_in], tags=["Members"])
async def list_members(request: Asking, project: PathId) -> list[Member]:
    """List everyone with access to a project. Annotators see themselves, reviewers and admins, no e-mail."""

    def query(transaction: Transaction) -> list[Member]:
        role = require_role(transaction, request.user, project)
        members = transaction.memberships.members(project)
        if role != "annotator":
            return members
        own = request.user.person
        seen = [member for member in members if member.person == own or member.role != "annotator"]
        return [msgspec.structs.replace(member, email="") for member in seen]

    return await server_of(request).storage.read(query)


@put(
    "/api/projects/{project:str}/members/{person:str}",
    guards=[project_admin_only],
    dto=StrictJson[Membership],
    tags=["Members"],
)
async def set_member(request: Asking, project: PathId, person: Person, data: JSONBody[Membership]) -> Member:
    """Give a person a role in a project. For admins of the organization or of the project."""

    def job(transaction: Transaction) -> Member:
        require_project_admin(transaction, request.user, project)
        found = accounts.find_person(transaction, person)
        transaction.memberships.set(project, found, data.role)
        return accounts.find_member(transaction, project, found)

    member = await server_of(request).storage.write(job)
    server_of(request).change_feed.access_changed(member.person, [SETUP, project_scope(project)])
    logger.info("member set", project=project, person=member.person, by=request.user.person)
    return member


@delete(
    "/api/projects/{project:str}/members/{person:str}",
    guards=[project_admin_only],
    status_code=204,
    tags=["Members"],
)
async def remove_member(request: Asking, project: PathId, person: Person) -> None:
    """Remove a member. Their work stays, and so does a role in the organization."""

    def job(transaction: Transaction) -> str:
        require_project_admin(transaction, request.user, project)
        found = accounts.find_person(transaction, person)
        accounts.remove_member(transaction, project, found)
        return found

    found = await server_of(request).storage.write(job)
    server_of(request).change_feed.access_changed(found, [SETUP, project_scope(project)])
    logger.info("member removed", project=project, person=found, by=request.user.person)


HANDLERS = [list_members, set_member, remove_member]
