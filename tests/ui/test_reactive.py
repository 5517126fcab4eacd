"""Observed state: who runs again after a change, how often, and what is kept of whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_type

import numpy as np
import pytest

from tests.support.observed import Cart, Log, readers_of, signals_of
from webapp.py.ui.reactive import (
    Computed,
    Effect,
    Signal,
    batch,
    computed,
    effect,
    reactive,
    untracked,
)


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
