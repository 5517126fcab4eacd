"""Sentences that people read in the browser room."""

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
