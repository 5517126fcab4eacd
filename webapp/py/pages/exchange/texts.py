"""What people read when they export or import a project."""

from __future__ import annotations

from webapp.py.ui.parts import plural

# Export.

EXPORT = "Export"
EXPORT_HELP = "Limner creates both files in this browser, from the project data on this computer."
JSON = "JSON"
JSON_HELP = (
    "The whole project: instruction, image list, annotations, and assignments. You can import this file "
    "again."
)
DOWNLOAD_JSON = "Download JSON"
MASKS = "Masks"
MASKS_HELP = "One indexed PNG for each labeled image, in the colors of the classes."
DOWNLOAD_MASKS = "Download masks"
PREPARING_EXPORT = "Preparing the export…"
CREATING_MASKS = "Creating masks…"
NOTHING_LABELED = "No images are labeled yet, so there are no masks to export."
IMAGE_LIST_INCOMPLETE = (
    "The image list on this computer is not complete. Try again when the server can be reached."
)
NO_LONGER_A_MEMBER = (
    "You are no longer a member of this project, so it cannot be exported. You can still download your "
    "changes that are not on the server: open “Where your work is” at the top."
)
SIZE_UNKNOWN = "its size in pixels is unknown"


def creating_masks(share: float) -> str:
    """Return what to say while masks are created; ``share`` is from 0 to 1."""
    return f"Creating masks: {share:.0%}"


def record_missing(table: str) -> str:
    """Return what to say when a part of the project is not on this computer."""
    return f"The {table} of this project is not on this computer yet. Try again when you are online."


def exported(file: str, unreadable: int) -> str:
    """Return what to say when a project was exported, with the number of records that are not in it."""
    if not unreadable:
        return f"Exported as {file}."
    are = "is" if unreadable == 1 else "are"
    return f"Exported as {file}. {plural(unreadable, 'unreadable record')} {are} not included."


def different_sizes(sizes: list[tuple[int, int]]) -> str:
    """Return why an image that was labeled in several sizes has no mask."""
    several = " and ".join(f"{width} × {height}" for width, height in sizes)
    return f"it was labeled in different sizes ({several})"


def masks_exported(masks: int) -> str:
    """Return how many masks were exported."""
    return f"Exported {plural(masks, 'mask')}."


def images_skipped(count: int, first: str, reason: str) -> str:
    """Return how many images have no mask, and why the first one has none."""
    were = "was" if count == 1 else "were"
    return f"{plural(count, 'image')} {were} skipped: {first} ({reason})."


def annotations_left_out(count: int) -> str:
    """Return how many annotations are in no mask."""
    were = "was" if count == 1 else "were"
    return f"{plural(count, 'annotation')} {were} left out; see classes.json."


# Import.

IMPORT = "Import"
IMPORT_HELP = (
    "Records that are only in the file are added either way. Nothing is removed from this computer, and what "
    "you deleted stays deleted."
)
KEEP_MINE = "Keep my version"
USE_FILE = "Use the file’s version"
CANCEL = "Cancel"
READING_FILE = "Reading the file…"
IMPORTING = "Importing…"


def already_here(project: str, differing: int) -> str:
    """Return what the dialog asks about: a project that is here, and how many records differ."""
    differ = plural(differing, "record differs", "records differ")
    return f"“{project}” is already on this computer, and {differ} from the file."


def importing(done: int, total: int) -> str:
    """Return how far an import is."""
    return f"Importing {done} of {total}…"


def import_stopped(problem: str) -> str:
    """Return what to say when the storage fails during an import; ``problem`` is a sentence."""
    return (
        f"The import stopped because this computer could not store the data: {problem} Import the file again "
        "when this is fixed; nothing is imported twice."
    )


def up_to_date(project: str) -> str:
    """Return what to say when a file contains nothing new."""
    return f"“{project}” is already on this computer and matches the file."


def imported(project: str, annotations: int, other: int) -> str:
    """Return what was imported."""
    return f"Imported “{project}”: {plural(annotations, 'annotation')}, {plural(other, 'other record')}."
