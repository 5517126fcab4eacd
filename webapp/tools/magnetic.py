"""Draw outlines that follow the edges of the image."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field

from webapp.py.domain.shapes import Point, Polygon, Polyline
from webapp.py.geometry.image_parts import ImagePart, part_of
from webapp.py.geometry.live_wire import WireMap
from webapp.py.geometry.masks import clip_rect
from webapp.py.geometry.simplifying import simplify
from webapp.py.geometry.untangling import largest_loop
from webapp.py.workspace.tool import (
    REDO_KEYS,
    UNDO_KEYS,
    Ask,
    AskFailed,
    ComputeReply,
    Context,
    Cursor,
    Draft,
    Drafts,
    Event,
    Finish,
    Gesture,
    Handles,
    KeyHint,
    KeyPress,
    Notice,
    Pointer,
    Slider,
    Tool,
    Unfinished,
)

MOST_PIXELS = 2**17
"""Most pixels of a map of ways; the part of the image is scaled down to that."""
AROUND = 240.0
"""How far from a click the wire reaches, in screen pixels."""
TIGHT = 0.6
"""How far the outline may be from the way through the pixels, in pixels of the map."""
NO_AREA = "This outline has no area. Add points, or press Esc to drop it."
CROSSED = "The outline crossed itself, so only its largest loop was kept. You can undo this."
MORE = "Click along the edge"
CLOSES = "Click along the edge · Enter closes"


class MagneticTool(Tool):
    """Draws polygons click by click; between clicks the outline follows the strongest edge."""

    id = "magnetic"
    title = "Magnetic outline"
    key = "shift+u"
    icon = "magnet"
    order = 31
    group = "smart"
    draws = ("polygon",)
    hint = "Click on an edge"
    help = (
        "Click along an edge in the image; the outline follows it. Hold Shift for a straight line. Click the "
        "first point, double-click or press Enter to close. Smoothing helps in noisy images."
    )
    settings = (Slider("smoothing", "Smoothing", 1.5, 0.5, 6, 0.5, "px", keys=("[", "]"), wheel=True),)
    keys = (
        KeyHint("Enter", "Close the outline", drawing=True),
        KeyHint("Backspace", "Undo the last point", drawing=True),
    )

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Collect points until the outline is closed."""
        wire = _Wire(ctx)
        reason = yield from _add(wire, press, ctx.inside(press.point))
        while wire.ends:
            event = yield [*wire.shown(), *([Notice(reason)] if reason else [])]
            reason = ""
            closing = isinstance(event, Finish)
            if isinstance(event, KeyPress):
                closing = event.key == "Enter"
                wire.key(event)
            elif isinstance(event, Pointer):
                wire.pointer = event
                closing = event.kind == "press" and wire.closes(event)
                if event.kind == "press" and not closing:
                    reason = yield from _add(wire, event, wire.aim(event))
            if closing:
                polygon, share = wire.closed()
                if polygon is not None:
                    return [ctx.create(polygon), *([Notice(CROSSED)] if share < 0.98 else [])]
                reason = "" if isinstance(event, Finish) else NO_AREA
        return []


def _add(wire: _Wire, press: Pointer, point: Point) -> Generator[Drafts, Event, str]:
    """Add a point and have the worker look for the ways to it; return why it could not, as a sentence."""
    wire.pointer = press
    part = _part(wire.ctx, press, point)
    seed = [(point[0] - part.x) * part.scale, (point[1] - part.y) * part.scale]
    asked = {
        "image": part,
        "seed": [min(seed[0], part.columns - 1), min(seed[1], part.rows - 1)],
        "reach": 0.0 if press.shift or wire.ends else press.tolerance * part.scale,
        "smoothing": float(wire.ctx.settings["smoothing"]) * part.scale,
    }
    wire.add(point)
    try:
        answer = yield [*wire.shown(), Ask("live_wire", asked)]
    except AskFailed as failure:
        return str(failure)
    assert isinstance(answer, ComputeReply)
    found = answer.value
    wire.map(WireMap(found["directions"], found["strengths"], part.rect), tuple(found["seed"]))
    return ""


def _part(ctx: Context, press: Pointer, point: Point) -> ImagePart:
    """Return the part of the image in which the next way is looked for."""
    far = math.ceil(AROUND / press.scale)
    x, y = min(int(point[0]), ctx.width - 1), min(int(point[1]), ctx.height - 1)
    rect = clip_rect((x - far, y - far, 2 * far + 1, 2 * far + 1), ctx.width, ctx.height)
    assert rect is not None  # the point is in the image
    return part_of(ctx.image, rect, MOST_PIXELS)


@dataclass(slots=True)
class _End:
    """A point of the outline, the way that led there, and the ways from there once they are known."""

    point: Point
    way: list[Point]
    ways: WireMap | None = None


@dataclass(slots=True)
class _Wire:
    """The outline so far."""

    ctx: Context
    ends: list[_End] = field(default_factory=list)
    undone: list[_End] = field(default_factory=list)
    pointer: Pointer | None = None

    def add(self, point: Point) -> None:
        """Add a point, with the way that is shown."""
        self.ends.append(_End(point, self.way_to(point) if self.ends else [point]))
        self.undone.clear()

    def map(self, ways: WireMap, seed: tuple[int, int]) -> None:
        """Keep the ways from the last point; the first one moves to the edge that the worker found."""
        end = self.ends[-1]
        end.ways = ways
        if len(self.ends) == 1:
            end.point = ways.point(seed)
            end.way = [end.point]

    def aim(self, pointer: Pointer) -> Point:
        """Return where a click puts a point: on the strongest edge nearby, unless Shift is held."""
        point, ways = self.ctx.inside(pointer.point), self.ends[-1].ways
        if ways is None or pointer.shift:
            return point
        return ways.strongest(point, pointer.tolerance)

    def way_to(self, point: Point) -> list[Point]:
        """Return the points after the last one up to ``point``: along the edges, or straight with Shift."""
        ways = self.ends[-1].ways
        found = None if ways is None or (self.pointer and self.pointer.shift) else ways.way(point)
        if ways is None or found is None:
            return [point]
        return simplify([*found[:-1], point], TIGHT * ways.rect[2] / ways.directions.shape[1])[1:]

    def closes(self, press: Pointer) -> bool:
        """Return whether a press closes the outline: at its first point, or as a double-click."""
        first, last = self.ends[0].point, self.ends[-1].point
        at_first = len(self.ends) > 2 and math.dist(first, press.point) <= press.tolerance
        return at_first or (press.clicks > 1 and math.dist(last, press.point) <= 2 * press.tolerance)

    def key(self, key: KeyPress) -> None:
        """Take back the last point, or set it again."""
        if key.combination in UNDO_KEYS:
            self.undone.append(self.ends.pop())
        elif key.combination in REDO_KEYS and self.undone:
            self.ends.append(self.undone.pop())

    def closed(self) -> tuple[Polygon | None, float]:
        """Return the polygon, and how much of the area of what was drawn it has."""
        line = [point for end in self.ends for point in end.way]
        if len(self.ends) < 3:
            return None, 0.0
        loop = largest_loop([*line, *self.way_to(self.ends[0].point)[:-1]])
        if loop is None:
            return None, 0.0
        return Polygon(loop[0]), loop[1]

    def shown(self) -> list[Draft]:
        """Return the outline up to the pointer, with its points as handles."""
        closing = self.pointer is not None and self.closes(self.pointer)
        line = [point for end in self.ends for point in end.way]
        if self.pointer is not None and self.ends[-1].ways is not None:
            line += self.way_to(self.ends[0].point if closing else self.aim(self.pointer))
        complete = len(self.ends) > 2
        points = tuple(end.point for end in self.ends)
        drafts: list[Draft] = [Handles(points, 0 if closing else None), Cursor("cross")]
        if len(line) > 1:
            drafts.insert(0, Polyline(line))
        return [*drafts, Unfinished(len(points), complete, CLOSES if complete else MORE)]
