"""What the status line says about each built-in tool fits into it."""

from __future__ import annotations

import pytest

from tests.support.tool_player import TOOLS
from webapp.py.workspace import texts
from webapp.py.workspace.tool import Tool

MOST_LETTERS = 34
"""About 260 CSS pixels of the status line's font, which a window of 1280 pixels has room for."""


@pytest.mark.parametrize("tool", TOOLS.tools, ids=lambda tool: tool.id)
def test_a_tool_says_what_to_do_first_in_about_six_words(tool: Tool) -> None:
    assert tool.hint
    for hint in (tool.hint, tool.hint_selected):
        assert len(hint) <= MOST_LETTERS and len(hint.replace("·", " ").split()) <= 7, hint


def test_so_do_lines_and_outlines_while_they_are_drawn() -> None:
    for closed in (True, False):
        assert texts.next_point(False, closed, False) == "Click to add a point"
    assert texts.next_point(True, True, False) == "Click to add a point · Enter closes"
    assert texts.next_point(True, False, True) == "Click or drag to add points · Enter ends"
