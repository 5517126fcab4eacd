"""The sentences and labels of viewports, their layouts and their display that people read."""

from __future__ import annotations

from collections.abc import Sequence

# --- the menu for layout and display

LAYOUT_AND_DISPLAY = "Layout and display"
LAYOUT = "Layout"
LINK_VIEWPORTS = "Link viewports"
ROTATE_AND_FLIP = "Rotate and flip"
VIEW_ONLY = "Changes the view only"
IMAGE_ADJUSTMENTS = "Image adjustments"
BRIGHTNESS = "Brightness"
CONTRAST = "Contrast"
RESET = "Reset"
WINDOW_LEVEL = "Window/level"
WINDOW_PRESET = "Window preset"
CUSTOM_WINDOW = "Custom"
LEVEL = "Level"
WIDTH = "Width"
INVERT = "Invert"
ENLARGED = "Enlarged view"
SMOOTH_PIXELS = "Smooth pixels"
OVERLAYS = "Overlays"
PATIENT_AND_SERIES = "Patient and series"
AREA_AND_VALUES = "Area and values"
OVERLAY_OF_FILE = "Overlay of the file"
NAMES = "Names on the image"
GUIDES = "Lines through the pointer"
REFERENCE_LINES = "Reference lines"
MEMORY_FOR_SLICES = "Memory for slices"


def with_keys(title: str, keys: str) -> str:
    """Return a title with its shortcut, if it has one."""
    return f"{title} ({keys})" if keys else title


def window_from_file(number: int) -> str:
    """Return the name of a window that the file defines without a name, by its number from 1."""
    return f"From file, {number}"


def megabytes(count: int) -> str:
    """Return an amount of memory."""
    return f"{count} MB"


def memory_used(count: float) -> str:
    """Return how many megabytes slices use, and which slices stay."""
    return f"{count:.0f} MB in use. Slices near the current one stay in memory."


# --- stacks of slices

SLICES = "Slices"
SLICE = "Slice"
CANNOT_SHOW_KIND = "This kind of image cannot be shown"
NOT_DICOM = "This file is not a DICOM image."


def slice_of(number: int, count: int, stack: str = "") -> str:
    """Return which slice of a stack is shown, for the banner over the image, and the stack's name if any."""
    return " · ".join(filter(None, (f"Slice {number} of {count}", stack)))


def slice_count(number: int, count: int) -> str:
    """Return which slice of a stack is shown, for the narrow bar beside it."""
    return f"{number} / {count}"


def share_loaded(share: float) -> str:
    """Return how much of a folder is loaded, from 0 to 1."""
    return f"{share:.0%}"


def unreadable_files(count: int) -> str:
    """Return the remark for a folder with files that cannot be shown."""
    files = "1 file in this folder" if count == 1 else f"{count} files in this folder"
    return f"{files} cannot be shown."


# --- three planes

NO_STACK = "This image isn't part of a stack. Open a DICOM series to see three planes."
READING = "Loading the slices of this stack…"
NO_POSITIONS = (
    "Three planes aren't available because the files don't say where their slices are and how far apart."
)
IN_COLOR = "Three planes aren't available for slices in color."
TOO_FAR_APART = "Three planes aren't available because the gaps between these slices are too large."
SLANTED = "slanted because the slices are shifted sideways"
NO_LINKED_VIEWPORT = "No other viewport shows slices of this patient, so the crosshair has nowhere to go."


def reformat_position(kind: str, number: int, count: int) -> str:
    """Return which plane of a direction is shown, for the banner over the reformat."""
    return f"{kind.title()} {number} of {count}"


def reformat_label(kind: str) -> str:
    """Return what screen readers call a reformat."""
    return f"{kind.title()} reformat"


def reformat_caption(kind: str, missing: int, slanted: bool) -> str:
    """Return the caption of a reformat: its direction, and what you need to know about it."""
    remarks: Sequence[str] = (
        f"{kind.title()}, read-only",
        ("1 slice" if missing == 1 else f"{missing} slices") + " not in memory" if missing else "",
        SLANTED if slanted else "",
    )
    return " · ".join(remark for remark in remarks if remark)
