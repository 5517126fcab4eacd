"""Addresses of images: which of them this page may read, and why reading one gave no image."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

from webapp.py.imaging import texts

Code = Literal[
    "address",
    "dicomweb",
    "mixed_content",
    "offline",
    "unreachable",
    "no_cors",
    "unauthorized",
    "forbidden",
    "not_found",
    "server_error",
    "not_an_image",
    "truncated",
    "damaged",
    "too_large",
    "unsupported",
]
"""What may be wrong with an image. Codes are stable, so that programs can rely on them."""
AddressSpace = Literal["loopback", "local"]
MOST_BYTES = 1 << 30
"""Largest file that is loaded, in bytes."""
MOST_PIXELS = 1 << 28
"""Largest image that is shown, in pixels."""
MOST_SIDE = 32_767
"""Longest side that browsers draw, in pixels."""


class ImageProblem(Exception):
    """An image that cannot be shown, and why: ``code`` for programs, ``message`` for the person.

    Examples
    --------
    >>> ImageProblem("not_found", "No such image.").code
    'not_found'
    """

    def __init__(self, code: Code, message: str) -> None:
        super().__init__(message)
        self.code: Code = code
        self.message = message


@dataclass(frozen=True)
class Request:
    """How to request an image: its absolute address, and the network to name to the browser."""

    url: str
    target: AddressSpace | None = None


def plan_request(url: str, page: str, can_target: bool) -> Request:
    """Return how a page requests an image.

    Parameters
    ----------
    url
        Address of the image, absolute or relative to the page.
    page
        Address of the page.
    can_target
        Whether the browser lets a page name the local network (``targetAddressSpace``).

    Raises
    ------
    ImageProblem
        If the page may not request it: ``address`` or ``mixed_content``.

    Examples
    --------
    >>> plan_request("scans/1.png", "https://label.example/app/", can_target=False).url
    'https://label.example/app/scans/1.png'
    >>> plan_request("http://10.0.0.5/1.png", "https://label.example/", can_target=True).target
    'local'
    """
    absolute = _absolute(url, page)
    parts = urlsplit(absolute)
    space = address_space(parts.hostname or "")
    if urlsplit(page).scheme != "https" or parts.scheme == "https" or space == "loopback":
        return Request(absolute)
    if can_target:
        # Any name may lead to the local network. If it does not, the browser refuses.
        return Request(absolute, "local")
    raise mixed_content(parts.netloc)


def mixed_content(host: str) -> ImageProblem:
    """Return the problem of an image over plain http on a page that came over https.

    Examples
    --------
    >>> mixed_content("nas:8000").code
    'mixed_content'
    """
    return ImageProblem("mixed_content", texts.mixed_content(host))


def _absolute(url: str, page: str) -> str:
    url = url.strip()
    try:
        absolute = urljoin(page, url)
        parts = urlsplit(absolute)
        port = parts.port
    except ValueError:
        raise ImageProblem("address", texts.not_an_image_address(shorten(url))) from None
    if not url or parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ImageProblem("address", texts.wrong_scheme(shorten(url)))
    if parts.username is not None or parts.password is not None:
        raise ImageProblem("address", texts.credentials_in_address(parts.hostname))
    return absolute


def address_space(host: str) -> AddressSpace | None:
    """Return the network that a host is in, as far as its name shows; None if it does not.

    Examples
    --------
    >>> address_space("localhost"), address_space("192.168.1.20"), address_space("nas.local")
    ('loopback', 'local', 'local')
    >>> address_space("images.example") is None
    True
    """
    host = host.lower().rstrip(".")
    if host == "localhost" or host.endswith(".localhost"):
        return "loopback"
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "local" if host.endswith(".local") else None
    if address.is_loopback:
        return "loopback"
    return "local" if address.is_private or address.is_link_local else None


@dataclass(frozen=True)
class Observation:
    """What was observed when an image could not be read.

    ``status`` is None if the browser got no response at all. ``opaque`` then says whether a second request,
    without permission to read the response, was answered (None: not tried). ``targeted`` says that the
    request named the local network, ``local_refused`` that the person did not allow the page to reach it.
    """

    url: str
    page: str
    status: int | None = None
    online: bool = True
    opaque: bool | None = None
    targeted: bool = False
    local_refused: bool = False


def diagnose(seen: Observation) -> ImageProblem:
    """Return why an image could not be read, and what to change where.

    Examples
    --------
    >>> diagnose(Observation("http://nas.local/a.png", "http://nas.local/", status=404)).code
    'not_found'
    """
    host = urlsplit(seen.url).netloc
    origin = origin_of(seen.page)
    if seen.status is None:
        return _without_answer(seen, host, origin)
    if seen.status == 401:
        return ImageProblem("unauthorized", texts.sign_in_required(host))
    if seen.status in (403, 407):
        return ImageProblem("forbidden", texts.forbidden(host, seen.status))
    if seen.status in (404, 410):
        path = shorten(urlsplit(seen.url).path)
        return ImageProblem("not_found", texts.not_found(host, seen.status, path))
    if seen.status == 413:
        return ImageProblem("too_large", texts.server_says_too_large(host))
    return ImageProblem("server_error", texts.server_error(host, seen.status))


def _without_answer(seen: Observation, host: str, origin: str) -> ImageProblem:
    if seen.local_refused:
        return ImageProblem("unreachable", texts.local_network_blocked(host))
    if seen.opaque:
        return ImageProblem("no_cors", texts.no_cors(host, origin))
    if seen.targeted and address_space(urlsplit(seen.url).hostname or "") is None:
        return mixed_content(host)
    if not seen.online:
        return ImageProblem("offline", texts.OFFLINE)
    return ImageProblem("unreachable", texts.unreachable(host))


def too_many_bytes(size: int) -> ImageProblem:
    """Return the problem of a file that is larger than `MOST_BYTES`.

    Examples
    --------
    >>> too_many_bytes(3 << 30).message.split(";")[0]
    'The file has 3,221 MB'
    """
    return ImageProblem("too_large", texts.too_many_bytes(size / 1e6, MOST_BYTES / 1e6))


def too_many_pixels(width: int, height: int) -> ImageProblem:
    """Return the problem of an image that is larger than browsers can draw.

    Examples
    --------
    >>> too_many_pixels(60_000, 60_000).code
    'too_large'
    """
    return ImageProblem("too_large", texts.too_many_pixels(width, height, MOST_PIXELS / 1e6, MOST_SIDE))


def broken_off(received: int, expected: int | None) -> ImageProblem:
    """Return the problem of a file that ends too early; sizes in bytes.

    Examples
    --------
    >>> broken_off(10, 4000).code
    'truncated'
    """
    known = expected if expected and expected > received else None
    return ImageProblem("truncated", texts.incomplete(received, known))


def stalled(url: str, seconds: float) -> ImageProblem:
    """Return the problem of a server that sent nothing for some time, before or during its response.

    Examples
    --------
    >>> stalled("http://nas/a.png", 30).message.split(".")[0]
    'The server at nas has sent nothing for 30 seconds'
    """
    return ImageProblem("unreachable", texts.stalled(urlsplit(url).netloc, seconds))


def origin_of(page: str) -> str:
    """Return the origin of an address.

    Examples
    --------
    >>> origin_of("https://label.example:8443/app/?q=1")
    'https://label.example:8443'
    """
    parts = urlsplit(page)
    return f"{parts.scheme}://{parts.netloc}"


def shorten(text: str, most: int = 120) -> str:
    """Return text from outside, shortened and without line breaks, to put into a sentence.

    Examples
    --------
    >>> shorten("a" * 9, most=5)
    'aaaa…'
    """
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
