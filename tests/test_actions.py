"""Keys: what they do, how they are written, and what happens when two things want the same."""

from __future__ import annotations

from webapp.py.domain.model import Instruction, LabelClass
from webapp.py.workspace.actions import GENERAL, bindings, conflicts, normalized, shown
from webapp.py.workspace.registry import find_tools


def instruction(*shortcuts: str) -> Instruction:
    classes = [
        LabelClass(id=f"c{index}", name=f"Class {index}", color="#112233", shortcut=keys)
        for index, keys in enumerate(shortcuts)
    ]
    return Instruction(id="i", name="Instruction", classes=classes)


def test_the_built_in_tools_and_actions_want_no_key_twice() -> None:
    assert conflicts(instruction("SHIFT+1", "SHIFT+2"), find_tools()) == []


def test_a_key_that_two_things_want_is_reported_with_both_names() -> None:
    (sentence,) = conflicts(instruction("shift+N", "Shift + n"), find_tools())
    assert sentence == "Shift+N is asked for by the class “Class 0” and the class “Class 1”."


def test_a_class_shortcut_is_found_however_it_was_written() -> None:
    table = bindings(instruction("SHIFT + N"), find_tools())
    assert (table["shift+n"].kind, table["shift+n"].id) == ("class", "c0")


def test_every_general_action_has_a_key() -> None:
    assert all(action.keys for action in GENERAL)


def test_shortcuts_are_shown_as_people_read_them() -> None:
    assert [shown(normalized(text)) for text in ("CTRL+SHIFT+z", "b", "shift+1")] == [
        "Ctrl+Shift+Z",
        "B",
        "Shift+1",
    ]
