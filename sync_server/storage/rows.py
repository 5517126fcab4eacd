"""What goes into the storage and comes out of it, as plain structures."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from webapp.py.domain.model import Fields
from webapp.py.domain.permissions import Role


class Account(Struct, kw_only=True):
    """A person who can sign in."""

    id: str
    email: str
    name: str
    role: Role | None
    disabled: bool
    created_at: int


class Credentials(Struct, frozen=True):
    """What a sign-in is checked against."""

    person: str
    password_hash: str


class ApiKey(Struct, kw_only=True):
    """A key for scripts. The key itself is shown once, when it is created."""

    id: str
    name: str
    created_at: int
    key: str | None = None


class Member(Struct, kw_only=True):
    """A person with access to a project, and whether a membership or their organization role gives it."""

    person: str
    name: str
    email: str
    role: Role
    source: Literal["project", "organisation"]


class ProjectRole(Struct, frozen=True):
    """The roles of one person that count in a project, and whether there is such a project."""

    organization: Role | None
    membership: Role | None
    project_exists: bool


class AssetRow(Struct, frozen=True):
    """An asset without its ordinal, which the storage gives."""

    name: str
    folder: str
    url: str
    frame: int | None


class RecordState(Struct, gc=False):
    """A record as it is stored, with the columns that decisions need."""

    scope: str
    owner: str | None
    project: str | None
    asset: int | None
    assignment: str | None
    deleted: bool
    created_at: int
    json: bytes
    parsed: Fields | None = None

    @property
    def fields(self) -> Fields:
        """The plain fields. Do not change them in place."""
        if self.parsed is None:
            self.parsed = msgspec.json.decode(self.json)
        return self.parsed


class RecordRow(Struct, kw_only=True, gc=False):
    """One row of `records`. Each field is a column of the same name.

    ``fields`` is the whole record as JSON. The other columns repeat what questions about quality ask for, so
    that nobody has to read shapes to answer them.
    """

    table_name: str
    id: str
    scope: str
    seq: int
    owner: str | None = None
    """The person whose assignment the record belongs to."""
    project: str | None = None
    asset: int | None = None
    assignment: str | None = None
    annotation: str | None = None
    person: str | None = None
    class_id: str | None = None
    status: str | None = None
    score: float | None = None
    active_ms: int | None = None
    idle_ms: int | None = None
    created_at: int
    updated_at: int
    deleted: bool
    fields: str


class OpRow(Struct, kw_only=True, gc=False):
    """One row of `ops`, the log of accepted ops. Each field is a column of the same name."""

    seq: int
    op_id: str
    scope: str
    table_name: str
    record: str
    person: str
    client_id: str
    made_at: int | None
    received_at: int
    status: str | None
    before: str | None
    """The values that the op replaced, as JSON. None where it created the record."""
    fields: str


class LoggedOp(Struct, frozen=True):
    """Where and when an op was logged."""

    seq: int
    op_id: str
    received_at: int


class RecordFilter(Struct, frozen=True):
    """Which records of a scope to read. None means no restriction."""

    scope: str
    ids: list[str] | None = None
    owner: str | None = None
