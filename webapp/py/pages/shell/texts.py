"""What the shell tells people: frame, banners, sign-in, save display, command palette."""

from __future__ import annotations

from webapp.py.ui.parts import plural

# Start and sign-in.

STARTING = "Starting…"
CANNOT_START = "Limner cannot start"
SIGN_IN = "Sign in"
SIGNING_IN = "Signing in…"
SIGN_IN_AGAIN = "Sign in again"
EMAIL = "E-mail"
PASSWORD = "Password"
STILL_SIGNED_IN = "The server cannot be reached, so you are still signed in. Try again later."


def first_visit(problem: str) -> str:
    """Return what to say when the server cannot be reached at the first visit; ``problem`` is a sentence."""
    return f"{problem} Limner works offline after you have opened it once with the server."


def sign_in_to_sync(email: str) -> str:
    """Return why to sign in again, and as whom."""
    return f"Sign in as {email} to sync the changes that are saved on this computer."


SIGN_OUT = "Sign out"
SIGN_OUT_ANYWAY = "Sign out anyway"
SIGN_OUT_QUESTION = "Sign out with unsynced changes?"
CANCEL = "Cancel"


def waiting_here(count: int, email: str) -> str:
    """Return what the sign-in page says of changes that the server does not have."""
    changes, are = plural(count, "change"), "is" if count == 1 else "are"
    them = "it" if count == 1 else "them"
    return (
        f"{changes} of {email} {are} saved on this computer and not on the server. Sign in to sync {them}. "
        f"If you cannot sign in, download {them} and ask an admin."
    )


def sign_out_with_changes(count: int, email: str) -> str:
    """Return what signing out means for changes that the server does not have."""
    changes, are = plural(count, "change"), "is" if count == 1 else "are"
    they = "It stays" if count == 1 else "They stay"
    return (
        f"{changes} {are} not on the server. {they} in this browser until {email} signs in here again. "
        "Download a copy if this computer is not yours."
    )


# Frame and banners.

BRAND = "Limner"
ALL_PROJECTS = "Limner, all projects"
THEME = "Theme"
THEMES = {"system": "Same as system", "light": "Light", "dark": "Dark"}
SETTINGS = "Settings"
ROLES = {
    "admin": "Admin",
    "reviewer": "Reviewer",
    "annotator": "Annotator",
    None: "Member of single projects",
}
"""A person's role in the open project, else in the organization."""
TRY_AGAIN = "Try again"
RELOAD = "Reload"
HIDE = "Hide"
UNDO = "Undo"
SHOW = "Show"
OUTDATED = "The server has a newer version of Limner. Reload the page to continue syncing."
UPDATE_READY = "A new version of Limner is ready. Reload the page to use it."


def account_of(name: str) -> str:
    """Return the label of the button that opens the menu of a person; the name may be empty."""
    return f"Account of {name}" if name else "Account"


def window_title(*parts: str) -> str:
    """Return the title of the browser's window or tab: what is shown, from the smallest to the largest."""
    return " · ".join([*filter(None, parts), BRAND])


def not_saved(problem: str) -> str:
    """Return what to say when edits cannot be written; ``problem`` is a sentence."""
    return f"Your changes are not saved on this computer: {problem}"


def session_expired(unsynced: int) -> str:
    """Return what to say when the sign-in has ended, with the number of unsynced changes."""
    if not unsynced:
        return "Your session has expired. Sign in again to sync."
    changes, are = plural(unsynced, "change"), "is" if unsynced == 1 else "are"
    return f"Your session has expired. {changes} {are} saved on this computer; sign in again to sync."


def restored(count: int) -> str:
    """Return what to say when changes were restored from the journal."""
    changes, were = plural(count, "change"), "was" if count == 1 else "were"
    return f"Your browser lost its local data. {changes} {were} restored from the backup on this computer."


def project_rejected(project: str, reason: str) -> str:
    """Return that the server no longer takes changes of the open project; ``reason`` is a sentence."""
    return f"Changes to “{project}” are saved only on this computer: {reason}"


def no_such_page(address: str) -> str:
    """Return what to say of an address that no page has."""
    return f"There is no page at the address “{address}”. These are your projects."


def page_unavailable(page: str, error: str) -> str:
    """Return what to say of a page of Limner that cannot be loaded."""
    return f"The “{page}” page is not available: it failed to load ({error})."


def no_longer_possible(reason: str) -> str:
    """Return what to say when an edit is not valid any more."""
    return f"This is no longer possible ({reason})."


def downloaded(received: int, expected: int | None) -> str:
    """Return how much of a file is downloaded; both are bytes, and the size may be unknown."""
    of = f" of {expected / 1e6:.1f}" if expected else ""
    return f"{received / 1e6:.1f}{of} MB"


# Save display: the button, its help, and the dialog behind it.

NOT_SAVED = "Not saved"
SAVING = "Saving…"
SAVING_HELP = "Your changes are being saved on this computer."
SAVED_HERE = "Saved on this computer"
SOLO_HELP = "There is no server. The only copy is on this computer."
SYNCED = "Synced"
SYNCED_HELP = "All changes are on the server."
UNREACHABLE = "The server cannot be reached."
REFUSED_HELP = "The server refused some of your changes. Open this to see why."
UNREADABLE_HELP = "Some stored records cannot be read. Open this to download them."
UNSYNCED_HELP = "Your changes are saved on this computer and are being sent to the server."
UNSYNCED_HELP_BY_STATE = {
    "offline": "The server cannot be reached. Your changes are saved on this computer and sync later.",
    "signed_out": "Your changes are saved on this computer. Sign in again to sync them.",
    "outdated": "Your changes are saved on this computer. Reload the page to sync them.",
    "trouble": "The server has a problem. Your changes are saved on this computer and sync later.",
}
"""By the state of the sync, where it is not simply running."""
SYNC_NOT_READY = "The project is not on the server yet. Try again when the server can be reached."

WHERE_YOUR_WORK_IS = "Where your work is"
COUNT_UNSAVED = "Not saved yet"
COUNT_UNSYNCED = "Not synced yet"
REFUSED = "Refused by the server"
OVERWRITTEN = "Overwritten by someone else"
UNREADABLE = "Unreadable records"
NO_NUMBER = "–"
SYNC_NOW = "Sync now"
SEND_AGAIN = "Send again"
DISMISS = "Dismiss"
DISMISSED = "Dismissed. This change is removed from this computer when you close this panel."
DOWNLOAD_EDITS = "Download changes"
DOWNLOAD_EDITS_HELP = "A JSON file with all changes that are not on the server."
RESTORE_MINE = "Restore my value"
DOWNLOAD = "Download"
RECORDS = {
    "assignment": "Assignment",
    "annotation": "Annotation",
    "review": "Review",
    "activity": "Recorded time",
    "project": "Project",
    "dataset": "Dataset",
    "instruction": "Instruction",
    "setting": "Setting",
}
"""Names of the tables."""
UNREADABLE_RECORD = "Unreadable"


def refused(count: int) -> str:
    """Return how many changes the server refused, for the save display."""
    return f"{count} refused"


def unreadable(count: int) -> str:
    """Return how many records cannot be read, for the save display."""
    return f"{count} unreadable"


def unsynced(count: int, *, offline: bool = False) -> str:
    """Return how many changes are not on the server yet, for the save display."""
    return f"Offline · {count} not synced" if offline else f"{count} not synced"


def unsynced_because(reason: str) -> str:
    """Return why changes are not on the server; ``reason`` is a sentence."""
    return f"Your changes are saved on this computer. They are not on the server: {reason}"


def list_title(list_name: str, project: str) -> str:
    """Return the title of a list; the project is empty for the setup of the organization."""
    return f"{list_name}: {project}" if project else list_name


def change_of(table: str, image: int | None) -> str:
    """Return which record a change is about; ``image`` is its ordinal, if it is known."""
    record = RECORDS.get(table, table)
    return record if image is None else f"{record} on image {image + 1}"


def and_more(count: int) -> str:
    """Return how many changes are not listed."""
    return f"and {count} more"


def overwritten_value(table: str, field: str) -> str:
    """Return the title of an overwritten value."""
    return f"{RECORDS.get(table, table)}: {field}"


def your_value(value: str) -> str:
    """Return the value that was overwritten."""
    return f"Yours: {value}"


def new_value(value: str) -> str:
    """Return the value that replaced it."""
    return f"Now: {value}"


def shape(kind: str, parts: int) -> str:
    """Return a shape in a few words."""
    return f"{kind} with {plural(parts, 'part')}"


# Command palette.

FIND_COMMAND = "Find a command, class, or image"
TYPE_COMMAND = "Type a command, class, or image"
RESULTS = "Results"
NO_RESULTS = "No results"


def results(count: int) -> str:
    """Return how many commands match."""
    return plural(count, "result") if count else NO_RESULTS
