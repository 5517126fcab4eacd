"""Cameras that move together."""

from __future__ import annotations

from dataclasses import replace

from webapp.py.workspace.camera import Camera


def followed(leader: Camera, follower: Camera) -> Camera:
    """Return ``follower`` showing the same part of its image as ``leader`` shows of its own.

    The part is a fraction of the image, and zoom is relative to the fitted image, so this works for images of
    different sizes.

    Examples
    --------
    >>> leader = Camera(100, 100, 1000, 1000, zoom=1.0, x=250.0, y=500.0)
    >>> view = followed(leader, Camera(100, 100, 2000, 2000))
    >>> view.x, view.y, round(view.zoom, 6)
    (500.0, 1000.0, 0.5)
    """
    magnification = leader.zoom / leader.fit_zoom
    return replace(
        follower,
        zoom=follower.fit_zoom * magnification,
        x=leader.x / leader.image_width * follower.image_width,
        y=leader.y / leader.image_height * follower.image_height,
    ).kept()
