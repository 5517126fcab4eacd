"""Trees as pages write them: what becomes of attributes and children, and how tests look at them."""

from __future__ import annotations

import pytest

from webapp.py.ui.tree import Node, PlainEvent, classes, find, find_all, fire, h, part, text_of


def test_attributes_that_do_not_hold_are_left_out() -> None:
    node = h(
        "button", {"disabled": True, "hidden": False, "title": None, "aria-pressed": False, "tabindex": 0}
    )
    assert node.attrs == {"disabled": "", "aria-pressed": "false", "tabindex": "0"}


def test_properties_come_after_attributes_so_that_a_slider_has_its_bounds() -> None:
    node = h("input", {"prop:value": 150, "type": "range", "max": 200})
    assert list(node.attrs) == ["type", "max", "prop:value"]
    assert node.attrs["prop:value"] == 150


def test_handlers_go_by_the_name_of_their_event() -> None:
    node = h("dialog", {"on_close": print, "on_click": None})
    assert node.handlers == {"close": print}


def test_children_may_be_lists_numbers_and_nothing() -> None:
    node = h("p", None, "Saved ", 3, [" times", None, [h("b", None, "!")]], False, "")
    assert node.children[0] == "Saved 3 times"
    assert len(node.children) == 2
    assert text_of(node) == "Saved 3 times!"


def test_class_names_that_hold() -> None:
    assert classes("row", "", None, False, "chosen") == "row chosen"
    assert classes(None) is None


def page() -> Node:
    return h(
        "main",
        {"class": "page wide"},
        h("ul", None, [h("li", {"key": name, "data-name": name}, name, " class") for name in ("cat", "dog")]),
        part(lambda text: h("button", {"aria-label": "Add class", "prop:open": True}, text), "Add"),
    )


def test_a_node_is_found_by_tag_text_class_attribute_and_key() -> None:
    assert find(page(), "li", key="dog").attrs["data-name"] == "dog"
    assert find(page(), text="cat").tag == "li"
    assert find(page(), class_="wide").tag == "main"
    assert find(page(), aria_label="Add class", open=True).tag == "button"
    assert len(find_all(page(), data_name=True)) == 2
    assert find_all(page(), "li", data_name=False) == []


def test_what_is_not_there_or_not_alone_is_an_error_that_says_so() -> None:
    with pytest.raises(LookupError, match="0 nodes match"):
        find(page(), "table")
    with pytest.raises(LookupError, match="2 nodes match"):
        find(page(), "li")


def test_a_click_reaches_the_handler() -> None:
    heard: list[PlainEvent] = []
    button = h("button", {"on_click": heard.append}, "Go")
    fire(button, "click", shift=True)
    assert [(event.type, event.shift) for event in heard] == [("click", True)]
    with pytest.raises(LookupError, match="does not listen for input"):
        fire(button, "input")


def test_a_part_calls_its_function_only_when_it_is_looked_at() -> None:
    calls: list[str] = []

    def named(name: str) -> Node:
        calls.append(name)
        return h("p", None, name)

    made = part(named, "a")
    assert calls == []
    assert text_of(made) == "a" and text_of(made) == "a"
    assert calls == ["a"]
    assert made.same_as(part(named, "a"))
    assert not made.same_as(part(named, "b"))
    assert not made.same_as(part(page))
