"""Texts that people read, from the browser room. Limner's pages have texts of their own."""

from __future__ import annotations

IMAGE_PROBLEM_TITLES = {
    "no_cors": "The image server does not allow this page to read images",
    "unauthorized": "The image server requires you to sign in",
    "forbidden": "The image server denied access",
    "not_found": "There is no image at this address",
    "unreachable": "The image server cannot be reached",
    "offline": "You are offline, and this image is not saved on this computer",
    "mixed_content": "The browser blocks this address",
    "not_an_image": "This file is not an image",
    "truncated": "The image is damaged",
    "too_large": "The image is too large",
    "unsupported": "This kind of image cannot be shown",
    "server_error": "The image server has a problem",
    "dicomweb": "The server did not answer with DICOM",
}
OTHER_IMAGE_PROBLEM = "This image cannot be shown"


def damaged_image(kind: str) -> str:
    """Say that a file of this kind, such as ``png``, cannot be decoded."""
    return f"The {kind.upper()} file is damaged: the browser cannot decode it. Copy it to the server again."


# --- start, offline copy, unexpected errors

OPENING = "Opening your workspace"
NO_WEBGL2 = (
    "Images are drawn more slowly because this browser has no WebGL2. To speed it up, turn on hardware "
    "acceleration in the browser settings and restart the browser. If that does not help, ask your admin to "
    "update the graphics driver."
)
NO_SERVICE_WORKER = (
    "Limner is not available offline in this browser, probably because of a private window or a setting that "
    "blocks site data. Your work is kept on this computer until you close the window."
)


def no_secure_context(host: str) -> str:
    """Say what is missing on a page that was loaded over plain http."""
    return (
        f"This page uses plain http, so Limner is not available offline: it needs the server at {host} to "
        "load. Your work is saved on this computer, but without a backup: if the browser crashes, you may "
        "lose what is not synced. To get both, add a certificate to the server (--tls-cert and --tls-key) "
        "and open the page over https."
    )


def offline_copy_failed(reason: str) -> str:
    """Say that the site could not be saved for offline use."""
    return f"Limner could not be saved for offline use: {reason}"


def unexpected(what: str) -> str:
    """Say that something failed unexpectedly."""
    return f"Something went wrong ({what}). Your work is saved. Reload the page if it looks wrong."


# --- server

SIGN_IN_ENDED = "Your sign-in has ended."
NO_DEMO = "This site has no demo project."
SERVER_UNREACHABLE = "The server cannot be reached. Your work is saved on this computer."
SERVER_ANSWER_UNREADABLE = (
    "The server sent an answer that Limner cannot read. Reload the page. If it happens again, "
    "contact an admin."
)


def server_error(status: int) -> str:
    """Say that the server answered with an error status."""
    return f"The server answered with an error ({status})."


# --- storage

STORAGE_FULL = (
    "This computer's storage is full. Free some disk space. Nothing is lost while you keep this page open."
)
STORAGE_CLOSED = "The browser closed this computer's storage. Reload the page."
STORAGE_NEWER = "A newer version of Limner has updated this computer's storage. Reload the page."
STORAGE_FORBIDDEN = (
    "The browser does not allow this page to save anything on this computer. Allow site data for this "
    "address, then reload. Private windows often block it."
)
STORAGE_BLOCKED = "Another tab has an older version of Limner open. Close it, then reload this page."
NO_PRIVATE_FILES = "This browser does not give the site private files."


def storage_failed(what: str) -> str:
    """Say that the storage of the browser failed."""
    return f"This computer's storage failed ({what})."


# --- images

NO_DICOMWEB_PART = "The server's answer contains no image. Try again."


def not_one_image(level: str) -> str:
    """Say that a DICOMweb address is that of a study or series."""
    return (
        f"This address is a whole {level}, not an image. To label it, create a project with “New from "
        "DICOMweb” on the projects page."
    )


def image_too_large(columns: int, rows: int, most: int) -> str:
    """Say that the graphics card cannot show an image of this size."""
    return f"This image has {columns} × {rows} pixels, but the graphics card supports only {most} per side."


# --- compute worker

IMAGE_CLOSED = "This image is no longer open. Open it again."
SERIES_LOADING = "The series is still loading. Try again when all slices are loaded."
CALCULATION_FAILED = "The calculation could not be started."
WORKER_CRASHED = "Limner's calculations stopped unexpectedly. Try again."
WORKER_NOT_STARTED = (
    "Limner's calculations could not be started. Check your network connection, then try again."
)
CALCULATION_CRASHES = (
    "This calculation stopped unexpectedly, twice. Limner does not repeat it until you reload the page."
)
CALCULATION_HANGS = (
    "This calculation took too long, twice, and was stopped. Limner does not repeat it until you reload the "
    "page."
)


def progress(note: str, share: float) -> str:
    """Say what the worker is doing and how far it is, from 0 to 1."""
    return f"{note or 'Computing'} {share:.0%} · Esc to cancel"
