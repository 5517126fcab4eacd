"""DICOMweb (DICOM PS3.18): addresses of images on a PACS, what it lists, and the parts of its responses.

An address is ``dicomweb://host[:port]/path/studies/UID[/series/UID[/instances/UID[/frames/N]]]``, with
``dicomwebs://`` for TLS. Everything before ``/studies`` is the path of the service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import quote, urlencode, urlsplit

from webapp.py.imaging import texts
from webapp.py.imaging.sources import ImageProblem, shorten

SCHEMES = {"dicomweb": "http", "dicomwebs": "https"}
Level = Literal["study", "series", "instance", "frame"]
MOST_PARTS = 100_000
"""Most parts of one response: enough for one frame of each slice of the largest series."""
MOST_TEXT = 200
"""Most characters of a description that are shown."""
WHOLE_FILE = 'multipart/related; type="application/dicom"; transfer-syntax=*'
"""The Accept header that requests files as they are stored."""
JSON = "application/dicom+json"

_INCLUDED = {"studies": ("00081030",), "series": ("0008103E",), "instances": ()}
"""Attributes that servers list only on request: descriptions."""
_UID = re.compile(r"(?=[0-9.]{1,64}\Z)[0-9]+(\.[0-9]+)*")
_NAMES = ("studies", "series", "instances", "frames")
_LINE = b"\r\n"


@dataclass(frozen=True, slots=True)
class Resource:
    """Something on a DICOMweb server; ``base`` is the http address of the service.

    Examples
    --------
    >>> place = parse("dicomweb://pacs:8042/dicom-web/studies/1.2/series/3.4")
    >>> place.base, place.level, place.url
    ('http://pacs:8042/dicom-web', 'series', 'http://pacs:8042/dicom-web/studies/1.2/series/3.4')
    """

    base: str
    study: str = ""
    series: str = ""
    instance: str = ""
    frame: int | None = None

    @property
    def level(self) -> Level:
        """What it is: the deepest level that it names."""
        if self.frame is not None:
            return "frame"
        return "instance" if self.instance else "series" if self.series else "study"

    @property
    def url(self) -> str:
        """Its http address."""
        parts = [self.study, self.series, self.instance, "" if self.frame is None else str(self.frame)]
        path = "".join(f"/{name}/{part}" for name, part in zip(_NAMES, parts, strict=True) if part)
        return self.base + path

    @property
    def address(self) -> str:
        """Its ``dicomweb://`` address."""
        return re.sub(r"^http(s?)://", r"dicomweb\1://", self.url)

    def with_frame(self, frame: int) -> Resource:
        """Return a frame of this instance, counted from 1."""
        return replace(self, frame=frame)


def is_dicomweb(address: str) -> bool:
    """Return whether an address is a DICOMweb address.

    Examples
    --------
    >>> is_dicomweb("dicomwebs://pacs/studies/1.2"), is_dicomweb("https://pacs/1.png")
    (True, False)
    """
    return address.strip().partition(":")[0].lower() in SCHEMES


def parse(address: str) -> Resource:
    """Return what a ``dicomweb://`` address refers to. Without ``/studies`` it refers to the service.

    Raises
    ------
    ImageProblem
        If it is not a DICOMweb address.

    References
    ----------
    DICOM PS3.18, section 10.4 (resources of WADO-RS).

    Examples
    --------
    >>> parse("dicomwebs://pacs/dicom-web/studies/1.2/series/3.4/instances/5.6/frames/2").frame
    2
    """
    try:
        parts = urlsplit(address.strip())
        port = parts.port
    except ValueError:
        raise _misread(address) from None
    scheme = SCHEMES.get(parts.scheme.lower())
    if scheme is None or not parts.hostname or port == 0:
        raise _misread(address)
    if parts.username or parts.password:
        raise ImageProblem("address", texts.DICOMWEB_CREDENTIALS)
    service, studies, rest = parts.path.partition("/studies")
    base = f"{scheme}://{parts.netloc}{service.rstrip('/')}"
    steps = [step for step in f"{studies}{rest}".split("/") if step]
    words, values = steps[::2], steps[1::2]
    if len(words) != len(values) or words != list(_NAMES[: len(words)]):
        raise _misread(address)
    study, series, instance, frame = [*values, "", "", "", ""][:4]
    uids = [uid for uid in (study, series, instance) if uid]
    if not all(_UID.fullmatch(uid) for uid in uids) or (frame and not re.fullmatch(r"[1-9]\d{0,6}", frame)):
        raise _misread(address)
    return Resource(base, study, series, instance, int(frame) if frame else None)


def _misread(address: str) -> ImageProblem:
    # The part before an @ may be a password.
    shown = shorten(address.rpartition("@")[2], 200)
    return ImageProblem("address", texts.not_a_dicomweb_address(shown))


# --- QIDO-RS: what is there


@dataclass(frozen=True, slots=True)
class Found:
    """A study, series or instance that a server lists, with what a person needs to choose it."""

    resource: Resource
    title: str
    details: str = ""
    patient: str = ""
    count: int = 0
    frames: int = 1
    number: int = 0


def search_url(place: Resource, *, limit: int = 100, offset: int = 0, **matching: str) -> str:
    """Return the address that lists the studies of a service, series of a study or instances of a series.

    Parameters
    ----------
    place
        A service, a study or a series.
    limit, offset
        Which part of a long list.
    **matching
        Attributes by keyword, such as ``PatientName="Doe*"``. Empty ones are ignored.

    Raises
    ------
    ValueError
        For an instance or a frame.

    References
    ----------
    DICOM PS3.18, section 10.6 (QIDO-RS).

    Examples
    --------
    >>> search_url(Resource("http://pacs/dicom-web"), limit=10, PatientName="Doe*")
    'http://pacs/dicom-web/studies?limit=10&offset=0&PatientName=Doe*&includefield=00081030'
    """
    below = {"study": "series", "series": "instances"}.get(place.level, "") if place.study else "studies"
    if not below:
        raise ValueError("an instance has nothing to list")
    wanted = [("limit", str(limit)), ("offset", str(offset)), *((k, v) for k, v in matching.items() if v)]
    wanted += [("includefield", tag) for tag in _INCLUDED[below]]
    # Wildcards need no escape in a query (RFC 3986, 3.4), and Orthanc does not accept escaped ones.
    return f"{place.url}/{below}?{urlencode(wanted, quote_via=quote, safe='*?^')}"


def read_list(place: Resource, answer: Any) -> list[Found]:
    """Return what a server lists in a place, without entries that have no UID.

    Parameters
    ----------
    place
        A service, a study or a series.
    answer
        The response to `search_url`, decoded from JSON (the model of PS3.18 F.2).

    Raises
    ------
    ImageProblem
        If the response is not such a list.

    Examples
    --------
    >>> entry = {"0020000E": {"Value": ["3.4"]}, "00080060": {"Value": ["CT"]}}
    >>> [(one.resource.series, one.details) for one in read_list(Resource("http://pacs", "1.2"), [entry])]
    [('3.4', 'CT')]
    """
    if not isinstance(answer, list):
        raise ImageProblem("dicomweb", texts.NO_LIST)
    found = []
    for entry in answer:
        if not isinstance(entry, dict):
            continue
        one = _study(place, entry) if not place.study else _below(place, entry)
        if one is not None:
            found.append(one)
    return found


def value_of(entry: Mapping[str, Any], tag: str) -> str:
    """Return the first value of an attribute of DICOM JSON as text, empty if there is none.

    Examples
    --------
    >>> value_of({"00100010": {"vr": "PN", "Value": [{"Alphabetic": "Doe^Jane"}]}}, "00100010")
    'Doe Jane'
    """
    element = entry.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    if not isinstance(values, list) or not values:
        return ""
    first = values[0]
    if isinstance(first, dict):
        first = first.get("Alphabetic") or first.get("Ideographic") or ""
        return str(first).replace("^", " ").strip()
    return str(first).strip()


def _study(place: Resource, entry: Mapping[str, Any]) -> Found | None:
    uid = value_of(entry, "0020000D")
    if not _UID.fullmatch(uid):
        return None
    day = value_of(entry, "00080020")
    day = f"{day[:4]}-{day[4:6]}-{day[6:]}" if re.fullmatch(r"\d{8}", day) else day
    return Found(
        replace(place, study=uid),
        shorten(value_of(entry, "00081030"), MOST_TEXT) or texts.NO_STUDY_DESCRIPTION,
        shorten(" · ".join(filter(None, (day, value_of(entry, "00080061")))), MOST_TEXT),
        shorten(
            " · ".join(filter(None, (value_of(entry, "00100010"), value_of(entry, "00100020")))), MOST_TEXT
        ),
        _whole(value_of(entry, "00201208")),
    )


def _below(place: Resource, entry: Mapping[str, Any]) -> Found | None:
    is_series = not place.series
    uid = value_of(entry, "0020000E" if is_series else "00080018")
    if not _UID.fullmatch(uid):
        return None
    if is_series:
        return Found(
            replace(place, series=uid),
            shorten(value_of(entry, "0008103E"), MOST_TEXT) or texts.NO_SERIES_DESCRIPTION,
            shorten(value_of(entry, "00080060"), MOST_TEXT),
            count=_whole(value_of(entry, "00201209")),
            number=_whole(value_of(entry, "00200011")),
        )
    number = _whole(value_of(entry, "00200013"))
    return Found(
        replace(place, instance=uid),
        texts.image_number(number) if number else uid,
        frames=max(_whole(value_of(entry, "00280008")), 1),
        number=number,
    )


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


# --- WADO-RS: the parts of a response


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart response; ``body`` is a view of the response's own bytes from ``start`` on."""

    headers: Mapping[str, str]
    body: memoryview
    start: int = 0


def parts_of(content: bytes, content_type: str) -> list[Part]:
    r"""Return the parts of a ``multipart/related`` response (RFC 2046), without copying them.

    A response of another type is a single part.

    Raises
    ------
    ImageProblem
        If the response is cut off, or does not contain the parts that it announces.

    Examples
    --------
    >>> body = b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n--x--"
    >>> [bytes(part.body) for part in parts_of(body, "multipart/related; boundary=x")]
    [b'hello']
    """
    kind, parameters = _parameters(content_type)
    if not kind.startswith("multipart/"):
        return [Part({"content-type": content_type}, memoryview(content))]
    boundary = parameters.get("boundary", "")
    if not 1 <= len(boundary) <= 200:
        raise ImageProblem("dicomweb", texts.PARTS_WITHOUT_BOUNDARY)
    return list(_split(content, b"--" + boundary.encode("latin-1", "replace")))


def _split(content: bytes, mark: bytes) -> Iterator[Part]:
    view = memoryview(content)
    at = content.find(mark)
    if at < 0:
        raise ImageProblem("dicomweb", texts.PARTS_MISSING)
    for _ in range(MOST_PARTS):
        at += len(mark)
        if content[at : at + 2] == b"--":
            return
        start = content.find(_LINE, at)
        head_end = content.find(_LINE * 2, start)
        headers: dict[str, str] = {}
        if content[start : start + 4] == _LINE * 2:
            head_end = start
        if start < 0 or head_end < 0:
            break
        for line in content[start:head_end].split(_LINE):
            name, colon, value = line.decode("latin-1").partition(":")
            if colon:
                headers[name.strip().lower()] = value.strip()
        begin = head_end + 4
        end = _end(content, mark, begin, headers)
        if end < 0:
            break
        yield Part(headers, view[begin:end], begin)
        at = end + len(_LINE)
    raise ImageProblem("truncated", texts.RESPONSE_CUT_OFF)


def _end(content: bytes, mark: bytes, begin: int, headers: Mapping[str, str]) -> int:
    """Return where a part ends. The length in its headers is used only if the mark follows."""
    length = headers.get("content-length", "")
    told = begin + int(length) if re.fullmatch(r"\d{1,12}", length) else -1
    if told >= begin and content.startswith(_LINE + mark, told):
        return told
    return content.find(_LINE + mark, begin)


def _parameters(content_type: str) -> tuple[str, dict[str, str]]:
    kind, _, rest = content_type.partition(";")
    found = re.findall(r'([\w-]+)\s*=\s*(?:"([^"]*)"|([^;\s]+))', rest)
    return kind.strip().lower(), {name.lower(): quoted or plain for name, quoted, plain in found}
