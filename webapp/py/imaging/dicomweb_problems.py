"""Why a DICOMweb server gave no image or list, and what has to be changed where."""

from __future__ import annotations

from urllib.parse import urlsplit

from webapp.py.imaging.sources import ImageProblem, Observation, diagnose, origin_of, shorten

_WHERE = "“DICOMweb servers” on the page with the projects"


def diagnose_dicomweb(seen: Observation, signed: bool = False, redirected: bool = False) -> ImageProblem:
    """Say why a DICOMweb server did not answer as asked.

    Parameters
    ----------
    seen
        What was seen of the request.
    signed
        Whether this browser has a token, password or header for that server, which it sent.
    redirected
        Whether the server sent the page elsewhere, where those were not taken.

    Examples
    --------
    >>> diagnose_dicomweb(Observation("http://pacs/studies", "http://label/", status=401)).code
    'unauthorized'
    """
    host, origin = urlsplit(seen.url).netloc, origin_of(seen.page)
    if redirected:
        return ImageProblem(
            "dicomweb",
            f"The server at {host} sends requests on to another address, where Limner takes no token or "
            f"password. Enter the address that it leads to under {_WHERE}.",
        )
    if seen.status == 401:
        said = (
            f"did not accept what this browser signed in with (401). Renew it under {_WHERE}"
            if signed
            else f"asks for a sign-in (401). Enter its token, or user and password, under {_WHERE}"
        )
        return ImageProblem(
            "unauthorized", f"The DICOMweb server at {host} {said}; it is kept in this browser only."
        )
    if seen.status in (403, 407):
        return ImageProblem(
            "forbidden",
            f"The DICOMweb server at {host} does not let you read this ({seen.status}). Ask whoever looks "
            f"after it for permission, or sign in as somebody else under {_WHERE}.",
        )
    if seen.status in (404, 410):
        return ImageProblem(
            "not_found",
            f"The DICOMweb server at {host} has nothing at this address ({seen.status}). It may have been "
            f"deleted, or the service lies at another path: {shorten(urlsplit(seen.url).path)}",
        )
    if seen.status == 406:
        return ImageProblem(
            "dicomweb", f"The DICOMweb server at {host} does not give images as DICOM files (406)."
        )
    if seen.status is None and seen.opaque:
        return ImageProblem(
            "no_cors",
            f"The DICOMweb server at {host} answered but did not allow this page to read it: let it send "
            f"Access-Control-Allow-Origin: {origin} with every answer, errors too, and answer OPTIONS "
            "requests with Access-Control-Allow-Headers: Accept, Authorization. docs/dicom.md shows how.",
        )
    return diagnose(seen)


def no_dicom(url: str, content_type: str, begin: bytes) -> ImageProblem:
    """Return the problem of an answer that is no DICOM; ``begin`` is the beginning of its body."""
    host = urlsplit(url).netloc
    kind = content_type.partition(";")[0].strip().lower()
    start = begin.lstrip()[:15].lower()
    if kind in ("text/html", "application/xhtml+xml") or start.startswith((b"<!doctype", b"<html")):
        return ImageProblem(
            "dicomweb",
            f"The server at {host} answered with a web page instead of DICOM. That is often a sign-in page "
            f"or a wrong path: check its address under {_WHERE}; it goes up to before /studies.",
        )
    what = f" ({shorten(kind, 60)})" if kind else ""
    return ImageProblem(
        "dicomweb",
        f"The server at {host} answered with something else than DICOM{what}. Check that its address under "
        f"{_WHERE} is that of a DICOMweb service.",
    )
