"""Keeping the canvas of a viewport up to date."""

from __future__ import annotations

from collections.abc import Callable

from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench.viewports.style import ViewportStyle
from webapp.py.ui.reactive import Signal, effect


def follow(canvas: ViewportCanvas, style: ViewportStyle, changes: Signal[int]) -> Callable[[], None]:
    """Draw a canvas again when the style or what image sessions show changes; return how to stop that.

    Parameters
    ----------
    canvas
        The canvas, which is on the page.
    style
        What all viewports share of how they show images.
    changes
        Counts the changes of what image sessions show.
    """

    def apply_style() -> None:
        canvas.opacity = style.opacity
        canvas.set_overlay_options(style.overlay_options)
        canvas.set_background(style.background)
        canvas.invalidate()

    def draw() -> None:
        changes.get()
        canvas.invalidate()

    effects = [effect(apply_style), effect(draw)]

    def stop() -> None:
        for one in effects:
            one.stop()

    return stop
