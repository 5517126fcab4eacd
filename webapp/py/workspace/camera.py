"""The camera over one image: where image pixels are in the view, and how zoom, pan and rotation move it.

View coordinates are CSS pixels from the top-left corner of the canvas; image coordinates are as in
`webapp.py.domain.shapes`. Rotating and mirroring affect only the view; they never change annotations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

CLOSEST = 64.0
"""The maximum width of one image pixel, in CSS pixels."""
MARGIN = 24.0
"""CSS pixels left free around a fitted image."""
KEEP = 48.0
"""CSS pixels of the image that stay in view however far it is dragged."""
Matrix = tuple[float, float, float, float, float, float]
"""a, b, c, d, e, f of x' = a x + c y + e, y' = b x + d y + f, in the order of canvas and CSS."""
Fingers = tuple[tuple[float, float], tuple[float, float]]
"""The positions of two fingers in the view."""
_COSINES = (1, 0, -1, 0)


@dataclass(frozen=True, slots=True)
class Camera:
    """A view of ``width`` x ``height`` CSS pixels on an image of ``image_width`` x ``image_height`` pixels.

    ``zoom`` is CSS pixels per width of an image pixel; the image point (``x``, ``y``) is at the center of the
    view. The image is mirrored left to right if ``mirrored``, then rotated by ``turns`` quarter turns
    clockwise.
    ``aspect`` is the height of an image pixel relative to its width: 1 except for some medical images.
    Coordinates are always image pixels, whatever their shape, so a circle of image pixels can look oval.

    Examples
    --------
    >>> view = Camera(800, 600, 400, 300).fitted()
    >>> view.to_view(200, 150)
    (400.0, 300.0)
    >>> turned = Camera(800, 600, 400, 300, x=200, y=150).turned(1)
    >>> turned.to_view(200, 0)  # the middle of the top edge is at the right
    (550.0, 300.0)
    >>> Camera(800, 600, 400, 300, x=200, y=150, aspect=2.0).to_view(200, 250)  # 100 rows further down
    (400.0, 500.0)
    """

    width: float
    height: float
    image_width: int
    image_height: int
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    turns: int = 0
    mirrored: bool = False
    aspect: float = 1.0

    @property
    def axes(self) -> tuple[int, int, int, int]:
        """The orientation of the image: a, b, c, d of a matrix of -1, 0 and 1."""
        cosine, sine = _COSINES[self.turns], _COSINES[self.turns - 1]
        return (-cosine, -sine, -sine, cosine) if self.mirrored else (cosine, sine, -sine, cosine)

    @property
    def matrix(self) -> Matrix:
        """The transform from image to view coordinates."""
        a, b, c, d, left, top = self.even_matrix
        return a, b, c * self.aspect, d * self.aspect, left, top

    @property
    def even_matrix(self) -> Matrix:
        """The transform to view coordinates from (x, y * aspect), which scales both axes equally."""
        a, b, c, d = (self.zoom * axis for axis in self.axes)
        x, y = self.x, self.y * self.aspect
        return a, b, c, d, self.width / 2 - (a * x + c * y), self.height / 2 - (b * x + d * y)

    @property
    def scale(self) -> float:
        """CSS pixels per image pixel: the geometric mean of its width and height if they differ."""
        return self.zoom * math.sqrt(self.aspect)

    @property
    def sideways(self) -> bool:
        """Whether columns of the image appear as rows in the view."""
        return self.turns % 2 == 1

    @property
    def fit_zoom(self) -> float:
        """The zoom at which the whole image is visible, with a margin."""
        across, down = self._spread(self.image_width, self.image_height)
        free_width = max(self.width - 2 * MARGIN, 1.0)
        free_height = max(self.height - 2 * MARGIN, 1.0)
        return min(free_width / across, free_height / down, CLOSEST)

    def shows_alike(self, other: Camera) -> bool:
        """Return whether the images of two views have the same size and pixel shape."""
        mine = self.image_width, self.image_height, self.aspect
        return mine == (other.image_width, other.image_height, other.aspect)

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """Return the view coordinates of an image point."""
        a, b, c, d = self.axes
        dx, dy = (x - self.x) * self.zoom, (y - self.y) * self.zoom * self.aspect
        return self.width / 2 + a * dx + c * dy, self.height / 2 + b * dx + d * dy

    def to_image(self, view_x: float, view_y: float) -> tuple[float, float]:
        """Return the image point at view coordinates."""
        dx, dy = self._to_image_way(view_x - self.width / 2, view_y - self.height / 2)
        return self.x + dx, self.y + dy

    def fitted(self) -> Camera:
        """Return the view with the whole image in it, centered."""
        return replace(self, zoom=self.fit_zoom, x=self.image_width / 2, y=self.image_height / 2)

    def zoomed(self, factor: float, view_x: float | None = None, view_y: float | None = None) -> Camera:
        """Return the view zoomed by ``factor``, keeping the point under (``view_x``, ``view_y``) in place.

        Without a point, the center of the view stays in place.
        """
        at_x = self.width / 2 if view_x is None else view_x
        at_y = self.height / 2 if view_y is None else view_y
        zoom = self._allowed(self.zoom * factor)
        return replace(self, zoom=zoom)._holding(self.to_image(at_x, at_y), at_x, at_y).kept()

    def actual_size(self) -> Camera:
        """Return the view at one CSS pixel per image pixel, around the same center."""
        return self.zoomed(1.0 / self.zoom)

    def panned(self, view_dx: float, view_dy: float) -> Camera:
        """Return the view with the image moved by CSS pixels to the right and down."""
        dx, dy = self._to_image_way(view_dx, view_dy)
        return replace(self, x=self.x - dx, y=self.y - dy).kept()

    def moved(self, dx: float, dy: float) -> Camera:
        """Return the view with the image moved by image pixels along its own axes."""
        return replace(self, x=self.x - dx, y=self.y - dy).kept()

    def turned(self, quarters: int) -> Camera:
        """Return the view rotated clockwise by quarter turns; a fitted image stays fitted."""
        return self._standing((self.turns + quarters) % 4, self.mirrored)

    def flipped(self, way: Literal["horizontal", "vertical"]) -> Camera:
        """Return the view flipped horizontally or vertically, as seen."""
        return self._standing((2 * (way == "vertical") - self.turns) % 4, not self.mirrored)

    def shown(self, x0: float, y0: float, x1: float, y1: float) -> Camera:
        """Return the view filled by the rectangle between two image points."""
        across, down = self._spread(abs(x1 - x0), abs(y1 - y0))
        zoom = self._allowed(min(self.width / max(across, 1e-6), self.height / max(down, 1e-6)))
        return replace(self, zoom=zoom, x=(x0 + x1) / 2, y=(y0 + y1) / 2).kept()

    def like(self, other: Camera) -> Camera:
        """Return this view with the camera of another: the same center, zoom, rotation and mirroring."""
        camera = replace(
            self, zoom=other.zoom, x=other.x, y=other.y, turns=other.turns, mirrored=other.mirrored
        )
        return replace(camera, zoom=camera._allowed(camera.zoom)).kept()

    def resized(self, width: float, height: float) -> Camera:
        """Return the view for a canvas of another size; an image that was fitted stays fitted."""
        changed = replace(self, width=width, height=height)
        return changed.fitted() if self._is_fitted else changed.kept()

    def kept(self) -> Camera:
        """Return the view moved, where needed, so that a strip of the image stays visible."""
        reach_x = max(self.width / 2 - KEEP, 0.0) / self.zoom
        reach_y = max(self.height / 2 - KEEP, 0.0) / self.zoom
        if self.sideways:
            reach_x, reach_y = reach_y, reach_x
        reach_y /= self.aspect
        return replace(
            self,
            x=min(max(self.x, -reach_x), self.image_width + reach_x),
            y=min(max(self.y, -reach_y), self.image_height + reach_y),
        )

    def pinched(self, before: Fingers, after: Fingers) -> Camera:
        """Return the view after two fingers moved, keeping the point between them in place.

        Rotating the fingers does not rotate the view.
        """
        near, far = math.dist(*before), math.dist(*after)
        held = self.to_image(*_middle(*before))
        zoom = self._allowed(self.zoom * far / near) if near > 1.0 else self.zoom
        return replace(self, zoom=zoom)._holding(held, *_middle(*after)).kept()

    @property
    def _is_fitted(self) -> bool:
        return abs(self.zoom - self.fit_zoom) < 1e-6 * self.zoom

    def _allowed(self, zoom: float) -> float:
        return min(max(zoom, min(self.fit_zoom / 2, 1.0)), CLOSEST)

    def _holding(self, point: tuple[float, float], view_x: float, view_y: float) -> Camera:
        dx, dy = self._to_image_way(view_x - self.width / 2, view_y - self.height / 2)
        return replace(self, x=point[0] - dx, y=point[1] - dy)

    def _standing(self, turns: int, mirrored: bool) -> Camera:
        changed = replace(self, turns=turns, mirrored=mirrored)
        return changed.fitted() if self._is_fitted else changed.kept()

    def _to_image_way(self, view_dx: float, view_dy: float) -> tuple[float, float]:
        a, b, c, d = self.axes  # orthogonal: the reverse is the transpose
        dx, dy = (a * view_dx + b * view_dy) / self.zoom, (c * view_dx + d * view_dy) / self.zoom
        return dx, dy / self.aspect

    def _spread(self, across: float, down: float) -> tuple[float, float]:
        """Return the width and height of a part of the image in the view, in widths of an image pixel."""
        down *= self.aspect
        return (down, across) if self.sideways else (across, down)


def _middle(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    return (one[0] + other[0]) / 2, (one[1] + other[1]) / 2
