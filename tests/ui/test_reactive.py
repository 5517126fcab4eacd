"""Observed state: who runs again after a change, how often, and what is kept of whom."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any, assert_type

import numpy as np
import pytest

from webapp.py.ui.reactive import (
    Computed,
    Effect,
    Signal,
    Topics,
    batch,
    computed,
    effect,
    reactive,
    strict,
    untracked,
    why,
)


class Cart:
    prices: reactive[tuple[int, ...]] = reactive(())
    discount = reactive(0)
    notes: reactive[list[str]] = reactive(factory=list)
    owner: reactive[str] = reactive()

    def __init__(self, owner: str = "Ada") -> None:
        self.owner = owner
        self.computed = 0

    @computed
    def total(self) -> int:
        """What is to be paid."""
        self.computed += 1
        return sum(self.prices) - self.discount

    @computed
    def is_free(self) -> bool:
        return self.total <= 0


class Log:
    """An effect that writes down what it sees."""

    def __init__(self, look: Callable[[], object], schedule: Any = None) -> None:
        self.seen: list[object] = []
        self.effect = effect(lambda: self.seen.append(look()), schedule)


def readers_of(*signals: Signal[Any]) -> int:
    return sum(len(signal._readers) for signal in signals)


def signals_of(owner: object) -> list[Signal[Any]]:
    return [value for value in vars(owner).values() if isinstance(value, Signal)]


# Attributes


def test_an_attribute_has_its_declared_type_and_each_instance_its_own_value() -> None:
    one, other = Cart(), Cart("Grace")
    assert_type(one.discount, int)
    assert_type(one.total, int)
    assert_type(one.prices, tuple[int, ...])
    one.discount = 5
    one.notes.append("fragile")
    assert (one.discount, other.discount) == (5, 0)
    assert (one.notes, other.notes) == (["fragile"], [])
    assert (one.owner, other.owner) == ("Ada", "Grace")


def test_a_default_that_all_instances_would_share_is_refused() -> None:
    with pytest.raises(TypeError, match="factory"):
        reactive([])


def test_an_attribute_without_a_default_must_be_set_before_it_is_read() -> None:
    class Person:
        name: reactive[str] = reactive()

    with pytest.raises(AttributeError, match=r"Person\.name"):
        assert Person().name
    person = Person()
    person.name = "Ada"
    assert person.name == "Ada"


def test_a_subclass_can_build_on_what_its_base_computes() -> None:
    class Gift(Cart):
        @computed
        def total(self) -> int:
            return super().total + 3

    gift = Gift()
    log = Log(lambda: gift.total)
    gift.prices = (10,)
    assert log.seen == [3, 13]


def test_what_is_computed_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        Cart().total = 3
    with pytest.raises(AttributeError, match="computed"):
        Computed(lambda: 1, "one").set(2)


# Effects


def test_an_effect_runs_again_when_something_it_read_changes_and_for_nothing_else() -> None:
    cart = Cart()
    log = Log(lambda: cart.discount)
    cart.discount = 1
    cart.prices = (4,)
    assert log.seen == [0, 1]


def test_an_effect_follows_only_what_it_read_the_last_time() -> None:
    by_card, card, cash = Signal(True), Signal("Visa"), Signal("coins")
    log = Log(lambda: card.get() if by_card.get() else cash.get())
    by_card.set(False)
    card.set("Amex")
    cash.set("notes")
    assert log.seen == ["Visa", "coins", "notes"]
    assert readers_of(card) == 0


def test_an_equal_value_runs_nothing() -> None:
    cart = Cart()
    cart.prices = (1, 2)
    log = Log(lambda: cart.prices)
    cart.prices = (1, 2)
    assert log.seen == [(1, 2)]


def test_zero_is_not_false() -> None:
    signal: Signal[object] = Signal(0)
    log = Log(signal.get)
    signal.set(False)
    assert log.seen == [0, False]


def test_another_array_is_a_change_even_if_it_holds_the_same() -> None:
    pixels = np.zeros(1)
    signal = Signal(pixels)
    log = Log(lambda: id(signal.get()))
    signal.set(pixels)
    signal.set(np.zeros(1))
    assert len(log.seen) == 2


def test_values_that_cannot_be_compared_count_as_changed() -> None:
    class Odd:
        def __eq__(self, other: object) -> bool:
            raise ValueError("do not compare me")

    signal = Signal(Odd())
    log = Log(lambda: id(signal.get()))
    signal.set(Odd())
    assert len(log.seen) == 2


def test_a_batch_runs_effects_once_at_its_end() -> None:
    cart = Cart()
    log = Log(lambda: (cart.prices, cart.discount))
    with batch():
        cart.prices = (8,)
        with batch():
            cart.discount = 1
        assert len(log.seen) == 1
    assert log.seen == [((), 0), ((8,), 1)]


def test_a_value_that_is_set_back_within_a_batch_runs_no_effect_through_what_is_computed() -> None:
    cart = Cart()
    log = Log(lambda: cart.total)
    with batch():
        cart.discount = 5
        cart.discount = 0
    assert log.seen == [0]


def test_a_stopped_effect_never_runs_and_is_kept_by_nothing() -> None:
    cart = Cart()
    log = Log(lambda: cart.total)
    log.effect.stop()
    cart.discount = 3
    assert log.seen == [0]
    assert readers_of(*signals_of(cart)) == 0


def test_an_effect_may_stop_itself() -> None:
    signal = Signal(0)
    running: list[Effect] = []
    seen: list[int] = []

    def once() -> None:
        if signal.get():
            running[0].stop()
        seen.append(signal.get())

    running.append(effect(once))
    signal.set(1)
    signal.set(2)
    assert seen == [0, 1]
    assert readers_of(signal) == 0


def test_an_effect_that_is_stopped_by_another_before_its_turn_does_not_run() -> None:
    signal = Signal(0)
    first = effect(lambda: second.stop() if signal.get() else None)
    seen: list[int] = []
    second = effect(lambda: seen.append(signal.get()))
    signal.set(1)
    assert seen == [0]
    first.stop()


def test_an_effect_sets_values_and_those_who_read_them_follow() -> None:
    celsius, kelvin = Signal(0), Signal(0)
    effect(lambda: kelvin.set(celsius.get() + 273))
    log = Log(kelvin.get)
    celsius.set(20)
    assert log.seen == [273, 293]


def test_an_effect_that_sets_what_it_reads_runs_until_it_is_content() -> None:
    signal = Signal(7)
    log: list[int] = []

    def clamp() -> None:
        log.append(signal.get())
        if signal.get() > 5:
            signal.set(signal.get() - 1)

    effect(clamp)
    assert log == [7, 6, 5]


def test_an_effect_that_never_comes_to_rest_is_reported_with_what_it_changes() -> None:
    cart = Cart()

    def grow() -> None:
        cart.discount += 1

    with pytest.raises(RuntimeError, match=r"grow keeps changing what it reads: Cart\.discount"):
        effect(grow)


def test_a_failing_effect_does_not_keep_others_from_running_and_runs_again_itself() -> None:
    signal = Signal(1)
    inverse = Log(lambda: 1 / signal.get())
    log = Log(signal.get)
    with pytest.raises(ZeroDivisionError):
        signal.set(0)
    signal.set(2)
    assert inverse.seen == [1, 0.5]
    assert log.seen == [1, 0, 2]


def test_all_that_failed_is_reported() -> None:
    signal = Signal(1)
    for _ in range(2):
        effect(lambda: 1 / signal.get())
    with pytest.raises(ExceptionGroup) as caught:
        signal.set(0)
    assert len(caught.value.exceptions) == 2


def test_an_effect_that_fails_at_its_first_run_is_not_left_behind() -> None:
    signal = Signal(0)
    with pytest.raises(ZeroDivisionError):
        effect(lambda: 1 / signal.get())
    assert readers_of(signal) == 0


def test_values_read_untracked_are_not_followed() -> None:
    cart = Cart()

    def look() -> int:
        with untracked():
            hidden = cart.total
        return hidden + len(cart.owner)

    log = Log(look)
    cart.discount = 1
    assert log.seen == [3]
    cart.owner = "Eve."
    assert log.seen == [3, 3]


# Schedules


class Frames:
    """Runs what is scheduled when the next frame comes."""

    def __init__(self) -> None:
        self.asked: list[Callable[[], None]] = []

    def __call__(self, run: Callable[[], None]) -> None:
        self.asked.append(run)

    def next(self) -> None:
        asked, self.asked = self.asked, []
        for run in asked:
            run()


def test_an_effect_with_a_schedule_asks_once_and_sees_only_the_last_value() -> None:
    frames, cart = Frames(), Cart()
    log = Log(lambda: cart.discount, frames)
    assert log.seen == []
    frames.next()
    cart.discount = 1
    cart.discount = 2
    assert len(frames.asked) == 1
    frames.next()
    assert log.seen == [0, 2]


def test_a_scheduled_effect_does_not_run_when_nothing_came_of_the_change() -> None:
    frames, cart = Frames(), Cart()
    log = Log(lambda: cart.is_free, frames)
    frames.next()
    cart.discount = 1
    frames.next()
    assert log.seen == [True]


def test_an_effect_stopped_before_its_frame_does_not_run() -> None:
    frames, cart = Frames(), Cart()
    log = Log(lambda: cart.discount, frames)
    log.effect.stop()
    frames.next()
    assert log.seen == []


# Computed values


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


# Why


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


# Topics


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


# Strict mode


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
