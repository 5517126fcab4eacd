"""Random graphs of values and effects, compared with computing everything from scratch each time."""

from __future__ import annotations

import gc
import weakref
from functools import partial
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.py.ui.reactive import Computed, Effect, Signal, batch, effect, strict, untracked

SIGNALS = 4
FAILED = "failed"

recipes = st.lists(st.lists(st.integers(0, 50), min_size=1, max_size=4), max_size=8)
numbers = st.integers(0, 2)
places = st.integers(0, SIGNALS - 1)
changes = st.lists(st.tuples(places, numbers), min_size=1, max_size=3)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("set"), changes),
        st.tuples(st.just("batch"), changes),
        st.tuples(st.just("look"), st.integers(0, 50)),
        st.tuples(st.just("follow"), st.lists(st.integers(0, 50), min_size=1, max_size=4)),
        st.tuples(st.just("stop"), st.integers(0, 50)),
    ),
    max_size=25,
)


def combine(read: Any, recipe: list[int]) -> int:
    """Read some of these, one after the other, as a view does: what one says decides about the next."""
    total = 0
    for place in recipe:
        value = read(place)
        if value == 0:
            break
        total += value
    if total == 5:
        raise ZeroDivisionError
    return total % 4


class Graph:
    def __init__(self, recipes: list[list[int]]) -> None:
        self.values = [0] * SIGNALS
        self.signals = [Signal(0, f"s{place}") for place in range(SIGNALS)]
        self.nodes: list[Any] = list(self.signals)
        self.recipes: list[list[int]] = []
        for number, recipe in enumerate(recipes):
            known = len(self.nodes)
            chosen = [place % known for place in recipe]
            self.recipes.append(chosen)
            self.nodes.append(Computed(partial(combine, self.read, chosen), f"c{number}"))
        self.following: list[Follower] = []

    def read(self, place: int) -> int:
        value: int = self.nodes[place % len(self.nodes)].get()
        return value

    def expected(self, place: int) -> int:
        place %= len(self.nodes)
        if place < SIGNALS:
            return self.values[place]
        return combine(self.expected, self.recipes[place - SIGNALS])


class Follower:
    def __init__(self, graph: Graph, recipe: list[int]) -> None:
        self.graph, self.recipe = graph, recipe
        self.seen: object = None
        self.runs = 0
        self.inputs: list[object] = []
        self.effect: Effect = effect(self.look)

    def look(self) -> None:
        self.runs += 1
        self.seen, self.inputs = outcome(self.graph.read, self.recipe)


def outcome(read: Any, recipe: list[int]) -> tuple[object, list[object]]:
    """Return what comes of a recipe and what was read on the way, failures included."""
    inputs: list[object] = []

    def note(place: int) -> int:
        try:
            value: int = read(place)
        except ZeroDivisionError:
            inputs.append(FAILED)
            raise
        inputs.append(value)
        return value

    try:
        return combine(note, recipe), inputs
    except ZeroDivisionError:
        return FAILED, inputs


def play(recipes: list[list[int]], steps: list[tuple[str, Any]]) -> None:
    graph = Graph(recipes)
    for kind, detail in steps:
        runs = [follower.runs for follower in graph.following]
        inputs = [follower.inputs for follower in graph.following]
        if kind == "batch":
            with batch():
                for place, value in detail:
                    graph.values[place] = value
                    graph.signals[place].set(value)
        elif kind == "set":
            place, value = detail[0]
            graph.values[place] = value
            graph.signals[place].set(value)
        elif kind == "look":
            with untracked():
                assert outcome(graph.read, [detail]) == outcome(graph.expected, [detail])
        elif kind == "follow":
            graph.following.append(Follower(graph, detail))
        elif graph.following:
            graph.following.pop(detail % len(graph.following)).effect.stop()
            continue
        for number, follower in enumerate(graph.following):
            assert (follower.seen, follower.inputs) == outcome(graph.expected, follower.recipe)
            if number < len(runs):
                has_changed = follower.inputs != inputs[number]
                could_have_failed = FAILED in follower.inputs
                ran = follower.runs - runs[number]
                assert ran == has_changed or (could_have_failed and ran <= 1)
    for follower in graph.following:
        follower.effect.stop()
    assert not any(node._readers for node in graph.nodes)


@given(recipes, steps)
@settings(max_examples=300, deadline=None)
def test_every_effect_sees_what_computing_everything_would_give_and_runs_only_for_that(
    recipes: list[list[int]], steps: list[tuple[str, Any]]
) -> None:
    play(recipes, steps)


@given(recipes, steps)
@settings(max_examples=60, deadline=None)
def test_strict_mode_changes_nothing_in_careful_programs(
    recipes: list[list[int]], steps: list[tuple[str, Any]]
) -> None:
    with strict():
        play(recipes, steps)


def test_a_program_that_ran_for_long_keeps_nothing() -> None:
    signal = Signal(0)
    made: weakref.WeakSet[object] = weakref.WeakSet()
    for number in range(200):
        value = Computed(lambda: signal.get() + 1)
        following = effect(lambda value=value: value.get())  # type: ignore[misc]
        signal.set(number)
        following.stop()
        made.update((value, following))
    del value, following
    gc.collect()
    assert not signal._readers and not made
