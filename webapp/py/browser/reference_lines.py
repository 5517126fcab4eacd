"""Draws where the images of other viewports intersect this one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyodide.ffi import to_js

from webapp.py.workspace.camera import Camera
from webapp.py.workspace.reference_lines import ReferenceLine

_DASHES = (7.0, 5.0)
_MARGIN = 44.0
"""Least distance of a line's name from the edge of the view, in CSS pixels."""


def draw_references(context: Any, view: Camera, lines: Sequence[ReferenceLine]) -> None:
    """Draw dashed lines, each with the name of its viewport at its end."""
    if not lines:
        return
    context.save()
    context.lineCap = "butt"
    context.font = "600 11px system-ui, sans-serif"
    context.textBaseline = "middle"
    context.textAlign = "center"
    for line in lines:
        (x0, y0), (x1, y1) = view.to_view(*line.start), view.to_view(*line.end)
        context.setLineDash(to_js(_DASHES))
        context.beginPath()
        context.moveTo(x0, y0)
        context.lineTo(x1, y1)
        context.lineWidth = 3.0
        context.strokeStyle = "rgb(0 0 0 / 35%)"
        context.stroke()
        context.lineWidth = 1.25
        context.strokeStyle = line.color
        context.stroke()
        _draw_name(context, view, line, (x1, y1))
    context.restore()


def _draw_name(context: Any, view: Camera, line: ReferenceLine, end: tuple[float, float]) -> None:
    x = min(max(end[0], _MARGIN), view.width - _MARGIN)
    y = min(max(end[1], _MARGIN), view.height - _MARGIN)
    context.setLineDash(to_js([]))
    context.fillStyle = line.color
    context.fillRect(x - 7, y - 7, 14, 14)
    context.fillStyle = "#14181f"
    context.fillText(line.name, x, y + 0.5)
