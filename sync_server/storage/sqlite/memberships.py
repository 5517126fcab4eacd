"""Members of projects as rows."""

from __future__ import annotations

import sqlite3

from sync_server.storage.rows import Member, ProjectRole
from webapp.py.domain.permissions import Role

_ROLE = """
SELECT account.role, membership.role, project.id
FROM accounts AS account
LEFT JOIN memberships AS membership ON membership.person = account.id AND membership.project = :project
LEFT JOIN records AS project ON project.id = :project AND project.table_name = 'project'
WHERE account.id = :person AND NOT account.disabled
"""
_MEMBERS = """
SELECT account.id, account.name, account.email, coalesce(membership.role, account.role),
    CASE WHEN membership.role IS NULL THEN 'organisation' ELSE 'project' END
FROM accounts AS account
LEFT JOIN memberships AS membership ON membership.person = account.id AND membership.project = ?
WHERE NOT account.disabled AND coalesce(membership.role, account.role) IS NOT NULL
ORDER BY account.name, account.id
"""
_SETUP_IDS = """
SELECT record.id, json_extract(fields, '$.dataset'), json_extract(fields, '$.instruction')
FROM memberships AS membership
JOIN records AS record ON record.id = membership.project AND record.table_name = 'project'
WHERE membership.person = ?
"""


class SqliteMemberships:
    """The table of memberships."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def members(self, project: str) -> list[Member]:
        """Return everyone with access to a project, by name."""
        return [
            Member(person=row[0], name=row[1], email=row[2], role=row[3], source=row[4])
            for row in self._connection.execute(_MEMBERS, [project])
        ]

    def role(self, person: str, project: str) -> ProjectRole | None:
        """Return the roles that count in a project. None for an unknown or disabled account."""
        row = self._connection.execute(_ROLE, {"person": person, "project": project}).fetchone()
        return None if row is None else ProjectRole(row[0], row[1], row[2] is not None)

    def roles(self, person: str) -> dict[str, Role]:
        """Return the projects that a person is a member of, with their role."""
        return dict(
            self._connection.execute("SELECT project, role FROM memberships WHERE person = ?", [person])
        )

    def setup_ids(self, person: str) -> list[str]:
        """Return the ids of a member's projects and of their datasets and instructions, sorted."""
        rows = self._connection.execute(_SETUP_IDS, [person])
        return sorted({identifier for row in rows for identifier in row})

    def set(self, project: str, person: str, role: Role) -> None:
        """Give a person a role in a project."""
        self._connection.execute(
            "INSERT INTO memberships VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET role = excluded.role",
            [project, person, role],
        )

    def remove(self, project: str, person: str) -> bool:
        """Remove a membership. False when there was none."""
        ended = self._connection.execute(
            "DELETE FROM memberships WHERE project = ? AND person = ?", [project, person]
        )
        return ended.rowcount > 0
