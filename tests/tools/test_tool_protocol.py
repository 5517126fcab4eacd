"""The tool protocol: driving a gesture, settings, finding tools, and the guide."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from webapp.py.domain.shapes import Box, Mask, Polygon
from webapp.py.workspace.registry import find_tools
from webapp.py.workspace.settings import Choice, Slider, Switch, values
from webapp.py.workspace.tool import (
    AnnotationView,
    Ask,
    AskFailed,
    ComputeReply,
    Context,
    Create,
    Cursor,
    Gesture,
    KeyPress,
    Notice,
    Pointer,
    Run,
    Tool,
    drag,
    play,
)

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "writing-a-tool.md"
BOX = Box(x=1, y=2, width=30, height=40)


# --- a gesture


class Asking(Tool):
    """Asks for a box, and asks again when the worker fails once."""

    id, title, icon, help = "asking", "Asking", "box", "Press."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        try:
            answer = yield [Notice("Asking …"), Ask("find", {"x": press.x})]
        except AskFailed as failure:
            answer = yield [Notice(str(failure)), Ask("find", {"x": 0})]
        assert isinstance(answer, ComputeReply)
        return [ctx.create(answer.value)]


class Counting(Tool):
    """Notes what it sees, and that it was closed."""

    id, title, icon, help = "counting", "Counting", "box", "Press."

    def __init__(self) -> None:
        self.seen: list[str] = []

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        try:
            while True:
                event = yield Cursor("cross")
                self.seen.append(event.kind)
                if event.kind == "release":
                    return [Create(BOX)]
                if isinstance(event, KeyPress) and event.key == "!":
                    raise RuntimeError("a fault of the tool")
        finally:
            self.seen.append("over")


def test_an_answer_of_the_worker_comes_back_into_the_gesture() -> None:
    drafts, edits = play(
        Asking(), drag((7, 7), (8, 8)), Context(50, 50), {"find": lambda x: BOX if x == 7 else None}
    )
    assert edits == [Create(BOX)]
    assert drafts[0] == Notice("Asking …")


def test_a_gesture_may_go_on_when_the_worker_fails() -> None:
    run = Run(Asking(), Pointer("press", 7, 7), Context(50, 50))
    assert run.asked is not None and run.asked.arguments == {"x": 7}
    assert run.fail("The worker is out of memory.")[0] == Notice("The worker is out of memory.")
    run.send(ComputeReply(BOX))
    assert (run.edits, run.asked) == ([Create(BOX)], None)


def test_a_gesture_that_does_not_expect_a_failure_ends_with_it() -> None:
    run = Run(Asking(), Pointer("press", 7, 7), Context(50, 50))
    run.fail("Once.")
    with pytest.raises(AskFailed, match="Twice"):
        run.fail("Twice.")
    assert run.edits == []


def test_a_cancelled_gesture_is_closed_at_once_and_returns_nothing() -> None:
    tool = Counting()
    run = Run(tool, Pointer("press", 0, 0), Context(9, 9))
    run.send(Pointer("move", 1, 1))
    run.close()
    assert tool.seen == ["move", "over"] and run.edits == [] and run.drafts == ()


def test_escape_never_reaches_a_gesture() -> None:
    tool = Counting()
    assert (
        play(tool, [Pointer("press", 0, 0), KeyPress("Escape"), Pointer("release", 1, 1)], Context(9, 9))[1]
        == []
    )
    assert tool.seen == ["over"]


def test_a_fault_of_a_tool_comes_out_and_leaves_no_edits() -> None:
    run = Run(Counting(), Pointer("press", 0, 0), Context(9, 9))
    with pytest.raises(RuntimeError):
        run.send(KeyPress("!"))
    assert run.edits == [] and run.drafts == ()


def test_several_gestures_can_be_played_one_after_the_other() -> None:
    events = [*drag((0, 0), (1, 1)), Pointer("hover", 3, 3), *drag((2, 2), (3, 3))]
    drafts, edits = play(Counting(), events, Context(9, 9))
    assert edits == [Create(BOX), Create(BOX)]
    assert set(drafts) == {Cursor("cross")}


# --- events and what a tool may know


def test_a_pointer_grabs_further_with_a_finger_and_less_when_zoomed_in() -> None:
    assert Pointer("press", 0, 0).tolerance == 6
    assert Pointer("press", 0, 0, scale=4).tolerance == 1.5
    assert (
        Pointer("press", 0, 0, device="touch").tolerance > Pointer("press", 0, 0, device="pen").tolerance > 6
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (KeyPress("Delete"), "Delete"),
        (KeyPress("A", shift=True), "shift+a"),
        (KeyPress("a", ctrl=True), "ctrl+a"),
        (KeyPress("ArrowUp", ctrl=True, alt=True, shift=True), "ctrl+alt+shift+ArrowUp"),
        (KeyPress("["), "["),
    ],
)
def test_keys_are_named_with_what_is_held(key: KeyPress, expected: str) -> None:
    assert key.combination == expected


def test_locked_and_hidden_annotations_are_not_offered_for_change() -> None:
    views = [
        AnnotationView("a", BOX, "c"),
        AnnotationView("b", BOX, "c", locked=True),
        AnnotationView("c", BOX, "c", hidden=True),
    ]
    ctx = Context(50, 50, views, ["c", "b", "a"])
    assert [view.id for view in ctx.chosen()] == ["a"]
    under = ctx.at((5, 5))
    assert under is not None and under.id == "b"
    assert ctx.at((45, 5)) is None and ctx.annotation("nobody") is None


def test_the_pixels_of_an_annotation_are_the_tools_own() -> None:
    ctx = Context(3, 2, [AnnotationView("a", Mask(x=1, y=0, width=1, height=2, runs=[0, 2]), "c")])
    whole = (0, 0, 3, 2)
    raster = ctx.raster("a")
    assert raster.read(whole).tolist() == [[0, 1, 0], [0, 1, 0]]
    raster.write(whole, np.ones((2, 3), np.uint8))
    assert raster.mask() == Mask(x=0, y=0, width=3, height=2, runs=[0, 6])
    assert ctx.raster("a").read(whole).tolist() == [[0, 1, 0], [0, 1, 0]]
    assert not ctx.raster(None).read(whole).any() and ctx.raster(None).mask() is None


# --- settings


def test_stored_settings_are_brought_into_range_and_rubbish_is_dropped() -> None:
    declared = (
        Slider("radius", "Radius", 12, 1, 200),
        Choice("tip", "Shape", "round", (("round", "Round"), ("square", "Square"))),
        Switch("snap", "Snap to edges", True),
    )
    assert values(declared) == {"radius": 12, "tip": "round", "snap": True}
    assert values(declared, {"radius": 900, "tip": "square", "snap": False}) == {
        "radius": 200, "tip": "square", "snap": False,
    }  # fmt: skip
    for rubbish in (None, "12", float("nan"), [], {}):
        assert values(declared, {"radius": rubbish, "tip": rubbish, "snap": rubbish}) == values(declared)
    assert values(declared, {"radius": True, "snap": 1})["radius"] == 12


def test_a_slider_goes_in_larger_steps_where_its_value_is_large() -> None:
    radius = Slider("radius", "Radius", 12, 1, 200, ratio=0.1)
    assert [radius.turned(value, 1) for value in (1, 14, 16, 100, 199)] == [2, 15, 18, 110, 200]
    assert [radius.turned(value, -1) for value in (1, 2, 100)] == [1, 1, 90]
    assert radius.turned(10, 3) == 13


def test_choices_go_round_and_switches_turn_over() -> None:
    tip = Choice("tip", "Shape", "round", (("round", "Round"), ("square", "Square")))
    assert tip.turned("round", 1) == "square" and tip.turned("square", 1) == "round"
    snap = Switch("snap", "Snap")
    assert snap.turned(False, 1) is True and snap.turned(True, 2) is True


# --- finding tools

GOOD = """
from webapp.py.workspace.tool import Tool
class Good(Tool):
    "A tool."
    id, title, key, icon, help, order = "{id}", "{id} tool", "{key}", "box", "Press.", {order}
    def gesture(self, press, ctx):
        yield None
        return []
"""


@pytest.fixture
def tool_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A function that makes a package of tool files and returns its registry."""
    package = "tools_of_a_test"
    folder = tmp_path / package
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))

    def find(files: Mapping[str, str]) -> Any:
        for name, text in files.items():
            (folder / f"{name}.py").write_text(text)
        return find_tools(package)

    yield find
    for name in [name for name in sys.modules if name.split(".")[0] == package]:
        del sys.modules[name]


def good(name: str, key: str = "", order: int = 100) -> str:
    return GOOD.format(id=name, key=key, order=order)


def test_tools_come_in_the_order_of_the_tool_bar(tool_files: Any) -> None:
    found = tool_files({"a": good("a", "x", 50), "b": good("b"), "c": good("c", "", 1), "_helper": "1 / 0"})
    assert [tool.id for tool in found.tools] == ["c", "a", "b"]
    assert found.tool("a") is found.by_key("x")
    assert found.by_key("") is None and found.broken == ()
    with pytest.raises(KeyError):
        found.tool("nobody")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("import no_such_module", "no_such_module"),
        ("def broken(:", "SyntaxError"),
        ("x = 1", "one subclass of Tool, this one 0"),
        (good("bad") + good("worse").replace("class Good", "class Other"), "this one 2"),
        (good("bad").replace('"box", ', '"", '), "does not say its icon"),
        (good("Not An Id"), "not a lower-case word"),
        (good("fine"), "id 'fine' is taken by “fine tool”"),
        (good("bad", "f"), "key 'f' is taken by “fine tool”"),
        (good("bad").replace("def gesture", "def gestures"), "it has no gesture"),
        (good("bad") + "    settings = (1,)", "not a Slider"),
        (good("bad") + "    order = 'first'", "its order no whole number"),
        (
            good("bad") + "    from webapp.py.workspace.tool import Switch\n"
            "    settings = (Switch('a', 'A'), Switch('a', 'B'))",
            "two settings named 'a'",
        ),
        (
            good("bad")
            + "    from webapp.py.workspace.tool import Slider\n    settings = (Slider('a', 'A', 5, 0, 1),)",
            "out of range",
        ),
    ],
)
def test_a_tool_file_that_is_wrong_is_switched_off_and_says_why(
    tool_files: Any, text: str, reason: str
) -> None:
    found = tool_files({"fine": good("fine", "f"), "wrong": text})
    assert [tool.id for tool in found.tools] == ["fine"]
    (broken,) = found.broken
    assert broken.id == "wrong" and reason in broken.reason


def test_every_icon_of_a_tool_is_in_the_sprite() -> None:
    icons = set((ROOT / "webapp" / "icons.txt").read_text().split())
    assert {tool.icon for tool in find_tools().tools} <= icons


# --- the guide


def test_the_tool_in_the_guide_works_and_so_does_its_test() -> None:
    tool_code, test_code, *_ = re.findall(
        r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL
    )
    names: dict[str, Any] = {"__name__": "guide"}
    exec(tool_code + test_code, names)
    names["test_a_diamond_is_drawn_from_its_center"]()
    diamond = names["DiamondTool"]()
    assert play(diamond, drag((50, 40), (50, 40)), Context(100, 80))[1] == []
    assert isinstance(play(diamond, drag((50, 40), (60, 45)), Context(100, 80))[0][0], Polygon)


def test_the_guide_names_every_draft_edit_and_helper_of_the_protocol() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    for name in (
        "MaskPatch", "Preview", "Handles", "Band", "Cursor", "MoveCamera", "Notice", "Ask", "Create",
        "Update", "Delete", "Select", "Slider", "Choice", "Switch", "drag_handle", "drag_whole", "paint",
        "AskFailed", "SetValue", "Outlines", "Prepared", "ImagePart", "prepare", "outlines", "only_when",
        "mask_to_paint", "mask_to_erase", "painted",
    ):  # fmt: skip
        assert f"`{name}" in text, name
