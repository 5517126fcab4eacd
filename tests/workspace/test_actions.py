"""Keys: what they do, how they are written, and what happens when two things want the same."""

from __future__ import annotations

import pytest

from builder.paths import ROOT
from webapp.py.domain.model import Instruction, LabelClass
from webapp.py.pages.workbench.commands import DOES
from webapp.py.workspace.actions import (
    ACTIONS,
    bindings,
    class_keys,
    conflicts,
    is_reserved,
    normalized,
    setting_keys,
    shown,
)
from webapp.py.workspace.registry import find_tools
from webapp.py.workspace.shortcut_help import shortcut_groups


def instruction(*shortcuts: str) -> Instruction:
    classes = [
        LabelClass(id=f"c{index}", name=f"Class {index}", color="#112233", shortcut=keys)
        for index, keys in enumerate(shortcuts)
    ]
    return Instruction(id="i", name="Instruction", classes=classes)


def test_the_built_in_tools_and_actions_want_no_key_twice() -> None:
    assert conflicts(instruction("SHIFT+1", "SHIFT+2"), find_tools()) == []


def test_no_key_of_a_tools_setting_is_meant_otherwise() -> None:
    table = bindings(instruction(), find_tools())
    for tool in find_tools().tools:
        assert not {key for one in tool.settings for key in setting_keys(one)} & set(table), tool.id


def test_every_action_has_an_id_of_its_own_a_title_a_key_and_something_that_it_does() -> None:
    names = [action.id for action in ACTIONS]
    assert len(set(names)) == len(names)
    assert set(DOES) == set(names)
    titles = [action.title for action in ACTIONS]
    assert len(set(titles)) == len(titles)
    assert all(action.keys and action.title and action.group for action in ACTIONS)


def test_the_icons_of_actions_are_on_the_site() -> None:
    icons = (ROOT / "webapp" / "icons.txt").read_text().split()
    assert {action.icon for action in ACTIONS} <= set(icons)


def test_keys_of_actions_are_written_as_the_keyboard_gives_them() -> None:
    for action in ACTIONS:
        for keys in action.keys:
            assert keys in ("+", "shift++", "shift+?") or normalized(keys) == keys, action.id


def test_a_key_that_two_classes_want_is_the_first_ones_and_that_is_said() -> None:
    asked = instruction("shift+M", "Shift + m")
    (sentence,) = conflicts(asked, find_tools())
    assert sentence == "Shift+M is assigned to the class “Class 0”, so the class “Class 1” has no shortcut."
    assert bindings(asked, find_tools())["shift+m"].id == "c0"


def test_a_class_takes_a_plain_key_from_tool_and_action_and_that_is_said() -> None:
    asked = instruction("B", "-")
    table = bindings(asked, find_tools())
    assert (table["b"].id, table["-"].id) == ("c0", "c1")
    assert sorted(conflicts(asked, find_tools())) == [
        "- is assigned to the class “Class 1”, so “Zoom out” has no shortcut.",
        "B is assigned to the class “Class 0”, so the tool “Bounding box” has no shortcut.",
    ]


def test_the_first_ten_classes_have_the_digits() -> None:
    asked = instruction(*["" for _ in range(12)])
    table = bindings(asked, find_tools())
    assert [table[digit].id for digit in "1234567890"] == [f"c{number}" for number in range(10)]
    assert conflicts(asked, find_tools()) == []
    assert class_keys(asked, find_tools(), "c9") == ("0",)
    assert class_keys(asked, find_tools(), "c10") == ()


def test_a_digit_that_is_the_shortcut_of_another_class_is_left_to_it() -> None:
    asked = instruction("", "1", "SHIFT+3")
    table = bindings(asked, find_tools())
    assert (table["1"].id, table["2"].id, table["3"].id) == ("c1", "c1", "c2")
    assert conflicts(asked, find_tools()) == []
    assert class_keys(asked, find_tools(), "c0") == ()
    assert class_keys(asked, find_tools(), "c1") == ("1", "2")
    assert class_keys(asked, find_tools(), "c2") == ("shift+3", "3")


def test_a_class_that_takes_the_key_of_a_tools_setting_is_told_of() -> None:
    (sentence,) = conflicts(instruction("["), find_tools())
    assert sentence.startswith("[ is assigned to the class “Class 0”, ")
    assert "“Radius” of Brush" in sentence


@pytest.mark.parametrize("keys", ["ctrl+z", "Delete", "escape", "CTRL+Enter", "ArrowRight"])
def test_no_class_takes_undo_delete_or_the_arrows_away(keys: str) -> None:
    table = bindings(instruction(keys), find_tools())
    assert table[normalized(keys)].kind == "action"
    (sentence,) = conflicts(instruction(keys), find_tools())
    assert sentence.endswith(", so the class “Class 0” has no shortcut.")


def test_a_class_shortcut_is_found_however_it_was_written() -> None:
    table = bindings(instruction("SHIFT + N", "Option+7", "f3"), find_tools())
    assert [table[keys].id for keys in ("shift+n", "alt+7", "F3")] == ["c0", "c1", "c2"]


def test_shortcuts_are_shown_as_people_read_them() -> None:
    assert [shown(normalized(text)) for text in ("CTRL+SHIFT+z", "b", "shift+1", "alt+left")] == [
        "Ctrl+Shift+Z",
        "B",
        "Shift+1",
        "Alt+left",
    ]
    assert [shown(keys) for keys in ("+", "shift++", "shift+?", "ctrl+ArrowLeft")] == [
        "+",
        "+",
        "?",
        "Ctrl+←",
    ]


def test_what_holds_ctrl_or_has_a_name_is_the_workspaces_own() -> None:
    assert [is_reserved(keys) for keys in ("+", "shift+n", "alt+4", "F6", "ctrl+k")] == [
        False,
        False,
        False,
        True,
        True,
    ]


def test_the_help_lists_every_action_tool_class_and_setting_key() -> None:
    groups = shortcut_groups(instruction("shift+N", "", "B"), find_tools())
    assert [(line.title, line.keys) for line in groups["Classes"]] == [
        ("Class 0", ("Shift+N", "1")),
        ("Class 1", ("2",)),
        ("Class 2", ("B", "3")),
    ]
    tools = {line.title: line.keys for line in groups["Tools"]}
    assert set(tools) == {tool.title for tool in find_tools().tools}
    # The class has it.
    assert tools["Bounding box"] == ()
    listed = {line.title for lines in groups.values() for line in lines}
    assert {action.title for action in ACTIONS} <= listed
    radius = groups["While Brush is active"][0]
    assert (radius.title, radius.keys) == ("Radius", ("[", "]"))
