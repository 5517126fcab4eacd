"""Files that somebody has tampered with: refused by a sentence, or imported without any surprise."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.store.test_export_document import document
from webapp.py.domain.model import Invalid
from webapp.py.domain.wire import SETUP, project_scope
from webapp.py.store.document import Document, import_ops, project_document, read_document, write_document
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["id", "p1", "../..", "__array__", "\ud800", 10**400, "a\n"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "kind", "x", "deleted", "project"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the way to everything in a JSON value."""
    found = [path]
    if isinstance(value, dict):
        found += [place for name, inner in value.items() for place in places(inner, (*path, name))]
    elif isinstance(value, list):
        found += [place for at, inner in enumerate(value) for place in places(inner, (*path, at))]
    return found


def replaced(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    if not path:
        return other
    first, *rest = path
    if isinstance(value, dict):
        return {**value, first: replaced(value.get(first), tuple(rest), other)}
    return [replaced(inner, tuple(rest), other) if at == first else inner for at, inner in enumerate(value)]


PLACES = places(document())


def read_or_refuse(content: bytes) -> Document | None:
    try:
        return read_document(content)
    except Invalid as refusal:
        assert len(str(refusal)) < 2_000
        assert str(refusal).endswith((".", "first."))
        return None


async def import_into_nothing(read: Document) -> bytes:
    """Import as the page does, and return what an export of it would be."""
    local = MemoryLocalStore()
    setup = await Store.open(local, SETUP, solo=True)
    work = await Store.open(local, project_scope(read.project["id"]), solo=True)
    setup_ops, work_ops = import_ops(read)
    for store, ops in ((work, work_ops), (setup, setup_ops)):
        store.edit(ops)
        await store.flushed()
        assert store.status.saved and not store.status.storage_problem
    again = project_document(
        setup.records("project")[read.project["id"]],
        setup.records("instruction")[read.instruction["id"]],
        setup.records("dataset")[read.dataset["id"]],
        read.assets,
        {table: work.records(table).values() for table in read.records},
        read.exported_at,
    )
    assert not setup.quarantined and not work.quarantined
    return write_document(again)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(PLACES), ANYTHING)
@example(("records", "annotation", 0, "shape", "x"), 10**400)
@example(("records", "annotation", 0, "attributes"), {"a": ["\ud800"]})
@example(("project", "later"), [[[[[10**30]]]]])
def test_whatever_is_changed_in_a_file_is_refused_or_imported_whole(
    path: tuple[Any, ...], other: Any
) -> None:
    content = json.dumps(replaced(document(), path, other)).encode()
    read = read_or_refuse(content)
    if read is not None:
        assert read_document(asyncio.run(import_into_nothing(read))).project == {
            name: value for name, value in read.project.items() if name != "deleted"
        }


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_a_file_that_was_cut_or_damaged_is_refused_or_read(data: st.DataObject) -> None:
    whole = bytearray(write_document(document()))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at] = data.draw(st.integers(0, 255))
    read_or_refuse(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_refused(content: bytes) -> None:
    assert read_or_refuse(content) is None
