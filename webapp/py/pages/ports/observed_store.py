"""A store whose readers are drawn again when what they read has changed."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.store.local import RecordKey
from webapp.py.store.store import Read, Store
from webapp.py.ui.reactive import Topics

_STATUS = ("status", None)


def observe(store: Store) -> Callable[[], None]:
    """Let parts and effects subscribe to a store by reading it; returns how to stop that.

    A record is one topic, a table another, and so are the records of a table that belong to one image.
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
