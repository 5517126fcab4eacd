"""The pixel layer of a viewport in a browser without WebGL2: drawn with a 2D context and numpy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import js
from pyodide.ffi import to_js

from webapp.py.browser.mask_parts import touched
from webapp.py.browser.pixel_layer import Lens
from webapp.py.browser.plain_canvases import new_context
from webapp.py.browser.plain_images import PlainPhoto, PlainValues
from webapp.py.browser.plain_masks import PlainMask, device_rect
from webapp.py.browser.plain_pixels import Rect, Screen, cut
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.scene import MaskFigure, Patch


class PlainPixelLayer:
    """`pixel_layer.PixelLayer` without WebGL2.

    Parameters
    ----------
    canvas
        The canvas element.
    """

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        self._context = canvas.getContext("2d", to_js({"alpha": False}, dict_converter=js.Object.fromEntries))
        self._background = "#000"
        self._appearance, self._smooth = Appearance(), False
        self._image: PlainPhoto | PlainValues | None = None
        self._masks: dict[str, PlainMask] = {}
        self._shown: object = None
        self._lens: Any = None

    def set_background(self, red: float, green: float, blue: float) -> None:
        """Set the color around the image, as channels from 0 to 1."""
        self._background = f"rgb({round(255 * red)} {round(255 * green)} {round(255 * blue)})"

    def set_appearance(self, appearance: Appearance) -> None:
        """Set brightness and contrast, or the window setting, of the image."""
        self._appearance = appearance

    def set_smooth(self, smooth: bool) -> None:
        """Set whether enlarged pixels are interpolated."""
        self._smooth = smooth

    def resize(self, width: int, height: int) -> None:
        """Set the drawing size in device pixels."""
        if (self.canvas.width, self.canvas.height) != (width, height):
            self.canvas.width, self.canvas.height = width, height
            self._shown = None

    def set_image(self, bitmap: Any | None, overview: Any = None, scalars: ScalarImage | None = None) -> None:
        """Show an image or nothing, and forget all masks."""
        self._masks, self._shown, self._image = {}, None, None
        if scalars is not None:
            self._image = PlainValues(scalars)
        elif bitmap is not None:
            self._image = PlainPhoto(bitmap, overview)

    def draw(
        self, view: Camera, ratio: float, masks: Sequence[MaskFigure], patches: Sequence[Patch] = ()
    ) -> bool:
        """Draw what has changed. If only a mask has new pixels, only their area is drawn."""
        looks = tuple(mask.drawn for mask in masks)
        shown = (view, ratio, looks, self._appearance, self._smooth, self._background)
        same = shown == self._shown
        if same and not patches:
            return False
        screen = Screen(view, ratio)
        clip: Rect | None = (0, 0, int(self.canvas.width), int(self.canvas.height))
        changed = device_rect(screen, touched(view, ratio, masks[-1], patches)) if same else None
        self._take(masks, patches, changed, screen)
        if changed is not None and clip is not None:
            clip = cut(clip, changed)
        if clip is not None:
            self._paint(self._context, screen, masks, clip, self._smooth)
        self._shown = shown
        return False

    def draw_lens(self, view: Camera, ratio: float, masks: Sequence[MaskFigure]) -> Lens:
        """Draw the part of the image in ``view`` with sharp pixels, from where it can be copied."""
        width, height = round(view.width * ratio), round(view.height * ratio)
        if self._lens is None or (self._lens.canvas.width, self._lens.canvas.height) != (width, height):
            self._lens = new_context(width, height)
        screen = Screen(view, ratio)
        self._take(masks, (), None, screen)
        self._paint(self._lens, screen, masks, (0, 0, width, height), smooth=False, lens=True)
        return Lens(self._lens.canvas, 0, 0, width, height)

    def destroy(self) -> None:
        """Free the memory of the image and the canvas."""
        self.set_image(None)
        self._lens = None
        self.canvas.width = self.canvas.height = 1

    def _paint(
        self,
        context: Any,
        screen: Screen,
        masks: Sequence[MaskFigure],
        clip: Rect,
        smooth: bool,
        lens: bool = False,
    ) -> None:
        left, top, right, bottom = clip
        context.save()
        context.setTransform(1, 0, 0, 1, 0, 0)
        context.beginPath()
        context.rect(left, top, right - left, bottom - top)
        context.clip()
        context.fillStyle = self._background
        context.fillRect(left, top, right - left, bottom - top)
        if self._image is not None:
            self._image.draw(context, screen, self._appearance, smooth, lens, clip)
        context.imageSmoothingEnabled = False
        for mask in masks:
            self._masks[mask.key].draw(context, screen, mask, clip, lens)
        context.restore()

    def _take(
        self, masks: Sequence[MaskFigure], patches: Sequence[Patch], changed: Rect | None, screen: Screen
    ) -> None:
        """Update the pixels of masks."""
        shown = {mask.key for mask in masks}
        self._masks = {key: entry for key, entry in self._masks.items() if key in shown}
        for mask in masks:
            entry = self._masks.get(mask.key)
            if entry is None or entry.version != mask.version:
                self._masks[mask.key] = PlainMask(mask)
        if patches:
            self._masks[masks[-1].key].put(patches, changed, screen, masks[-1])
