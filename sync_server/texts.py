"""Every sentence that a person reads in an answer of this server."""

from __future__ import annotations

# Answers without a closer reason, by status.
BAD_REQUEST = "The server did not understand this request."
NOTHING_HERE = "There is nothing at this address."
WRONG_METHOD = "This address does not support that method."
TOO_LARGE = "This request is too large. Send it in smaller parts."
CANNOT_ANSWER = "The server cannot answer this request."
STORAGE_FAILED = (
    "The server cannot read or write its database right now. Nothing was changed. Try again later."
)

# The page for people.
PAGE_MISSING = "Page not found"
PAGE_FAILED = "This page cannot be shown"
BACK_TO_LIMNER = "Open Limner"

# Request bodies.
NO_BODY = "The body is missing"
TOO_DEEP = "The request is nested too deep."

TOO_MUCH_AT_ONCE = "You are sending too much at once. Wait until the requests before this one are answered."
TOO_MANY_PARTS = "This request has too many parts. Send it in smaller ones."

# Signing in, sessions and keys.
SIGNED_OUT = "You are not signed in, or your session has expired. Sign in again."
UNKNOWN_KEY = "This API key is unknown. Create a new one under your account."
TOO_MANY_SIGN_INS = "Too many people are signing in right now. Try again in a moment."
WRONG_PASSWORD = "Wrong e-mail address or password."
WRONG_CURRENT_PASSWORD = "Your current password is wrong."
NO_SUCH_KEY = "There is no such API key."
HEADER_MISSING = "Requests that change something need the header 'X-Limner: 1'."
CROSS_SITE = "This request comes from another site."
CROSS_ORIGIN = (
    "This request comes from a different address than the server's own. Behind a proxy, start the server "
    "with --public-url and the address that people type."
)

TOO_MANY_STREAMS = "You have too many pages open that wait for changes. Close some of them."

# Accounts and members.
ADMINS_ONLY = "Only an admin of the organization can do this."
NO_ACCOUNT = "There is no such account."
NO_ACCOUNT_WITH_EMAIL = (
    "There is no account with this e-mail address. An admin of the organization can create one."
)
NOT_AN_EMAIL = "This is not an e-mail address."
EMAIL_TAKEN = "An account with this e-mail address already exists."
LAST_ADMIN = "This is the last admin. Make another account an admin first."
ACCOUNT_DISABLED = "This account is disabled. Enable it first."
NOT_A_MEMBER = "This person is not a member of the project."

# Projects, datasets and records.
NO_PROJECT = "There is no such project."
NO_PROJECT_ACCESS = "You have no access to this project. Ask an admin to add you."
NO_DATASET_ACCESS = "You have no access to this dataset."
NO_DATASET = "There is no such dataset. Send its record first."
NO_RECORD = "There is no such record, or you cannot see it."
PROJECT_MISSING = "Name the project: ?project=…"
CURSOR_VOID = (
    "This cursor is no longer valid, because your access or the database has changed. Start without it."
)
OTHER_VERSION = "This page and the server have different versions. Reload the page; your changes are kept."

# Why an op was not applied.
OP_ID_TAKEN = "This change has the id of another person's change."
ID_TAKEN = "Another record has this id."
WRONG_PROJECT = "This record does not belong to this project."
OTHER_PROJECT = "This record names a different project than the one it was sent to."
TOO_BIG_OR_DEEP = "a number is too large or a list is nested too deep"
ASSIGNEE_MISSING = "There is no account for the person this work is assigned to."
NO_SUCH_CLASS = "The instruction of this project has no such class."
ASSIGNMENT_MISSING = "The assignment of this record does not exist or is about another image."
ANNOTATION_MISSING = "The annotation of this record does not exist in this assignment."


def bad_request(details: list[str]) -> str:
    """Return the sentence for parameters that do not fit."""
    return f"{BAD_REQUEST} {'; '.join(details)}."


def wrong_form(detail: str) -> str:
    """Return the sentence for a body that does not fit its address."""
    return f"The request does not have the form that this address takes: {detail}."


def not_json(detail: str) -> str:
    """Return the sentence for a body that is not JSON."""
    return f"The request is not JSON: {detail}."


def fault(identifier: str) -> str:
    """Return the sentence for a bug in the server."""
    return f"Something went wrong on the server. Its log has the details under {identifier}."


def password_length(shortest: int, longest: int) -> str:
    """Return the sentence for a new password of the wrong length."""
    return f"A password needs {shortest} to {longest} characters."


def too_many_attempts(seconds: int) -> str:
    """Return the sentence for somebody who guesses passwords."""
    minutes = max(1, round(seconds / 60))
    return f"Too many failed sign-ins. Try again in {minutes} minute{'' if minutes == 1 else 's'}."


def other_assets(total: int) -> str:
    """Return the sentence for a batch of assets that does not fit those present."""
    return f"This dataset now has {total} images. Read them and append after the last one."


def no_table(name: str) -> str:
    """Return the sentence for an unknown table."""
    return f"There is no table {name!r}."


def wrong_scope(table: str, scope: str) -> str:
    """Return the sentence for a table that is not part of a scope."""
    return f"The table {table!r} does not belong to {scope!r}."


def invalid_change(detail: str) -> str:
    """Return the sentence for an op that makes its record invalid."""
    return f"This change is not valid: {detail}."


def record_too_large(megabytes: int) -> str:
    """Return the reason for a record beyond the largest size."""
    return f"the record is larger than {megabytes} MB"


def part_missing(table: str) -> str:
    """Return the sentence for a project without its dataset or instruction."""
    return f"The {table} of this project does not exist."


def no_image(ordinal: int) -> str:
    """Return the sentence for work on an image that does not exist."""
    return f"The dataset of this project has no image number {ordinal}."


# The command lines.
TLS_TOGETHER = "--tls-cert and --tls-key belong together. Give both or neither."
DEMO_READY = "The demo accounts already exist. To set a new password:"
DEMO_CREATED = "These passwords are shown only once. To set a new one:"


def key_revoked(key: str) -> str:
    """Return the sentence for a revoked API key."""
    return f"The API key {key} is revoked."


def cannot_open(home: object, reason: object) -> str:
    """Return the sentence for a database that cannot be opened or created."""
    return f"The database in {home} cannot be opened: {reason}. Check the disk and the folder's permissions."


def demo_failed(reason: str) -> str:
    """Return the sentence for a demo that could not be created."""
    return f"The demo could not be created: {reason}"
