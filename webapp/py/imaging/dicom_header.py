"""What the header of a DICOM image says, as the worker hands it to the page. It never leaves the browser."""

from __future__ import annotations

from msgspec import Struct


class Window(Struct, frozen=True):
    """A range of values to show from black to white: its middle and its width, and what it is called."""

    center: float
    width: float
    name: str = ""


class Header(Struct, frozen=True, kw_only=True):
    """One DICOM image, of one frame or more.

    ``spacing`` is millimetres from row to row and from column to column, ``positions`` the first pixel of
    each frame and ``orientation`` the directions along rows and columns, in the patient's coordinates (PS3.3
    C.7.6.2); each is empty where the file does not say. ``unit`` is that of the values, such as HU.
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
    positions: list[tuple[float, ...]] = []
    orientation: tuple[float, ...] = ()
    thickness: float | None = None
    windows: list[Window] = []
    unit: str = ""
    patient_name: str = ""
    patient_id: str = ""
    patient_birth: str = ""
    patient_sex: str = ""
    study_date: str = ""
    institution: str = ""
