"""Which role holds where, and which set-up records a person may see."""

from __future__ import annotations

import hashlib
import sqlite3

from sync_server.problems import forbidden
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import SETUP, project_of

_ROLE = """
SELECT account.role, membership.role, project.id
FROM accounts AS account
LEFT JOIN memberships AS membership ON membership.person = account.id AND membership.project = :project
LEFT JOIN records AS project ON project.id = :project AND project.table_name = 'project'
WHERE account.id = :person AND NOT account.disabled
"""


def organisation_role(connection: sqlite3.Connection, person: str) -> Role | None:
    """Return the role of a person in the organisation; None for those who have single projects only."""
    row = connection.execute("SELECT role FROM accounts WHERE id = ? AND NOT disabled", [person]).fetchone()
    return row[0] if row else None


def project_role(connection: sqlite3.Connection, person: str, project: str) -> Role | None:
    """Return the role of a person in a project: the membership's, else the organisation's.

    None means no access; so does a project that does not exist.
    """
    row = connection.execute(_ROLE, {"person": person, "project": project}).fetchone()
    if row is None or row[2] is None:
        return None
    role: Role | None = row[1] or row[0]
    return role


def scope_role(connection: sqlite3.Connection, person: str, scope: str) -> Role | None:
    """Return the role of a person in a scope.

    Raises
    ------
    Refused
        With 403, when the person has no role in the project of the scope, or there is no such scope.
    """
    if scope == SETUP:
        return organisation_role(connection, person)
    project = project_of(scope)
    role = project_role(connection, person, project) if project else None
    if role is None:
        raise forbidden("You have no access to this project. Ask an admin to add you to it.")
    return role


def project_roles(connection: sqlite3.Connection, person: str) -> dict[str, Role]:
    """Return every project that a person has access to, with their role in it."""
    organisation = organisation_role(connection, person)
    own = dict(connection.execute("SELECT project, role FROM memberships WHERE person = ?", [person]))
    projects = connection.execute(
        "SELECT id FROM records WHERE scope = ? AND table_name = 'project' ORDER BY id", [SETUP]
    )
    roles = {project: own.get(project, organisation) for (project,) in projects}
    return {project: role for project, role in roles.items() if role is not None}


def visible_setup(connection: sqlite3.Connection, person: str, role: Role | None) -> list[str] | None:
    """Return the ids of the set-up records that a person may see, sorted; None for all of them.

    Whoever has a role in the organisation sees all; others see their projects, with dataset and instruction.
    """
    if role is not None:
        return None
    rows = connection.execute(
        "SELECT record.id, json_extract(fields, '$.dataset'), json_extract(fields, '$.instruction') "
        "FROM memberships AS membership "
        "JOIN records AS record ON record.id = membership.project AND record.table_name = 'project' "
        "WHERE membership.person = ?",
        [person],
    )
    return sorted({identifier for row in rows for identifier in row})


def sees_dataset(connection: sqlite3.Connection, person: str, dataset: str) -> bool:
    """Tell whether a person may see the assets of a dataset (false also when there is no such dataset)."""
    exists = connection.execute(
        "SELECT 1 FROM records WHERE id = ? AND table_name = 'dataset'", [dataset]
    ).fetchone()
    if exists is None:
        return False
    visible = visible_setup(connection, person, organisation_role(connection, person))
    return visible is None or dataset in visible


def fingerprint(*parts: object) -> str:
    """Return a short digest of what decides what a person may see; it is part of every cursor."""
    text = "\x00".join(map(str, parts))
    return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()
