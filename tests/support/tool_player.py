"""Playing the built-in tools on an image of 100 x 80 pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from webapp.py.domain.shapes import Box, Mask, Point, Polygon, Shape
from webapp.py.geometry.masks import decode_into
from webapp.py.workspace.registry import find_tools
from webapp.py.workspace.settings import values
from webapp.py.workspace.tool import (
    AnnotationView,
    Context,
    Edit,
    Event,
    Pointer,
    play,
)

TOOLS = find_tools()
WIDTH, HEIGHT = 100, 80
LOW_BOX = Box(x=10, y=10, width=20, height=20)
HIGH_BOX = Box(x=20, y=20, width=40, height=30)
SQUARE = Polygon([(10, 10), (40, 10), (40, 40), (10, 40)])


def image(*shapes: Shape, selected: Sequence[str] = (), tool: str = "select", **more: Any) -> Context:
    """An image with annotations "a", "b", … of class "cell", bottom to top."""
    views = [AnnotationView("abcdef"[i], shape, "cell") for i, shape in enumerate(shapes)]
    settings = values(TOOLS.tool(tool).settings, more.pop("settings", None))
    return Context(WIDTH, HEIGHT, views, selected, more.pop("class_id", "cell"), settings, **more)


def edits_of(tool: str, events: Sequence[Event], ctx: Context) -> list[Edit]:
    return play(TOOLS.tool(tool), events, ctx)[1]


def click(x: float, y: float, **held: Any) -> list[Event]:
    return [Pointer("press", x, y, **held), Pointer("release", x, y, **held)]


def clicks(*points: Point) -> list[Event]:
    """Click at each of the points, moving there without a button down."""
    return [event for x, y in points for event in (Pointer("hover", x, y), *click(x, y))]


def pixels_of(shape: Shape) -> set[tuple[int, int]]:
    assert isinstance(shape, Mask)
    return {(int(c), int(r)) for r, c in np.argwhere(decode_into(shape, WIDTH, HEIGHT))}


def rectangle(x: int, y: int, width: int, height: int) -> Mask:
    return Mask(x=x, y=y, width=width, height=height, runs=[0, width * height])


def block(x: int, y: int, width: int, height: int) -> set[tuple[int, int]]:
    return {(c, r) for c in range(x, x + width) for r in range(y, y + height)}


def painted(pixels: set[tuple[int, int]]) -> np.ndarray:
    bitmap = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    for column, row in pixels:
        bitmap[row, column] = 1
    return bitmap
