"""The journal: a second copy of what only this machine has, safe from crashes in the middle of a write.

A journal is text with one entry on each line, after its checksum. Every entry starts *and* ends with a line
break, so a torn entry damages only itself, whatever is written after it. Each tab writes a part of its own;
`read_entries` merges the parts by time.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

import msgspec
from msgspec import Struct, field

from webapp.py.domain.ids import new_id, now_ms
from webapp.py.domain.ops import Op
from webapp.py.domain.wire import AssetPage
from webapp.py.store.applying import read_fields
from webapp.py.store.local import LocalStore

_AT_A_TIME = 500
_ALL = 2**31 - 1
_DIGITS = 8


class Entry(Struct, kw_only=True, omit_defaults=True):
    """One durable write, or a part of a checkpoint."""

    at: int
    """When it was written, in milliseconds UTC."""
    scope: str = ""
    queued: list[Op] = []
    """Ops that joined the outbox."""
    gone: list[str] = []
    """Ids of ops that no longer need a second copy: the server has them, or the person dismissed them."""
    applied: list[Op] = field(default_factory=list, name="folded")
    """Ops of a solo workspace, which went straight to the base."""
    assets: AssetPage | None = None
    """A page of a dataset that no server has."""
    revisions: dict[str, int] = {}
    """How many writes of each scope the journal contains, including this one."""


def write_entry(entry: Entry) -> bytes:
    r"""Return an entry as it is written to the journal.

    Examples
    --------
    >>> write_entry(Entry(at=5, scope="setup", gone=["a"]))
    b'\n059c6cf4 {"at":5,"scope":"setup","gone":["a"]}\n'
    """
    text = msgspec.json.encode(entry)
    return b"\n%08x %b\n" % (zlib.crc32(text), text)


def read_entries(parts: Iterable[bytes]) -> list[Entry]:
    """Return the entries of all parts ordered by time, without torn or damaged lines.

    Entries of one part keep their order.
    """
    timed: list[tuple[int, Entry]] = []
    for part in parts:
        latest = 0
        for line in part.split(b"\n"):
            entry = _read_line(line)
            if entry is not None:
                # A clock that was set back must not move an entry before earlier ones.
                latest = max(latest, entry.at)
                timed.append((latest, entry))
    return [entry for _, entry in sorted(timed, key=lambda pair: pair[0])]


def _read_line(line: bytes) -> Entry | None:
    checksum, text = line[:_DIGITS], line[_DIGITS + 1 :]
    try:
        if not text or int(checksum, 16) != zlib.crc32(text):
            return None
        return msgspec.json.decode(text, type=Entry)
    except (ValueError, msgspec.DecodeError):
        return None


async def restore(local: LocalStore, entries: Iterable[Entry]) -> int:
    """Restore a lost local store from a journal, and return how many ops were restored.

    What is in the store already stays, so an interrupted restore can be repeated.
    """
    queued: dict[str, dict[str, Op]] = {}
    applied: dict[str, list[Op]] = {}
    gone: set[str] = set()
    for entry in entries:
        queued.setdefault(entry.scope, {}).update({op.op_id: op for op in entry.queued})
        applied.setdefault(entry.scope, []).extend(entry.applied)
        gone.update(entry.gone)
        if entry.assets is not None:
            await local.put_assets(entry.assets)
    count = 0
    for scope in queued:
        unsynced = [op for op_id, op in queued[scope].items() if op_id not in gone]
        for start in range(0, len(unsynced), _AT_A_TIME):
            await local.enqueue(scope, unsynced[start : start + _AT_A_TIME])
        for start in range(0, len(applied[scope]), _AT_A_TIME):
            await local.apply_locally(scope, applied[scope][start : start + _AT_A_TIME])
        count += len(unsynced) + len(applied[scope])
    return count


def newest_revisions(tails: Iterable[bytes]) -> dict[str, int]:
    """Return how many writes of each scope the journal contains, from the ends of its parts."""
    newest: dict[str, int] = {}
    for entry in read_entries(tails):
        for scope, revision in entry.revisions.items():
            newest[scope] = max(revision, newest.get(scope, 0))
    return newest


async def checkpoint(local: LocalStore, *, solo: bool) -> list[Entry] | None:
    """Return a journal with the current content of the store and no history.

    None if something in the store cannot be read: the existing journal may still have it intact.
    """
    # Taken before reading: whatever another tab writes from now on must come later.
    now = now_ms() - 1
    revisions = {scope: await local.revision(scope) for scope in await local.scopes()}
    entries: list[Entry] = []
    for scope in revisions:
        if not solo:
            entries += [Entry(at=now, scope=scope, queued=[op]) for op in await _unsynced_ops(local, scope)]
            continue
        for row in (await local.load(scope)).rows:
            fields = read_fields(row.fields)
            if fields is None:
                return None
            op = Op(op_id=new_id(), table=row.table, id=row.id, fields=fields)
            entries.append(Entry(at=now, scope=scope, applied=[op]))
    if solo:
        entries += [Entry(at=now, assets=page) for page in await local.all_assets()]
    return [*entries, Entry(at=now, revisions=revisions)]


async def _unsynced_ops(local: LocalStore, scope: str) -> list[Op]:
    refused = (await local.load(scope, ())).refused
    unsynced = await local.outgoing(scope, _ALL, _ALL)
    return [*(one.op for one in refused), *unsynced.ops]
