"""The camera over one image: where image pixels fall in the view, and how zoom and pan move it.

View coordinates are CSS pixels from the top-left corner of the canvas; image coordinates are as in
`webapp.py.domain.shapes`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

CLOSEST = 64.0
"""Most CSS pixels that one image pixel may cover."""
MARGIN = 24.0
"""CSS pixels left free around an image that is fitted."""
KEEP = 48.0
"""CSS pixels of the image that stay in view however far it is dragged."""


@dataclass(frozen=True, slots=True)
class Viewport:
    """A view of ``width`` x ``height`` CSS pixels on an image of ``image_width`` x ``image_height`` pixels.

    ``zoom`` is CSS pixels per image pixel; the image point (``x``, ``y``) lies in the middle of the view.

    Examples
    --------
    >>> view = Viewport(800, 600, 400, 300).fitted()
    >>> view.to_view(200, 150)
    (400.0, 300.0)
    """

    width: float
    height: float
    image_width: int
    image_height: int
    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0

    @property
    def fit_zoom(self) -> float:
        """The zoom at which the whole image is seen, with a margin."""
        free_width = max(self.width - 2 * MARGIN, 1.0)
        free_height = max(self.height - 2 * MARGIN, 1.0)
        return min(free_width / self.image_width, free_height / self.image_height, CLOSEST)

    @property
    def origin(self) -> tuple[float, float]:
        """The view coordinates of the image's top-left corner."""
        return self.to_view(0.0, 0.0)

    def to_view(self, x: float, y: float) -> tuple[float, float]:
        """Return the view coordinates of an image point."""
        return self.width / 2 + (x - self.x) * self.zoom, self.height / 2 + (y - self.y) * self.zoom

    def to_image(self, view_x: float, view_y: float) -> tuple[float, float]:
        """Return the image point at view coordinates."""
        return self.x + (view_x - self.width / 2) / self.zoom, self.y + (view_y - self.height / 2) / self.zoom

    def fitted(self) -> Viewport:
        """Return the view with the whole image in it, centred."""
        return replace(self, zoom=self.fit_zoom, x=self.image_width / 2, y=self.image_height / 2)

    def zoomed(self, factor: float, view_x: float | None = None, view_y: float | None = None) -> Viewport:
        """Return the view zoomed by ``factor`` with the point under (``view_x``, ``view_y``) held in place.

        Without a point the middle of the view is held.
        """
        at_x = self.width / 2 if view_x is None else view_x
        at_y = self.height / 2 if view_y is None else view_y
        held_x, held_y = self.to_image(at_x, at_y)
        farthest = min(self.fit_zoom / 2, 1.0)
        zoom = min(max(self.zoom * factor, farthest), CLOSEST)
        moved = replace(
            self,
            zoom=zoom,
            x=held_x - (at_x - self.width / 2) / zoom,
            y=held_y - (at_y - self.height / 2) / zoom,
        )
        return moved.kept()

    def actual_size(self) -> Viewport:
        """Return the view at one CSS pixel per image pixel, around the same middle."""
        return self.zoomed(1.0 / self.zoom)

    def panned(self, view_dx: float, view_dy: float) -> Viewport:
        """Return the view with the image moved by CSS pixels to the right and down."""
        return replace(self, x=self.x - view_dx / self.zoom, y=self.y - view_dy / self.zoom).kept()

    def resized(self, width: float, height: float) -> Viewport:
        """Return the view for a canvas of another size; an image that was fitted stays fitted."""
        was_fitted = abs(self.zoom - self.fit_zoom) < 1e-6 * self.zoom
        changed = replace(self, width=width, height=height)
        return changed.fitted() if was_fitted else changed.kept()

    def kept(self) -> Viewport:
        """Return the view moved, where needed, so that a strip of the image stays visible."""
        reach_x = max(self.width / 2 - KEEP, 0.0) / self.zoom
        reach_y = max(self.height / 2 - KEEP, 0.0) / self.zoom
        return replace(
            self,
            x=min(max(self.x, -reach_x), self.image_width + reach_x),
            y=min(max(self.y, -reach_y), self.image_height + reach_y),
        )
