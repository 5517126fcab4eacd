"""The CSS cursor of a viewport."""

from __future__ import annotations

from webapp.py.workspace.camera import Camera
from webapp.py.workspace.tool import Cursor

_NAMES = {"circle": "none", "square": "none", "cross": "crosshair", "arrow": "default"}
"""CSS names of tool cursors; brush shapes are drawn by `TipRing` instead."""
_TURNED = {"ns-resize": "ew-resize", "ew-resize": "ns-resize"}
_SLANTED = {"nwse-resize": "nesw-resize", "nesw-resize": "nwse-resize"}


def css_cursor(cursor: Cursor | None, view: Camera | None) -> str:
    """Return the CSS name of a tool's cursor. Resize arrows follow a turned or mirrored view."""
    name = _NAMES.get(cursor.kind, cursor.kind) if cursor is not None else "default"
    if view is not None and view.sideways:
        name = _TURNED.get(name, name)
    if view is not None and view.sideways != view.mirrored:
        name = _SLANTED.get(name, name)
    return name
