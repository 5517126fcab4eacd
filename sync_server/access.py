"""Which role a person has, and which set-up records they may see."""

from __future__ import annotations

from sync_server import texts
from sync_server.change_feed import Changed
from sync_server.errors import ApiError, forbidden
from sync_server.storage import Transaction
from webapp.py.domain.permissions import Role
from webapp.py.domain.wire import SETUP, project_of


def organization_role(transaction: Transaction, person: str) -> Role | None:
    """Return the role of a person in the organization. None for people with single projects only."""
    return transaction.accounts.organization_role(person)


def project_role(transaction: Transaction, person: str, project: str) -> Role | None:
    """Return the role of a person in a project: the membership's, else the organization's.

    None means no access. So does a project that does not exist.
    """
    roles = transaction.memberships.role(person, project)
    if roles is None or not roles.project_exists:
        return None
    return roles.membership or roles.organization


def scope_role(transaction: Transaction, person: str, scope: str) -> Role | None:
    """Return the role of a person in a scope.

    Raises
    ------
    ApiError
        With 403, when the person has no role in the project of the scope, or there is no such scope.
    """
    if scope == SETUP:
        return organization_role(transaction, person)
    project = project_of(scope)
    role = project_role(transaction, person, project) if project else None
    if role is None:
        raise forbidden(texts.NO_PROJECT_ACCESS)
    return role


def project_roles(transaction: Transaction, person: str) -> dict[str, Role]:
    """Return every project that a person has access to, with their role in it."""
    organization = organization_role(transaction, person)
    own = transaction.memberships.roles(person)
    roles = {project: own.get(project, organization) for project in transaction.records.project_ids()}
    return {project: role for project, role in roles.items() if role is not None}


def visible_setup(transaction: Transaction, person: str, role: Role | None) -> list[str] | None:
    """Return the ids of the set-up records that a person may see, sorted. None means all of them.

    People with a role in the organization see all. Others see their projects, with dataset and instruction.
    """
    return None if role is not None else transaction.memberships.setup_ids(person)


def hears_of(transaction: Transaction, person: str, scope: str, what: Changed) -> bool:
    """Tell whether a person may see any of what changed in a scope. Of the rest they do not even hear."""
    try:
        role = scope_role(transaction, person, scope)
    except ApiError:
        return False
    if what.records is None:
        return True
    if scope == SETUP:
        visible = visible_setup(transaction, person, role)
        return visible is None or not what.records.isdisjoint(visible)
    return role != "annotator" or person in what.owners


def sees_dataset(transaction: Transaction, person: str, dataset: str) -> bool:
    """Tell whether a person may see the assets of a dataset. False when there is no such dataset."""
    if not transaction.records.exists("dataset", dataset):
        return False
    visible = visible_setup(transaction, person, organization_role(transaction, person))
    return visible is None or dataset in visible
