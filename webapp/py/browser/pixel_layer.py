"""What draws the image and the masks of a viewport: with WebGL2, or without it on a plain canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.scene import MaskFigure, Patch


@dataclass(frozen=True)
class Lens:
    """Where the picture for the loupe is: a rectangle of a canvas, in device pixels."""

    canvas: Any
    left: int
    top: int
    width: int
    height: int


class PixelLayer(Protocol):
    """Draws one image and its masks on a canvas."""

    def set_background(self, red: float, green: float, blue: float) -> None:
        """Set the color around the image, as channels from 0 to 1."""

    def set_appearance(self, appearance: Appearance) -> None:
        """Set brightness and contrast, or the window setting, of the image."""

    def set_smooth(self, smooth: bool) -> None:
        """Set whether enlarged pixels are interpolated, instead of shown as squares."""

    def resize(self, width: int, height: int) -> None:
        """Set the drawing size in device pixels."""

    def set_image(self, bitmap: Any | None, overview: Any = None, scalars: ScalarImage | None = None) -> None:
        """Show an ``ImageBitmap`` in display orientation, or nothing, and forget all masks.

        The values of a gray image, if given, are shown instead of the bitmap.
        """

    def draw(
        self, view: Camera, ratio: float, masks: Sequence[MaskFigure], patches: Sequence[Patch] = ()
    ) -> bool:
        """Draw what has changed. If only a mask has new pixels, only their area is drawn.

        Parameters
        ----------
        view, ratio
            The camera and device pixels per CSS pixel.
        masks
            The masks, bottom to top.
        patches
            New pixels of the topmost mask, relative to its own corner.

        Returns
        -------
        bool
            Whether another frame is needed, because tiles of the image are missing.
        """

    def draw_lens(self, view: Camera, ratio: float, masks: Sequence[MaskFigure]) -> Lens:
        """Draw the part of the image in ``view`` with sharp pixels, from where it can be copied.

        Call this before `draw` in the same frame.
        """

    def destroy(self) -> None:
        """Free all memory."""
