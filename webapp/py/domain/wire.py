"""What browser and sync server say to each other. JSON, field names as here."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from webapp.py.domain.model import Asset, Fields, Id
from webapp.py.domain.ops import Op
from webapp.py.domain.permissions import Role

PROTOCOL = 1
"""Raised whenever an older page and a newer server (or the reverse) could misunderstand each other."""
MOST_OPS = 500
"""Most ops of one request; the rest follows in the next."""
MOST_CHANGES = 5_000
"""Most changes of one reply; ``more`` says that others wait."""
MOST_ASSETS = 1_000
"""Most assets of one page."""
SETUP = "setup"
"""The scope of the organization's datasets, instructions and projects."""


def project_scope(project: str) -> str:
    """Return the scope of one project's work records."""
    return f"project/{project}"


def project_of(scope: str) -> str | None:
    """Return the project of a work scope, None for the set-up scope.

    Examples
    --------
    >>> project_of(project_scope("p1")), project_of(SETUP)
    ('p1', None)
    """
    return scope.removeprefix("project/") if scope.startswith("project/") else None


class SyncRequest(Struct, kw_only=True):
    """Ops going up, and how far this client has read (``""`` at first; only the server reads the cursor)."""

    protocol: int
    client_id: Id
    scope: Annotated[str, Meta(min_length=1, max_length=80)]
    cursor: Annotated[str, Meta(max_length=200)] = ""
    ops: Annotated[list[Op], Meta(max_length=MOST_OPS)] = []


class Refusal(Struct, kw_only=True):
    """An op that the server did not apply, and why, for a person to read."""

    op_id: str
    reason: str


class Change(Struct, kw_only=True):
    """A record as the server now has it."""

    table: str
    id: str
    fields: Fields


class SyncReply(Struct, kw_only=True):
    """What became of the ops, and what changed since the cursor.

    With ``reset`` the changes are everything that this person may see (their access changed, or the
    cursor was unknown): what the client had of this scope before is void, its outbox is not. A long answer
    comes in several replies, with ``more`` set on all but the last; only the first carries ``reset``.
    """

    cursor: str
    done: list[str] = []
    refused: list[Refusal] = []
    changes: list[Change] = []
    reset: bool = False
    more: bool = False


class AssetPage(Struct, kw_only=True):
    """A run of a dataset's assets, by ordinal."""

    dataset: str
    start: int
    total: int
    assets: list[Asset]


class SignedIn(Struct, kw_only=True):
    """Who is signed in; ``person`` is None for nobody."""

    protocol: int
    person: str | None = None
    name: str = ""
    email: str = ""
    role: Role | None = None
    projects: dict[str, Role] = {}


class ErrorReply(Struct, kw_only=True):
    """The body of every 4xx and 5xx answer: a stable code and a sentence for a person."""

    code: str
    message: str
