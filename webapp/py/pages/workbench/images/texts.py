"""The sentences and labels of the image list that people read."""

from __future__ import annotations

from webapp.py.domain.model import AssignmentStatus

IMAGES = "Images"
FOLDERS_AND_IMAGES = "Folders and images"
STATUS: dict[AssignmentStatus, str] = {
    "queued": "To do",
    "started": "In progress",
    "submitted": "Submitted",
    "skipped": "Skipped",
    "rejected": "Rejected",
    "accepted": "Accepted",
}

# --- the filter

FILTER_BY_STATUS = "Filter by status"
STATUSES_TO_SHOW = "Statuses to show"
FILTER_BY_NAME = "Filter by name"
FILTER_FIELD = "Filter images by name or folder"
CLEAR_FILTER = "Clear filter"
SHOW_ALL = "Show all images"
NO_MATCH = "No images match the filter."
NO_MATCH_YET = "No images match the filter yet. The list is still loading."


def matching(found: int, listed: int) -> str:
    """Return how many images match the filter."""
    return f"{found:,} of {listed:,} {'image matches' if listed == 1 else 'images match'}"


# --- rows


def image_row(name: str, status: AssignmentStatus) -> str:
    """Return what screen readers say of an image: the same words in the same order as its row shows."""
    return f"{name}, {STATUS[status]}"


def folder_count(images: int, done: int, matches: int | None) -> str:
    """Return the count that a folder's row shows: what is done, or with a filter what matches."""
    return f"{done:,} / {images:,}" if matches is None else f"{matches:,}"


def folder_row(name: str, images: int, done: int, matches: int | None) -> str:
    """Return what screen readers say of a folder: first the words of its row in the same order."""
    count = folder_count(images, done, matches)
    if matches is None:
        return f"{name}, {count} done"
    return f"{name}, {count} of {images:,} match, {done:,} of {images:,} done"


def folder_tip(path: str, images: int, done: int, matches: int | None) -> str:
    """Return the tooltip of a folder's row."""
    match = f"{matches:,} of {images:,} match, " if matches is not None else ""
    return f"{path}: {match}{done:,} of {images:,} done"


def image_place(folder: str) -> str:
    """Return where an image is, for the command palette, which finds images by these words, too."""
    return f"Image in {folder}" if folder else "Image"


# --- loading, and going to an image

LOADING_LIST = "Loading the list"
LOAD_REST = "Load the rest"
PREVIOUS_IMAGE = "Previous image"
NEXT_IMAGE = "Next image"
GO_TO_IMAGE = "Go to image"
GO_TO_IMAGE_TIP = "Enter a number to go to that image in the folder"


def loading_list(listed: int, total: int) -> str:
    """Return how much of the list is loaded, while it is loading."""
    return f"{LOADING_LIST}: {listed:,} of {total:,}"


def listed_images(listed: int, total: int) -> str:
    """Return how much of the list is loaded, when loading has stopped."""
    return f"{listed:,} of {total:,} images loaded"


def of_count(count: int) -> str:
    """Return what follows the number of the current image."""
    return f" of {count:,}"
