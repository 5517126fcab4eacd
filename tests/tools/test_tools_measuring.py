"""Rulers that pass, lines that are kept, and what is said of the region that is drawn or selected."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.support.annotator import Annotator, new_annotator
from tests.support.fake_canvas import FakeCanvas
from tests.support.tool_player import TOOLS
from webapp.py.compute.regions import measure_region
from webapp.py.domain.model import Asset
from webapp.py.domain.shapes import Box, Polygon, Polyline
from webapp.py.geometry.measures import PixelSize
from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.measuring import Measuring, pixel_size
from webapp.py.workspace.tool import (
    Context,
    Create,
    Draft,
    Edit,
    Event,
    KeyPress,
    Label,
    Pointer,
    Stay,
    drag,
    play,
)

HALF = PixelSize(0.5, 0.5, "mm")


def played(tool: str, *events: Event, keep: bool = False) -> tuple[list[Draft], list[Edit]]:
    context = Context(width=100, height=100, pixel=HALF, settings={"keep": keep})
    return play(TOOLS.tool(tool), events, context)


def click(x: float, y: float, *, shift: bool = False) -> list[Event]:
    """A click where the pointer has come to."""
    return [
        Pointer("hover", x, y),
        Pointer("press", x, y, shift=shift),
        Pointer("release", x, y, shift=shift),
    ]


def texts(drafts: list[Draft]) -> list[str]:
    return [draft.text for draft in drafts if isinstance(draft, Label)]


def test_a_drag_measures_a_length_live_and_leaves_a_ruler_that_is_no_annotation() -> None:
    drafts, edits = played("length", *drag((10, 10), (40, 10), (40, 50)))
    assert texts(drafts) == ["0.0 mm", "15.0 mm", "25.0 mm"]
    (stay,) = edits
    assert isinstance(stay, Stay)
    line, label = stay.drafts
    assert line == Polyline([(10, 10), (40, 50)])
    assert isinstance(label, Label) and label.text == "25.0 mm"


def test_two_clicks_measure_as_a_drag_does_and_shift_keeps_the_line() -> None:
    first, *rest = click(10, 10)[1:]
    assert played("length", first, *rest, *click(10, 30, shift=True))[1] == [
        Create(Polyline([(10, 10), (10, 30)]))
    ]


def test_those_who_cannot_hold_shift_keep_lines_by_a_setting() -> None:
    kept = [Create(Polyline([(10, 10), (40, 50)]))]
    assert played("length", *drag((10, 10), (40, 50)), keep=True)[1] == kept


def test_a_click_that_is_no_way_leaves_no_ruler() -> None:
    first, *rest = click(10, 10)[1:]
    assert played("length", first, *rest, *click(10, 10))[1] == []


def test_escape_takes_a_ruler_under_way_back_and_points_lie_within_the_image() -> None:
    assert played("length", *click(10, 10)[1:], KeyPress("Escape"), Pointer("hover", 50, 50))[1] == []
    (stay,) = played("length", *drag((90, 10), (150, 10)))[1]
    assert isinstance(stay, Stay) and stay.drafts[0] == Polyline([(90, 10), (100, 10)])


def test_an_angle_is_measured_by_a_drag_and_a_click_or_by_three_clicks() -> None:
    dragged, edits = played("angle", *drag((50, 10), (50, 50)), *click(90, 50))
    assert texts(dragged)[-1] == "90.0°"
    clicked = played("angle", *click(50, 10)[1:], *click(50, 50), *click(90, 50))[1]
    assert clicked == edits
    assert isinstance(edits[0], Stay)


def test_backspace_takes_the_last_point_of_an_angle_back() -> None:
    events = [*drag((50, 10), (50, 50)), KeyPress("Backspace"), *click(10, 10), *click(10, 50, shift=True)]
    assert played("angle", *events)[1] == [Create(Polyline([(50, 10), (10, 10), (10, 50)]))]


# --- in a viewport


async def at_ct() -> Annotator:
    annotator = await new_annotator()
    values = np.arange(8000, dtype=np.int16).reshape(80, 100)
    annotator.session.set_size(100, 80, ScalarImage(values, Window(40.0, 400.0), unit="HU"), HALF)
    annotator.canvas.display_key = "#window=40,400,LINEAR,0"
    return annotator


def said(annotator: Annotator) -> list[str]:
    return [label.text for label in annotator.gestures.scene(1.0, 0.4).labels]


async def test_a_ruler_stays_until_the_next_press_and_escape_takes_it_away() -> None:
    annotator = await at_ct()
    annotator.session.choose_tool("length")
    annotator.drag((10, 10), (50, 40))
    assert not annotator.gestures.busy
    annotator.gestures.handle(Pointer("hover", 60, 60), 1.0)
    assert said(annotator) == ["25.0 mm"]
    assert annotator.shapes == []
    annotator.gestures.handle(Pointer("press", 5, 5), 1.0)
    assert said(annotator) == ["0.0 mm"]
    annotator.gestures.cancel()
    annotator.drag((10, 10), (50, 40))
    annotator.gestures.cancel()  # as Escape, another image and another tool do
    assert said(annotator) == []


async def test_area_and_values_are_said_while_a_box_is_drawn_and_while_it_is_selected() -> None:
    annotator = await at_ct()
    annotator.gestures.handle(Pointer("press", 10, 10), 1.0)
    annotator.gestures.handle(Pointer("move", 14, 13), 1.0)
    # Rows 10 to 12, columns 10 to 13: 1010…1013, 1110…1113 and 1210…1213.
    expected = ["Area 3.0 mm²\nMean 1111.5 HU · SD 81.7\nMin 1010 · Max 1213"]
    assert said(annotator) == [f"4 × 3 px\n{expected[0]}"]
    annotator.gestures.handle(Pointer("release", 14, 13), 1.0)
    annotator.gestures.handle(Pointer("hover", 60, 60), 1.0)
    assert said(annotator) == expected
    annotator.gestures.scenes.measures = False
    assert said(annotator) == []
    annotator.gestures.scenes.measures = True
    annotator.session.select([])
    assert said(annotator) == []


async def test_a_line_that_is_selected_tells_its_length_and_a_photo_says_nothing() -> None:
    annotator = await at_ct()
    annotator.session.choose_tool("length")
    (press, move, release) = drag((10, 10), (50, 40), shift=True)
    for event in (press, move, release):
        annotator.gestures.handle(event, 1.0)
    assert annotator.shapes == [Polyline([(10, 10), (50, 40)])]
    assert said(annotator) == ["Length 25.0 mm"]
    annotator.session.set_size(100, 80)
    annotator.canvas.display_key = ""
    assert said(annotator) == []


async def test_a_mask_that_is_selected_tells_its_values() -> None:
    annotator = await at_ct()
    annotator.session.choose_class("sky")
    annotator.session.change_setting("brush", "radius", 3)
    annotator.drag((50, 40), (50, 40))
    (text,) = said(annotator)
    assert "Mean 3999.5 HU" in text  # the disc lies evenly around the corner of four pixels


async def test_another_image_forgets_the_values_of_the_one_before() -> None:
    annotator = await at_ct()
    annotator.session.open(Asset(ordinal=1, name="1.png", url="1.png"))
    assert annotator.session.scalars is None
    assert annotator.session.context(1.0).pixel == PixelSize()


# --- regions that are too large for the page


def test_a_large_region_is_measured_by_the_worker_and_an_older_question_called_off() -> None:
    stage, values = FakeCanvas(), np.arange(360_000, dtype=np.int32).reshape(600, 600)
    scalars, measuring = ScalarImage(values, Window(40.0, 400.0), unit="HU"), Measuring(stage)
    part: Any = object()
    first, second = Box(0, 0, 300, 300), Polygon([(0, 0), (400, 0), (400, 300), (0, 300)])
    label = measuring.label(first, HALF, scalars, part)
    assert label is not None
    assert label.text == "Area 22500.0 mm²"
    measuring.label(first, HALF, scalars, part)
    assert [name for name, _, _ in stage.questions] == ["measure_region"]
    measuring.label(second, HALF, scalars, part)
    assert stage.called_off == stage.questions[:1]
    asked = stage.arguments[1]
    assert asked["values"] is part
    stage.questions[1][1](measure_region(values[None], asked["shape"]))
    label = measuring.label(second, HALF, scalars, part)
    inside = values[:300, :400]
    assert label is not None
    assert label.text.splitlines()[1:] == [
        f"Mean {inside.mean():.1f} HU · SD {inside.std():.1f}",
        f"Min 0 · Max {inside.max():g}",
    ]


def test_pixels_have_the_size_that_the_header_tells() -> None:
    def size(**fields: Any) -> PixelSize:
        return pixel_size(Header(rows=1, columns=1, **fields))

    assert size(spacing=(2.0, 0.5)) == PixelSize(0.5, 2.0, "mm")
    assert size(spacing=(0.2, 0.2), at_detector=True) == PixelSize(0.2, 0.2, "mm", "at the detector")
    assert size(aspect=2.0) == PixelSize(1.0, 2.0, "px")
    assert pixel_size(None) == PixelSize()
