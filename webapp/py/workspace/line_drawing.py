"""Drawing lines and outlines, point by point or freehand, for several tools.

Use these functions with ``yield from``, like those of `gesture_parts`.
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
from webapp.py.workspace import texts
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.context import Context
from webapp.py.workspace.gesture_parts import Gesture, moved_far
from webapp.py.workspace.messages import (
    Cursor,
    Draft,
    Drafts,
    Event,
    Finish,
    Handles,
    KeyPress,
    Notice,
    Pointer,
    Unfinished,
    Update,
)
from webapp.py.workspace.settings import Choice
from webapp.py.workspace.snapping import SNAP, Snapped, snapped, way_between

HOLES = Choice("mode", "Draws", "outline", (("outline", "Outline"), ("hole", "Hole")))
"""The setting of tools whose outlines can become holes; holding Alt at the first press does the same."""
_MOST_OF_IT = 0.98
_ON_THE_WAY, _AT_THE_END = 0.1, 0.35
"""Tolerances, in screen pixels, for thinning strokes: together under half a pixel, which is invisible."""
_PIECE = 128
UNDO_KEYS = ("Backspace", "ctrl+z")
"""Keys that take back the last point of a drawing."""
REDO_KEYS = ("ctrl+shift+z", "ctrl+y")
"""Keys that set it again."""

Tracing = Generator[Drafts, Event, tuple[list[Point], float]]
"""A part of a gesture that returns points (none if it was abandoned) and the largest scale during it."""


def draw_outline(press: Pointer, ctx: Context, *, by_hand: bool = False) -> Gesture:
    """Draw a polygon, or a hole in the pressed polygon, until it is closed.

    With ``by_hand`` it can be drawn by dragging; if such an outline crosses itself, its largest loop is kept.
    Clicks whose edge would cross the outline are rejected, and so is closing an outline that would cross
    itself.
    """
    target = None
    if press.alt or ctx.settings.get(HOLES.name) == "hole":
        target = _polygon_under(press, ctx)
        if target is None:
            return [Notice(texts.NO_POLYGON_FOR_HOLE)]
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
    notices = [Notice(texts.LOOPS_LEFT_OUT)] if share < _MOST_OF_IT else []
    if target is None or around is None:
        return [ctx.create(Polygon(points)), *notices]
    return [Update(target.id, {"shape": Polygon(around.points, [*around.holes, points])}), *notices]


def _polygon_under(press: Pointer, ctx: Context) -> AnnotationView | None:
    """Return the polygon for a hole that starts at ``press``: a selected one before others."""
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
        return texts.TOO_FEW_POINTS
    if by_hand:
        loop = largest_loop(points)
        if loop is None:
            return texts.NO_AREA
        points = loop[0]
    elif not is_simple(points):
        return texts.OUTLINE_CROSSES
    if around is not None and not are_nested(Polygon(around.points, [*around.holes, points])):
        return texts.HOLE_CROSSES
    return None


def trace(
    press: Pointer,
    ctx: Context,
    refusal: Callable[[list[Point]], str | None],
    *,
    closed: bool,
    by_hand: bool = False,
) -> Tracing:
    """Collect the points of a line or outline until it ends; none if all points are undone.

    Clicks add points. With ``by_hand``, dragging adds what is drawn, and a drag at the very start is the
    whole line. Enter, a double-click or (for an outline) a click on its first point ends it; Backspace and
    Ctrl+Z undo the last click or stroke, and Ctrl+Shift+Z redoes it.

    Parameters
    ----------
    press, ctx
        As given to the tool.
    refusal
        Returns why the points so far are not a valid shape, as a sentence, or None.
    closed
        Whether it is an outline. If so, a click whose edge would cross it is rejected.
    by_hand
        Whether dragging draws.
    """
    first = _aim(ctx, press, closed)
    line = _Line(closed, by_hand, [first.point], press, press, press.scale, feet=[first.snapped], aim=first)
    reason: str | None = None
    while line.points:
        event = yield [*line.shown(ctx), line.unfinished, *([Notice(reason)] if reason else [])]
        ending, reason = line.handle(event, ctx)
        if ending:
            points = line.ended()
            reason = refusal(points)
            if reason is None:
                return points, line.scale
        if isinstance(event, Finish):
            reason = None  # it is set aside, so nothing is refused
    return [], line.scale


@dataclass(frozen=True, slots=True)
class _Aim:
    """Where a click at the pointer puts a point: on an outline of another annotation, if it snaps there."""

    point: Point
    snapped: Snapped | None


def _aim(ctx: Context, pointer: Pointer, closed: bool) -> _Aim:
    point = ctx.inside(pointer.point)
    found = None
    if closed and ctx.settings.get(SNAP.name):
        found = snapped(ctx, point, pointer.tolerance)
    return _Aim(found.point if found is not None else point, found)


@dataclass(slots=True)
class _Line:
    """The line so far; ``pieces`` holds the point at which each click or stroke started.

    ``feet`` says for each piece on which outlines it ends; between two points on one outline the line follows
    it. ``undone`` holds the pieces that were taken back.
    """

    closed: bool
    by_hand: bool
    points: list[Point]
    pointer: Pointer
    down: Pointer | None
    scale: float
    feet: list[Snapped | None]
    aim: _Aim
    pieces: list[int] = field(default_factory=lambda: [0])
    fresh: bool = True
    waiting: list[Point] = field(default_factory=list)
    drawing: bool = False
    start: int = 0
    thinned: int = 0
    undone: list[tuple[list[Point], Snapped | None]] = field(default_factory=list)

    @property
    def unfinished(self) -> Unfinished:
        """What the status line and Undo need to know."""
        least = 3 if self.closed else 2
        complete = len(self.points) >= least
        return Unfinished(len(self.pieces), complete, texts.next_point(complete, self.closed, self.by_hand))

    def ended(self) -> list[Point]:
        """Return the points of the line if it ends here; an outline closes along the outline it began on."""
        return [*self.points, *way_between(self.feet[-1], self.feet[0])] if self.closed else self.points

    def handle(self, event: Event, ctx: Context) -> tuple[bool, str | None]:
        """Process an event; return whether it ends the line, and why it is rejected, as a sentence."""
        if isinstance(event, KeyPress):
            if event.combination in UNDO_KEYS:
                self._take_back()
            elif event.combination in REDO_KEYS and self.undone:
                self._put_back()
            return event.key == "Enter", None
        if isinstance(event, Finish):
            if self.drawing:
                self._lift()
            self.down = None
            return True, None
        if not isinstance(event, Pointer):
            return False, None
        self.pointer, self.aim = event, _aim(ctx, event, self.closed)
        if event.kind == "press":
            return self._press(event, self.aim)
        if self.down is None:
            return False, None
        if self.by_hand and event.kind != "hover":
            self._follow(ctx.inside(event.point), event.scale, begin=moved_far(self.down, event))
        if event.kind == "move":
            return False, None
        self.down = None  # released; on a hover, the release was lost
        return self._lift(), None

    def shown(self, ctx: Context) -> list[Draft]:
        """Return the line up to the pointer, and its origin and the ends of its pieces as handles.

        The origin is hot if a click closes the outline, and the point at the pointer if it snaps.
        """
        closing = not self.drawing and self._at_origin(self.pointer)
        way = way_between(self.feet[-1], self.feet[0] if closing else self.aim.snapped)
        ahead = self.points[0] if closing else self.aim.point
        line = self.points if ahead == self.points[-1] else [*self.points, *way, ahead]
        ends = [*self.pieces[2:], len(self.points)] if len(self.pieces) > 1 else []
        starts = (self.points[0], *(self.points[at - 1] for at in ends))
        if self.aim.snapped is not None and not closing:
            shown: list[Draft] = [Handles((*starts, ahead), len(starts)), Cursor("cross")]
        else:
            shown = [Handles(starts, 0 if closing else None), Cursor("cross")]
        return [Polyline(line), *shown] if len(line) > 1 else shown

    def _press(self, event: Pointer, aim: _Aim) -> tuple[bool, str | None]:
        """Start a piece; at an end of the line it starts there, and only once something is drawn."""
        self.down, self.waiting = event, []
        self.scale = max(self.scale, event.scale)
        if self._at_origin(event):
            return True, None
        at_first = self.closed and _near(self.points[0], event)
        self.fresh = not (at_first or _near(self.points[-1], event))
        if not self.fresh:
            return False, None
        added = [*way_between(self.feet[-1], aim.snapped), aim.point]
        if self.closed and _crosses(self.points, added):
            self.down = None
            return False, texts.EDGE_CROSSES
        self.pieces.append(len(self.points))
        self.points += added
        self.feet.append(aim.snapped)
        self.undone.clear()
        return False, None

    def _follow(self, point: Point, scale: float, begin: bool) -> None:
        """Continue to ``point``; long strokes are thinned along the way so that each event is fast.

        A stroke starts only at a point far enough away to ``begin`` it, and then includes all points before.
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
                self.feet.append(None)
            self.feet[-1] = None
            self.points += self.waiting
            self.undone.clear()
        else:
            self.points.append(point)
        if len(self.points) - self.thinned > _PIECE:
            self.points[self.thinned :] = simplify(self.points[self.thinned :], _ON_THE_WAY / self.scale)
            self.thinned = len(self.points) - 1

    def _lift(self) -> bool:
        """End a click or stroke; return whether that ends the line.

        A stroke that is the whole line ends it, and so does a click on the last point, the second of a
        double-click. Outlines are thinned when they are closed.
        """
        if not self.drawing:
            enough = len(self.points) >= (3 if self.closed else 2)
            return enough and not self.fresh and _near(self.points[-1], self.pointer)
        self.drawing = False
        if not self.closed:
            self.points[self.start :] = simplify(self.points[self.start :], _AT_THE_END / self.scale)
        return self.start == 0

    def _take_back(self) -> None:
        start = self.pieces.pop()
        self.undone.append((self.points[start:], self.feet.pop()))
        del self.points[start:]
        self.drawing, self.fresh, self.waiting, self.down = False, False, [], None

    def _put_back(self) -> None:
        points, foot = self.undone.pop()
        self.pieces.append(len(self.points))
        self.points += points
        self.feet.append(foot)

    def _at_origin(self, pointer: Pointer) -> bool:
        return self.closed and len(self.points) >= 3 and _near(self.points[0], pointer)


def _near(point: Point, pointer: Pointer) -> bool:
    return math.dist(point, pointer.point) <= pointer.tolerance


def _crosses(points: list[Point], added: list[Point]) -> bool:
    """Return whether a line would meet itself if it continued through more points."""
    line = [*points]
    for point in added:
        if line_crosses(line, point):
            return True
        line.append(point)
    return False
