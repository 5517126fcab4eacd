"""The DICOMweb servers of a person, and how to sign in to them. Stored only in this browser."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from webapp.py.imaging import texts
from webapp.py.imaging.dicomweb import is_dicomweb, parse
from webapp.py.imaging.sources import ImageProblem, shorten

SignIn = Literal["none", "bearer", "basic", "headers"]
SERVERS_KEY = "dicomweb servers"
"""The key of the list among the small values of a person's local store."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\x20-\x7e\xa0-\xff]*")
_UNSENT = re.compile(
    r"accept-(charset|encoding)|access-control-.*|connection|content-.*|cookie2?|date|dnt|expect|host|keep-alive"
    r"|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*|accept",
    re.IGNORECASE,
)


class DicomwebServer(Struct, kw_only=True, frozen=True):
    """A DICOMweb server: its name, its address, and how to sign in.

    ``secret`` is the token or the password; ``headers`` are lines of ``Name: value``. ``repr`` shows neither.
    """

    name: str
    address: str
    sign_in: SignIn = "none"
    user: str = ""
    secret: str = ""
    headers: str = ""

    def __repr__(self) -> str:
        return f"DicomwebServer({self.name!r}, {self.address!r}, {self.sign_in!r})"


def base_of(address: str) -> str:
    """Return the http address of the service, from an address of any form.

    Raises
    ------
    ImageProblem
        If it is not an address of a DICOMweb server.

    Examples
    --------
    >>> base_of("dicomwebs://pacs:8443/dicom-web/studies/1.2"), base_of("http://pacs/dicom-web/")
    ('https://pacs:8443/dicom-web', 'http://pacs/dicom-web')
    """
    address = address.strip()
    if is_dicomweb(address):
        return parse(address).base
    try:
        scheme = {"http": "dicomweb", "https": "dicomwebs"}[urlsplit(address).scheme.lower()]
    except (KeyError, ValueError):
        raise ImageProblem("address", texts.not_a_dicomweb_server(shorten(address))) from None
    return parse(f"{scheme}{address[address.index(':') :]}").base


def headers_of(server: DicomwebServer) -> dict[str, str]:
    """Return the headers that requests to a server carry.

    Raises
    ------
    ImageProblem
        If one of them cannot be sent. The message does not contain its value.

    References
    ----------
    RFC 6750 (bearer tokens) and RFC 7617 (basic authentication).

    Examples
    --------
    >>> headers_of(DicomwebServer(name="A", address="http://a", sign_in="basic", user="u", secret="p"))
    {'Authorization': 'Basic dTpw'}
    """
    if server.sign_in == "bearer":
        return _checked([("Authorization", f"Bearer {server.secret.strip()}")])
    if server.sign_in == "basic":
        if ":" in server.user:
            raise ImageProblem("address", texts.USER_WITH_COLON)
        pair = b64encode(f"{server.user}:{server.secret}".encode()).decode()
        return _checked([("Authorization", f"Basic {pair}")])
    if server.sign_in == "headers":
        lines = [line for line in server.headers.splitlines() if line.strip()]
        return _checked([(name, value) for name, _, value in (line.partition(":") for line in lines)])
    return {}


def _checked(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    checked = {}
    for name, value in ((name.strip(), value.strip()) for name, value in headers):
        if not _TOKEN.fullmatch(name):
            raise ImageProblem("address", texts.HEADER_LINE)
        if _UNSENT.fullmatch(name):
            raise ImageProblem("address", texts.header_not_allowed(shorten(name, 60)))
        if not value or not _VALUE.fullmatch(value):
            raise ImageProblem("address", texts.header_value_invalid(shorten(name, 60)))
        checked[name] = value
    return checked


def check_server(server: DicomwebServer) -> DicomwebServer:
    """Return a server as it is stored: with a name, the address of the service, and no unused secret.

    Raises
    ------
    ImageProblem
        If the address or the headers cannot be used.

    Examples
    --------
    >>> check_server(DicomwebServer(name="", address="http://pacs/dicom-web/studies/1.2", secret="unused"))
    DicomwebServer('pacs', 'http://pacs/dicom-web', 'none')
    """
    base = base_of(server.address)
    headers_of(server)
    uses_secret = server.sign_in in ("bearer", "basic")
    return DicomwebServer(
        name=server.name.strip()[:200] or urlsplit(base).netloc,
        address=base,
        sign_in=server.sign_in,
        user=server.user if server.sign_in == "basic" else "",
        secret=server.secret if uses_secret else "",
        headers=server.headers if server.sign_in == "headers" else "",
    )


def server_of(servers: Iterable[DicomwebServer], base: str) -> DicomwebServer | None:
    """Return the server with an http address, or None if there is none.

    Only exactly this service gets its headers: no other port of the machine, and no other path.

    Examples
    --------
    >>> known = [DicomwebServer(name="A", address="http://a/dicom-web")]
    >>> server_of(known, "http://a/dicom-web").name, server_of(known, "http://a:81/dicom-web")
    ('A', None)
    """
    wanted = _sameness(base)
    return next((one for one in servers if _sameness(one.address) == wanted), None)


def _sameness(base: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(base)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port, parts.path.rstrip("/")


def read_servers(kept: Any) -> list[DicomwebServer]:
    """Return the servers of a stored value, without entries that cannot be read.

    Examples
    --------
    >>> read_servers([{"name": "A", "address": "http://a"}, 7])
    [DicomwebServer('A', 'http://a', 'none')]
    """
    found = []
    for entry in kept if isinstance(kept, list) else []:
        try:
            found.append(msgspec.convert(entry, DicomwebServer))
        except msgspec.ValidationError:
            continue
    return found


def write_servers(servers: Iterable[DicomwebServer]) -> list[dict[str, str]]:
    """Return servers as a value to store, the reverse of `read_servers`.

    Examples
    --------
    >>> write_servers([DicomwebServer(name="A", address="http://a")])[0]["address"]
    'http://a'
    """
    written: list[dict[str, str]] = msgspec.to_builtins(list(servers))
    return written
