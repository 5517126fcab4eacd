"""Drawing lines and outlines, point by point or by hand: what several tools share.

The functions here are to be used with ``yield from``, like those of `gesture_parts`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from webapp.py.domain.shapes import Point, Polygon, Polyline
from webapp.py.geometry.crossings import are_nested, is_simple, line_crosses
from webapp.py.geometry.hits import inside
from webapp.py.geometry.simplifying import simplify, simplify_outline
from webapp.py.geometry.untangling import largest_loop
from webapp.py.workspace.context import AnnotationView, Context
from webapp.py.workspace.gesture_parts import Gesture, moved_far
from webapp.py.workspace.messages import Cursor, Draft, Drafts, Event, Handles, Notice, Pointer, Update
from webapp.py.workspace.settings import Choice

HOLES = Choice("mode", "Draws", "outline", (("outline", "Outline"), ("hole", "Hole")))
"""The setting of tools whose outlines can become holes; Alt held at the first press does the same."""
TOO_FEW = "A polygon needs at least three points."
NO_AREA = "This outline has no area. Draw on, take points back with Backspace, or press Escape."
CROSSES = "This outline would cross itself. Take points back with Backspace, or click on."
EDGE_CROSSES = "An edge to here would cross the outline. Click elsewhere, or take points back with Backspace."
HOLE_CROSSES = "A hole lies wholly inside its polygon and apart from its other holes; this one does not."
NO_POLYGON = "A hole begins inside a polygon that is not locked. There is none here."
LOOPS_LEFT_OUT = "The outline crossed itself; its largest loop was kept. Undo takes it back."
_MOST_OF_IT = 0.98
_ON_THE_WAY, _AT_THE_END = 0.1, 0.35
"""Tolerances, in screen pixels, at which strokes are thinned: together under half a pixel, seen by nobody."""
_PIECE = 128

Tracing = Generator[Drafts, Event, tuple[list[Point], float]]
"""A part of a gesture that returns points, none when it came to nothing, and the largest scale meanwhile."""


def draw_outline(press: Pointer, ctx: Context, *, by_hand: bool = False) -> Gesture:
    """Draw a polygon, or a hole in the one that is pressed, until it is closed.

    ``by_hand``, it may be drawn by dragging; where such an outline crosses itself its largest loop is kept.
    Clicks whose edge would cross the outline are refused, and so is closing one that would cross itself.
    """
    target = None
    if press.alt or ctx.settings.get(HOLES.name) == "hole":
        target = _polygon_under(press, ctx)
        if target is None:
            return [Notice(NO_POLYGON)]
    around = target.shape if target is not None and isinstance(target.shape, Polygon) else None

    def refusal(points: list[Point]) -> str | None:
        return _why_no_outline(points, around, by_hand)

    points, scale = yield from trace(press, ctx, refusal, closed=True, by_hand=by_hand)
    if not points:
        return []
    share = 1.0
    if by_hand:
        points, share = largest_loop(points) or (points, 1.0)
        points = simplify_outline(points, _AT_THE_END / scale)
    notices = [Notice(LOOPS_LEFT_OUT)] if share < _MOST_OF_IT else []
    if target is None or around is None:
        return [ctx.create(Polygon(points)), *notices]
    return [Update(target.id, {"shape": Polygon(around.points, [*around.holes, points])}), *notices]


def _polygon_under(press: Pointer, ctx: Context) -> AnnotationView | None:
    """Return the polygon that a hole begun at ``press`` goes into: a selected one before others."""
    found = None
    for view in reversed(ctx.annotations):
        shape = view.shape
        if view.locked or view.hidden or not isinstance(shape, Polygon) or not inside(shape, press.point):
            continue
        if view.id in ctx.selected:
            return view
        found = found or view
    return found


def _why_no_outline(points: list[Point], around: Polygon | None, by_hand: bool) -> str | None:
    if len(points) < 3:
        return TOO_FEW
    if by_hand:
        loop = largest_loop(points)
        if loop is None:
            return NO_AREA
        points = loop[0]
    elif not is_simple(points):
        return CROSSES
    if around is not None and not are_nested(Polygon(around.points, [*around.holes, points])):
        return HOLE_CROSSES
    return None


def trace(
    press: Pointer,
    ctx: Context,
    refusal: Callable[[list[Point]], str | None],
    *,
    closed: bool,
    by_hand: bool = False,
) -> Tracing:
    """Collect the points of a line or outline until it is ended; none when all are taken back.

    Clicks add points, where the pointer may go with a button down too: ``by_hand``, dragging adds what is
    drawn, and a drag at the very beginning is the whole line. Enter, a double-click and, of an outline, a
    click on its first point end it; Backspace takes the last click or stroke back.

    Parameters
    ----------
    press, ctx
        As given to the tool.
    refusal
        Returns why the points so far make no shape, in a sentence, or None.
    closed
        Whether it is an outline. Then a click whose edge would cross it is refused.
    by_hand
        Whether dragging draws.
    """
    line = _Line(closed, by_hand, [ctx.inside(press.point)], press, press, press.scale)
    word: str | None = None
    while line.points:
        event = yield [*line.shown(ctx), *([Notice(word)] if word else [])]
        ending, word = line.hear(event, ctx)
        if ending:
            word = refusal(line.points)
            if word is None:
                return line.points, line.scale
    return [], line.scale


@dataclass(slots=True)
class _Line:
    """The line so far; ``pieces`` says at which point each click or stroke began."""

    closed: bool
    by_hand: bool
    points: list[Point]
    pointer: Pointer
    down: Pointer | None
    scale: float
    pieces: list[int] = field(default_factory=lambda: [0])
    fresh: bool = True
    waiting: list[Point] = field(default_factory=list)
    drawing: bool = False
    start: int = 0
    thinned: int = 0

    def hear(self, event: Event, ctx: Context) -> tuple[bool, str | None]:
        """Take an event; tell whether it ends the line, and in a sentence why it is refused."""
        if event.kind == "key":
            if event.key == "Backspace":
                self._take_back()
            return event.key == "Enter", None
        if not isinstance(event, Pointer):
            return False, None
        self.pointer = event
        here = ctx.inside(event.point)
        if event.kind == "press":
            return self._press(event, here)
        if self.down is None:
            return False, None
        if self.by_hand and event.kind != "hover":
            self._follow(here, event.scale, begin=moved_far(self.down, event))
        if event.kind == "move":
            return False, None
        self.down = None  # let go; on a hover, the release got lost
        return self._lift(), None

    def shown(self, ctx: Context) -> list[Draft]:
        """Return the line on to the pointer and where its pieces begin; the first is hot if closing."""
        closing = not self.drawing and self._at_origin(self.pointer)
        ahead = self.points[0] if closing else ctx.inside(self.pointer.point)
        line = self.points if ahead == self.points[-1] else [*self.points, ahead]
        starts = tuple(self.points[at] for at in self.pieces)
        shown: list[Draft] = [Handles(starts, 0 if closing else None), Cursor("cross")]
        return [Polyline(line), *shown] if len(line) > 1 else shown

    def _press(self, event: Pointer, here: Point) -> tuple[bool, str | None]:
        """Begin a piece; at an end of the line it begins with that end, and only when something is drawn."""
        self.down, self.waiting = event, []
        self.scale = max(self.scale, event.scale)
        if self._at_origin(event):
            return True, None
        at_first = self.closed and _near(self.points[0], event)
        self.fresh = not (at_first or _near(self.points[-1], event))
        if self.fresh and self.closed and line_crosses(self.points, here):
            self.down = None
            return False, EDGE_CROSSES
        if self.fresh:
            self.pieces.append(len(self.points))
            self.points.append(here)
        return False, None

    def _follow(self, point: Point, scale: float, begin: bool) -> None:
        """Draw on to ``point``; long strokes are thinned on the way, so that each event is quick.

        A stroke begins only at a point that is far enough away to ``begin`` it, and then with all before.
        """
        if point == self.points[-1]:
            return
        self.scale = max(self.scale, scale)
        if not self.drawing:
            self.waiting.append(point)
            if not begin:
                return
            self.drawing, self.start = True, len(self.points) - 1
            self.thinned = self.start
            if not self.fresh:
                self.pieces.append(len(self.points))
            self.points += self.waiting
        else:
            self.points.append(point)
        if len(self.points) - self.thinned > _PIECE:
            self.points[self.thinned :] = simplify(self.points[self.thinned :], _ON_THE_WAY / self.scale)
            self.thinned = len(self.points) - 1

    def _lift(self) -> bool:
        """End a click or stroke; tell whether that ends the line.

        A stroke does that was the whole line, and a click on the last point: the second of a double-click.
        Outlines are thinned when they are closed.
        """
        if not self.drawing:
            enough = len(self.points) >= (3 if self.closed else 2)
            return enough and not self.fresh and _near(self.points[-1], self.pointer)
        self.drawing = False
        if not self.closed:
            self.points[self.start :] = simplify(self.points[self.start :], _AT_THE_END / self.scale)
        return self.start == 0

    def _take_back(self) -> None:
        del self.points[self.pieces.pop() :]
        self.drawing, self.fresh, self.waiting, self.down = False, False, [], None

    def _at_origin(self, pointer: Pointer) -> bool:
        return self.closed and len(self.points) >= 3 and _near(self.points[0], pointer)


def _near(point: Point, pointer: Pointer) -> bool:
    return math.dist(point, pointer.point) <= pointer.tolerance
