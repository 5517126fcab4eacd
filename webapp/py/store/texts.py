"""What the store tells people about saving, syncing, unreadable records and files to import."""

from __future__ import annotations

from collections.abc import Sequence

SAVING_FAILED = "Your edits could not be saved on this computer. Keep this page open."
SYNCING_FAILED = "Syncing failed unexpectedly. Limner will try again."
SIGNED_OUT = "Your session has expired. Sign in again to sync; your edits are safe on this computer."
NOT_A_REPLY = (
    "The server sent a reply that Limner cannot read. Check that the address leads to a Limner server."
)
REPLY_WITHOUT_END = "The server's reply never ends. Contact the person who runs the server."
UNANSWERED_EDITS = "The server did not confirm every edit. Limner will send them again."
LOST_BY_SERVER = "The server had this edit, but lost it when a backup was restored. Send it again to keep it."
UNREADABLE = "This entry is damaged and can no longer be read."
RECURSION = "it is nested too deeply"


def server_unavailable(status: int) -> str:
    """Return what to say when the server answers with an error and no sentence of its own."""
    return f"The server is not available right now (HTTP {status}). Limner will try again."


def invalid_record(fault: str) -> str:
    """Return why a stored record is not shown."""
    return f"This version of Limner cannot read this record: {fault}"


# Files to import.

NOT_A_PROJECT = "This file is not a Limner project."
NEWER_VERSION = (
    "This project was exported from a newer version of Limner. Update Limner, then import it again."
)
NO_VERSION = "This project file has no valid version number."


def too_large(megabytes: int) -> str:
    """Return what to say of a file that is too large to import."""
    return f"This file is larger than {megabytes} MB, the most that you can import here."


def not_json(reason: str) -> str:
    """Return what to say of a file that is no JSON."""
    return f"This file is not JSON, so it is not a Limner project: {reason}."


def incomplete(reason: str) -> str:
    """Return what to say of a project file that lacks a part."""
    return f"This project file is not complete: {reason}."


def mistakes(found: Sequence[str], most: int) -> str:
    """Return what to say of a project file with mistakes, naming the first ``most`` of them."""
    more = f" (and {len(found) - most} more)" if len(found) > most else ""
    return f"This project file has mistakes: {'; '.join(found[:most])}{more}."


def record_name(what: str, record_id: str | None) -> str:
    """Return how a record is named; without its id if that is no id at all."""
    return f"{what} without a valid id" if record_id is None else f"{what} “{record_id}”"


def other_setup(table: str, wanted: str, found: str) -> str:
    """Return what is wrong if the project refers to another dataset or instruction than the file holds."""
    return f"the project refers to the {table} “{wanted}”, but the file contains “{found}”"


def deleted(table: str) -> str:
    """Return what is wrong if a set-up record is deleted."""
    return f"the {table} is deleted"


def asset_mistake(place: int, reason: str) -> str:
    """Return what is wrong with an image, counted from 1."""
    return f"image {place} of the list: {reason}"


def ordinal_must_be(ordinal: int) -> str:
    """Return what is wrong with the ordinal of an image."""
    return f"its ordinal must be {ordinal}"


def unknown_table(name: str) -> str:
    """Return what is wrong if the file holds records of an unknown table."""
    return f"this version of Limner has no records of type “{name}”"


DUPLICATE = "it appears twice"


def other_project(project: object) -> str:
    """Return what is wrong with a record of another project."""
    return f"it belongs to another project, “{project}”"


def assignment_id_must_be(proper: str) -> str:
    """Return what is wrong with the id of an assignment."""
    return f"its id must be {proper}, which is derived from project, asset and person"
