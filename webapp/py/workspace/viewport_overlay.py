"""The overlay of a medical image: orientation markers, scale bar, patient and series.

It is made from the file's header on this page and only shown here; it must never be sent anywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.orientation import ends, opposite
from webapp.py.imaging.series import normal_of
from webapp.py.workspace import texts
from webapp.py.workspace.camera import Camera

LONGEST = 180.0
"""Maximum length of a scale bar, in CSS pixels."""
SHARP_ZOOM = 16.0
"""CSS pixels per image pixel from which pixels are shown as squares, so that each can be told apart."""
SHARE = 0.3
"""Maximum length of a scale bar, as a fraction of the view's width."""


@dataclass(frozen=True, slots=True)
class OverlayOptions:
    """What is shown over an image besides annotations; each can be turned on and off.

    ``banner`` is the text in the corners, ``overlay`` the overlay of the file, ``references`` are the lines
    where images of other viewports intersect, ``measures`` area and values of the region that is drawn or
    selected. ``names`` are those of all annotations, and ``guides`` are lines through the pointer while a
    tool draws. ``smooth_scans`` and ``smooth_photos`` say whether enlarged pixels are interpolated, in
    medical and in other images.
    """

    banner: bool = True
    overlay: bool = True
    references: bool = True
    measures: bool = True
    names: bool = False
    guides: bool = False
    smooth_scans: bool = True
    smooth_photos: bool = False


def shows_smooth(options: OverlayOptions, medical: bool, view: Camera) -> bool:
    """Return whether enlarged pixels are interpolated. From `SHARP_ZOOM` on, they always are squares.

    Examples
    --------
    >>> near, far = (Camera(800, 600, 512, 512, zoom=zoom) for zoom in (20.0, 2.0))
    >>> options = OverlayOptions()
    >>> shows_smooth(options, True, far), shows_smooth(options, True, near), shows_smooth(options, False, far)
    (True, False, False)
    """
    return (options.smooth_scans if medical else options.smooth_photos) and view.zoom < SHARP_ZOOM


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A scale bar: its length in CSS pixels, and its label."""

    length: float
    label: str


@dataclass(frozen=True, slots=True)
class ViewportOverlay:
    """Orientation markers at the four edges, the scale bar, and lines of text in the four corners."""

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
    """Return the overlay of an image.

    Parameters
    ----------
    header, frame
        The header of the frame, and which frame of its file it is, from 0.
    view
        The camera.
    window
        The window of the values; None for images without values.
    position
        The position of the image among others ("Slice 3 of 60"), or empty.
    banner
        Whether to show patient, series, place and window in the corners.
    """
    left, top, right, bottom = orientation_markers(ends(header), view)
    bar = scale_bar(header, view)
    if not banner:
        return ViewportOverlay(left, top, right, bottom, bar)
    return ViewportOverlay(
        *(left, top, right, bottom, bar),
        patient=_filled(
            header.patient_name,
            texts.patient_id(header.patient_id) if header.patient_id else "",
            " · ".join(
                _filled(_born(header.patient_birth), texts.SEXES.get(header.patient_sex, header.patient_sex))
            ),
        ),
        series=_filled(
            _date(header.study_date),
            header.series_description,
            " · ".join(
                _filled(
                    header.modality, texts.series_number(header.series_number) if header.series_number else ""
                )
            ),
            *header.notes,
        ),
        place=_filled(position or _slice_label(header, frame), _position(header), _thickness(header)),
        window=_window(window) if window is not None else (),
    )


def orientation_markers(ends: tuple[str, str], view: Camera) -> tuple[str, str, str, str]:
    """Return the orientation markers at the left, top, right and bottom edge of a view.

    Parameters
    ----------
    ends
        The markers at the end of the image's rows and at the end of its columns.

    Examples
    --------
    >>> axial = Camera(100, 100, 64, 64)
    >>> orientation_markers(("L", "P"), axial), orientation_markers(("L", "P"), axial.turned(1))
    (('R', 'A', 'L', 'P'), ('P', 'R', 'A', 'L'))
    """
    a, b, c, d = view.axes
    row, column = ends
    right = (row if a > 0 else opposite(row)) if a else (column if c > 0 else opposite(column))
    bottom = (row if b > 0 else opposite(row)) if b else (column if d > 0 else opposite(column))
    return opposite(right), opposite(bottom), right, bottom


def scale_bar(header: Header, view: Camera) -> ScaleBar | None:
    """Return the longest bar of a round length that fits, or None if the size of pixels is unknown.

    Examples
    --------
    >>> scale_bar(Header(rows=9, columns=9, spacing=(0.5, 0.5)), Camera(1000, 800, 512, 512, zoom=2.0))
    ScaleBar(length=80.0, label='2 cm')
    """
    if len(header.spacing) != 2:
        return None
    millimeters = header.spacing[1] / view.zoom
    length = round_length(min(LONGEST, SHARE * view.width) * millimeters)
    label = length_label(length)
    return ScaleBar(length / millimeters, f"{label} {texts.AT_DETECTOR}" if header.at_detector else label)


def round_length(most: float) -> float:
    """Return the largest 1, 2 or 5 times a power of ten up to ``most``, which must be above 0.

    Examples
    --------
    >>> round_length(99), round_length(50), round_length(0.3)
    (50.0, 50.0, 0.2)
    """
    power = 10.0 ** math.floor(math.log10(most))
    step = next(step for step in (5.0, 2.0, 1.0, 0.5) if step * power <= most * (1 + 1e-9))
    return float(f"{step * power:.6g}")


def length_label(millimeters: float) -> str:
    """Return a round length with its unit.

    Examples
    --------
    >>> length_label(100), length_label(5), length_label(0.05)
    ('10 cm', '5 mm', '50 µm')
    """
    if millimeters >= 10:
        return f"{millimeters / 10:g} cm"
    return f"{millimeters:g} mm" if millimeters >= 0.1 else f"{millimeters * 1000:g} µm"


def _filled(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)


def _date(text: str) -> str:
    """Return a date of eight digits, as in DICOM, with dashes; anything else unchanged."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text


def _born(text: str) -> str:
    return texts.born(_date(text)) if text else ""


def _slice_label(header: Header, frame: int) -> str:
    if header.frames > 1:
        return texts.frame_of(frame + 1, header.frames)
    return texts.image_number(header.instance_number) if header.instance_number else ""


def _position(header: Header) -> str:
    """Return the position of the slice along its normal, in mm."""
    normal = normal_of(header.orientation) if len(header.orientation) == 6 else None
    if normal is None or not header.position:
        return ""
    along = sum(one * other for one, other in zip(normal, header.position, strict=True))
    return texts.position(_signed(along))


def _thickness(header: Header) -> str:
    return texts.thickness(header.thickness) if header.thickness else ""


def _signed(value: float) -> str:
    """Return a number with one decimal and a typographic minus."""
    return f"{value + 0.0:.1f}".replace("-0.0", "0.0").replace("-", "−")


def _window(window: Window) -> tuple[str, ...]:
    if window.table is not None:
        return _filled(window.name or texts.VOI_LUT)
    width, level = (
        f"{value:.4g}" if window.width < 20 else f"{value:.0f}" for value in (window.width, window.center)
    )
    return _filled(window.name, texts.window_level(width, level).replace("-", "−"))
