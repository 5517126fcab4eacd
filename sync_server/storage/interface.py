"""What the rest of the server needs of a database, as protocols without SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from sync_server.storage.rows import (
    Account,
    ApiKey,
    AssetRow,
    Credentials,
    LoggedOp,
    Member,
    OpRow,
    ProjectRole,
    RecordFilter,
    RecordRow,
    RecordState,
)
from webapp.py.domain.model import Asset
from webapp.py.domain.permissions import Role

T = TypeVar("T")


class StorageError(Exception):
    """The database could not be read or written. Nothing of the request was stored."""


class Accounts(Protocol):
    """Accounts and their passwords."""

    def all(self) -> list[Account]:
        """Return all accounts, by name."""

    def get(self, person: str) -> Account | None:
        """Return one account."""

    def find(self, id_or_email: str) -> str | None:
        """Return the id of the account with this id or e-mail address."""

    def create(self, account: Account, password_hash: str) -> None:
        """Store a new account."""

    def update(self, account: Account) -> None:
        """Store e-mail, name, role and whether the account is disabled."""

    def has_admin(self) -> bool:
        """Tell whether anybody can administer the organization."""

    def organization_role(self, person: str) -> Role | None:
        """Return the role of a person in the organization. None for a disabled account, too."""

    def credentials(self, email: str) -> Credentials | None:
        """Return what a sign-in is checked against. None for a disabled account, too."""

    def set_password(self, person: str, password_hash: str) -> None:
        """Store a new password hash."""


class Sessions(Protocol):
    """Sign-in sessions, known by the hash of their token. Times are milliseconds UTC."""

    def create(self, digest: bytes, person: str, now: int, expires_at: int) -> None:
        """Store a session and drop the expired ones."""

    def person(self, digest: bytes, now: int, newest: int) -> str | None:
        """Return whose session this is. None when it has ended, is too new, or its account is disabled."""

    def exists(self, digest: bytes, now: int, newest: int) -> bool:
        """Tell whether a session has neither ended nor expired and is not newer than ``newest``."""

    def end(self, digest: bytes) -> None:
        """End a session."""

    def end_all(self, person: str, *, keep: bytes | None = None) -> None:
        """End every session of a person except the one with the hash ``keep``."""


class ApiKeys(Protocol):
    """API keys, known by their hash."""

    def all(self, person: str) -> list[ApiKey]:
        """Return the keys of a person, without the keys themselves."""

    def create(self, key: ApiKey, digest: bytes, person: str) -> None:
        """Store a key."""

    def person(self, digest: bytes) -> str | None:
        """Return whose key this is. None when it was revoked or the account is disabled."""

    def exists(self, digest: bytes) -> bool:
        """Tell whether a key has not been revoked."""

    def revoke(self, person: str, key: str) -> bool:
        """Revoke a key of a person. False when they have no such key."""

    def revoke_all(self, person: str) -> None:
        """Revoke every key of a person."""


class Memberships(Protocol):
    """Who works on a project, in which role."""

    def members(self, project: str) -> list[Member]:
        """Return everyone with access to a project, by name."""

    def role(self, person: str, project: str) -> ProjectRole | None:
        """Return the roles that count in a project. None for an unknown or disabled account."""

    def roles(self, person: str) -> dict[str, Role]:
        """Return the projects that a person is a member of, with their role."""

    def setup_ids(self, person: str) -> list[str]:
        """Return the ids of a member's projects and of their datasets and instructions, sorted."""

    def set(self, project: str, person: str, role: Role) -> None:
        """Give a person a role in a project."""

    def remove(self, project: str, person: str) -> bool:
        """Remove a membership. False when there was none."""


class Records(Protocol):
    """Records and the log of ops."""

    def load(self, ids: Iterable[str]) -> dict[tuple[str, str], RecordState]:
        """Return the records with these ids and the assignments of annotations among them.

        Keys are table and id.
        """

    def get(self, table: str, record: str) -> RecordState | None:
        """Return one record."""

    def exists(self, table: str, record: str) -> bool:
        """Tell whether there is such a record."""

    def ids(self, scope: str) -> set[str]:
        """Return the ids of all records of a scope."""

    def project_ids(self) -> list[str]:
        """Return the ids of all projects, sorted."""

    def classes_ever(self, project: str) -> frozenset[str]:
        """Return the ids of all classes that an instruction of this project has ever had."""

    def last_seq(self) -> int:
        """Return the number of the last accepted op, 0 for none."""

    def logged(self, seq: int) -> LoggedOp | None:
        """Return the op with this number."""

    def logged_as(self, op_id: str) -> LoggedOp | None:
        """Return the op with this id."""

    def senders(self, op_ids: Sequence[str]) -> dict[str, str]:
        """Return who sent those of these ops that were accepted before."""

    def write(self, ops: Sequence[OpRow], records: Iterable[RecordRow]) -> None:
        """Append to the log of ops and store the records that they result in."""

    def changes(self, wanted: RecordFilter, since: int, limit: int) -> Iterable[tuple[int, str, str, bytes]]:
        """Return sequence number, table, id and JSON of the records changed after ``since``, in order."""

    def page(
        self, wanted: RecordFilter, table: str, *, since: int, changed_since: int, limit: int
    ) -> Iterable[tuple[int, str, int, int, bytes]]:
        """Return sequence number, id, created, updated and JSON of the records of a table, in order."""

    def history(self, table: str, record: str, *, since: int, limit: int) -> Iterable[OpRow]:
        """Return the accepted ops of a record with a number above ``since``, oldest first."""


class Assets(Protocol):
    """The assets of datasets. Ordinals run from 0 without gaps."""

    def total(self, dataset: str) -> int:
        """Return how many assets a dataset has."""

    def page(self, dataset: str, start: int, limit: int) -> list[Asset]:
        """Return the assets from an ordinal on, in order."""

    def move(self, dataset: str, ordinal: int, url: str) -> None:
        """Store another address of an asset that is the same image."""

    def append(self, dataset: str, start: int, assets: Sequence[AssetRow]) -> None:
        """Store assets at the ordinals from ``start`` on."""

    def project_has(self, project: str, ordinal: int) -> bool:
        """Tell whether the dataset of a project has an asset with this ordinal."""


class Transaction(Protocol):
    """One transaction: everything read belongs to one state, everything written is stored together."""

    @property
    def accounts(self) -> Accounts:
        """Accounts and their passwords."""

    @property
    def sessions(self) -> Sessions:
        """Sign-in sessions."""

    @property
    def api_keys(self) -> ApiKeys:
        """API keys."""

    @property
    def memberships(self) -> Memberships:
        """Members of projects."""

    @property
    def records(self) -> Records:
        """Records and the log of ops."""

    @property
    def assets(self) -> Assets:
        """Assets of datasets."""

    def ping(self) -> None:
        """Fail when the database does not answer."""


class Storage(Protocol):
    """One database with its writer and its readers.

    Every method raises `StorageError` when the database fails. An exception of a job undoes what that job
    did, and nothing else, and is raised to the caller.
    """

    @property
    def identity(self) -> str:
        """Tells this database from others, and from itself after a restore elsewhere."""

    def look(self, query: Callable[[Transaction], T]) -> T:
        """Run a short indexed query right away, on the thread of the event loop."""

    async def read(self, query: Callable[[Transaction], T]) -> T:
        """Run a query that may take long on another thread."""

    async def write(self, job: Callable[[Transaction], T], *, long: bool = False) -> T:
        """Run ``job`` in the next transaction and return its result once that is durable.

        A ``long`` one runs on another thread, so that others are answered meanwhile.
        """

    def write_now(self, job: Callable[[Transaction], T]) -> T:
        """Run ``job`` in a transaction of its own. For commands without an event loop."""

    def close(self) -> None:
        """Close the database. What was acknowledged is already on disk."""
