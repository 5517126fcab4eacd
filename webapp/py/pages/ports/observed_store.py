"""Connects a store with reactive parts: they are drawn again when a record that they read changes."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.store.local import RecordKey
from webapp.py.store.store import Read, Store
from webapp.py.ui.reactive import Topics

_STATUS = ("status", None)


def observe(store: Store) -> Callable[[], None]:
    """Let parts and effects subscribe to a store by reading it. Return a function that stops this.

    There is a topic for each record, for each table, and for the records of a table on one image.
    """
    topics: Topics[Read] = Topics(f"Store {store.scope}")

    def records_changed(keys: frozenset[RecordKey]) -> None:
        topics.changed(store.affected(topics.read_keys, keys))

    store.on_read = topics.read
    stops = [store.subscribe(records_changed), store.subscribe_status(lambda: topics.changed([_STATUS]))]

    def stop() -> None:
        store.on_read = None
        for one in stops:
            one()

    return stop
