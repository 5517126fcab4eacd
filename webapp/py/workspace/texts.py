"""The sentences and labels of the workspace that people read.

Titles and help texts of tools, actions and operations are part of their declarations; everything else that
the workspace says is here. Write in the second person and the present tense: say what happened and what to
do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# --- drawing and editing

OUTLINE_WOULD_CROSS = "An outline can't cross itself. If you let go here, the point moves back."
POLYGON_KEEPS_POINT = "A polygon needs at least three points, and its outline can't cross itself."
LINE_KEEPS_POINT = "A line needs at least two points. To remove it, delete the whole line."
TOO_FEW_POINTS = "A polygon needs at least three points."
NO_AREA = "This outline has no area. Keep drawing, press Backspace to undo points, or press Esc to cancel."
OUTLINE_CROSSES = "This outline crosses itself. Press Backspace to undo points, or keep clicking."
EDGE_CROSSES = "This edge would cross the outline. Click somewhere else, or press Backspace to undo points."
HOLE_CROSSES = "A hole must be inside its polygon and must not touch other holes."
NO_POLYGON_FOR_HOLE = "Start a hole inside an unlocked polygon."
LOOPS_LEFT_OUT = "The outline crossed itself, so only its largest loop was kept. You can undo this."
NO_MASK_TO_ERASE = "There is no mask here to erase."
REFORMATS_ARE_READ_ONLY = "Reformatted planes are read-only. Draw on the slices."
KEEP_AS_ANNOTATION = "Keep as annotation"
KINDS = {
    "box": "Box",
    "polygon": "Polygon",
    "polyline": "Line",
    "points": "Points",
    "mask": "Mask",
    "other": "Other",
}
"""What kinds of shapes are called, by the tags of their structs."""


DONE = {
    "submitted": "You submitted this image. Reopen it to edit.",
    "skipped": "You skipped this image. Reopen it to edit.",
    "accepted": "This image is accepted. Reopen it to edit.",
}
"""Why an image is read-only for the person who is done with it, by its status."""


def annotation_name(class_name: str | None, number: int) -> str:
    """Return what an annotation is called; its class is None if the instruction no longer has it."""
    return f"{class_name or 'Annotation'} {number}"


def finished(kind: str) -> str:
    """Return the message for a drawing that was completed because you turned to something else."""
    return f"{KINDS.get(kind, 'Drawing')} finished"


ASK_CANCELED = "The computation was canceled."
DRAWING_DROPPED = "Drawing dropped"
"""Said at Esc."""


def adding_to(name: str, key: str) -> str:
    """Return what the status line says while strokes add to a mask; ``key`` begins a new object."""
    new = f"New object ({key})" if key else "New object"
    return f"Adding to {name} · {new}"


def next_point(complete: bool, closed: bool, by_hand: bool) -> str:
    """Return what the status line says while a line or outline is drawn."""
    add = "Click or drag to add points" if by_hand else "Click to add a point"
    return f"{add} · Enter {'closes' if closed else 'ends'}" if complete else add


def next_measured_point(placed: int, count: int) -> str:
    """Return what the status line says while points are placed to measure."""
    return f"Click point {placed + 1} of {count}"


def tool_failed(title: str, error: Exception) -> str:
    """Return the message for a tool that raised an exception."""
    return (
        f"“{title}” stopped working and is turned off ({error_text(error)}). Your work is safe. "
        "Reload the page to try the tool again."
    )


def error_text(error: Exception) -> str:
    """Return the type and message of an exception."""
    return f"{type(error).__name__}: {error}"


# --- objects across slices

INTERPOLATE_NO_STACK = "Select an annotation in a stack of slices whose order is known."
INTERPOLATE_NO_REGION = "You can interpolate only masks, polygons and boxes."
INTERPOLATE_ONE_SLICE = (
    "This object is labeled on one slice only, and no other slice has an overlapping object of the same "
    "class. Label it on another slice first."
)
INTERPOLATE_NO_GAP = "There are no slices between the labeled ones."
JOIN_NO_OBJECT = "No other slice has an overlapping object of the same class."

# --- mask operations

OPERATION_LEAVES_NOTHING = "Nothing would remain, so the selection wasn't changed."
OPERATION_OUTDATED = "The annotation changed in the meantime, so the result was discarded. Try again."
OPERATION_LOCKED = "An annotation that would change is locked."
A_MASK = "a mask"
AN_OUTLINE = "a polygon or box"
A_REGION = "a mask, polygon or box"


def select_unlocked(what: str) -> str:
    """Return what to select for an operation on each annotation; ``what`` is such as `A_MASK`."""
    return f"Select {what} that is not locked."


def select_several(what: str) -> str:
    """Return what to select for an operation on several annotations."""
    return f"Select two or more annotations, each {what}."


# --- the keyboard pointer

KEY_POINTER_HINT = "Arrows move · Space clicks · Esc ends"
KEY_POINTER_HELP = "Arrow keys move, Enter presses and releases, Space clicks, Esc ends."
POINTER_ON = "Pointer on"
POINTER_OFF = "Pointer off"
POINTER_PRESSED = "Pressed"
POINTER_RELEASED = "Released"
POINTER_CLICKED = "Clicked"


def pointer_status(action: str, x: float, y: float, label: str) -> str:
    """Return the announcement of the pointer: what it did, where it is, and the class that it is on."""
    over = f"on {label}" if label else ""
    return ", ".join(part for part in (action, f"x {x:.0f}", f"y {y:.0f}", over) if part)


# --- keyboard shortcuts

CLASSES = "Classes"
TOOLS = "Tools"
HELD_KEY_PANS = "Pan while held"
OR_SHIFT_WHEEL = "or Shift+scroll"
POINTER_LINES = (
    ("Move the pointer", ("←", "→", "↑", "↓"), "with Shift, ten times as far"),
    ("Press and hold, or release", ("Enter",), "drags while pressed"),
    ("Click", ("Space",), "also with Shift, Ctrl or Alt"),
    ("Cancel, or turn off the pointer", ("Esc",), ""),
)


def while_active(title: str) -> str:
    """Return the heading of the keys that work while a tool is active."""
    return f"While {title} is active"


def shortcut_conflict(keys: str, owner: str, losers: Sequence[str]) -> str:
    """Return the message for a key that more than one thing asks for."""
    verb = "has" if len(losers) == 1 else "have"
    return f"{keys} is assigned to {owner}, so {' and '.join(losers)} {verb} no shortcut."


# --- tool files that cannot be used


def tool_file_off(name: str, reason: str) -> str:
    """Return the message for a tool file that cannot be used."""
    return f"The tool file {name}.py is turned off: {reason}."


def cannot_load(error: Exception) -> str:
    """Return the reason for a tool file that cannot be imported."""
    return f"it can't be loaded ({error_text(error)})"


def not_one_tool(count: int) -> str:
    """Return the reason for a file that does not hold exactly one tool."""
    return f"a tool file must contain one subclass of Tool, but this one contains {count}"


def no_attribute(name: str) -> str:
    """Return the reason for a tool without a required attribute."""
    return f"it has no {name}"


WRONG_KEY_OR_ORDER = "its key must be text and its order a whole number"
NO_GESTURE = "it has no gesture"


def wrong_group_or_needs(groups: Iterable[str], needs: Iterable[str]) -> str:
    """Return the fault of a tool with an unknown group or need."""
    return f"its group must be one of {', '.join(groups)}, and needs one of {', '.join(filter(None, needs))}"


WRONG_SETTING = "its settings may contain only Slider, Choice and Switch"


def wrong_id(tool_id: str) -> str:
    """Return the reason for a tool whose id is malformed."""
    return f"its id {tool_id!r} must be lower case, without spaces"


def taken(what: str, value: str, owner: str) -> str:
    """Return the reason for a tool whose id or key another tool has."""
    return f"its {what} {value!r} is already used by “{owner}”"


def repeated_setting(name: str) -> str:
    """Return the reason for a tool with two settings of the same name."""
    return f"it has two settings named {name!r}"


def wrong_default(name: str) -> str:
    """Return the reason for a setting whose default is out of range."""
    return f"the default of its setting {name!r} is out of range"


# --- over an image


def box_size(width: float, height: float) -> str:
    """Return the size of a box in pixels."""
    return f"{width:.0f} × {height:.0f} px"


# --- over a medical image

AT_DETECTOR = "at the detector"
"""Added to lengths that are measured at the detector, where the projection is larger than the body."""
SEXES = {"F": "Female", "M": "Male", "O": "Other"}
VOI_LUT = "VOI LUT from file"


def length(words: str) -> str:
    """Return the length of a line, with a label."""
    return f"Length {words}"


def patient_id(value: str) -> str:
    """Return a patient's id, with a label."""
    return f"ID {value}"


def born(date: str) -> str:
    """Return a date of birth, with a label."""
    return f"Born {date}"


def series_number(value: int) -> str:
    """Return the number of a series, with a label."""
    return f"Series {value}"


def frame_of(number: int, count: int) -> str:
    """Return which frame of a file is shown."""
    return f"Frame {number} of {count}"


def image_number(value: int) -> str:
    """Return the number of an image within its series, with a label."""
    return f"Image {value}"


def position(millimeters: str) -> str:
    """Return the position of a slice along its normal, with a label."""
    return f"Position {millimeters} mm"


def thickness(millimeters: float) -> str:
    """Return the thickness of a slice, with a label."""
    return f"Thickness {millimeters:g} mm"


def window_level(width: str, level: str) -> str:
    """Return window width and level, as viewers abbreviate them."""
    return f"W {width}  L {level}"
