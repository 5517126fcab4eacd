"""Filling what outlines enclose, played as a person would use it, and checked by shapely."""

from __future__ import annotations

from typing import Any

import pytest
import shapely

from tests.support.tool_player import TOOLS, click, pixels_of
from webapp.py.compute.enclosed import enclosed
from webapp.py.compute.protocol import pack, unpack
from webapp.py.domain.shapes import Box, Mask, Polygon, Polyline, Shape
from webapp.py.workspace.settings import values
from webapp.py.workspace.tool import AnnotationView, Context, Create, Edit, Notice, play

TOOL = TOOLS.tool("enclosed")
WEST, EAST = Box(10, 10, 20, 40), Box(60, 10, 20, 40)
NORTH = Polygon([(5, 20), (20, 2), (50, 18), (85, 5), (85, 20), (50, 25)])
SOUTH = Polyline([(0, 40), (99, 45)])


def around(*shapes: Shape, hidden: tuple[int, ...] = (), **more: Any) -> Context:
    settings = values(TOOL.settings, more.pop("settings", None))
    views = [
        AnnotationView("abcdef"[at], shape, "cell", hidden=at in hidden) for at, shape in enumerate(shapes)
    ]
    return Context(100, 80, views, (), "cell", settings, image="cells.png", **more)


def filled(ctx: Context, x: float = 45, y: float = 30) -> tuple[list[str], list[Edit]]:
    """What is said and what is made at a click; what is asked goes through the worker's protocol."""
    drafts, edits = play(TOOL, click(x, y), ctx, {"enclosed": lambda **asked: enclosed(**_sent(asked))})
    return [draft.text for draft in drafts if isinstance(draft, Notice)], edits


def _sent(asked: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = unpack(*pack(asked))
    return found


def made(edits: list[Edit]) -> shapely.Polygon:
    (created,) = edits
    assert isinstance(created, Create) and isinstance(created.shape, Polygon)
    return shapely.Polygon(created.shape.points, created.shape.holes)


def test_the_area_between_four_shapes_shares_their_borders_without_gap_or_overlap() -> None:
    said, edits = filled(around(WEST, EAST, NORTH, SOUTH))
    area = made(edits)
    west, east, north = (
        shapely.box(10, 10, 30, 50),
        shapely.box(60, 10, 80, 50),
        shapely.Polygon(NORTH.points),
    )
    assert said == []
    # Shapely's face of the same lines.
    lines = shapely.union_all(
        [west.exterior, east.exterior, north.exterior, shapely.LineString(SOUTH.points)]
    )
    (face,) = [one for one in shapely.polygonize([lines]).geoms if one.contains(shapely.Point(45, 30))]
    assert area.symmetric_difference(face).area < 1e-4
    assert all(area.intersection(one).area < 1e-4 for one in (west, east, north))


def test_what_lies_inside_is_left_out() -> None:
    _, edits = filled(around(Box(20, 10, 60, 60), Box(60, 40, 10, 10)))
    assert made(edits).equals(shapely.box(20, 10, 80, 70) - shapely.box(60, 40, 70, 50))


def test_masks_are_outlines_too_and_the_area_may_become_a_mask() -> None:
    hollow = Mask(x=20, y=10, width=5, height=5, runs=[0, 6, 3, 2, 3, 2, 3, 6])
    _, edits = filled(around(hollow, settings={"makes": "mask"}), 22, 12)
    (created,) = edits
    assert isinstance(created, Create)
    assert pixels_of(created.shape) == {(x, y) for x in (21, 22, 23) for y in (11, 12, 13)}


@pytest.mark.parametrize("hidden", [(), (3,)])
def test_an_open_area_is_not_filled(hidden: tuple[int, ...]) -> None:
    shapes = (WEST, EAST, NORTH) if not hidden else (WEST, EAST, NORTH, SOUTH)
    said, edits = filled(around(*shapes, hidden=hidden, settings={"image_edge": False}))
    assert edits == [] and said == ["The outlines leave this area open. Close the gap, or draw it."]
    assert filled(around()) == (said, [])


def test_the_edge_of_the_image_closes_if_the_person_wants_that() -> None:
    _, edits = filled(around(Box(10, 10, 20, 70), Box(60, 10, 20, 70), NORTH))
    assert (made(edits).bounds[0], made(edits).bounds[2:]) == (30, (60, 80))
    bar = Polyline([(0, 30), (100, 30)])
    assert made(filled(around(bar), 50, 10)[1]).equals(shapely.box(0, 0, 100, 30))


def test_an_area_that_goes_on_out_of_view_is_not_filled() -> None:
    said, edits = filled(around(Box(20, 10, 60, 60), visible=(30, 0, 40, 80)))
    assert edits == [] and said == ["This area isn't fully in view. Zoom out and click again."]
    assert made(filled(around(Box(35, 10, 30, 60), visible=(30, 0, 40, 80)))[1]).area == 1800


def test_a_click_beside_the_image_does_nothing() -> None:
    assert filled(around(WEST), -5, 30) == ([], [])
