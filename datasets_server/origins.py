"""Which web pages may read the folder, and under which names the server answers."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from datasets_server import texts

ANY = "*"
LOOPBACK = "localhost"
"""Means every page that was loaded from this computer, whatever its port."""

Headers = list[tuple[bytes, bytes]]

_METHODS = b"GET, HEAD, OPTIONS"
_REQUEST_HEADERS = b"Accept, Cache-Control, If-Modified-Since, If-None-Match, If-Range, Range"
_EXPOSED = b"Accept-Ranges, Content-Length, Content-Range, ETag, Last-Modified"


def check_origin(text: str) -> str:
    """Return an origin as a browser spells it, or raise ValueError with a sentence for people.

    Examples
    --------
    >>> check_origin("HTTPS://Label.Example.org:443/")
    'https://label.example.org'
    """
    if text in (ANY, LOOPBACK):
        return text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(texts.not_an_origin(text)) from None
    extra = parts.path not in ("", "/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in ("http", "https") or not parts.hostname or extra:
        raise ValueError(texts.not_an_origin(text))
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, default) else "")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address always means this computer."""
    host = host.strip("[]").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_read(origin: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether a page of this origin may read the folder.

    Parameters
    ----------
    origin : str
        Value of the ``Origin`` request header.
    allowed : tuple of str
        Origins from the settings. ``*`` and ``localhost`` have their special meaning.
    """
    if ANY in allowed or origin in allowed:
        return True
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:
        return False
    return LOOPBACK in allowed and is_loopback(host)


def may_name(host: str, allowed: tuple[str, ...]) -> bool:
    """Tell whether the server answers under the name in the ``Host`` header.

    A hostile site can point its own name at this computer (DNS rebinding), and its pages would then count as
    same-origin. Such a name always has a dot and a public ending, so addresses, ``localhost`` and names
    without a dot are safe. Every other name must be in the settings.
    """
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if ANY in allowed or "." not in name or is_loopback(name) or name in allowed:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def cors_headers(origin: str | None, allowed: tuple[str, ...]) -> Headers:
    """Return the headers that let an allowed page read the response. Other pages get none of them."""
    shared = [(b"cross-origin-resource-policy", b"cross-origin")]
    if ANY in allowed:
        grant = b"*"
    else:
        shared.append((b"vary", b"Origin"))
        if origin is None or not may_read(origin, allowed):
            return shared
        grant = origin.encode("latin-1")
    return [
        *shared,
        (b"access-control-allow-origin", grant),
        (b"access-control-expose-headers", _EXPOSED),
        (b"timing-allow-origin", grant),
    ]


def preflight_headers(private_network: bool) -> Headers:
    """Return what a preflight response adds to `cors_headers` for an allowed page.

    Parameters
    ----------
    private_network : bool
        Whether the browser asked if a public page may reach this server in a private network.
    """
    headers = [
        (b"access-control-allow-methods", _METHODS),
        (b"access-control-allow-headers", _REQUEST_HEADERS),
        (b"access-control-max-age", b"7200"),
    ]
    if private_network:
        headers.append((b"access-control-allow-private-network", b"true"))
    return headers
