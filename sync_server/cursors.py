"""Cursors: how far a client has read, tied to the history of this database and to what its person may see.

A cursor names the newest change that its owner was sent. Of the work of others it tells nothing, not even
how much there is. It holds as long as that change is in the log where it was: after a backup was restored,
numbers are given a second time, and then the cursors of the lost history are void.
"""

from __future__ import annotations

import hashlib
import re

from msgspec import Struct

from sync_server.storage import Transaction
from sync_server.storage.rows import LoggedOp

_FORM = re.compile(r"([A-Za-z0-9_.:-]{0,64})~([0-9a-f]{16})~([0-9a-f]{16})")
_START = LoggedOp(seq=0, op_id="", received_at=0)


class Reading(Struct, frozen=True):
    """What a cursor says.

    ``since`` is the number up to which its owner has read, None when they have to start over. ``rewound``:
    they have read something that this database may not have.
    """

    since: int | None
    rewound: bool


class Cursors:
    """Gives out and reads the cursors of one database.

    Parameters
    ----------
    identity
        Tells this database from others.
    """

    def __init__(self, identity: str) -> None:
        self._identity = identity

    def give(self, transaction: Transaction, seq: int, sight: list[str]) -> str:
        """Return the cursor of a client that has read the changes up to ``seq``.

        Parameters
        ----------
        transaction
            Where the log is.
        seq
            Number of an op, 0 for none.
        sight
            All that decides what the owner may see. The cursor is void as soon as it differs.
        """
        op = _START if seq == 0 else transaction.records.logged(seq)
        if op is None:
            raise LookupError(f"there is no op with the number {seq}")
        return f"{op.op_id}~{self._place(op)}~{self._digest(*sight)}"

    def read(self, transaction: Transaction, cursor: str, sight: list[str]) -> Reading:
        """Return what a cursor says here and now. Those of earlier versions are as good as unknown."""
        if not cursor:
            return Reading(None, rewound=False)
        found = _FORM.fullmatch(cursor)
        if found is None:
            return Reading(None, rewound=True)
        op = transaction.records.logged_as(found[1]) if found[1] else _START
        if op is None or found[2] != self._place(op):
            return Reading(None, rewound=True)
        return Reading(op.seq if found[3] == self._digest(*sight) else None, rewound=False)

    def _place(self, op: LoggedOp) -> str:
        # Sent again after a restore, an op can get its old number, but not at the same millisecond.
        return self._digest(op.seq, op.op_id, op.received_at)

    def _digest(self, *parts: object) -> str:
        text = "\x00".join(map(str, (self._identity, *parts)))
        return hashlib.blake2s(text.encode(), digest_size=8).hexdigest()
