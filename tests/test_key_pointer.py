"""Drawing by keys alone: the pointer that they move does what a mouse does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fake_stage import FakeStage
from tests.test_session import INSTRUCTION
from tests.visitor import Visitor, labeling
from webapp.py.domain.model import Asset
from webapp.py.domain.permissions import Actor
from webapp.py.domain.shapes import Box, Mask, Polygon, Shape
from webapp.py.domain.wire import project_scope
from webapp.py.pages.tree import find, text_of
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.key_pointer import KeyPointer
from webapp.py.workspace.registry import find_tools
from webapp.py.workspace.session import Session
from webapp.py.workspace.tool import Camera, Key, ViewChange, drag
from webapp.py.workspace.viewport import Viewport
from webapp.py.workspace.workplace import Workplace

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Screen(FakeStage):
    """A viewport whose camera moves as it is told."""

    def move_camera(self, move: ViewChange) -> None:
        super().move_camera(move)
        assert isinstance(move, Camera)
        assert self.view is not None
        self.view = self.view.moved(move.dx, move.dy)


class Desk:
    """A person with a keyboard at an image of 100 x 80 pixels."""

    def __init__(self, store: Store, view: Viewport) -> None:
        self.session = Session(Workplace(store, Actor("anna", "admin"), "p1", INSTRUCTION, find_tools()))
        self.session.open(Asset(ordinal=0, name="0.png", url="0.png"))
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
            key = Key(plain, shift="Shift" in held, ctrl="Ctrl" in held, alt="Alt" in held)
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


WHOLE = Viewport(200, 160, 100, 80, zoom=1.0, x=50, y=40)


async def at_keyboard(view: Viewport = WHOLE, tool: str = "box") -> Desk:
    desk = Desk(await Store.open(MemoryLocalStore(), project_scope("p1")), view)
    desk.session.choose_class("cat")
    desk.session.choose_tool(tool)
    desk.pointer.start()
    return desk


async def by_mouse(tool: str, *points: tuple[float, float]) -> list[Shape]:
    desk = await at_keyboard(tool=tool)
    desk.pointer.stop()
    for event in drag(*points):
        desk.gestures.handle(event, 1.0)
    return desk.shapes


async def test_it_appears_in_the_middle_of_the_view_and_again_where_it_was() -> None:
    desk = await at_keyboard()
    assert desk.at == (50, 40)
    desk.press("Right*3 Escape")
    assert desk.pointer.place is None
    desk.pointer.start()
    assert desk.at == (53, 40)


async def test_it_appears_in_the_middle_when_it_was_last_out_of_sight() -> None:
    desk = await at_keyboard()
    desk.pointer.stop()
    desk.screen.view = replace(WHOLE, zoom=32.0, x=20, y=20)
    desk.pointer.start()
    assert desk.at == (20, 20)


@pytest.mark.parametrize(
    ("zoom", "plain", "far"),
    [(1.0, 1, 10), (8.0, 1, 10), (0.25, 4, 40)],
    ids=["as it is", "enlarged", "reduced"],
)
async def test_an_arrow_moves_it_by_one_pixel_of_the_image_or_the_screen_and_shift_ten_times_as_far(
    zoom: float, plain: int, far: int
) -> None:
    desk = await at_keyboard(Viewport(2000, 1600, 1000, 800, zoom=zoom, x=500, y=400))
    desk.press("Right Up Up")
    assert desk.at == (500 + plain, 400 - 2 * plain)
    desk.press("Shift+Left Shift+Down")
    assert desk.at == (500 + plain - far, 400 - 2 * plain + far)


async def test_right_is_right_as_it_is_seen_in_a_turned_and_mirrored_view() -> None:
    for turns in range(4):
        for mirrored in (False, True):
            desk = await at_keyboard(replace(WHOLE, turns=turns, mirrored=mirrored))
            before = desk.pointer.place
            desk.press("Right*5 Down*2")
            after = desk.pointer.place
            assert before is not None
            assert after is not None
            assert (after[0] - before[0], after[1] - before[1]) == pytest.approx((5, 2))


async def test_it_stays_within_the_image_and_in_sight() -> None:
    desk = await at_keyboard(Viewport(200, 160, 100, 80, zoom=8.0, x=50, y=40))
    desk.press("Right*200 Down*200")
    assert desk.at == (100, 80)
    place = desk.pointer.place
    assert place is not None
    assert 0 <= place[0] <= 200
    assert 0 <= place[1] <= 160


async def test_a_box_is_drawn_by_taking_hold_moving_and_letting_go() -> None:
    desk = await at_keyboard()
    desk.move_to(20, 10)
    desk.press("Enter Right*40 Down*30 Enter")
    assert desk.shapes == [Box(20, 10, 40, 30)]
    assert desk.session.undo()
    assert not desk.session.undo()


async def test_a_polygon_is_clicked_and_enter_closes_it() -> None:
    desk = await at_keyboard(tool="polygon")
    for corner in ((20, 10), (70, 15), (45, 60)):
        desk.move_to(*corner)
        desk.press("Space")
    desk.press("Enter")
    assert desk.shapes == [Polygon([(20, 10), (70, 15), (45, 60)])]


async def test_backspace_takes_the_last_point_back_between_the_clicks() -> None:
    desk = await at_keyboard(tool="polygon")
    for corner in ((20, 10), (70, 15), (5, 5)):
        desk.move_to(*corner)
        desk.press("Space")
    desk.press("Backspace")
    desk.move_to(45, 60)
    desk.press("Space Enter")
    assert desk.shapes == [Polygon([(20, 10), (70, 15), (45, 60)])]


async def test_a_brush_stroke_is_the_one_that_a_mouse_makes() -> None:
    desk = await at_keyboard(tool="brush")
    desk.move_to(20, 40)
    desk.press("Enter Shift+Right*4 Enter")
    path = [(20.0, 40.0), (30.0, 40.0), (40.0, 40.0), (50.0, 40.0), (60.0, 40.0)]
    assert desk.shapes == await by_mouse("brush", *path)
    assert isinstance(desk.shapes[0], Mask)


async def test_space_lets_go_of_what_is_held_and_a_key_held_down_presses_once() -> None:
    desk = await at_keyboard()
    desk.press("Enter")
    for _ in range(3):
        desk.pointer.take(Key("Enter", repeat=True))
    assert desk.pointer.held
    desk.press("Right*20 Down*10 Space")
    assert desk.shapes == [Box(50, 40, 20, 10)]


async def test_escape_cancels_the_gesture_first_and_then_puts_the_pointer_away() -> None:
    desk = await at_keyboard()
    desk.press("Enter Right*20 Down*10 Escape")
    assert desk.pointer.on
    assert not desk.pointer.held
    desk.press("Escape")
    assert not desk.pointer.on
    assert desk.shapes == []


async def test_what_is_held_when_it_is_put_away_is_let_go_there() -> None:
    desk = await at_keyboard()
    desk.press("Enter Right*20 Down*10")
    desk.pointer.stop()
    assert desk.shapes == [Box(50, 40, 20, 10)]


async def test_shift_and_space_add_to_the_selection_as_with_the_mouse() -> None:
    desk = await at_keyboard()
    for left in (10, 60):
        desk.move_to(left, 10)
        desk.press("Enter Right*20 Down*20 Enter Escape")
        desk.session.select(())
        desk.pointer.start()
    desk.session.choose_tool("select")
    desk.move_to(20, 20)
    desk.press("Space")
    desk.move_to(70, 20)
    desk.press("Shift+Space")
    assert len(desk.session.selected) == 2


async def test_a_selected_annotation_is_dragged() -> None:
    desk = await at_keyboard()
    desk.press("Enter Right*20 Down*20 Enter")
    desk.session.choose_tool("select")
    desk.move_to(60, 50)
    desk.press("Space Enter Left*30 Enter")
    assert desk.shapes == [Box(20, 40, 20, 20)]


async def test_panning_leaves_it_where_it_is_in_the_view_as_a_mouse_would() -> None:
    desk = await at_keyboard(Viewport(200, 160, 100, 80, zoom=4.0, x=50, y=40), tool="pan")
    before = desk.screen.view
    desk.press("Enter Right*5 Enter")
    assert before is not None
    assert desk.screen.view == replace(before, x=before.x - 5)


async def test_it_says_where_it_is_and_what_is_there() -> None:
    desk = await at_keyboard()
    assert desk.pointer.said == "Pointer on, x 50, y 40"
    desk.press("Enter")
    assert desk.pointer.said == "Pressed, x 50, y 40"
    desk.press("Right*20 Down*20")
    assert desk.pointer.said == "x 70, y 60"
    desk.press("Enter")
    assert desk.pointer.said == "Let go, x 70, y 60, on Cat"
    desk.press("Escape")
    assert desk.pointer.said == "Pointer off"


# --- on the page


async def with_pointer() -> Visitor:
    page = await labeling()
    assert await page.press("F2")
    return page


async def test_its_keys_come_before_those_of_the_workspace_and_go_back_with_it() -> None:
    page = await with_pointer()
    image = page.stage.shown
    await page.press("ArrowRight")
    assert page.stage.shown == image
    assert page.stage.key_pointer.place == (51, 40)
    assert "Enter takes hold" in text_of(find(page.page, "div", class_="status"))
    await page.press("Escape")
    await page.press("ArrowRight")
    assert page.stage.shown != image


async def test_other_keys_keep_their_meaning_beside_it() -> None:
    page = await with_pointer()
    await page.press("p")
    assert page.app.desk.work.session.tool_id == "polygon"
    await page.press("ArrowDown", ctrl=True)
    assert isinstance(page.stage.moves[-1], Camera)
    assert page.stage.key_pointer.on


async def test_a_box_is_drawn_on_the_page_and_the_pointer_stays_for_the_next_image() -> None:
    page = await with_pointer()
    await page.press("b")
    for key, times in (("Enter", 1), ("ArrowRight", 2), ("ArrowDown", 1), ("Enter", 1)):
        for _ in range(times):
            await page.press(key, shift=key.startswith("Arrow"))
    assert "1 annotation" in page.text
    await page.press("Enter", ctrl=True)
    assert page.stage.key_pointer.on


async def test_it_goes_along_to_the_next_viewport() -> None:
    page = await with_pointer()
    await page.press("2", alt=True)
    first, second = page.edges.stages[-2:]
    await page.press("n", alt=True)
    assert (first.key_pointer.on, second.key_pointer.on) == (False, True)


async def test_the_menu_opens_where_it_stands() -> None:
    page = await with_pointer()
    await page.press("ArrowRight", shift=True)
    await page.press("F10", shift=True)
    menu = page.app.desk.menu
    assert menu.pane is not None
    assert (menu.x, menu.y) == (60, 40)
