"""Window settings as part of an image's address, so that calculations see what people see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args
from zlib import crc32

from webapp.py.imaging.dicom_header import Function, Window

_MARK = "#window="


def format_window_setting(window: Window, inverted: bool) -> str:
    """Return a window setting as the end of an image's address.

    Examples
    --------
    >>> format_window_setting(Window(40.0, 400.0), False)
    '#window=40,400,LINEAR,0'
    """
    function = window.function if window.table is None else f"{crc32(window.table.shades):08x}"
    return f"{_MARK}{window.center:.7g},{window.width:.7g},{function},{int(inverted)}"


def split_window_setting(address: str) -> tuple[str, str]:
    """Return an image's own address, and the window setting that was added to it; empty for none.

    Examples
    --------
    >>> split_window_setting("http://scans/1.dcm#window=40,400,LINEAR,0")
    ('http://scans/1.dcm', '#window=40,400,LINEAR,0')
    """
    url, found, setting = address.rpartition(_MARK)
    return (url, _MARK + setting) if found else (address, "")


def parse_window_setting(setting: str, known: Iterable[Window]) -> tuple[Window, bool]:
    """Return the window of a setting, and whether it is inverted.

    Parameters
    ----------
    setting
        From `format_window_setting`.
    known
        The windows of the file, of which one may have a table.

    Raises
    ------
    ValueError
        If it is not a window setting, or refers to an unknown table.

    Examples
    --------
    >>> parse_window_setting("#window=40,400,LINEAR,1", [])
    (Window(center=40.0, width=400.0, name='', function='LINEAR', table=None), True)
    """
    center, width, function, inverted = setting.removeprefix(_MARK).split(",")
    for window in known:
        if window.table is not None and format_window_setting(window, inverted == "1") == setting:
            return window, inverted == "1"
    if function not in get_args(Function):
        raise ValueError(f"no table of the file has the setting {setting}")
    return Window(center=float(center), width=float(width), function=function), inverted == "1"  # type: ignore[arg-type]
