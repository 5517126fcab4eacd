"""Addresses of images as they are seen through a window, for calculations that are to see what people see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args
from zlib import crc32

from webapp.py.imaging.dicom_header import Function, Window

_LOOK = "#window="


def format_window_setting(window: Window, inverted: bool) -> str:
    """Return what is added to an image's address when it is meant as it is seen through a window.

    Examples
    --------
    >>> format_window_setting(Window(40.0, 400.0), False)
    '#window=40,400,LINEAR,0'
    """
    kind = window.function if window.table is None else f"{crc32(window.table.shades):08x}"
    return f"{_LOOK}{window.center:.7g},{window.width:.7g},{kind},{int(inverted)}"


def split_window_setting(address: str) -> tuple[str, str]:
    """Return an image's own address, and the look that was added to it; empty for none.

    Examples
    --------
    >>> split_window_setting("http://scans/1.dcm#window=40,400,LINEAR,0")
    ('http://scans/1.dcm', '#window=40,400,LINEAR,0')
    """
    url, found, look = address.rpartition(_LOOK)
    return (url, _LOOK + look) if found else (address, "")


def parse_window_setting(look: str, known: Iterable[Window]) -> tuple[Window, bool]:
    """Return the window of a look, and whether low values are white; ``known`` are those of the file.

    Raises
    ------
    ValueError
        When it is none, or the look of a table that is not known.
    """
    center, width, kind, inverted = look.removeprefix(_LOOK).split(",")
    for window in known:
        if window.table is not None and format_window_setting(window, inverted == "1") == look:
            return window, inverted == "1"
    if kind not in get_args(Function):
        raise ValueError(f"no table looks like {look}")
    return Window(center=float(center), width=float(width), function=kind), inverted == "1"  # type: ignore[arg-type]
