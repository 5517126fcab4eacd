"""What a gesture can know: the session, together with what only the canvas knows."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor
from typing import Protocol

from webapp.py.geometry.image_parts import VolumePart, frame_address
from webapp.py.geometry.masks import Rect, clip_rect
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.context import Context
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.messages import ViewChange
from webapp.py.workspace.preparing import Preparation, Worker


class GestureCanvas(Worker, Protocol):
    """What a gesture needs of the viewport: the camera, and ways to move it and to ask the worker."""

    @property
    def view(self) -> Camera | None:
        """The camera, or None while no image is shown."""

    @property
    def display_key(self) -> str:
        """What distinguishes this display of an image, such as its window; appended to its address."""

    def move_camera(self, move: ViewChange) -> None:
        """Move the camera (or change the contrast) at once, before the next event is computed."""


def context_of(
    session: ImageSession, canvas: GestureCanvas, preparation: Preparation, scale: float
) -> Context:
    """Return the context of a gesture that starts now."""
    asset, view = session.asset, canvas.view
    return replace(
        session.context(scale),
        image=asset.url + canvas.display_key if asset is not None else "",
        values=values_of(session, canvas),
        visible=_visible(view) if view is not None else None,
        prepared=preparation.of(session.tool_id, image_of(session, canvas)),
    )


def values_of(session: ImageSession, canvas: GestureCanvas) -> VolumePart | None:
    """Return the values of a grayscale image, for a question to the worker; None for other images."""
    asset = session.asset
    if asset is None or not canvas.display_key:  # only grayscale images have a window
        return None
    return VolumePart((frame_address(asset.url, asset.frame),))


def image_of(session: ImageSession, canvas: GestureCanvas) -> object:
    """Return what distinguishes one image from another."""
    asset = session.asset
    return (asset.ordinal, asset.url, canvas.display_key) if asset is not None else None


def _visible(view: Camera) -> Rect | None:
    """Return the rectangle of the image that is in view, in whole pixels."""
    corners = [view.to_image(x, y) for x in (0.0, view.width) for y in (0.0, view.height)]
    left, top = (floor(min(corner[axis] for corner in corners)) for axis in (0, 1))
    right, bottom = (ceil(max(corner[axis] for corner in corners)) for axis in (0, 1))
    return clip_rect((left, top, right - left, bottom - top), view.image_width, view.image_height)
