"""The static layer of the viewport: annotations that do not change, kept as a drawing.

Thousands of polygons take longer to draw than one frame. So they are drawn once, on a sheet a bit larger than
the view, which a CSS transform moves and scales while the camera moves. When the camera rests, or the sheet
no longer covers the view, another sheet is drawn over several frames and then replaces the first. When single
annotations change, only the area around them is redrawn. A small number of annotations is redrawn in every
frame in which something changes, and is always sharp.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from webapp.py.browser.interactive_layer import REACH, TAG_REACH, Paths, draw_figures
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.changes import FEW, changed_places
from webapp.py.workspace.figures import Figure, StaticFigures

SLICE = 60_000
"""Characters of path text drawn per frame, about 2,000 points with halo and line."""
LINES = 2
"""How often each path is drawn: its halo, and the line."""
LEAST = 100
"""Cost of a figure apart from its path, in the same unit."""
SURROUND = 0.25
"""How far a sheet extends beyond each side of the view, as a share of the view."""
MOST_PIXELS = 12_000_000
"""Most device pixels of a sheet, unless the view itself has more."""
REST_MS = 140.0
"""How long the camera rests before a sharp sheet is drawn."""
Content = tuple[StaticFigures, frozenset[str]]
"""Annotations that do not change, and the keys of those that are hidden."""
Rectangle = tuple[float, float, float, float]
"""Left, top, right and bottom in a view."""
NOTHING: Content = (StaticFigures(), frozenset())


@dataclass(slots=True, eq=False)
class _Sheet:
    """A canvas and what it shows. ``view`` is its camera, with the size of the canvas."""

    canvas: Any
    context: Any
    view: Camera | None = None
    content: Content = NOTHING
    waiting: list[Figure] = field(default_factory=list)
    size: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def clear(self, view: Camera, ratio: float, content: Content) -> None:
        """Start over."""
        self.view, self.content = view, content
        width, height = round(view.width * ratio), round(view.height * ratio)
        if self.size != (view.width, view.height, ratio):
            self.size = view.width, view.height, ratio
            self.canvas.width, self.canvas.height = width, height
            self.canvas.style.width, self.canvas.style.height = f"{view.width}px", f"{view.height}px"
        else:
            self.context.setTransform(1, 0, 0, 1, 0, 0)
            self.context.clearRect(0, 0, width, height)
        self.waiting = _within(content, view, (0.0, 0.0, view.width, view.height))


class StaticLayer:
    """Draws annotations that do not change.

    Parameters
    ----------
    first, second
        Two canvases on top of each other, in an element that clips them.
    """

    def __init__(self, first: Any, second: Any) -> None:
        self._front, self._back = (_Sheet(canvas, canvas.getContext("2d")) for canvas in (first, second))
        self._paths = Paths()
        self._moved = 0.0
        self._ratio = 0.0
        self._camera: Camera | None = None
        self._weighed: tuple[StaticFigures | None, int] = (None, 0)
        self._hide(self._back)

    def forget(self) -> None:
        """Show nothing until the next drawing, such as when the image changes."""
        for sheet in (self._front, self._back):
            sheet.view, sheet.content, sheet.waiting = None, NOTHING, []
            self._hide(sheet)

    def draw(
        self, view: Camera, ratio: float, static: StaticFigures, without: frozenset[str], now: float
    ) -> bool:
        """Draw as much as fits into a frame. Returns whether another frame is needed.

        ``now`` is the time of the frame, in milliseconds.
        """
        content = (static, without)
        if ratio != self._ratio:
            self._ratio = ratio  # such as when the window moves to another screen
            self.forget()
        if not static.figures:
            if self._front.content[0].figures:
                self.forget()
            return False
        if view != self._camera:
            self._camera, self._moved = view, now
        if self._weighed[0] is not static:
            self._weighed = static, _cost(static.figures)
            self._paths.forget_all_but(static.figures)
        if self._weighed[1] <= SLICE:
            self._draw_whole(view, ratio, content)
            return False
        if self._front.view is None:
            self._front.clear(_larger(view, ratio), ratio, content)
        self._follow_content(view, ratio, content)
        self._renew(view, ratio, content, resting=now - self._moved >= REST_MS)
        self._place(view)
        self._go_on(ratio)
        if not self._back.waiting and self._back.view is not None:
            self._front, self._back = self._back, self._front
            self._back.view = None
            self._place(view)
            self._hide(self._back)
        return bool(self._front.waiting) or self._back.view is not None or not _same(self._front.view, view)

    def _draw_whole(self, view: Camera, ratio: float, content: Content) -> None:
        front = self._front
        if (front.view, *front.content) != (view, *content):
            front.clear(view, ratio, content)
            draw_figures(front.context, view, ratio, front.waiting, self._paths)
            front.waiting = []
        self._back.view, self._back.waiting = None, []
        self._place(view)

    def _follow_content(self, view: Camera, ratio: float, content: Content) -> None:
        """Update the front sheet if only a few annotations changed, or else start another sheet."""
        front = self._front
        if front.content == content or front.view is None:
            return
        changed = _changed(front.content, content)
        if len(changed) <= FEW and not front.waiting:
            reach = max(_reach(front.content), _reach(content))
            around = [_rectangle(front.view, figure, reach) for figure in changed]
            redrawn = _within(content, front.view, *around)
            if _cost(redrawn) <= 2 * LINES * SLICE:
                self._redraw(front, ratio, around, redrawn)
                front.content = content
                self._back.view, self._back.waiting = None, []
                return
        if self._back.view is None or self._back.content != content:
            self._back.clear(_larger(view, ratio), ratio, content)
        front.waiting = []

    def _renew(self, view: Camera, ratio: float, content: Content, resting: bool) -> None:
        """Start another sheet if the front one is too small, or blurred while the camera rests."""
        front, back = self._front, self._back
        if back.view is not None:
            if not _covers(back.view, view):
                back.clear(_larger(view, ratio), ratio, content)
        elif not _covers(front.view, view) or (resting and not front.waiting and not _same(front.view, view)):
            back.clear(_larger(view, ratio), ratio, content)

    def _go_on(self, ratio: float) -> None:
        """Draw one part of what is left."""
        sheet = self._back if self._back.view is not None else self._front
        assert sheet.view is not None
        end, cost = 0, 0
        while end < len(sheet.waiting) and cost < SLICE:
            cost += _weight(sheet.waiting[end])
            end += 1
        part, sheet.waiting = sheet.waiting[:end], sheet.waiting[end:]
        if part:
            draw_figures(sheet.context, sheet.view, ratio, part, self._paths)

    def _redraw(
        self, sheet: _Sheet, ratio: float, around: Sequence[Rectangle], figures: Sequence[Figure]
    ) -> None:
        """Redraw rectangles of a sheet, extended to whole device pixels so that there are no seams."""
        context = sheet.context
        context.save()
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.beginPath()
        for left, top, right, bottom in around:
            x, y = np.floor(left * ratio), np.floor(top * ratio)
            context.rect(x, y, np.ceil(right * ratio) - x, np.ceil(bottom * ratio) - y)
        context.clip()
        context.clearRect(0, 0, sheet.canvas.width, sheet.canvas.height)
        assert sheet.view is not None
        draw_figures(context, sheet.view, ratio, figures, self._paths)
        context.restore()

    def _place(self, view: Camera) -> None:
        """Move the front sheet so that its annotations match the image."""
        sheet = self._front
        assert sheet.view is not None
        (a, b, c, d), (e, f, g, h) = view.axes, sheet.view.axes
        by = view.zoom / sheet.view.zoom
        left, top = view.to_view(*sheet.view.to_image(0.0, 0.0))
        across = by * (a * e + c * g), by * (b * e + d * g)
        down = by * (a * f + c * h), by * (b * f + d * h)
        style = sheet.canvas.style
        style.transform = f"matrix({across[0]},{across[1]},{down[0]},{down[1]},{left:.4f},{top:.4f})"
        style.visibility = "visible"

    def _hide(self, sheet: _Sheet) -> None:
        sheet.canvas.style.visibility = "hidden"


def _larger(view: Camera, ratio: float) -> Camera:
    """Return the camera of a sheet around a view, larger by whole device pixels on each side."""
    pixels = view.width * view.height * ratio * ratio
    share = SURROUND if pixels * (1 + 2 * SURROUND) ** 2 <= MOST_PIXELS else 0.0
    more_x, more_y = (round(share * size * ratio) / ratio for size in (view.width, view.height))
    return replace(view, width=view.width + 2 * more_x, height=view.height + 2 * more_y)


def _same(sheet: Camera | None, view: Camera) -> bool:
    """Return whether a sheet was drawn for this camera."""
    return sheet is not None and replace(sheet, width=view.width, height=view.height) == view


def _covers(sheet: Camera | None, view: Camera) -> bool:
    """Return whether a sheet covers the visible part of the image, at a similar scale."""
    if sheet is None or sheet.aspect != view.aspect or not 0.5 <= view.zoom / sheet.zoom <= 2.0:
        return False
    one, other = view.to_image(0.0, 0.0), view.to_image(view.width, view.height)
    clipped = [
        (min(max(x, 0.0), float(view.image_width)), min(max(y, 0.0), float(view.image_height)))
        for x, y in (one, other)
    ]
    corners = [sheet.to_view(x, y) for x, y in clipped]
    return all(-1.0 <= x <= sheet.width + 1.0 and -1.0 <= y <= sheet.height + 1.0 for x, y in corners)


def _reach(content: Content) -> float:
    """Return how far figures extend beyond their bounds, in CSS pixels."""
    return TAG_REACH if content[0].named else REACH


def _rectangle(view: Camera, figure: Figure, reach: float) -> Rectangle:
    """Return left, top, right and bottom of a figure in a view."""
    left, top, right, bottom = figure.bounds
    (x0, y0), (x1, y1) = view.to_view(left, top), view.to_view(right, bottom)
    return min(x0, x1) - reach, min(y0, y1) - reach, max(x0, x1) + reach, max(y0, y1) + reach


def _within(content: Content, view: Camera, *rectangles: Rectangle) -> list[Figure]:
    """Return the figures that may touch one of the rectangles of a view, bottom to top."""
    static, without = content
    far = _reach(content) / (view.zoom * min(view.aspect, 1.0))
    lefts, tops, rights, bottoms = static.edges
    near = np.zeros(len(static.figures), dtype=bool)
    for left, top, right, bottom in rectangles:
        (x0, y0), (x1, y1) = view.to_image(left, top), view.to_image(right, bottom)
        beside = (lefts <= max(x0, x1) + far) & (rights >= min(x0, x1) - far)
        near |= beside & (tops <= max(y0, y1) + far) & (bottoms >= min(y0, y1) - far)
    found = (static.figures[index] for index in np.flatnonzero(near).tolist())
    return [figure for figure in found if figure.key not in without]


def _changed(before: Content, after: Content) -> list[Figure]:
    """Return the figures that are visible only before or only after."""
    (old, hidden), (new, hides) = before, after
    places = changed_places(old.figures, new.figures)
    if places is None:
        changed = [*set(old.figures).symmetric_difference(new.figures)]
    else:
        changed = [figures[place] for figures in (old.figures, new.figures) for place in places]
    shown_or_hidden = (new.figure(name) for name in hidden ^ hides)
    return [*changed, *(figure for figure in shown_or_hidden if figure is not None)]


def _weight(figure: Figure) -> int:
    return LINES * len(figure.path) + LEAST * (len(figure.dots) + 1 + 3 * bool(figure.name))


def _cost(figures: Sequence[Figure]) -> int:
    """Return the cost of drawing figures. Very many are not counted: they are too many in any case."""
    return len(figures) * LEAST if len(figures) * LEAST > 2 * SLICE else sum(map(_weight, figures))
