"""The file with everything that only this computer has: a way out when it can't be sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from webapp.py.store.local import LocalStore

FORMAT = "limner-unsynced"
VERSION = 1
_ALL = 2**31 - 1


async def unsynced_file(local: LocalStore, person: str, name_of: Callable[[str], str], at: int) -> bytes:
    """Return the JSON file with the edits of all scopes that the server does not have.

    ``unsynced`` and the ``op`` of each entry in ``refused`` are what ``POST /api/sync`` takes, in order.
    Entries that cannot be read are in ``unreadable`` as the text that was stored.

    Parameters
    ----------
    local
        The person's store.
    person
        Whose edits these are.
    name_of
        Returns the name of a scope's project.
    at
        When the file is written, in milliseconds UTC.

    Raises
    ------
    StorageProblem
        If the browser's storage cannot be read.
    """
    scopes: list[dict[str, Any]] = []
    for scope, status in (await local.statuses()).items():
        if not status.only_here:
            continue
        unsynced = (await local.outgoing(scope, _ALL, _ALL)).ops
        lists = await local.load(scope, ())
        scopes.append(
            {
                "scope": scope,
                "project": name_of(scope),
                "unsynced": unsynced,
                "refused": lists.refused,
                "unreadable": lists.quarantined,
            }
        )
    whole = {"format": FORMAT, "version": VERSION, "person": person, "exported_at": at, "scopes": scopes}
    return msgspec.json.format(msgspec.json.encode(whole), indent=1)
