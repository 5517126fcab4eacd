"""What must hold whatever happened."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.fuzz.devices import Device, Tab
from tests.fuzz.world import TOO_LARGE, World
from webapp.py.domain.model import Fields, decode
from webapp.py.store.local import RecordKey, Row
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store


class Watch:
    """Looks at every disk after every step: cursors and records must never go back."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._revisions: dict[tuple[str, str], int] = {}
        self._cursors: dict[tuple[str, str], str] = {}
        self._versions: dict[tuple[str, str, RecordKey], int] = {}

    def look(self) -> None:
        """Check what is on the disks now against what was there before."""
        assert not self._world.server.problems, self._world.server.problems
        for tab in self._world.tabs:
            for scope, store in tab.stores.items():
                # Between the parts of a reset, and while news is on its way, there is less to see.
                if scope not in tab.device.partial and store._seen == tab.device.disk.scope(scope).revision:
                    self._look_at_view(tab, scope)
        for device in self._world.devices:
            for scope, held in device.disk.scopes.items():
                if self._revisions.get((device.name, scope)) == held.revision:
                    continue
                self._revisions[device.name, scope] = held.revision
                self._look_at_cursor(device, scope, held.cursor)
                for key, text in held.rows.items():
                    self._look_at_row(device, scope, key, text)

    def _look_at_view(self, tab: Tab, scope: str) -> None:
        """What somebody set stays in view until it is refused or, for all we know, set by somebody else."""
        world, store = self._world, tab.stores[scope]
        truth = world.server.truth(tab.device.person, scope)
        for (key, name), op_id in list(tab.shown.get(scope, {}).items()):
            made = world.made[op_id]
            refused = made.answered_for or op_id in tab.device.disk.scope(scope).refused
            if refused or len(world.setters[key, name]) > 1 or key not in truth:
                # What is not on the server at all yet is looked at once it is.
                if refused or key in world.server.history:
                    del tab.shown[scope][key, name]
                continue
            seen = store.get_deleted(*key)
            assert seen and seen.get(name) == made.op.fields[name], (
                f"{tab.device.name} set {name} of {key} to {made.op.fields[name]}, and it went away: {seen}"
            )

    def _look_at_cursor(self, device: Device, scope: str, cursor: str) -> None:
        before = self._cursors.get((device.name, scope), "")
        if before:
            parse = self._world.server.parse_cursor
            (old, old_mark), (new, new_mark) = parse(before), parse(cursor)
            assert old_mark != new_mark or old <= new, f"a cursor went back from {before} to {cursor}"
        self._cursors[device.name, scope] = cursor

    def _look_at_row(self, device: Device, scope: str, key: RecordKey, text: str) -> None:
        fields = msgspec.json.decode(msgspec.json.decode(text, type=Row).fields)
        states = self._world.server.history.get(key, [])
        least = self._versions.get((device.name, scope, key), 0)
        versions = [number for number in range(least, len(states)) if states[number] == fields]
        assert versions, f"{device.name} holds a state of {key} that is older than before, or never was"
        self._versions[device.name, scope, key] = versions[0]


async def check_quiet(world: World) -> None:
    """Check everything that must hold once everybody has sent and heard everything."""
    server = world.server
    server.read_log()
    stored = server.stored()
    assert stored == {key: states[-1] for key, states in server.history.items()}, "log and records differ"
    for device in world.devices:
        for scope in world.scopes:
            await _check_scope(world, device, scope)
    for made in world.made.values():
        _check_op(world, made.op.op_id)
    _check_notices(world)


async def _check_scope(world: World, device: Device, scope: str) -> None:
    person = device.person
    again = await Store.open(MemoryLocalStore(device.disk), scope)
    open_stores = [tab.stores[scope] for tab in device.tabs]
    for store in [*open_stores, again]:
        status = store.status
        assert status.unsaved == 0 and status.storage_problem is None, (device.name, status)
        assert view_of(store) == view_of(again), f"two tabs of {device.name} differ in {scope}"
        assert (status.unsynced, status.refused) == (again.status.unsynced, again.status.refused)
        assert status.unsynced == len(device.disk.scope(scope).outbox)
        assert not store.quarantined
    if scope != "setup" and world.server.role(person, scope) is None:
        return
    problems = [(tab.sync.state, tab.sync.problem) for tab in device.tabs]
    assert again.status.unsynced == 0, f"{device.name} never got rid of its ops in {scope}: {problems}"
    truth = {
        key: fields for key, fields in world.server.truth(person, scope).items() if not fields.get("deleted")
    }
    assert view_of(again) == truth, f"{device.name} and the server differ in {scope}"
    by_asset = {
        (table, fields["id"]): fields
        for table in ("assignment", "annotation", "review", "activity")
        for asset in range(10)
        for fields in again.of_asset(table, asset)
    }
    assert scope == "setup" or by_asset == truth


def view_of(store: Store) -> dict[RecordKey, Fields]:
    """Return all records that a store shows."""
    tables = ("dataset", "instruction", "project", "assignment", "annotation", "review", "activity")
    return {(table, one): fields for table in tables for one, fields in store.records(table).items()}


def _check_op(world: World, op_id: str) -> None:
    """What was called saved is on the server, or on the list of refused ops, or waits for access."""
    made = world.made[op_id]
    if not made.saved or op_id in world.server.logged or made.answered_for:
        return
    held = made.device.disk.scope(made.scope)
    if op_id in held.refused:
        reason = msgspec.json.decode(held.refused[op_id])["reason"]
        innocent = reason.encode() in TOO_LARGE and len(msgspec.json.encode(made.op)) < 5_000
        assert not innocent, f"{made.op} was refused for the size of another op"
        return
    waiting = any(op_id in text for text in held.outbox.values())
    no_access = made.scope != "setup" and world.server.role(made.person, made.scope) is None
    assert waiting and no_access, f"{made.device.name} called op {made.op} saved, and it is nowhere"


def _check_notices(world: World) -> None:
    """A notice of an overwritten value names a value that this machine set, and one that replaced it."""
    for device in world.devices:
        own = [made.op for made in world.made.values() if made.device is device]
        for scope in world.scopes:
            for text in device.disk.scope(scope).overwritten.values():
                notice: dict[str, Any] = msgspec.json.decode(text)
                key, field = (notice["table"], notice["record"]), notice["field"]
                mine = [
                    op for op in own if (op.table, op.id) == key and op.fields.get(field) == notice["mine"]
                ]
                assert mine, f"{device.name} never set what it says was overwritten: {notice}"
                theirs = [state.get(field) for state in world.server.history[key]]
                assert notice["theirs"] in theirs


async def check_undo(world: World) -> None:
    """Undo a run of edits, last first, once all is quiet: everything is as it was."""
    tab = next(tab for tab in world.tabs if tab.device.person == world.server.admin)
    before = {key: states[-1] for key, states in world.server.history.items()}
    tab.history.clear()
    for _ in range(30):
        await world.edit_in(tab)
        if world.random.random() < 0.2:
            await tab.sync.run_once()
    await world.sync_all()
    assert {key: states[-1] for key, states in world.server.history.items()} != before
    while tab.history:
        scope, inverse = tab.history.pop()
        # What the server refused is not there and needs no undoing.
        present = [op for op in inverse if tab.stores[scope].get_deleted(op.table, op.id)]
        assert tab.edit(scope, present, undoable=False)
        if world.random.random() < 0.3:
            await tab.sync.run_once()
    await world.sync_all()
    # A judge may reopen what its owner submitted, but not submit it again in their place.
    refused = [entry for store in tab.stores.values() for entry in store.refused]
    stuck = {entry.op.id for entry in refused if "does not allow you to set the status" in entry.reason}
    for key, states in world.server.history.items():
        if key[0] == "activity" or key[1] in stuck:
            continue
        if key in before:
            assert decode(key[0], states[-1]) == decode(key[0], before[key]), f"{key} is not as it was"
        else:
            assert states[-1]["deleted"], f"{key} was made and not unmade"
