"""What the header of a DICOM image says, as the worker passes it to the page. It never leaves the browser."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Function = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
"""How values become shades in a window (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""


class Table(Struct, frozen=True):
    """A VOI LUT: shades of gray for consecutive values (PS3.3 C.11.2.1.1).

    ``first`` is the value of the first entry. Lower values have the shade of the first entry, higher values
    that of the last. ``shades`` are 16-bit little-endian numbers, and ``brightest`` is white.
    """

    first: int
    brightest: int
    shades: bytes


class Window(Struct, frozen=True):
    """A range of values to show from black to white: its level (center), width and name.

    With a ``table``, the table defines the shades, and center and width are the range that it covers.
    """

    center: float
    width: float
    name: str = ""
    function: Function = "LINEAR"
    table: Table | None = None


class Header(Struct, frozen=True, kw_only=True):
    """One frame of a DICOM file, which has ``frames`` of them.

    ``spacing`` is the distance from row to row and from column to column in mm, ``position`` the first pixel
    and ``orientation`` the directions along rows and columns, in patient coordinates (PS3.3 C.7.6.2). Each is
    empty if the file does not say. ``at_detector`` means that the spacing is measured at the detector, where
    the body appears larger than it is. ``aspect`` is the height of a pixel relative to its width.
    ``directions`` are the letters of the directions along rows and columns, for images without
    ``orientation``. ``unit`` is the unit of the values, such as HU. ``notes`` are short lines about what the
    file leaves out or writes wrongly, and how it was read. ``traits`` say what distinguishes the frame from
    others at the same place, such as its echo time, and ``dimensions`` its place in their order.
    """

    rows: int
    columns: int
    frames: int = 1
    color: bool = False
    inverted: bool = False
    modality: str = ""
    sop_instance: str = ""
    series: str = ""
    study: str = ""
    frame_of_reference: str = ""
    series_number: int = 0
    series_description: str = ""
    instance_number: int = 0
    spacing: tuple[float, ...] = ()
    at_detector: bool = False
    aspect: float = 1.0
    position: tuple[float, ...] = ()
    orientation: tuple[float, ...] = ()
    directions: tuple[str, ...] = ()
    thickness: float | None = None
    windows: list[Window] = []
    unit: str = ""
    notes: tuple[str, ...] = ()
    traits: dict[str, float | str] = {}
    dimensions: tuple[int, ...] = ()
    patient_name: str = ""
    patient_id: str = ""
    patient_birth: str = ""
    patient_sex: str = ""
    study_date: str = ""
    institution: str = ""
