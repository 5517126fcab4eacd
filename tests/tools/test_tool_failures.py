"""What happens to the person's work when a tool, or what it asks for, fails."""

from __future__ import annotations

from tests.support.fake_canvas import FakeCanvas
from tests.support.labeler import MemoryRecords, image_session
from webapp.py.domain.model import Instruction, LabelClass
from webapp.py.domain.permissions import Actor
from webapp.py.domain.shapes import Box
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.tool import Ask, Context, Create, Gesture, Pointer, Tool, drag

BOX = Box(x=1, y=2, width=30, height=40)


class Asking(Tool):
    id, title, icon, help = "select", "Asking", "box", "Press."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        answer = yield Ask("find", {})
        assert answer.kind == "answer"
        return [Create(answer.value)]


class Faulty(Tool):
    id, title, icon, help = "faulty", "Faulty", "box", "Press."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        yield BOX
        raise ZeroDivisionError("no such luck")


def labeling() -> tuple[ImageSession, FakeCanvas, Gestures]:
    classes = [LabelClass(id="cat", name="Cat", color="#ff0000", tool="faulty")]
    instruction = Instruction(id="i", name="Cats", classes=classes)
    registry = Registry((Asking(), Faulty()))
    session = image_session(MemoryRecords(), Actor("ann", "annotator"), instruction, registry)
    canvas = FakeCanvas()
    return session, canvas, Gestures(session, canvas)


def test_a_tool_that_raises_is_switched_off_by_name_and_the_work_goes_on() -> None:
    session, canvas, gestures = labeling()
    session.choose_tool("faulty")
    session.make([Create(BOX, "cat")])
    for event in drag((1, 1), (9, 9)):
        gestures.handle(event, 1.0)
    assert "Faulty" in canvas.told[0] and "turned off" in canvas.told[0]
    assert list(session.switched_off) == ["faulty"] and session.tool_id == "select"
    assert [view.shape for view in session.annotations] == [BOX]


def test_a_worker_that_fails_ends_the_gesture_and_leaves_the_tool_on() -> None:
    session, canvas, gestures = labeling()
    session.choose_tool("select")
    gestures.handle(Pointer("press", 5, 5), 1.0)
    (_, _, failed) = canvas.questions[0]
    failed("The image is too large for this. Zoom in and try again.")
    assert canvas.told == ["The image is too large for this. Zoom in and try again."]
    assert session.switched_off == {} and session.tool_id == "select" and not gestures.busy
