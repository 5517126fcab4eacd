"""What a person does is drawn once: no part twice for one act, and nothing that shows nothing of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from tests.support.visitor import Visitor, labeling
from webapp.py.ui.patching import Drawing
from webapp.py.ui.tree import Node, Part, find, fire
from webapp.py.workspace.tool import drag


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How often each part was drawn since it was last cleared."""
    counts: Counter[str] = Counter()
    draw = Drawing.draw

    def counting(self: Drawing, part: Part) -> Node:
        counts[part.name] += 1
        return draw(self, part)

    monkeypatch.setattr(Drawing, "draw", counting)
    yield counts


async def ready(drawn: Counter[str]) -> Visitor:
    page = await labeling()
    page.screen.frame()
    drawn.clear()
    return page


async def test_drawing_a_box_draws_each_part_once(drawn: Counter[str]) -> None:
    page = await ready(drawn)
    *before, release = drag((10, 10), (30, 25))
    for event in before:
        page.canvas.gestures.handle(event, 1.0)
        page.screen.frame()
    assert not drawn  # the canvas alone shows the gesture
    page.canvas.gestures.handle(release, 1.0)
    page.screen.frame()
    assert drawn["class_panel"] == 1 and max(drawn.values()) == 1
    drawn.clear()
    await page.settle()
    assert set(drawn) <= {"save_display", "_banners"}  # the edit is saved now


async def test_what_the_palette_finds_is_drawn_alone(drawn: Counter[str]) -> None:
    page = await ready(drawn)
    await page.press("k", ctrl=True)
    drawn.clear()
    field = page.screen.find("input", role="combobox")
    await page.fire(field, "input", value="cat")
    assert drawn == {"_dialog": 1}


async def test_a_drag_of_a_splitter_draws_nothing_until_it_ends(drawn: Counter[str]) -> None:
    page = await ready(drawn)
    shown: list[str] = []
    style = SimpleNamespace(setProperty=lambda name, value: shown.append(f"{name}:{value}"))
    edge = SimpleNamespace(closest=lambda _: SimpleNamespace(style=style), setPointerCapture=lambda _: None)

    def at(kind: str, x: float) -> None:
        splitter = find(page.page, role="separator", aria_label="Width of the labels panel")
        raw = SimpleNamespace(button=0, pointerId=1, clientX=x, currentTarget=edge)
        fire(splitter, kind, raw=raw)
        page.screen.frame()

    at("pointerdown", 1000)
    for x in (990, 950, 900):
        at("pointermove", x)
    assert not drawn
    assert shown == ["--right:294px", "--right:334px", "--right:384px"]
    at("pointerup", 900)
    assert page.workbench.panels.width("right") == 384
    assert set(drawn) == {"_content", "splitter"}


async def test_a_toast_draws_nothing_else(drawn: Counter[str]) -> None:
    page = await ready(drawn)
    page.app.say("Saved as cats.json.")
    page.screen.frame()
    assert drawn == {"_toast": 1}


async def test_another_theme_draws_the_top_bar_alone(drawn: Counter[str]) -> None:
    page = await ready(drawn)
    page.app.toggle_theme()
    page.screen.frame()
    assert drawn == {"_top": 1}
