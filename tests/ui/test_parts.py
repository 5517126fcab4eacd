"""Parts on a page: what is drawn again after a change, and what a person then sees and reaches."""

from __future__ import annotations

from typing import Any

import pytest

from webapp.py.ui.plain import PlainElement, PlainPage
from webapp.py.ui.reactive import Signal, batch, computed, reactive, strict, why
from webapp.py.ui.root import ViewRoot
from webapp.py.ui.tree import Event, Node, h, part, text_of


class Shelf:
    """A list of books, as a page with parts: it notes what is drawn."""

    title = reactive("Books")
    books: reactive[tuple[str, ...]] = reactive(("Emma", "Ulysses"))
    lent: reactive[frozenset[str]] = reactive(frozenset())
    show_count = reactive(True)

    def __init__(self) -> None:
        self.drawn: list[str] = []
        self.reasons: dict[str, tuple[str, ...]] = {}
        self.page = PlainPage(self.view)
        assert self.page.body
        self.drawn.clear()

    @computed
    def count(self) -> int:
        return len(self.books)

    def note(self, what: str) -> None:
        self.drawn.append(what)
        self.reasons[what] = why()

    def view(self) -> Node:
        self.note("view")
        return h(
            "main",
            None,
            part(self.heading),
            h("ul", None, [part(self.book, name, key=name) for name in self.books]),
            part(self.total) if self.show_count else None,
        )

    def heading(self) -> Node:
        self.note("heading")
        return h("h1", None, self.title)

    def book(self, name: str) -> Node:
        self.note(name)
        return h("li", None, name, " (lent)" if name in self.lent else "")

    def total(self) -> Node:
        self.note("total")
        return h("p", None, f"{self.count} in all")

    def draws(self) -> list[str]:
        """Let a frame pass, and return what it drew."""
        self.drawn.clear()
        self.page.frame()
        return self.drawn


def test_a_change_draws_the_part_that_read_it_and_nothing_around_it() -> None:
    shelf = Shelf()
    shelf.title = "Novels"
    assert shelf.draws() == ["heading"]
    assert shelf.page.text == "NovelsEmmaUlysses2 in all"


def test_nothing_is_drawn_before_the_next_frame_and_everything_once_in_it() -> None:
    shelf = Shelf()
    shelf.title = "Novels"
    shelf.title = "Poems"
    shelf.lent = frozenset({"Emma"})
    assert shelf.drawn == []
    assert text_of(shelf.page.document.body) == "BooksEmmaUlysses2 in all"
    assert sorted(shelf.draws()) == ["Emma", "Ulysses", "heading"]
    assert not shelf.page.frame()


def test_the_outer_part_is_drawn_first_and_clean_inner_ones_stay() -> None:
    shelf = Shelf()
    emma = shelf.page.find("li", "Emma")
    shelf.books = ("Persuasion", "Emma", "Ulysses")
    assert shelf.draws() == ["view", "Persuasion", "total"]
    assert shelf.page.find("li", "Emma") is emma


def test_a_part_that_its_parent_removes_is_not_drawn_again() -> None:
    shelf = Shelf()
    with batch():
        shelf.books = ("Emma",)
        shelf.show_count = False
        shelf.lent = frozenset({"Ulysses"})
    assert shelf.draws() == ["view", "Emma"]
    assert shelf.page.text == "BooksEmma"
    shelf.lent = frozenset({"Emma"})
    assert shelf.draws() == ["Emma"]


def test_a_part_whose_computed_values_came_out_the_same_is_not_drawn() -> None:
    shelf = Shelf()
    with batch():
        shelf.show_count = True
        shelf.books = ("Ulysses", "Emma")
    assert shelf.draws() == ["view"]


def test_a_part_says_why_it_was_drawn() -> None:
    shelf = Shelf()
    shelf.books = ("Emma",)
    shelf.draws()
    assert shelf.reasons["view"] == ("Shelf.books",)
    assert shelf.reasons["total"] == ("Shelf.count (Shelf.books)",)


def test_a_redraw_on_request_draws_the_view_and_leaves_clean_parts() -> None:
    shelf = Shelf()
    shelf.page.redraw()
    assert shelf.draws() == ["view"]
    shelf.page.redraw()
    shelf.title = "Novels"
    assert shelf.draws() == ["view", "heading"]


def test_a_closed_page_reads_nothing() -> None:
    shelf = Shelf()
    shelf.page.close()
    shelf.title = "Novels"
    assert shelf.draws() == []
    assert shelf.page.document.body.nodes == []
    assert not any(signal._readers for signal in vars(shelf).values() if isinstance(signal, Signal))


def test_a_part_is_drawn_again_when_an_argument_changes_and_still_follows_what_it_reads() -> None:
    word, size = Signal("tree"), Signal(2)
    draws: list[str] = []

    def echo(times: int) -> Node:
        draws.append(word.get() * times)
        return h("p", None, word.get() * times)

    page = PlainPage(lambda: h("div", None, part(echo, size.get())))
    assert page.text == "treetree"
    with batch():
        size.set(1)
        word.set("sea")
    assert page.text == "sea"
    word.set("sun")
    assert page.text == "sun"
    assert draws == ["treetree", "sea", "sun"]


def test_methods_of_one_object_are_the_same_argument() -> None:
    shelf, draws, tick = Shelf(), [], Signal(0)

    def row(action: Any) -> Node:
        draws.append(action)
        return h("p")

    page = PlainPage(lambda: h("div", {"title": tick.get()}, part(row, shelf.note)))
    assert page.body
    tick.set(1)
    assert page.find("div").attrs["title"] == "1"
    assert len(draws) == 1


def test_a_click_always_reaches_the_newest_handler() -> None:
    class Counter:
        count = reactive(0)

        def view(self) -> Node:
            seen = self.count

            def add(_event: Event) -> None:
                self.count = seen + 1

            return h("div", None, part(self.shown), h("button", {"on_click": add}))

        def shown(self) -> Node:
            return h("b", None, self.count)

    page = PlainPage(Counter().view)
    button = page.find("button")
    for _ in range(3):
        button.click()
        page.frame()
    assert page.text == "3"


def test_a_part_that_changes_its_tag_takes_the_same_place() -> None:
    tag, heard = Signal("p"), []

    def changing() -> Node:
        return h(tag.get(), {"ref": lambda element: heard.append(element and element.tag)}, tag.get())

    page = PlainPage(lambda: h("div", None, "before ", part(changing), h("i", None, " after")))
    assert page.text == "before p after"
    tag.set("b")
    assert page.text == "before b after"
    assert heard == ["p", None, "b"]
    tag.set("u")
    assert [child.tag for child in page.find("div").nodes if isinstance(child, PlainElement)] == ["u", "i"]


def test_a_part_in_an_svg_makes_svg_when_it_changes_its_tag() -> None:
    tag = Signal("path")
    page = PlainPage(lambda: h("svg", None, part(lambda: h(tag.get()))))
    assert page.body
    tag.set("circle")
    assert page.find("circle").svg


def test_a_part_that_moves_keeps_its_element_and_is_drawn_in_its_new_place() -> None:
    shelf = Shelf()
    emma = shelf.page.find("li", "Emma")
    shelf.books = ("Ulysses", "Emma")
    assert shelf.draws() == ["view"]
    shelf.lent = frozenset({"Emma"})
    assert shelf.page.text == "BooksUlyssesEmma (lent)2 in all"
    assert shelf.page.find("li", "Emma") is emma


class Fragile:
    """A page one of whose parts fails while something is broken."""

    broken = reactive(False)
    name = reactive("a")

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.problems: list[Exception] = []
        self.requests = 0
        self.plain = PlainPage(self.view)
        self.root = ViewRoot(
            self.plain.document, self.plain.document.body, self.view, self.request, self.problems.append
        )
        self.root.draw()

    def request(self) -> None:
        self.requests += 1

    def view(self) -> Node:
        return h("div", None, part(self.fragile), part(self.sound))

    def fragile(self) -> Node:
        if self.broken:
            raise ZeroDivisionError("broken")
        return h("p", None, "whole ")

    def sound(self) -> Node:
        return h("p", None, self.name)

    @property
    def text(self) -> str:
        self.root.draw()
        return text_of(self.plain.document.body)


def test_a_part_that_fails_is_reported_stays_as_it_was_and_recovers() -> None:
    page = Fragile()
    with batch():
        page.broken, page.name = True, "b"
    assert page.text == "whole b"
    assert [str(problem) for problem in page.problems] == ["broken"]
    page.name = "c"
    assert page.text == "whole c" and len(page.problems) == 1
    page.broken = False
    assert page.text == "whole c"


def test_a_part_that_fails_at_first_is_empty_until_it_recovers() -> None:
    page = Fragile(broken=True)
    assert page.text == "a"
    page.broken = False
    assert page.text == "whole a"
    assert len(page.problems) == 1


def test_a_page_whose_view_fails_at_first_shows_nothing_and_can_be_drawn_later() -> None:
    broken = Signal(True)

    def view() -> Node:
        return h("p", None, str(1 / (not broken.get())))

    page = PlainPage(view)
    with pytest.raises(ZeroDivisionError):
        page.frame()
    assert page.document.body.nodes == []
    assert not broken._readers
    broken.set(False)
    page.redraw()
    assert page.text == "1.0"


def test_a_failing_ref_is_reported_and_the_others_are_called() -> None:
    heard: list[Any] = []

    def fail(_element: Any) -> None:
        raise ZeroDivisionError

    page = PlainPage(lambda: h("div", None, h("i", {"ref": fail}), h("b", {"ref": heard.append})))
    with pytest.raises(ZeroDivisionError):
        page.frame()
    assert heard == [page.find("b")]


def test_a_part_that_keeps_changing_what_it_reads_is_drawn_once_a_frame() -> None:
    ticks = Signal(0)

    def view() -> Node:
        ticks.set(ticks.get() + 1)
        return h("p", None, ticks.get())

    page = PlainPage(view)
    assert page.text == "1"
    assert page.text == "2"


def test_strict_mode_raises_where_a_view_sets_something() -> None:
    shelf = Shelf()

    def careless() -> Node:
        shelf.title = "Careless"
        return h("p")

    with strict(), pytest.raises(RuntimeError, match=r"Shelf\.title is set while .*careless"):
        PlainPage(careless).frame()


def test_what_a_ref_changes_is_drawn_at_the_next_frame() -> None:
    width = Signal(0)
    page = PlainPage(lambda: h("p", {"ref": measure}, f"{width.get()} wide"))

    def measure(element: PlainElement | None) -> None:
        width.set(element.clientHeight if element else 0)

    assert page.text == "0 wide"
    assert page.text == "600 wide"
