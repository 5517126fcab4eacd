"""Parts under random changes: the page always shows what drawing everything would show."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.py.ui.plain import PlainPage
from webapp.py.ui.reactive import Signal, strict
from webapp.py.ui.tree import Node, h, part

words = st.sampled_from(["a", "b", "c"])
orders = st.lists(st.integers(0, 4), max_size=5, unique=True)
page_changes = st.lists(
    st.one_of(
        st.tuples(st.just("order"), orders),
        st.tuples(st.just("word"), st.tuples(st.integers(0, 4), words)),
        st.tuples(st.just("shown"), st.tuples(st.integers(0, 4), st.booleans())),
        st.tuples(st.just("redraw"), st.none()),
        st.tuples(st.just("frame"), st.none()),
    ),
    max_size=20,
)


class Random:
    """Rows in any order, each with a part that reads its word, and in that another that is there or not."""

    def __init__(self) -> None:
        self.order: Signal[list[int]] = Signal([0, 1])
        self.words = [Signal("a") for _ in range(5)]
        self.shown = [Signal(False) for _ in range(5)]
        self.tag = Signal("p")

    def view(self) -> Node:
        return h("ul", None, [part(self.row, number, key=number) for number in self.order.get()])

    def row(self, number: int) -> Node:
        inner = part(self.inner, number) if self.shown[number].get() else None
        return h("li", {"title": number}, inner, h("i", None, str(number)))

    def inner(self, number: int) -> Node:
        word = self.words[number].get()
        return h("b" if word == "c" else "p", None, word, part(self.innermost, word))

    def innermost(self, word: str) -> Node:
        return h("u", None, word, self.words[0].get())


def flat(tree: Any) -> Any:
    """Return what a tree shows, to compare it with what another shows."""
    tree = getattr(tree, "node", tree)
    if isinstance(tree, str):
        return tree
    return tree.tag, dict(tree.attrs), [flat(child) for child in tree.children]


@given(page_changes)
@settings(max_examples=200, deadline=None)
def test_after_any_changes_the_page_shows_what_drawing_everything_would(changes: list[Any]) -> None:
    state = Random()
    page = PlainPage(state.view)
    with strict():
        for kind, detail in changes:
            if kind == "order":
                state.order.set(detail)
            elif kind == "word":
                state.words[detail[0]].set(detail[1])
            elif kind == "shown":
                state.shown[detail[0]].set(detail[1])
            elif kind == "redraw":
                page.redraw()
            else:
                assert flat(page.body.children[0]) == flat(state.view())
        assert flat(page.body.children[0]) == flat(state.view())
        page.close()
    signals: list[Signal[Any]] = [state.order, *state.words, *state.shown]
    assert not any(signal._readers for signal in signals)
