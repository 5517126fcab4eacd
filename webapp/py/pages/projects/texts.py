"""What the projects page tells people."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.py.store.status import SaveStatus
from webapp.py.ui.parts import plural

MOST_NAMES = 40
"""Most names in a tooltip."""
PROJECTS = "Projects"
DICOMWEB_SERVERS = "DICOMweb servers"
NEW_FROM_DICOMWEB = "New from DICOMweb"
IMPORT = "Import…"
LABEL = "Label"
NO_NUMBER = "–"
ROLES = {"admin": "Admin", "reviewer": "Reviewer", "annotator": "Annotator", None: "No role"}
"""A person's role in a project."""

SOLO_WORKSPACE = "Solo workspace: your projects are stored only in this browser on this computer."
NO_PROJECTS = "No projects yet"
NO_PROJECTS_SOLO = "Import a project from Limner, or reload the page to load the demo project."
NO_PROJECTS_MEMBER = "You are not a member of any project. Ask an admin to add you."
ONLY_HERE = "Only on this computer"
NOT_A_MEMBER = (
    "You are no longer a member of this project. Ask an admin to add you, or download your changes."
)
DOWNLOAD_CHANGES = "Download changes"
SHOW_CHANGES = "Show"


def only_here(status: SaveStatus) -> str:
    """Return what the server does not have of a project."""
    parts = {"not synced": status.unsynced, "refused": status.refused, "unreadable": status.quarantined}
    return ", ".join(f"{count} {what}" for what, count in parts.items() if count)


def images(count: int | None) -> str:
    """Return the noun after the number of images; None is a number that is not known."""
    return "image" if count == 1 else "images"


def classes(count: int) -> str:
    """Return the noun after the number of classes."""
    return "class" if count == 1 else "classes"


def more_classes(names: Sequence[str]) -> str:
    """Return the tooltip that lists the classes that have no chip."""
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown}, …" if len(names) > MOST_NAMES else shown


def projects_of(count: int, person: str) -> str:
    """Return how many projects a person has."""
    return f"{plural(count, 'project')} for {person}"
