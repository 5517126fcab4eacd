"""The labels of the context menu that people read; other lines have the titles of their actions."""

from __future__ import annotations

SELECTION = "Selection"
IMAGE = "Image"
CLASS = "Class"
APPLY = "Apply"
OF_SELECTION = {
    "hide": "Hide or show",
    "lock": "Lock or unlock",
    "front": "Bring to front",
    "back": "Send to back",
    "delete": "Delete",
}
"""Actions by id, and shorter titles for the menu of a selection."""
OF_OBJECT = {
    "interpolate": "Interpolate between slices",
    "join": "Join with the nearest slice",
    "delete-object": "Delete on all slices",
}
"""Actions on an object across the slices of a stack."""


def more(title: str) -> str:
    """Return the line of an operation that has settings, while they aren't shown."""
    return f"{title}…"
