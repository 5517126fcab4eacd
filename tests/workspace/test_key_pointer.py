"""Drawing by keys alone: the pointer that they move does what a mouse does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.annotator import image_session
from tests.support.fake_canvas import FakeCanvas
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.permissions import Actor
from webapp.py.domain.shapes import Box, Mask, Polygon, Shape
from webapp.py.domain.wire import project_scope
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.ui.tree import find, text_of
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.key_pointer import KeyPointer
from webapp.py.workspace.tool import KeyPress, MoveCamera, ViewChange, drag


class Screen(FakeCanvas):
    """A viewport whose camera moves as it is told."""

    def move_camera(self, move: ViewChange) -> None:
        super().move_camera(move)
        assert isinstance(move, MoveCamera)
        assert self.view is not None
        self.view = self.view.moved(move.dx, move.dy)


class KeyboardAnnotator:
    """A person with a keyboard at an image of 100 x 80 pixels."""

    def __init__(self, store: Store, view: Camera) -> None:
        self.session = image_session(store, Actor("anna", "admin"))
        self.session.set_size(view.image_width, view.image_height)
        self.screen = Screen()
        self.screen.view = view
        self.gestures = Gestures(self.session, self.screen)
        self.pointer = KeyPointer(self.gestures)

    def press(self, keys: str) -> None:
        """Press keys, written as ``Right*3 Shift+Down Enter``; what the pointer leaves is the gesture's."""
        names = {"Left", "Right", "Up", "Down"}
        for word in keys.split():
            name, _, times = word.partition("*")
            *held, plain = name.split("+")
            plain = f"Arrow{plain}" if plain in names else " " if plain == "Space" else plain
            key = KeyPress(plain, shift="Shift" in held, ctrl="Ctrl" in held, alt="Alt" in held)
            for _ in range(int(times or 1)):
                if not self.pointer.take(key):
                    self.gestures.handle(key, 1.0)

    def move_to(self, x: int, y: int) -> None:
        """Go to an image point, which must be far from the edge of the view."""
        assert self.screen.view is not None
        place = self.pointer.place
        assert place is not None
        here = self.screen.view.to_image(*place)
        across, down = round(x - here[0]), round(y - here[1])
        self.press(f"{'Right' if across > 0 else 'Left'}*{abs(across)}" if across else "")
        self.press(f"{'Down' if down > 0 else 'Up'}*{abs(down)}" if down else "")

    @property
    def at(self) -> tuple[float, float]:
        assert self.screen.view is not None
        assert self.pointer.place is not None
        return self.screen.view.to_image(*self.pointer.place)

    @property
    def shapes(self) -> list[Shape]:
        return [view.shape for view in self.session.annotations]


WHOLE = Camera(200, 160, 100, 80, zoom=1.0, x=50, y=40)


async def at_keyboard(view: Camera = WHOLE, tool: str = "box") -> KeyboardAnnotator:
    annotator = KeyboardAnnotator(await Store.open(MemoryLocalStore(), project_scope("p1")), view)
    annotator.session.choose_class("cat")
    annotator.session.choose_tool(tool)
    annotator.pointer.start()
    return annotator


async def by_mouse(tool: str, *points: tuple[float, float]) -> list[Shape]:
    annotator = await at_keyboard(tool=tool)
    annotator.pointer.stop()
    for event in drag(*points):
        annotator.gestures.handle(event, 1.0)
    return annotator.shapes


async def test_it_appears_in_the_middle_of_the_view_and_again_where_it_was() -> None:
    annotator = await at_keyboard()
    assert annotator.at == (50, 40)
    annotator.press("Right*3 Escape")
    assert annotator.pointer.place is None
    annotator.pointer.start()
    assert annotator.at == (53, 40)


async def test_it_appears_in_the_middle_when_it_was_last_out_of_sight() -> None:
    annotator = await at_keyboard()
    annotator.pointer.stop()
    annotator.screen.view = replace(WHOLE, zoom=32.0, x=20, y=20)
    annotator.pointer.start()
    assert annotator.at == (20, 20)


@pytest.mark.parametrize(
    ("zoom", "plain", "far"),
    [(1.0, 1, 10), (8.0, 1, 10), (0.25, 4, 40)],
    ids=["as it is", "enlarged", "reduced"],
)
async def test_an_arrow_moves_it_by_one_pixel_of_the_image_or_the_screen_and_shift_ten_times_as_far(
    zoom: float, plain: int, far: int
) -> None:
    annotator = await at_keyboard(Camera(2000, 1600, 1000, 800, zoom=zoom, x=500, y=400))
    annotator.press("Right Up Up")
    assert annotator.at == (500 + plain, 400 - 2 * plain)
    annotator.press("Shift+Left Shift+Down")
    assert annotator.at == (500 + plain - far, 400 - 2 * plain + far)


async def test_right_is_right_as_it_is_seen_in_a_turned_and_mirrored_view() -> None:
    for turns in range(4):
        for mirrored in (False, True):
            annotator = await at_keyboard(replace(WHOLE, turns=turns, mirrored=mirrored))
            before = annotator.pointer.place
            annotator.press("Right*5 Down*2")
            after = annotator.pointer.place
            assert before is not None
            assert after is not None
            assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((5, 2))


async def test_it_stays_within_the_image_and_in_sight() -> None:
    annotator = await at_keyboard(Camera(200, 160, 100, 80, zoom=8.0, x=50, y=40))
    annotator.press("Right*200 Down*200")
    assert annotator.at == (100, 80)
    place = annotator.pointer.place
    assert place is not None
    assert 0 <= place[0] <= 200
    assert 0 <= place[1] <= 160


async def test_a_box_is_drawn_by_taking_hold_moving_and_letting_go() -> None:
    annotator = await at_keyboard()
    annotator.move_to(20, 10)
    annotator.press("Enter Right*40 Down*30 Enter")
    assert annotator.shapes == [Box(20, 10, 40, 30)]
    assert annotator.session.undo()
    assert not annotator.session.undo()


async def test_a_polygon_is_clicked_and_enter_closes_it() -> None:
    annotator = await at_keyboard(tool="polygon")
    for corner in ((20, 10), (70, 15), (45, 60)):
        annotator.move_to(*corner)
        annotator.press("Space")
    annotator.press("Enter")
    assert annotator.shapes == [Polygon([(20, 10), (70, 15), (45, 60)])]


async def test_backspace_takes_the_last_point_back_between_the_clicks() -> None:
    annotator = await at_keyboard(tool="polygon")
    for corner in ((20, 10), (70, 15), (5, 5)):
        annotator.move_to(*corner)
        annotator.press("Space")
    annotator.press("Backspace")
    annotator.move_to(45, 60)
    annotator.press("Space Enter")
    assert annotator.shapes == [Polygon([(20, 10), (70, 15), (45, 60)])]


async def test_a_brush_stroke_is_the_one_that_a_mouse_makes() -> None:
    annotator = await at_keyboard(tool="brush")
    annotator.move_to(20, 40)
    annotator.press("Enter Shift+Right*4 Enter")
    path = [(20.0, 40.0), (30.0, 40.0), (40.0, 40.0), (50.0, 40.0), (60.0, 40.0)]
    assert annotator.shapes == await by_mouse("brush", *path)
    assert isinstance(annotator.shapes[0], Mask)


async def test_space_lets_go_of_what_is_held_and_a_key_held_down_presses_once() -> None:
    annotator = await at_keyboard()
    annotator.press("Enter")
    for _ in range(3):
        annotator.pointer.take(KeyPress("Enter", repeat=True))
    assert annotator.pointer.held
    annotator.press("Right*20 Down*10 Space")
    assert annotator.shapes == [Box(50, 40, 20, 10)]


async def test_escape_cancels_the_gesture_first_and_then_puts_the_pointer_away() -> None:
    annotator = await at_keyboard()
    annotator.press("Enter Right*20 Down*10 Escape")
    assert annotator.pointer.on
    assert not annotator.pointer.held
    annotator.press("Escape")
    assert not annotator.pointer.on
    assert annotator.shapes == []


async def test_what_is_held_when_it_is_put_away_is_let_go_there() -> None:
    annotator = await at_keyboard()
    annotator.press("Enter Right*20 Down*10")
    annotator.pointer.stop()
    assert annotator.shapes == [Box(50, 40, 20, 10)]


async def test_shift_and_space_add_to_the_selection_as_with_the_mouse() -> None:
    annotator = await at_keyboard()
    for left in (10, 60):
        annotator.move_to(left, 10)
        annotator.press("Enter Right*20 Down*20 Enter Escape")
        annotator.session.select(())
        annotator.pointer.start()
    annotator.session.choose_tool("select")
    annotator.move_to(20, 20)
    annotator.press("Space")
    annotator.move_to(70, 20)
    annotator.press("Shift+Space")
    assert len(annotator.session.selected) == 2


async def test_a_selected_annotation_is_dragged() -> None:
    annotator = await at_keyboard()
    annotator.press("Enter Right*20 Down*20 Enter")
    annotator.session.choose_tool("select")
    annotator.move_to(60, 50)
    annotator.press("Space Enter Left*30 Enter")
    assert annotator.shapes == [Box(20, 40, 20, 20)]


async def test_panning_leaves_it_where_it_is_in_the_view_as_a_mouse_would() -> None:
    annotator = await at_keyboard(Camera(200, 160, 100, 80, zoom=4.0, x=50, y=40), tool="pan")
    before = annotator.screen.view
    annotator.press("Enter Right*5 Enter")
    assert before is not None
    assert annotator.screen.view == replace(before, x=before.x - 5)


async def test_it_says_where_it_is_and_what_is_there() -> None:
    annotator = await at_keyboard()
    assert annotator.pointer.announcement == "Pointer on, x 50, y 40"
    annotator.press("Enter")
    assert annotator.pointer.announcement == "Pressed, x 50, y 40"
    annotator.press("Right*20 Down*20")
    assert annotator.pointer.announcement == "x 70, y 60"
    annotator.press("Enter")
    assert annotator.pointer.announcement == "Released, x 70, y 60, on Cat"
    annotator.press("Escape")
    assert annotator.pointer.announcement == "Pointer off"


# --- on the page


async def with_pointer() -> Visitor:
    page = await labeling()
    assert await page.press("F2")
    return page


async def test_its_keys_come_before_those_of_the_workspace_and_go_back_with_it() -> None:
    page = await with_pointer()
    image = page.canvas.shown
    await page.press("ArrowRight")
    assert page.canvas.shown == image
    assert page.canvas.key_pointer.place == (51, 40)
    assert "Space clicks" in text_of(find(page.page, "div", class_="status"))
    await page.press("Escape")
    await page.press("ArrowRight")
    assert page.canvas.shown != image


async def test_other_keys_keep_their_meaning_beside_it() -> None:
    page = await with_pointer()
    await page.press("p")
    assert page.workbench.session.tool_id == "polygon"
    await page.press("ArrowDown", ctrl=True)
    assert isinstance(page.canvas.moves[-1], MoveCamera)
    assert page.canvas.key_pointer.on


async def test_a_box_is_drawn_on_the_page_and_the_pointer_stays_for_the_next_image() -> None:
    page = await with_pointer()
    await page.press("b")
    for key, times in (("Enter", 1), ("ArrowRight", 2), ("ArrowDown", 1), ("Enter", 1)):
        for _ in range(times):
            await page.press(key, shift=key.startswith("Arrow"))
    assert "1 annotation" in page.text
    await page.press("Enter", ctrl=True)
    assert page.canvas.key_pointer.on


async def test_it_goes_along_to_the_next_viewport() -> None:
    page = await with_pointer()
    await page.press("2", alt=True)
    first, second = page.ports.stages[-2:]
    await page.press("n", alt=True)
    assert (first.key_pointer.on, second.key_pointer.on) == (False, True)


async def test_the_menu_opens_where_it_stands() -> None:
    page = await with_pointer()
    await page.press("ArrowRight", shift=True)
    await page.press("F10", shift=True)
    menu = page.workbench.menu
    assert menu.viewport is not None
    assert (menu.x, menu.y) == (60, 40)
