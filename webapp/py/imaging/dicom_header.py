"""What the header of a DICOM image says, as the worker hands it to the page. It never leaves the browser."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Function = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]
"""How values become shades within a window (PS3.3 C.11.2.1.2 and C.11.2.1.3)."""


class Table(Struct, frozen=True):
    """Shades of gray for values in a row: a VOI LUT (PS3.3 C.11.2.1.1).

    ``first`` is the value of the first entry; lower values have its shade, higher ones than the last entry's
    that of the last. ``shades`` are 16-bit numbers, the lowest byte first; ``brightest`` is what is white.
    """

    first: int
    brightest: int
    shades: bytes


class Window(Struct, frozen=True):
    """A range of values to show from black to white: its middle and its width, and what it is called.

    With a ``table``, that says the shades; middle and width are then the range that it covers.
    """

    center: float
    width: float
    name: str = ""
    function: Function = "LINEAR"
    table: Table | None = None


class Header(Struct, frozen=True, kw_only=True):
    """One DICOM image, of one frame or more.

    ``spacing`` is millimetres from row to row and from column to column, ``positions`` the first pixel of
    each frame and ``orientation`` the directions along rows and columns, in the patient's coordinates (PS3.3
    C.7.6.2); each is empty where the file does not say. ``at_detector`` says that the spacing is that of the
    detector, on which the body is larger than it is. ``aspect`` is the height of a pixel relative to its
    width, ``directions`` what lies at the ends of rows and columns, in letters, where there is no
    ``orientation``. ``unit`` is that of the values, such as HU.
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
    positions: list[tuple[float, ...]] = []
    orientation: tuple[float, ...] = ()
    directions: tuple[str, ...] = ()
    thickness: float | None = None
    windows: list[Window] = []
    unit: str = ""
    patient_name: str = ""
    patient_id: str = ""
    patient_birth: str = ""
    patient_sex: str = ""
    study_date: str = ""
    institution: str = ""
