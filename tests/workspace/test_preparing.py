"""What an idle tool has prepared: asked when it differs, after a pause, never twice, never stale."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.annotator import MemoryRecords, image_session, open_image
from tests.support.fake_canvas import FakeCanvas
from webapp.py.domain.model import Instruction, LabelClass
from webapp.py.domain.permissions import Actor
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.preparing import PAUSE
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.scene import OUTLINES_KEY
from webapp.py.workspace.tool import (
    Ask,
    Context,
    Event,
    Gesture,
    KeyPress,
    Notice,
    Outlines,
    Pointer,
    SetValue,
    Slider,
    Tool,
    drag,
)

LEVELS = np.array([[1, 2], [3, 4]], np.uint8)


class Segmenting(Tool):
    """Has something cut at its setting, shows it, and tells at a press what it knows."""

    id, title, icon, help = "select", "Segmenting", "box", "Press."
    settings = (Slider("size", "Size", 10, 1, 50),)

    def prepare(self, ctx: Context) -> Ask | None:
        return Ask("cut", {"image": ctx.image, "size": ctx.settings["size"]}) if ctx.visible else None

    def outlines(self, ctx: Context) -> Outlines | None:
        return Outlines(ctx.prepared.answer, (0, 0, 100, 80)) if ctx.prepared else None

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        known = ctx.prepared.ask.arguments["size"] if ctx.prepared else None
        yield [Notice(f"cut at {known}, seeing {ctx.visible}"), SetValue("size", 33)]
        return []


class Tracing(Segmenting):
    """Asks for the same at the press if it is not there, and tells where it went then."""

    id, title, icon, help = "tracing", "Tracing", "box", "Drag."
    path = True

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        ask = self.prepare(ctx)
        assert ask is not None
        event: Event = yield Ask(ask.function, ask.arguments, path=self.path)
        way = [press.point]
        while event.kind != "release":
            event = yield None
            way += [event.point] if isinstance(event, Pointer) else []
        return [Notice(f"{way}")]


class Hasty(Tracing):
    """Wants to know only where the pointer is in the end."""

    id, title, icon, help = "hasty", "Hasty", "box", "Drag."
    path = False


class Plain(Tool):
    id, title, icon, help = "plain", "Plain", "box", "Press."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        yield None
        return []


class Person:
    """Somebody in front of one viewport of 50 x 40 CSS pixels, with an image of 100 x 80."""

    def __init__(self) -> None:
        classes = [LabelClass(id="cat", name="Cat", color="#ff0000", tool="select")]
        instruction = Instruction(id="i", name="Cats", classes=classes)
        registry = Registry((Segmenting(), Tracing(), Hasty(), Plain()))
        self.session = image_session(MemoryRecords(), Actor("ann", "annotator"), instruction, registry)
        self.canvas = FakeCanvas()
        self.canvas.view = Camera(50, 40, 100, 80, x=50, y=40)
        self.gestures = Gestures(self.session, self.canvas)

    def open(self, ordinal: int) -> None:
        open_image(self.session, ordinal)

    def look(self) -> Any:
        """Let a frame be drawn, and return the outlines in it."""
        masks = self.gestures.scene(1.0, 0.4).masks
        return next((mask for mask in masks if mask.key == OUTLINES_KEY), None)

    def set(self, size: float) -> None:
        self.session.change_setting("select", "size", size)

    def answer(self, number: int = -1) -> None:
        self.canvas.questions[number][1](LEVELS)

    @property
    def asked(self) -> list[tuple[str, float]]:
        return [(arguments["image"], arguments["size"]) for arguments in self.canvas.arguments]


def test_the_same_question_is_put_once_however_often_is_drawn() -> None:
    person = Person()
    for _ in range(3):
        assert person.look() is None
    assert person.asked == [("0.png", 10)] and person.canvas.pauses == [0.0]
    assert person.gestures.computing
    person.answer()
    assert person.look().levels is LEVELS
    assert person.asked == [("0.png", 10)] and not person.gestures.computing


@pytest.mark.parametrize(
    ("tool", "way"),
    [
        ("tracing", "[(1, 1), (5, 2), (7, 9), (7, 9)]"),
        ("hasty", "[(1, 1), (7, 9), (7, 9)]"),
    ],
)
def test_a_gesture_waits_for_what_is_being_prepared_and_it_is_computed_once(tool: str, way: str) -> None:
    person = Person()
    person.session.choose_tool(tool)
    person.look()
    assert len(person.asked) == 1
    for event in drag((1, 1), (5, 2), (7, 9)):
        person.gestures.handle(event, 1.0)
        person.look()
    assert len(person.asked) == 1 and person.canvas.told == []
    person.answer()
    assert person.canvas.told == [way]
    assert not person.gestures.busy and person.look().levels is LEVELS


def test_a_gesture_that_is_canceled_leaves_what_is_being_prepared() -> None:
    person = Person()
    person.session.choose_tool("tracing")
    person.look()
    person.gestures.handle(drag((1, 1), (5, 2))[0], 1.0)
    person.gestures.handle(KeyPress("Escape"), 1.0)
    assert not person.gestures.busy and person.gestures.computing
    person.answer()
    assert person.canvas.told == [] and person.look().levels is LEVELS


def test_a_failure_of_what_is_being_prepared_is_told_once_to_the_gesture_that_waits() -> None:
    person = Person()
    person.session.choose_tool("tracing")
    person.look()
    person.gestures.handle(drag((1, 1), (5, 2))[0], 1.0)
    person.canvas.questions[-1][2]("Out of memory.")
    assert person.canvas.told == ["Out of memory."] and not person.gestures.busy


def test_another_setting_is_asked_after_a_pause_and_calls_off_what_was_asked() -> None:
    person = Person()
    person.look()
    person.set(11)
    person.look()
    person.set(12)
    person.look()
    assert person.asked == [("0.png", 10), ("0.png", 11), ("0.png", 12)]
    assert person.canvas.pauses == [0.0, PAUSE, PAUSE]
    assert person.canvas.called_off == person.canvas.questions[:2]
    person.set(11)
    person.set(12)
    person.look()
    assert len(person.asked) == 3


def test_what_is_there_stays_in_sight_until_the_new_is() -> None:
    person = Person()
    person.look()
    person.answer()
    shown = person.look()
    person.set(20)
    again = person.look()
    assert again.levels is shown.levels and again.version == shown.version
    person.set(10)
    person.look()
    assert person.canvas.called_off == person.canvas.questions[1:] and not person.gestures.computing


def test_a_new_answer_is_shown_in_place_of_the_old() -> None:
    person = Person()
    person.look()
    person.answer()
    before = person.look()
    person.set(20)
    person.look()
    other = LEVELS + 1
    person.canvas.questions[-1][1](other)
    after = person.look()
    assert after.levels is other and after.version != before.version


def test_a_gesture_knows_the_latest_answer_and_the_region_in_view() -> None:
    person = Person()
    person.look()
    person.gestures.handle(Pointer("press", 1, 1), 1.0)
    person.gestures.handle(Pointer("release", 1, 1), 1.0)
    person.session.change_setting("select", "size", 10)
    person.answer()
    person.gestures.handle(Pointer("press", 1, 1), 1.0)
    assert person.canvas.told == [
        "cut at None, seeing (25, 20, 50, 40)",
        "cut at 10, seeing (25, 20, 50, 40)",
    ]


def test_a_gesture_may_set_a_setting_of_its_tool() -> None:
    person = Person()
    person.gestures.handle(Pointer("press", 1, 1), 1.0)
    assert person.session.settings_of("select") == {"size": 33}


def test_nothing_is_asked_while_a_gesture_runs() -> None:
    person = Person()
    person.look()
    person.answer()
    person.gestures.handle(Pointer("press", 1, 1), 1.0)
    assert person.look().levels is LEVELS
    assert len(person.asked) == 1


def test_another_image_begins_anew() -> None:
    person = Person()
    person.look()
    person.answer()
    person.look()
    person.open(1)
    assert person.look() is None
    assert person.asked == [("0.png", 10), ("1.png", 10)] and person.canvas.pauses == [0.0, 0.0]


def test_another_tool_calls_off_the_question_and_keeps_the_answer_for_a_return() -> None:
    person = Person()
    person.look()
    person.answer()
    person.set(20)
    person.look()
    person.session.choose_tool("plain")
    assert person.look() is None
    assert len(person.canvas.called_off) == 1 and not person.gestures.computing
    person.session.choose_tool("select")
    person.set(10)
    assert person.look().levels is LEVELS
    assert len(person.asked) == 2


def test_a_worker_that_fails_says_so_once_and_is_asked_again_for_something_else() -> None:
    person = Person()
    person.look()
    person.canvas.questions[0][2]("Too little memory.")
    person.look()
    person.look()
    assert person.canvas.told == ["Too little memory."] and len(person.asked) == 1
    person.set(30)
    person.look()
    assert person.asked[-1] == ("0.png", 30)


def test_a_press_has_what_failed_asked_once_more() -> None:
    person = Person()
    person.look()
    person.canvas.questions[0][2]("The part of Limner that calculates has stopped. Try again.")
    person.look()
    person.gestures.handle(Pointer("press", 1, 1), 1.0)
    person.gestures.handle(Pointer("release", 1, 1), 1.0)
    person.set(10)
    person.look()
    person.look()
    assert person.asked == [("0.png", 10), ("0.png", 10)]


def test_an_image_out_of_sight_has_nothing_in_view() -> None:
    person = Person()
    person.canvas.view = Camera(50, 40, 100, 80, x=500, y=500)
    person.look()
    assert person.asked == []
