"""The messages between browser and sync server: JSON with these field names."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from webapp.py.domain.model import Asset, Fields, Id
from webapp.py.domain.ops import Op
from webapp.py.domain.permissions import Role

PROTOCOL = 1
"""Increased whenever an older page and a newer server, or the reverse, could misunderstand each other."""
MOST_OPS = 500
"""Most ops in one request. The rest is sent with the next one."""
MOST_CHANGES = 5_000
"""Most changes in one reply; ``more`` says that there are others."""
MOST_ASSETS = 1_000
"""Most assets in one page."""
Scope = Annotated[str, Meta(min_length=1, max_length=80)]
Cursor = Annotated[str, Meta(max_length=200)]
SETUP = "setup"
"""The scope of the organization's datasets, instructions and projects."""


def project_scope(project: str) -> str:
    """Return the scope of one project's work records."""
    return f"project/{project}"


def project_of(scope: str) -> str | None:
    """Return the project of a work scope, or None for the set-up scope.

    Examples
    --------
    >>> project_of(project_scope("p1")), project_of(SETUP)
    ('p1', None)
    """
    return scope.removeprefix("project/") if scope.startswith("project/") else None


class SyncRequest(Struct, kw_only=True):
    """Ops to apply, and how far this client has read (``""`` at first; only the server can read a cursor)."""

    protocol: int
    client_id: Id
    scope: Scope
    cursor: Cursor = ""
    ops: Annotated[list[Op], Meta(max_length=MOST_OPS)] = []


class Refusal(Struct, kw_only=True):
    """An op that the server did not apply, and why, as a sentence for the person."""

    op_id: str
    reason: str


class Change(Struct, kw_only=True):
    """A record as it is on the server now."""

    table: str
    id: str
    fields: Fields


class SyncReply(Struct, kw_only=True):
    """What happened to the ops, and what changed since the cursor.

    With ``reset``, the changes are everything that this person may see, because their access changed or the
    cursor was unknown. The client drops what it had of this scope, except its outbox. A long reply comes in
    parts: ``more`` is set in all but the last, and ``reset`` only in the first. ``rewound`` is a reset as
    the server may have lost what this client has read: it was restored from a backup.
    """

    cursor: str
    done: list[str] = []
    refused: list[Refusal] = []
    changes: list[Change] = []
    reset: bool = False
    rewound: bool = False
    more: bool = False


class AssetPage(Struct, kw_only=True):
    """Consecutive assets of a dataset, by ordinal."""

    dataset: str
    start: int
    total: int
    assets: list[Asset]


class SignedIn(Struct, kw_only=True):
    """Who is signed in; ``person`` is None if nobody is."""

    protocol: int
    person: str | None = None
    name: str = ""
    email: str = ""
    role: Role | None = None
    projects: dict[str, Role] = {}


class ErrorReply(Struct, kw_only=True):
    """The body of every 4xx and 5xx response: a stable code, and a sentence for the person."""

    code: str
    message: str
