"""What stands in the corners and at the edges of a medical image: letters, a scale bar, patient and series.

Made of the file's header on this page, to be shown on it; nothing else may come to know of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.orientation import ends, opposite
from webapp.py.imaging.series import normal_of
from webapp.py.workspace.camera import Camera

LONGEST = 180.0
"""CSS pixels that a scale bar is long at most."""
SHARE = 0.3
"""Share of the view's width that it takes at most."""
_SEXES = {"F": "Female", "M": "Male", "O": "Other"}
DETECTOR = "at the detector"
"""Said of lengths that are those of the detector: the body is somewhat smaller than its shadow there."""


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """What is shown over an image beside annotations, where there is any: each can be switched off.

    ``banner`` is the text in the corners, ``overlay`` what the file has drawn over its image, ``references``
    are the lines where images of other viewports cross it, ``measures`` area and values of the region that is
    drawn or selected.
    """

    banner: bool = True
    overlay: bool = True
    references: bool = True
    measures: bool = True


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A length to compare with: in CSS pixels, and as people call it."""

    length: float
    label: str


@dataclass(frozen=True, slots=True)
class ViewportOverlay:
    """Letters of directions at the four edges, the scale bar, and lines of text in the four corners."""

    left: str = ""
    top: str = ""
    right: str = ""
    bottom: str = ""
    bar: ScaleBar | None = None
    patient: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    window: tuple[str, ...] = ()


def overlay_of(
    header: Header, frame: int, view: Camera, window: Window | None, position: str = "", banner: bool = True
) -> ViewportOverlay:
    """Return the marks of an image.

    Parameters
    ----------
    header, frame
        What the file says, and which of its frames is shown.
    view
        The camera.
    window
        Which values are shown; None for images without.
    position
        Where the image stands among others ("Slice 3 of 60"), if it does.
    banner
        Whether patient, series, place and window are shown in the corners.
    """
    left, top, right, bottom = edges(ends(header), view)
    bar = scale_bar(header, view)
    if not banner:
        return ViewportOverlay(left, top, right, bottom, bar)
    return ViewportOverlay(
        *(left, top, right, bottom, bar),
        patient=_filled(
            header.patient_name,
            f"ID {header.patient_id}" if header.patient_id else "",
            " · ".join(
                _filled(_born(header.patient_birth), _SEXES.get(header.patient_sex, header.patient_sex))
            ),
        ),
        series=_filled(
            _date(header.study_date),
            header.series_description,
            " · ".join(
                _filled(header.modality, f"Series {header.series_number}" if header.series_number else "")
            ),
        ),
        place=_filled(position or _slice_label(header, frame), _position(header, frame), _thickness(header)),
        window=_window(window) if window is not None else (),
    )


def edges(ends: tuple[str, str], view: Camera) -> tuple[str, str, str, str]:
    """Return the letters at the left, top, right and bottom edge of a view.

    Parameters
    ----------
    ends
        The letters at the end of the image's rows and at the end of its columns.

    Examples
    --------
    >>> axial = Camera(100, 100, 64, 64)
    >>> edges(("L", "P"), axial), edges(("L", "P"), axial.turned(1))
    (('R', 'A', 'L', 'P'), ('P', 'R', 'A', 'L'))
    """
    a, b, c, d = view.axes
    row, column = ends
    right = (row if a > 0 else opposite(row)) if a else (column if c > 0 else opposite(column))
    bottom = (row if b > 0 else opposite(row)) if b else (column if d > 0 else opposite(column))
    return opposite(right), opposite(bottom), right, bottom


def scale_bar(header: Header, view: Camera) -> ScaleBar | None:
    """Return the longest bar of a round length that is not too long; None where no size of pixels is known.

    Examples
    --------
    >>> scale_bar(Header(rows=9, columns=9, spacing=(0.5, 0.5)), Camera(1000, 800, 512, 512, zoom=2.0))
    ScaleBar(length=80.0, label='2 cm')
    """
    if len(header.spacing) != 2:
        return None
    millimetres = header.spacing[1] / view.zoom
    length = round_length(min(LONGEST, SHARE * view.width) * millimetres)
    label = length_label(length)
    return ScaleBar(length / millimetres, f"{label} {DETECTOR}" if header.at_detector else label)


def round_length(most: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten that is at most ``most``, which is above 0.

    Examples
    --------
    >>> round_length(99), round_length(50), round_length(0.3)
    (50.0, 50.0, 0.2)
    """
    power = 10.0 ** math.floor(math.log10(most))
    step = next(step for step in (5.0, 2.0, 1.0, 0.5) if step * power <= most * (1 + 1e-9))
    return float(f"{step * power:.6g}")


def length_label(millimetres: float) -> str:
    """Return a round length as people write it.

    Examples
    --------
    >>> length_label(100), length_label(5), length_label(0.05)
    ('10 cm', '5 mm', '50 µm')
    """
    if millimetres >= 10:
        return f"{millimetres / 10:g} cm"
    return f"{millimetres:g} mm" if millimetres >= 0.1 else f"{millimetres * 1000:g} µm"


def _filled(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def _date(text: str) -> str:
    """Return a date of DICOM's eight digits with dashes, anything else as it is."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text


def _born(text: str) -> str:
    return f"Born {_date(text)}" if text else ""


def _slice_label(header: Header, frame: int) -> str:
    if header.frames > 1:
        return f"Frame {frame + 1} of {header.frames}"
    return f"Image {header.instance_number}" if header.instance_number else ""


def _position(header: Header, frame: int) -> str:
    """Return where the slice lies along its normal, in mm."""
    normal = normal_of(header.orientation) if len(header.orientation) == 6 else None
    if normal is None or not 0 <= frame < len(header.positions):
        return ""
    along = sum(one * other for one, other in zip(normal, header.positions[frame], strict=True))
    return f"Position {_signed(along)} mm"


def _thickness(header: Header) -> str:
    return f"Thickness {header.thickness:g} mm" if header.thickness else ""


def _signed(value: float) -> str:
    """Return a number with one digit after the point and a real minus."""
    return f"{value + 0.0:.1f}".replace("-0.0", "0.0").replace("-", "−")


def _window(window: Window) -> tuple[str, ...]:
    if window.table is not None:
        return _filled(window.name or "Table of the file")
    width, middle = (
        f"{value:.4g}" if window.width < 20 else f"{value:.0f}" for value in (window.width, window.center)
    )
    return _filled(window.name, f"W {width}  L {middle}".replace("-", "−"))
