"""The magnetic outline, played as a person would use it on drawn phantoms, and checked by shapely."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import shapely

from tests.support.tool_player import TOOLS, click
from webapp.py.compute.live_wire import live_wire
from webapp.py.domain.shapes import Point, Polygon, Polyline
from webapp.py.geometry.image_parts import ImagePart
from webapp.py.workspace.settings import values
from webapp.py.workspace.tool import (
    Context,
    Create,
    Event,
    Finish,
    KeyPress,
    Notice,
    Pointer,
    Run,
    Unfinished,
    play,
)

TOOL = TOOLS.tool("magnetic")
SIZE, RADIUS, CENTER = 200, 60.0, (101.0, 97.0)


def disk(noise: float) -> np.ndarray:
    """A bright disk on a dark ground, smooth at its edge as photos are, with noise."""
    y, x = np.mgrid[:SIZE, :SIZE] + 0.5
    far = np.hypot(x - CENTER[0], y - CENTER[1])
    shade = 60 + 120 / (1 + np.exp((far - RADIUS) / 0.7))
    shade += np.random.default_rng(3).normal(0, noise, shade.shape)
    gray = np.clip(shade, 0, 255).astype(np.uint8)
    return np.dstack([gray, gray, gray, np.full_like(gray, 255)])


def around(*degrees: float, off: float = 0.0) -> list[Point]:
    """Points near the edge of the disk, by turns inside and outside of it."""
    return [
        (
            CENTER[0] + (RADIUS + off * (-1) ** number) * math.cos(math.radians(turn)),
            CENTER[1] + (RADIUS + off * (-1) ** number) * math.sin(math.radians(turn)),
        )
        for number, turn in enumerate(degrees)
    ]


def clicks(*points: Point, **held: Any) -> list[Event]:
    return [event for x, y in points for event in (Pointer("hover", x, y), *click(x, y, **held))]


def context() -> Context:
    return Context(SIZE, SIZE, class_id="cell", settings=values(TOOL.settings), image="disk.png")


def worker(picture: np.ndarray) -> dict[str, Any]:
    def answer(image: ImagePart, **arguments: Any) -> Any:
        part = picture[image.y : image.y + image.height, image.x : image.x + image.width]
        assert part.shape[:2] == (image.rows, image.columns)
        return live_wire(part, **arguments)

    return {"live_wire": answer}


@pytest.mark.parametrize("noise", [0.0, 12.0])
def test_five_clicks_near_the_edge_of_a_disk_outline_it_to_the_pixel(noise: float) -> None:
    events = [*clicks(*around(10, 80, 150, 230, 300, off=3)), KeyPress("Enter")]
    _, (created,) = play(TOOL, events, context(), worker(disk(noise)))
    assert isinstance(created, Create) and isinstance(created.shape, Polygon)
    found = shapely.Polygon(created.shape.points)
    circle = shapely.Point(CENTER).buffer(RADIUS, quad_segs=64)
    assert found.is_valid
    assert found.hausdorff_distance(circle) < 3
    assert found.symmetric_difference(circle).area < 0.02 * circle.area
    assert len(created.shape.points) < 160


def test_with_shift_the_outline_is_straight() -> None:
    corners: list[Point] = [(50, 50), (150, 50), (150, 150)]
    events = [*clicks(*corners, shift=True), KeyPress("Enter", shift=True)]
    events[-1:] = [Pointer("hover", 150, 150, shift=True), KeyPress("Enter")]
    _, (created,) = play(TOOL, events, context(), worker(disk(0)))
    assert isinstance(created, Create) and isinstance(created.shape, Polygon)
    assert {(round(x), round(y)) for x, y in created.shape.points} == {(50, 50), (150, 50), (150, 150)}


def test_a_click_at_the_first_point_or_twice_closes() -> None:
    points = around(0, 120, 240)
    for last in (clicks(points[0]), click(*points[2], clicks=2)):
        _, edits = play(TOOL, [*clicks(*points), *last], context(), worker(disk(0)))
        assert len(edits) == 1


def test_undo_and_redo_take_back_and_set_points_with_their_ways() -> None:
    points = around(0, 120, 240)
    keys = [KeyPress("z", ctrl=True), KeyPress("z", ctrl=True, shift=True)]
    _, twice = play(TOOL, [*clicks(*points), *keys, KeyPress("Enter")], context(), worker(disk(0)))
    _, once = play(TOOL, [*clicks(*points), KeyPress("Enter")], context(), worker(disk(0)))
    assert twice == once
    drafts, edits = play(TOOL, [*clicks(*points), keys[0], KeyPress("Enter")], context(), worker(disk(0)))
    assert edits == [] and any(isinstance(draft, Notice) for draft in drafts)


def test_turning_to_something_else_closes_it_or_lets_it_wait() -> None:
    points = around(0, 120, 240)
    _, edits = play(TOOL, [*clicks(*points), Finish()], context(), worker(disk(0)))
    assert len(edits) == 1
    drafts, edits = play(TOOL, [*clicks(*points[:2]), Finish()], context(), worker(disk(0)))
    assert edits == [] and not any(isinstance(draft, Notice) for draft in drafts)
    assert [draft.complete for draft in drafts if isinstance(draft, Unfinished)][-1] is False


def test_while_the_worker_fails_lines_are_straight_and_it_says_why() -> None:
    run = Run(TOOL, Pointer("press", 50, 50), context())
    run.fail("The worker is out of memory.")
    assert Notice("The worker is out of memory.") in run.drafts
    for point in ((150, 50), (150, 150)):
        run.send(Pointer("press", *point))
        run.fail("The worker is out of memory.")
    run.send(KeyPress("Enter"))
    assert run.edits == [Create(Polygon([(50, 50), (150, 50), (150, 150)]))]


def test_the_way_to_the_pointer_is_shown() -> None:
    first, second = around(0, 60)
    drafts, _ = play(TOOL, [*clicks(first), Pointer("hover", *second)], context(), worker(disk(0)))
    line = [draft for draft in drafts if isinstance(draft, Polyline)][-1]
    far = [abs(math.dist(point, CENTER) - RADIUS) for point in line.points]
    assert len(line.points) > 4 and max(far) < 1.5
