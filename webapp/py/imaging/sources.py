"""Addresses of images: which may be read from this page, and why one that was read gave no image."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urljoin, urlsplit

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
"""What may be wrong with an image; stable, for tests and for telling like problems together."""
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
    """How to ask for an image: the absolute address, and the network that the browser has to be told of."""

    url: str
    target: AddressSpace | None = None


def plan_request(url: str, page: str, can_target: bool) -> Request:
    """Decide how, and whether, a page may ask for an image.

    Parameters
    ----------
    url
        Address of the image, absolute or relative to the page.
    page
        Address of the page.
    can_target
        Whether the browser can be told that an address lies in the local network (``targetAddressSpace``).

    Raises
    ------
    ImageProblem
        ``address``, ``dicomweb`` or ``mixed_content``.

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
        # Any name may lead into the local network; when it does not, the browser refuses.
        return Request(absolute, "local")
    raise mixed_content(parts.netloc)


def mixed_content(host: str) -> ImageProblem:
    """Return the problem of an image over plain http on a page that came over https."""
    return ImageProblem(
        "mixed_content",
        "This page came over https, and the browser does not let it read images over plain http (mixed "
        f"content). Serve the images over https: give the server at {host} a certificate, or open Limner "
        "from an http:// address of the same network. A current Chrome or Edge also reads them directly, "
        "once you allow it, from servers in the local network.",
    )


def _absolute(url: str, page: str) -> str:
    url = url.strip()
    try:
        absolute = urljoin(page, url)
        parts = urlsplit(absolute)
        port = parts.port
    except ValueError:
        raise ImageProblem("address", f"“{shorten(url)}” is not an address of an image.") from None
    if not url or parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        what = f"“{shorten(url)}” is" if url else "The empty address is"
        raise ImageProblem(
            "address",
            f"{what} not an address of an image. It has to begin with http:// or https://, or be relative.",
        )
    if parts.username is not None or parts.password is not None:
        raise ImageProblem(
            "address",
            f"The address of an image on {parts.hostname} contains a user name or password, which browsers "
            "do not send. Take it out of the address, and let the server allow reading without it.",
        )
    return absolute


def address_space(host: str) -> AddressSpace | None:
    """Return the network that a host's name shows it to be in; None when the name does not tell.

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
    """What was seen of an image that could not be read.

    ``status`` is None when the browser gave no answer at all; ``opaque`` then says whether a second request,
    which asks for nothing that it may read, was answered (None: not tried). ``targeted`` says that the
    browser was told that the address lies in the local network, ``local_refused`` that the person forbade
    reaching that.
    """

    url: str
    page: str
    status: int | None = None
    online: bool = True
    opaque: bool | None = None
    targeted: bool = False
    local_refused: bool = False


def diagnose(seen: Observation) -> ImageProblem:
    """Say why an image was not answered, and what has to be changed where.

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
        return ImageProblem(
            "unauthorized",
            f"The server at {host} asks for a sign-in (401). Limner sends no passwords to image servers: let "
            "it allow reading without one from this network, or use signed addresses.",
        )
    if seen.status in (403, 407):
        return ImageProblem(
            "forbidden",
            f"The server at {host} refuses this image ({seen.status}). Check the file's permissions, or "
            "whether a signed address has expired.",
        )
    if seen.status in (404, 410):
        return ImageProblem(
            "not_found",
            f"The server at {host} has no such image ({seen.status}). It may have been moved or renamed: "
            f"{shorten(urlsplit(seen.url).path)}",
        )
    if seen.status == 413:
        return ImageProblem("too_large", f"The server at {host} says that the image is too large (413).")
    return ImageProblem(
        "server_error",
        f"The server at {host} could not give the image ({seen.status}). Try again; if it stays, tell "
        "whoever looks after that server.",
    )


def _without_answer(seen: Observation, host: str, origin: str) -> ImageProblem:
    if seen.local_refused:
        return ImageProblem(
            "unreachable",
            f"The browser did not allow this page to reach {host} in the local network. Allow “local network "
            "access” for this page in the browser's site settings, then try again.",
        )
    if seen.opaque:
        return ImageProblem(
            "no_cors",
            f"The server at {host} answered but did not allow this page to read images: add the header "
            f"Access-Control-Allow-Origin: {origin} to its answers.",
        )
    if seen.targeted and address_space(urlsplit(seen.url).hostname or "") is None:
        return mixed_content(host)
    if not seen.online:
        return ImageProblem(
            "offline", "There is no network, and this image is not kept on this machine. It will load later."
        )
    return ImageProblem(
        "unreachable",
        f"The server at {host} could not be reached. Check that it is running, that its name and port are "
        "right, and that this machine is in its network.",
    )


def too_many_bytes(size: int) -> ImageProblem:
    """Return the problem of a file that is larger than ``MOST_BYTES``."""
    return ImageProblem(
        "too_large",
        f"The file has {size / 1e6:,.0f} MB; at most {MOST_BYTES / 1e6:,.0f} MB can be loaded. "
        "Cut the image into parts, or save it smaller.",
    )


def too_many_pixels(width: int, height: int) -> ImageProblem:
    """Return the problem of an image that is larger than browsers draw."""
    return ImageProblem(
        "too_large",
        f"The image has {width:,} × {height:,} pixels; at most {MOST_PIXELS / 1e6:,.0f} million, and "
        f"{MOST_SIDE:,} on a side, can be shown. Cut it into parts, or save it smaller.",
    )


def broken_off(received: int, expected: int | None) -> ImageProblem:
    """Return the problem of a file that ends too early; counts in bytes."""
    of = f" of {expected:,}" if expected and expected > received else ""
    return ImageProblem(
        "truncated",
        f"The image is incomplete: the file ends after {received:,}{of} bytes. Copy it to the server again.",
    )


def stalled(url: str, seconds: float) -> ImageProblem:
    """Return the problem of a server that began to answer, or did not even that, and then sent no more."""
    return ImageProblem(
        "unreachable",
        f"The server at {urlsplit(url).netloc} has sent nothing for {seconds:.0f} seconds. Try again; if it "
        "stays so slow, tell whoever looks after that server.",
    )


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
    """Return a text from outside, short enough and without line breaks, to be put into a sentence.

    Examples
    --------
    >>> shorten("a" * 9, most=5)
    'aaaa…'
    """
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
