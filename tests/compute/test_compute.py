"""Calls to the compute worker: what crosses, what is reported, what is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from webapp.py.compute.functions import FUNCTIONS, Function
from webapp.py.compute.protocol import (
    Cancelled,
    ComputeProblem,
    Progress,
    from_bytes,
    pack,
    run,
    to_bytes,
    unpack,
)

kinds = st.sampled_from(["u1", "i1", "u2", "<i4", "<i8", "<f4", "<f8", "?"])
shapes = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5)
any_array = kinds.flatmap(lambda kind: arrays.arrays(np.dtype(kind), shapes))
plain = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5)
values = st.recursive(
    plain | any_array,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def same(a: Any, b: Any) -> bool:
    if isinstance(a, np.ndarray):
        return (
            isinstance(b, np.ndarray)
            and a.dtype == b.dtype
            and a.shape == b.shape
            and a.tobytes() == b.tobytes()
        )
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    return bool(a == b and type(a) is type(b))


@given(values)
def test_any_value_crosses_unchanged(value: Any) -> None:
    text, found = pack(value)
    crossed = [from_bytes(data.tobytes(), shape, dtype) for data, shape, dtype in map(to_bytes, found)]
    assert same(unpack(text, crossed), value)


def test_a_part_of_a_larger_array_crosses_as_that_part_alone() -> None:
    whole = np.arange(100, dtype=np.int16).reshape(10, 10)
    _text, found = pack(whole[2:5, ::2])
    data, shape, dtype = to_bytes(found[0])
    assert data.nbytes == 3 * 5 * 2
    assert same(from_bytes(data, shape, dtype), np.ascontiguousarray(whole[2:5, ::2]))


@pytest.mark.parametrize("value", [object(), {1, 2}, np.array(["a"]), np.array([object()]), np.array([1j])])
def test_what_cannot_cross_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot be passed on"):
        pack({"value": value})


@pytest.mark.parametrize("text", ["{", '{"__array__": 3}', '{"__array__": -1}', '{"__array__": "0"}'])
def test_a_garbled_message_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        unpack(text, [])


def test_bytes_that_do_not_fill_the_shape_are_refused() -> None:
    with pytest.raises(ValueError):
        from_bytes(b"12345", [2, 3], "u1")
    with pytest.raises(ValueError, match="cannot be passed on"):
        from_bytes(b"12345678", [1], "O")


def count(to: int) -> Generator[Progress, None, int]:
    for done in range(to):
        yield Progress(done / to, f"{done} of {to}")
    return to


def too_large() -> None:
    raise MemoryError


def gives_up() -> None:
    raise SystemExit("no such codec")


def impossible() -> None:
    raise ComputeProblem("The region is empty.")


@pytest.fixture(autouse=True)
def these_functions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    table = {name: Function(__name__, name, ()) for name in ("count", "too_large", "gives_up", "impossible")}
    monkeypatch.setattr("webapp.py.compute.protocol.FUNCTIONS", {**FUNCTIONS, **table})
    monkeypatch.setattr(Function, "load", lambda self: globals()[self.name])
    yield


def test_progress_is_reported_and_the_result_returned() -> None:
    heard: list[Progress] = []
    assert asyncio.run(run("count", {"to": 4}, heard.append)) == 4
    assert [progress.share for progress in heard] == [0, 0.25, 0.5, 0.75]
    assert heard[3].note == "3 of 4"


def test_a_cancelled_calculation_stops_at_its_next_step() -> None:
    heard: list[Progress] = []
    with pytest.raises(Cancelled):
        asyncio.run(run("count", {"to": 1000}, heard.append, lambda: len(heard) >= 3))
    assert len(heard) == 3


def test_a_failure_is_a_sentence_for_a_person() -> None:
    for name, arguments, words in (
        ("too_large", {}, "not enough memory"),
        ("gives_up", {}, "no such codec"),
        ("impossible", {}, "The region is empty."),
        ("count", {"from": 3}, "“count” failed"),
        ("nothing", {}, "no calculation named “nothing”"),
    ):
        with pytest.raises(ComputeProblem, match=words):
            asyncio.run(run(name, arguments))


def test_every_function_of_the_table_is_where_it_says() -> None:
    from importlib import import_module

    for name, function in FUNCTIONS.items():
        assert callable(getattr(import_module(function.module), function.name)), name
