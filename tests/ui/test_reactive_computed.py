"""Computed values, stores, strict mode: who computes when, and what strict mode finds."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.observed import Cart, Log, readers_of, signals_of
from webapp.py.ui.reactive import (
    Computed,
    Signal,
    Topics,
    batch,
    effect,
    strict,
    untracked,
    why,
)


def test_a_computed_value_is_computed_when_it_is_first_read_and_kept() -> None:
    cart = Cart()
    assert cart.computed == 0
    assert (cart.total, cart.total, cart.computed) == (0, 0, 1)
    cart.owner = "Grace"
    assert (cart.total, cart.computed) == (0, 1)
    cart.prices = (4, 5)
    assert (cart.total, cart.computed) == (9, 2)


def test_readers_of_a_computed_value_run_only_if_it_changed() -> None:
    cart = Cart()
    log = Log(lambda: cart.is_free)
    cart.prices = (4,)
    cart.prices = (5,)
    assert log.seen == [True, False]
    assert cart.computed == 3


def test_nobody_sees_one_half_of_a_change() -> None:
    number = Signal(1)
    double = Computed(lambda: number.get() * 2)
    triple = Computed(lambda: number.get() * 3)
    log = Log(lambda: (number.get(), double.get(), triple.get()))
    number.set(2)
    assert log.seen == [(1, 2, 3), (2, 4, 6)]


def test_a_branch_that_is_no_longer_needed_is_not_computed() -> None:
    items: Signal[tuple[int, ...]] = Signal((1,))
    is_empty = Computed(lambda: not items.get())
    asked: list[tuple[int, ...]] = []

    def find_first() -> int:
        asked.append(items.get())
        return items.get()[0]

    first = Computed(find_first)
    log = Log(lambda: "none" if is_empty.get() else first.get())
    items.set(())
    items.set((2,))
    assert log.seen == [1, "none", 2]
    assert asked == [(1,), (2,)]


def test_many_ways_to_one_value_cost_no_more_than_the_values_between() -> None:
    bottom = Signal(1)
    top: Signal[int] = bottom
    for _ in range(40):
        top = Computed(lambda below=top: below.get() + below.get() - below.get())  # type: ignore[misc]
        left, right = (Computed(lambda below=top: below.get()) for _ in range(2))  # type: ignore[misc]
        top = Computed(lambda left=left, right=right: left.get() + right.get() - left.get())  # type: ignore[misc]
    log = Log(top.get)
    bottom.set(2)
    assert log.seen == [1, 2]


def test_what_a_computed_value_raises_reaches_its_readers_until_it_recovers() -> None:
    divisor = Signal(0)
    runs: list[int] = []

    def divide() -> float:
        runs.append(1)
        return 6 / divisor.get()

    quotient = Computed(divide)

    def look() -> object:
        try:
            return quotient.get()
        except ZeroDivisionError:
            return "infinite"

    log = Log(look)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            quotient.get()
    assert len(runs) == 1
    divisor.set(2)
    assert log.seen == ["infinite", 3]


def test_a_value_that_is_computed_from_itself_is_reported() -> None:
    values: list[Computed[int]] = []
    values.append(Computed(lambda: values[1].get(), "first"))
    values.append(Computed(lambda: values[0].get(), "second"))
    with pytest.raises(RuntimeError, match="first is computed from itself"):
        values[0].get()


def test_a_computed_value_that_nothing_follows_is_held_by_nothing() -> None:
    cart = Cart()
    unread = Computed(lambda: cart.total)
    assert unread.get() == 0
    assert readers_of(*signals_of(cart)) == 0
    watched = weakref.ref(unread)
    del unread
    gc.collect()
    assert watched() is None


def test_a_computed_value_is_right_after_a_time_without_readers() -> None:
    cart = Cart()
    log = Log(lambda: cart.is_free)
    log.effect.stop()
    cart.prices = (3,)
    again = Log(lambda: cart.is_free)
    cart.prices = ()
    assert again.seen == [False, True]


def test_an_effect_says_what_made_it_run() -> None:
    cart = Cart()
    inside: list[tuple[str, ...]] = []

    def look() -> None:
        assert cart.total is not None and cart.owner
        inside.append(why())

    following = effect(look)
    reasons = [set(following.why)]
    with batch():
        cart.owner = "Eve"
        cart.prices = (2,)
    reasons.append(set(following.why))
    cart.owner = "Ada"
    reasons.append(set(following.why))
    assert reasons == [set(), {"Cart.total (Cart.prices)", "Cart.owner"}, {"Cart.owner"}]
    assert [len(causes) for causes in inside] == [0, 2, 1]
    assert why() == ()


class Records:
    """A store whose readers subscribe to what they asked for."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._topics: Topics[str] = Topics("Records")

    def get(self, key: str) -> int | None:
        self._topics.read(key)
        return self._rows.get(key)

    def put(self, **rows: int) -> None:
        self._rows.update(rows)
        self._topics.changed(rows)


def test_only_readers_of_the_records_that_changed_run_again() -> None:
    records = Records()
    a = Log(lambda: records.get("a"))
    both = Log(lambda: (records.get("a"), records.get("b")))
    records.put(b=1, c=1)
    assert a.seen == [None]
    assert both.seen == [(None, None), (None, 1)]
    records.put(a=2, b=2)
    assert a.seen == [None, 2]
    assert both.seen[2:] == [(2, 2)]
    assert both.effect.why == ("Records['a']", "Records['b']")


def test_a_value_computed_from_records_follows_them_with_and_without_readers() -> None:
    records = Records()
    total = Computed(lambda: sum(records.get(key) or 0 for key in "ab"))
    assert total.get() == 0
    gc.collect()
    records.put(a=3)
    assert total.get() == 3
    log = Log(total.get)
    records.put(b=4)
    assert log.seen == [3, 7]


def test_keys_that_nobody_reads_cost_nothing() -> None:
    records = Records()
    logs = [Log(lambda key=key: records.get(f"r{key}")) for key in range(50)]  # type: ignore[misc]
    records.get("other")
    assert len(records._topics._signals) == 50
    for log in logs:
        log.effect.stop()
    gc.collect()
    assert len(records._topics._signals) == 0


def test_strict_mode_raises_where_a_computed_value_sets_something() -> None:
    cart = Cart()
    assert cart.discount == 0

    def careless() -> int:
        cart.discount = 1
        return 1

    careless_value = Computed(careless, "careless")
    with strict(), pytest.raises(RuntimeError, match=r"Cart\.discount is set while careless"):
        careless_value.get()


def test_strict_mode_lets_effects_set_and_new_objects_begin() -> None:
    signal = Signal(0)
    with strict():
        effect(lambda: signal.set(2))
        assert Computed(lambda: Cart("Eve").owner).get() == "Eve"
    assert signal.get() == 2


@pytest.mark.parametrize(
    ("value", "change"),
    [
        ([1], lambda value: value.append(2)),
        ({1}, lambda value: value.add(2)),
        ({"a": 1}, lambda value: value.update(a=2)),
        ({"a": []}, lambda value: value["a"].append(1)),
        ({"a": set()}, lambda value: value["a"].add(1)),
        (([],), lambda value: value[0].append(1)),
    ],
)
def test_strict_mode_raises_where_a_value_was_changed_in_place(
    value: Any, change: Callable[[Any], None]
) -> None:
    with strict():
        held = Signal(value, "Cart.items")
        assert held.get() == held.get()
        change(value)
        with pytest.raises(RuntimeError, match=r"Cart\.items was changed in place"):
            held.get()


def test_strict_mode_finds_a_value_that_is_changed_and_set_again() -> None:
    cart = Cart()
    with strict():
        assert len(cart.notes) == 0
        cart.notes.append("fragile")
        with pytest.raises(RuntimeError, match=r"Cart\.notes was changed in place"):
            cart.notes = cart.notes


def test_strict_mode_watches_readers_and_lets_replaced_values_pass() -> None:
    cart = Cart()
    with strict():
        log = Log(lambda: list(cart.notes))
        cart.notes = [*cart.notes, "fragile"]
        cart.notes = [*cart.notes, "heavy"]
        assert log.seen == [[], ["fragile"], ["fragile", "heavy"]]
        with untracked():
            cart.notes.append("late")
            with pytest.raises(RuntimeError, match="in place"):
                assert cart.notes
