"""Members of a project."""

from __future__ import annotations

from sync_server import texts
from sync_server.errors import forbidden, not_found
from sync_server.storage import Transaction
from sync_server.storage.rows import Member


def find_member(transaction: Transaction, project: str, person: str) -> Member:
    """Return a person as a member of a project.

    Raises
    ------
    ApiError
        With 403, when the account is disabled.
    """
    for member in transaction.memberships.members(project):
        if member.person == person:
            return member
    raise forbidden(texts.ACCOUNT_DISABLED)


def remove_member(transaction: Transaction, project: str, person: str) -> None:
    """Remove a person from a project. A role in the organization stays.

    Raises
    ------
    ApiError
        With 404, when the person is not a member.
    """
    if not transaction.memberships.remove(project, person):
        raise not_found(texts.NOT_A_MEMBER)
