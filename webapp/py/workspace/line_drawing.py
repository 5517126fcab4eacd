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
    line = _Line([ctx.inside(press.point)], press.scale)
    down: Pointer | None = press
    pointer = press
    notices: list[Notice] = []
    while line.points:
        event = yield [*line.shown(pointer, ctx, closed), *notices]
        notices = []
        ending = event.kind == "key" and event.key == "Enter"
        if isinstance(event, Pointer):
            pointer = event
            here = ctx.inside(event.point)
            if event.kind == "press":
                ending = line.ended_by(event, closed)
                crossing = closed and not line.at_an_end(event, closed) and line_crosses(line.points, here)
                down = None if crossing else event
                if crossing:
                    notices = [Notice(EDGE_CROSSES)]
                elif not ending:
                    line.press(here, event, closed)
            elif by_hand and down is not None and event.kind != "hover":
                line.follow(here, event.scale, begin=moved_far(down, event))
            if event.kind in ("release", "hover") and down is not None:  # a hover: the release got lost
                down = None
                ending = line.lift(closed)
        elif event.kind == "key" and event.key == "Backspace":
            line.take_back()
        if ending:
            reason = refusal(line.points)
            if reason is None:
                return line.points, line.scale
            notices = [Notice(reason)]
    return [], line.scale


@dataclass(slots=True)
class _Line:
    """The line so far; ``pieces`` says at which point each click or stroke began."""

    points: list[Point]
    scale: float
    pieces: list[int] = field(default_factory=lambda: [0])
    fresh: bool = True
    waiting: list[Point] = field(default_factory=list)
    drawing: bool = False
    start: int = 0
    settled: int = 0

    def press(self, point: Point, event: Pointer, closed: bool) -> None:
        """Begin a piece; at an end of the line it begins with that end, and only when something is drawn."""
        self.fresh, self.waiting = not self.at_an_end(event, closed), []
        self.scale = max(self.scale, event.scale)
        if self.fresh:
            self.pieces.append(len(self.points))
            self.points.append(point)

    def follow(self, point: Point, scale: float, begin: bool) -> None:
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
            self.settled = self.start
            if not self.fresh:
                self.pieces.append(len(self.points))
            self.points += self.waiting
        else:
            self.points.append(point)
        if len(self.points) - self.settled > _PIECE:
            self.points[self.settled :] = simplify(self.points[self.settled :], _ON_THE_WAY / self.scale)
            self.settled = len(self.points) - 1

    def lift(self, closed: bool) -> bool:
        """End a stroke; tell whether it was the whole line. Outlines are thinned when they are closed."""
        if not self.drawing:
            return False
        self.drawing = False
        if not closed:
            self.points[self.start :] = simplify(self.points[self.start :], _AT_THE_END / self.scale)
        return self.start == 0

    def take_back(self) -> None:
        del self.points[self.pieces.pop() :]
        self.drawing, self.fresh, self.waiting = False, False, []

    def at_an_end(self, pointer: Pointer, closed: bool) -> bool:
        return _near(self.points[-1], pointer) or (closed and _near(self.points[0], pointer))

    def ended_by(self, pointer: Pointer, closed: bool) -> bool:
        """Tell whether a press closes at the first point, or is the second of a double-click at the last."""
        return len(self.points) >= (3 if closed else 2) and self.at_an_end(pointer, closed)

    def shown(self, pointer: Pointer, ctx: Context, closed: bool) -> list[Draft]:
        """Return the line on to the pointer and where its pieces begin; the first is hot if closing."""
        closing = closed and not self.drawing and len(self.points) >= 3 and _near(self.points[0], pointer)
        ahead = self.points[0] if closing else ctx.inside(pointer.point)
        line = self.points if ahead == self.points[-1] else [*self.points, ahead]
        marks = tuple(self.points[at] for at in self.pieces)
        shown: list[Draft] = [Handles(marks, 0 if closing else None), Cursor("cross")]
        return [Polyline(line), *shown] if len(line) > 1 else shown


def _near(point: Point, pointer: Pointer) -> bool:
    return math.dist(point, pointer.point) <= pointer.tolerance
