"""The sentences and labels of the workbench that people read.

Titles of actions and tools are part of their declarations in `webapp.py.workspace`; panels and viewports have
their own texts. Write in the second person and the present tense: say what happened and what to do.
"""

from __future__ import annotations

from collections.abc import Sequence

# --- opening a project

PROJECT_NOT_FOUND = "This project doesn't exist, or you aren't a member of it."


def project_not_here(problem: object) -> str:
    """Return the message for a project that is not here while the server can't be asked for it."""
    return f"This project isn't on this computer. {problem}"


def no_such_image(number: int, total: int) -> str:
    """Return the message for an address with a number after the last image, counted from 1."""
    return f"There is no image {number} in this project. It has {total}, and this is the first one."


def project_unreadable(reason: object) -> str:
    """Return the message for a project with an instruction that is not valid."""
    return f"This project can't be opened: {reason}. Ask an admin to fix its instruction."


# --- going through images

FIRST_IN_LIST = "This is the first image in the list."
MORE_NOT_LISTED = "The rest of the list isn't on this computer yet."


def end_of_stack(forward: bool) -> str:
    """Return the message at the first or last slice of a stack."""
    return f"This is the {'last' if forward else 'first'} slice of the stack."


def all_done(count: int, filtered: bool) -> str:
    """Return the message after the last image to do; with a filter, of those that match it."""
    if filtered:
        return "There is nothing left to do among the images that match the filter."
    return "The only image is done." if count == 1 else f"All {count:,} images are done."


def last_in_list(left: int, filtered: bool) -> str:
    """Return the message at the end of the list, where ``left`` other images are still to do."""
    end = f"This is the last image {'that matches the filter' if filtered else 'in the list'}."
    others = "1 other image is" if left == 1 else f"{left:,} other images are"
    return f"{end} {others} still to do." if left and not filtered else end


def submitted(name: str) -> str:
    """Return the message after an image was submitted."""
    return f"Submitted {name}."


def skipped(name: str) -> str:
    """Return the message after an image was skipped."""
    return f"Skipped {name}."


def no_such_number(number: str, count: int) -> str:
    """Return the message for a number that no image of the list has."""
    return f"There is no image {number} in this list. Enter a number from 1 to {count}."


# --- skipping

SKIP_HELP = "The reason is optional. It is saved with the image, so that others can see it."
SKIP_REASONS = ("Bad image quality", "Nothing to label", "Not sure how to label it", "Duplicate image")
OTHER_REASON = "Another reason"
CANCEL_SKIP = "Cancel"
SKIP_ONLY = "Skip without a reason"
SKIP_WITH_REASON = "Skip"


def skip_image(name: str) -> str:
    """Return the title of the dialog that asks why an image is skipped."""
    return f"Skip {name}"


# --- editing

NOTHING_TO_UNDO = "There is nothing to undo on this image."
NOTHING_TO_REDO = "There is nothing to redo on this image."
NOTHING_PASTED = "Nothing was pasted because the copied annotations are outside this image."


def reclassified(name: str) -> str:
    """Return the message after the selection got another class."""
    return f"Class changed to {name}"


# --- the page

TOOLS = "Tools"
GUIDE = "Labeling guide"
NO_GUIDE = "This project has no labeling guide."
MORE = "More"
SHOW_PANEL = {"left": "Show images", "right": "Show labels"}
HIDE_PANEL = {"left": "Hide images", "right": "Hide labels"}
PANEL_WIDTH = {"left": "Width of the images panel", "right": "Width of the labels panel"}
RESIZE = "Drag to resize, double-click to reset"
TOOL_NEEDS = {
    "values": "This tool needs a DICOM image with gray values.",
    "position": "This tool needs a DICOM image whose position in the patient is known.",
}
NO_IMAGE = "No image"
NO_IMAGES = "No images"
NO_IMAGES_HELP = "This project's dataset is empty, or its list isn't on this computer yet."
LOADING = "Loading image…"
TRY_AGAIN = "Try again"
NEXT_IMAGE = "Next image"


def image_label(name: str) -> str:
    """Return what screen readers call a viewport that shows an image."""
    return f"Image {name}"


def downloaded(size: str) -> str:
    """Return what to show while an image takes long to load; ``size`` is empty if nothing has arrived."""
    return f"{size or 'Nothing'} downloaded so far. You can go to another image in the meantime."


FEWER_SETTINGS = "Fewer settings"
MORE_SETTINGS = "More settings"


def settings_of(tool: str) -> str:
    """Return what screen readers call the settings of a tool."""
    return f"{tool} settings"


def pointer_place(zoom: float, point: tuple[float, float] | None, value: str) -> str:
    """Return zoom, pixel and value under the pointer for the status line."""
    where = f"   x {point[0] // 1:.0f}  y {point[1] // 1:.0f}" if point is not None else ""
    return f"{zoom * 100:.0f} %{where}   {value}".rstrip()


NEW_OBJECT = "New object"
ADD_TO_TIP = (
    "Strokes that touch it add to it, and other strokes start a new object. Press to add all strokes."
)


def add_to(name: str) -> str:
    """Return the button that lets every stroke add to an annotation."""
    return f"Add to {name}"


def image_size(width: int, height: int) -> str:
    """Return the size of an image in pixels."""
    return f"{width} × {height}"


def setting_tip(title: str, keys: Sequence[str], wheel: str) -> str:
    """Return the tooltip of a setting: its title and keys; ``wheel`` is its gesture with the wheel."""
    named = f"{'key' if len(keys) == 1 else 'keys'} {' and '.join(keys)}"
    tip = f"{title}: {named}" if keys else title
    return f"{tip}, {wheel}" if wheel else tip


# --- objects across slices

JOINED = "The two annotations are now one object."
CANCEL = "Cancel (Esc)"
DISCARD = "Discard (Esc)"
ACCEPT = "Accept (Enter)"


def interpolating(share: float) -> str:
    """Return how far an interpolation is, from 0 to 1."""
    return f"Interpolating… {share:.0%}"


def interpolated(count: int, joins: bool) -> str:
    """Return how many slices were interpolated, and whether annotations become one object."""
    slices = "1 slice interpolated" if count == 1 else f"{count} slices interpolated"
    return f"{slices}, as one object" if joins else slices


# --- keyboard shortcuts

SHORTCUTS = "Keyboard shortcuts"
SEARCH_SHORTCUTS = "Search shortcuts"
SEARCH_SHORTCUTS_HINT = "Search by action or key"
NO_RESULTS = "No results"
SHORTCUT_CONFLICTS = "Conflicting shortcuts"

# --- the command palette

CLASS = "Class"
TOOL = "Tool"
SELECTION = "Selection"
