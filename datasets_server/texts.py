"""Every sentence that a person reads in an answer or on the command line of this server."""

from __future__ import annotations

# Answers.
NOT_FOUND = "There is no such file in the served folder. Check the spelling and upper and lower case."
NO_PERMISSION = "The datasets server cannot read this. Give its user read permission."
DISK_FAILED = "The disk did not answer. Check that the folder is still mounted, then try again."
INTERNAL_ERROR = "The datasets server failed. Its log has the details."
READ_ONLY = "This folder is read-only. Only GET, HEAD and OPTIONS work here."
PLAIN_FILES_ONLY = "Only plain files and folders are served."
NOT_A_FOLDER = "This is a file, not a folder. Remove the slash at the end of the address."
HIDDEN = "Names that start with a dot are hidden and are not served."
LEADS_OUT = "This link leads out of the served folder and is not followed."
UNKNOWN_HOST = "This server does not know the host name in the address. Start it with --name and the name."
NO_LEADING_SLASH = "The address of a file must start with a slash."
BAD_ESCAPE = "The address has a % without two hex digits after it. Write % as %25."
HIDDEN_SLASH = "A name in the address contains an encoded slash or backslash."
CONTROL_CHARACTER = "The address contains a control character."
DOT_STEP = "The address contains a '.' or '..' step. Write the full path."
BAD_QUERY = "The part of the address after '?' cannot be read."
BAD_FORMAT = "format must be json or html."
UNREADABLE_FOLDER = "the folder cannot be read"


def reserved(segment: str) -> str:
    """Return the sentence for an address that belongs to the server's own routes."""
    return f"Addresses that start with /{segment}/ belong to the server itself."


def range_outside(size: int) -> str:
    """Return the sentence for a range behind the end of a file."""
    return f"The file has {size} bytes. The requested range starts after its end."


def origin_not_allowed(origin: str) -> str:
    """Return the sentence for a page that may not read the folder."""
    return f"Pages from {origin} may not read this folder. Start the server with --origin {origin}"


def bad_limit(largest: int) -> str:
    """Return the sentence for a page size that makes no sense."""
    return f"limit must be a whole number from 1 to {largest}."


# Command line.
TLS_TOGETHER = "--tls-cert and --tls-key belong together. Give both or neither."
ALL_PAGES = "every web page can read this folder"
ALL_PAGES_HINT = "name your own site with --origin"
LOCAL_PAGES = "only pages from this computer can read this folder"
LOCAL_PAGES_HINT = "add --origin with the address of your site"
DEMO_READY = "Demo data is ready"
DEMO_PRESENT = "Demo data already exists"


def not_a_folder(path: object) -> str:
    """Return the sentence for a value of --root that is not a folder."""
    return f"{path} is not a folder."


def not_an_origin(text: str) -> str:
    """Return the sentence for a value of --origin that is not an origin."""
    return f"{text!r} is not an origin. Write it like https://label.example.org or http://nas:8090."


def bad_certificate(reason: str) -> str:
    """Return the sentence for a certificate and key that do not work."""
    return f"The certificate and its key cannot be used: {reason}."


def cannot_listen(host: str, port: int, reason: str | None) -> str:
    """Return the sentence for an address that cannot be used."""
    return f"Cannot listen on {host} port {port}: {reason}. Choose another with --host or --port."


def demo_failed(reason: object) -> str:
    """Return the sentence for demo data that could not be written."""
    return f"The demo data could not be written: {reason}"
