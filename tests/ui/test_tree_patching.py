"""Patching on a document made of lists: what ends up on the page, and how few steps it took."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.py.ui.patching import Patcher
from webapp.py.ui.tree import Handler, Node, h, part


class Element:
    def __init__(self, tag: str, svg: bool = False, text: str = "") -> None:
        self.tag, self.svg, self.text = tag, svg, text
        self.attributes: dict[str, str] = {}
        self.properties: dict[str, Any] = {}
        self.children: list[Element] = []
        self.parent: Element | None = None
        self.tables: dict[str, Mapping[str, Handler]] = {}

    def shown(self) -> Any:
        if self.tag == "#text":
            return self.text
        return (
            self.tag,
            self.svg,
            self.attributes,
            self.properties,
            [child.shown() for child in self.children],
        )


class PaperDocument:
    """The document of these tests: counts each step that would cost a call into the browser."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.listening: set[Element] = set()
        self.typed_in: Element | None = None

    def create(self, tag: str, svg: bool) -> Element:
        self.steps.append("create")
        return Element(tag, svg)

    def text(self, value: str) -> Element:
        self.steps.append("create")
        return Element("#text", text=value)

    def set_text(self, element: Element, value: str) -> None:
        self.steps.append("text")
        element.text = value

    def set_attribute(self, element: Element, name: str, value: str | None) -> None:
        self.steps.append("attribute")
        if value is None:
            del element.attributes[name]
        else:
            element.attributes[name] = value

    def set_property(self, element: Element, name: str, value: Any) -> None:
        self.steps.append("property")
        element.properties[name] = value

    def is_typed_in(self, element: Element) -> bool:
        return element is self.typed_in

    def insert(self, parent: Element, child: Element, before: Element | None) -> None:
        self.steps.append("insert")
        if child.parent is not None:
            child.parent.children.remove(child)
        parent.children.insert(parent.children.index(before) if before else len(parent.children), child)
        child.parent = parent

    def remove(self, child: Element) -> None:
        self.steps.append("remove")
        assert child.parent is not None
        child.parent.children.remove(child)
        child.parent = None

    def listen(self, element: Element, event: str, handlers: Mapping[str, Handler]) -> None:
        self.steps.append("listen")
        assert event not in element.tables, "registered twice"
        element.tables[event] = handlers
        self.listening.add(element)

    def forget(self, element: Element) -> None:
        self.listening.discard(element)


class Page:
    def __init__(self, tree: Any) -> None:
        self.document = PaperDocument()
        self.patcher = Patcher(self.document)
        self.body = Element("body")
        self.mounted = self.patcher.mount(self.body, tree)
        self.document.steps.clear()

    def becomes(self, tree: Any) -> list[str]:
        self.document.steps.clear()
        self.mounted = self.patcher.patch(self.body, self.mounted, tree)
        return self.document.steps

    @property
    def shown(self) -> Any:
        return self.body.shown()[4][0]


def row(name: str) -> Node:
    return h("li", {"key": name}, name)


def rows(names: str) -> Node:
    return h("ul", None, [row(name) for name in names])


def test_an_equal_tree_takes_no_step() -> None:
    page = Page(rows("abc"))
    assert page.becomes(rows("abc")) == []


def test_only_what_differs_is_touched() -> None:
    page = Page(h("p", {"class": "a", "title": "x"}, "one", h("b", None, "two")))
    steps = page.becomes(h("p", {"class": "b"}, "one", h("b", None, "three")))
    assert steps == ["text", "attribute", "attribute"]
    assert page.shown == ("p", False, {"class": "b"}, {}, ["one", ("b", False, {}, {}, ["three"])])


def test_a_row_that_moves_is_moved_alone_and_keeps_its_element() -> None:
    page = Page(rows("abcdef"))
    before = {child.children[0].text: child for child in page.body.children[0].children}
    assert page.becomes(rows("fabcde")) == ["insert"]
    after = page.body.children[0].children
    assert [child.children[0].text for child in after] == list("fabcde")
    assert all(before[child.children[0].text] is child for child in after)


def test_a_row_put_in_or_taken_out_costs_that_row_alone() -> None:
    page = Page(rows("abcd"))
    assert page.becomes(rows("abXcd")) == ["create", "create", "insert", "insert"]
    assert page.becomes(rows("abcd")) == ["remove"]


def test_two_children_with_one_key_are_refused_with_their_key() -> None:
    with pytest.raises(ValueError, match="'a'"):
        Page(rows("aa"))
    page = Page(rows("ab"))
    with pytest.raises(ValueError, match="'b'"):
        page.becomes(rows("abb"))


def test_a_new_handler_takes_over_without_registering_anew() -> None:
    heard: list[str] = []
    page = Page(h("button", {"on_click": lambda event: heard.append("first")}))
    assert page.becomes(h("button", {"on_click": lambda event: heard.append("second")})) == []
    button = page.body.children[0]
    button.tables["click"]["click"](None)  # type: ignore[arg-type]
    assert heard == ["second"]
    assert page.becomes(h("button")) == []
    button.tables["click"]["click"](None)  # type: ignore[arg-type]
    assert heard == ["second"]
    assert page.becomes(
        h("button", {"on_click": lambda event: heard.append("third"), "on_focus": print})
    ) == ["listen"]
    button.tables["click"]["click"](None)  # type: ignore[arg-type]
    assert heard == ["second", "third"]


def test_nothing_is_kept_of_elements_that_went() -> None:
    page = Page(h("ul", None, [h("li", {"key": n}, h("button", {"on_click": print})) for n in range(20)]))
    assert len(page.document.listening) == 20
    page.becomes(h("ul", None, h("li", {"key": 3}, h("button", {"on_click": print}))))
    assert len(page.document.listening) == 1
    page.becomes(h("p", None, "gone"))
    assert page.document.listening == set()


def test_a_part_with_the_same_arguments_is_not_even_made() -> None:
    made: list[str] = []

    def named(name: str) -> Node:
        made.append(name)
        return h("p", None, name)

    def tree(*names: str) -> Node:
        return h("div", None, [part(named, name, key=name) for name in names])

    page = Page(tree("a", "b", "c"))
    assert page.becomes(tree("c", "a", "b")) == ["insert"]
    assert page.becomes(tree("c", "a", "b", "d")) == ["create", "create", "insert", "insert"]
    assert made == ["a", "b", "c", "d"]


def test_a_part_may_change_its_tag() -> None:
    def tagged(tag: str) -> Node:
        return h(tag, None, "x")

    page = Page(h("div", None, part(tagged, "p")))
    page.becomes(h("div", None, part(tagged, "b")))
    assert page.shown[4] == [("b", False, {}, {}, ["x"])]


def test_a_field_is_compared_with_the_page_since_people_type_into_it() -> None:
    page = Page(h("input", {"prop:value": "a", "prop:size": 3}))
    assert page.becomes(h("input", {"prop:value": "a", "prop:size": 3})) == ["property"]


def test_what_is_being_typed_stays_unless_the_app_has_another_value() -> None:
    page = Page(h("input", {"prop:value": "a"}))
    (field,) = page.body.children
    page.document.typed_in = field
    assert page.becomes(h("input", {"prop:value": "a"})) == []
    assert page.becomes(h("input", {"prop:value": "b"})) == ["property"]
    page.document.typed_in = None
    assert page.becomes(h("input", {"prop:value": "b"})) == ["property"]


def test_a_field_whose_every_letter_the_app_hears_shows_what_the_app_made_of_it() -> None:
    page = Page(h("input", {"prop:value": "a", "on_input": str}))
    (field,) = page.body.children
    page.document.typed_in = field
    assert page.becomes(h("input", {"prop:value": "a", "on_input": str})) == ["property"]


def test_what_lies_in_an_svg_is_svg_until_a_foreign_object() -> None:
    page = Page(h("svg", None, h("g", None, h("foreignObject", None, h("p")))))
    g = page.shown[4][0]
    assert page.shown[1] and g[1] and g[4][0][1] and not g[4][0][4][0][1]
    page.becomes(h("svg", None, h("g", None, h("path"))))
    assert page.shown[4][0][4] == [("path", True, {}, {}, [])]


def test_a_ref_is_given_its_element_once_it_is_on_the_page_and_none_when_it_has_gone() -> None:
    heard: list[Any] = []

    def ref(element: Element | None) -> None:
        heard.append(element and element.parent and element.parent.tag)

    page = Page(h("div", None, h("canvas", {"ref": ref})))
    assert heard == ["div"]
    page.becomes(h("div", None, h("canvas", {"ref": ref, "width": 3})))
    assert heard == ["div"]
    page.becomes(h("div", None, h("canvas")))
    assert heard == ["div", None]
    page.becomes(h("div", None, h("canvas", {"ref": ref})))
    page.becomes(h("p"))
    assert heard == ["div", None, "div", None]


class Holder:
    """Holds an element of the page, as the part of an app that scrolls or draws on it does."""

    def __init__(self, name: str, heard: list[str]) -> None:
        self.name, self.heard = name, heard

    def attach(self, element: Element | None) -> None:
        self.heard.append(f"{self.name} {'got' if element else 'lost'} it")


def test_an_element_that_stays_goes_from_the_ref_it_had_to_the_one_it_has() -> None:
    heard: list[str] = []
    left, right = Holder("left", heard), Holder("right", heard)
    page = Page(h("canvas", {"ref": left.attach}))
    page.becomes(h("canvas", {"ref": left.attach}))
    assert heard == ["left got it"]
    page.becomes(h("canvas", {"ref": right.attach}))
    assert heard == ["left got it", "left lost it", "right got it"]


def test_a_ref_with_the_same_arguments_is_the_same() -> None:
    heard: list[Any] = []

    def attach(name: str, element: Element | None) -> None:
        heard.append((name, bool(element)))

    page = Page(h("canvas", {"ref": partial(attach, "a")}))
    page.becomes(h("canvas", {"ref": partial(attach, "a")}))
    assert heard == [("a", True)]
    page.becomes(h("canvas", {"ref": partial(attach, "b")}))
    assert heard[1:] == [("a", False), ("b", True)]


def test_unmounting_leaves_nothing() -> None:
    page = Page(rows("ab"))
    page.patcher.unmount(page.mounted)
    assert page.body.children == []


names = st.text("abcdefgh", max_size=8).map(lambda text: "".join(dict.fromkeys(text)))
leaves = st.sampled_from(["x", "y", h("i", {"title": "t"}), h("b", {"class": "c"}, "z")])
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda children: h("div", None, children), st.lists(inner, max_size=4)),
        st.builds(
            lambda keys, child: h("ul", None, [h("li", {"key": key}, child) for key in keys]), names, inner
        ),
        st.builds(lambda text: part(lambda given: h("p", None, given), text), st.sampled_from("uv")),
    ),
    max_leaves=12,
)


@given(st.lists(trees, min_size=2, max_size=4))
def test_any_tree_becomes_any_other(sequence: list[Any]) -> None:
    page = Page(sequence[0])
    for tree in sequence[1:]:
        page.becomes(tree)
        assert page.body.shown() == Page(tree).body.shown()
