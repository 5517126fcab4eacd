"""Outlines that share their borders with neighbors, checked by shapely."""

from __future__ import annotations

import shapely

from tests.support.tool_player import TOOLS, clicks, edits_of, image
from webapp.py.domain.shapes import Box, Point, Polygon, Shape
from webapp.py.workspace.tool import Context, Create, Handles, KeyPress, Pointer, Update, drag, play

COAST = Polygon([(40, 5), (50, 20), (42, 33), (55, 41), (46, 60), (5, 70), (5, 5)])
"""A neighbor with a ragged right border."""
SNAPPING = {"snap": True}


def beside(
    *shapes: Shape, selected: tuple[str, ...] = (), tool: str = "polygon", snap: bool = True
) -> Context:
    return image(*shapes, selected=selected, tool=tool, settings={"snap": snap})


def area_of(shape: Shape) -> shapely.Polygon:
    assert isinstance(shape, Polygon)
    return shapely.Polygon(shape.points, shape.holes)


def drawn(ctx: Context, *points: Point) -> Polygon:
    (created,) = edits_of("polygon", [*clicks(*points), KeyPress("Enter")], ctx)
    assert isinstance(created, Create) and isinstance(created.shape, Polygon)
    return created.shape


def test_between_two_clicks_on_a_neighbor_the_outline_follows_its_border() -> None:
    shape = drawn(beside(COAST), (41, 7), (47, 58), (90, 60), (90, 10))
    one, other = area_of(COAST), area_of(shape)
    assert one.intersection(other).area < 1e-9
    border = one.exterior.intersection(other.exterior)
    # The whole border between the two corners: 18.03 + 15.26 + 15.26 + 21.02 pixels, by Pythagoras.
    assert abs(border.length - 69.58) < 0.02
    both = one.union(other)
    assert both.geom_type == "Polygon" and not both.interiors
    assert abs(both.area - one.area - other.area) < 1e-9


def test_closing_follows_the_border_too_whichever_way_it_was_drawn() -> None:
    for points in (((47, 58), (90, 60), (90, 10), (41, 7)), ((41, 7), (90, 10), (90, 60), (47, 58))):
        shape = drawn(beside(COAST), *points)
        assert area_of(shape).intersection(area_of(COAST)).area < 1e-9
        assert abs(area_of(shape).exterior.intersection(area_of(COAST).exterior).length - 69.58) < 0.02


def test_clicks_on_edges_begin_and_end_in_the_middle_of_them() -> None:
    # Near the middle of the first and of the last edge of the coast.
    shape = drawn(beside(COAST), (47, 12), (52, 51), (90, 51), (90, 12))
    one, other = area_of(COAST), area_of(shape)
    assert one.intersection(other).area < 1e-9
    assert one.union(other).buffer(1e-9).geom_type == "Polygon"
    assert abs(one.union(other).area - one.area - other.area) < 1e-9


def test_a_gap_between_two_neighbors_is_filled_without_gap_or_overlap() -> None:
    box = Box(x=70, y=0, width=20, height=60)
    shape = drawn(beside(COAST, box), (41, 6), (45, 59), (69, 59), (71, 1))
    one, other = area_of(COAST), shapely.box(70, 0, 90, 60)
    made = area_of(shape)
    assert made.intersection(one).area < 1e-9 and made.intersection(other).area < 1e-9
    both = shapely.union_all([one, other, made])
    assert both.geom_type == "Polygon" and not both.interiors


def test_without_the_setting_and_away_from_outlines_nothing_snaps() -> None:
    points: list[Point] = [(41, 7), (90, 10), (90, 60)]
    assert drawn(beside(COAST, snap=False), *points).points == points
    far: list[Point] = [(60, 7), (90, 10), (90, 60)]
    assert drawn(beside(COAST), *far).points == far


def test_where_a_click_would_snap_is_shown_before_it() -> None:
    events = [*clicks((60, 7)), Pointer("hover", 41, 7)]
    drafts, _ = play(TOOLS.tool("polygon"), events, beside(COAST))
    assert Handles(((60, 7), (40, 5)), 1) in drafts


def test_undo_takes_back_what_followed_the_border_with_its_click() -> None:
    events = [*clicks((60, 7), (41, 7), (47, 58)), KeyPress("z", ctrl=True), *clicks((75, 40))]
    (created,) = edits_of("polygon", [*events, KeyPress("Enter")], beside(COAST))
    assert created == Create(Polygon([(60, 7), (40, 5), (75, 40)]))


def test_a_dragged_vertex_snaps_to_another_outline_but_not_to_its_own() -> None:
    mine = Polygon([(60, 10), (90, 10), (90, 60)])
    ctx = beside(COAST, mine, selected=("b",))
    assert edits_of("polygon", drag((60, 10), (42, 7)), ctx) == [
        Update("b", {"shape": Polygon([(40, 5), (90, 10), (90, 60)])})
    ]
    assert edits_of("polygon", drag((60, 10), (88, 13)), ctx) == [
        Update("b", {"shape": Polygon([(88, 13), (90, 10), (90, 60)])})
    ]
