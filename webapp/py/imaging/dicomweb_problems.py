"""Why a DICOMweb server returned no image or list, and what to change where."""

from __future__ import annotations

from urllib.parse import urlsplit

from webapp.py.imaging import texts
from webapp.py.imaging.sources import ImageProblem, Observation, diagnose, origin_of, shorten


def diagnose_dicomweb(seen: Observation, signed: bool = False, redirected: bool = False) -> ImageProblem:
    """Return why a request to a DICOMweb server failed, and what to change where.

    Parameters
    ----------
    seen
        What was observed.
    signed
        Whether this browser sent a token, password or header for that server.
    redirected
        Whether the server redirected the request to an address that must not get them.

    Examples
    --------
    >>> diagnose_dicomweb(Observation("http://pacs/studies", "http://label/", status=401)).code
    'unauthorized'
    """
    host, origin = urlsplit(seen.url).netloc, origin_of(seen.page)
    if redirected:
        return ImageProblem("dicomweb", texts.redirected(host))
    if seen.status == 401:
        said = texts.sign_in_rejected(host) if signed else texts.dicomweb_sign_in_required(host)
        return ImageProblem("unauthorized", said)
    if seen.status in (403, 407):
        return ImageProblem("forbidden", texts.dicomweb_forbidden(host, seen.status))
    if seen.status in (404, 410):
        path = shorten(urlsplit(seen.url).path)
        return ImageProblem("not_found", texts.dicomweb_not_found(host, seen.status, path))
    if seen.status == 406:
        return ImageProblem("dicomweb", texts.not_as_files(host))
    if seen.status is None and seen.opaque:
        return ImageProblem("no_cors", texts.dicomweb_no_cors(host, origin))
    return diagnose(seen)


def no_dicom(url: str, content_type: str, begin: bytes) -> ImageProblem:
    """Return the problem of a response that is not DICOM.

    Parameters
    ----------
    url
        The address of the request.
    content_type
        The media type of the response, as the server names it.
    begin
        The first bytes of its body.

    Examples
    --------
    >>> "web page" in no_dicom("http://pacs/x", "", b"<!DOCTYPE html>").message
    True
    """
    host = urlsplit(url).netloc
    kind = content_type.partition(";")[0].strip().lower()
    start = begin.lstrip()[:15].lower()
    if kind in ("text/html", "application/xhtml+xml") or start.startswith((b"<!doctype", b"<html")):
        return ImageProblem("dicomweb", texts.web_page_instead_of_dicom(host))
    return ImageProblem("dicomweb", texts.not_dicom_response(host, shorten(kind, 60)))
