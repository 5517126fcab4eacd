"""The marks of a medical image: letters of directions, scale bar and banner, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.orientation import ends, letters, opposite
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.viewport_overlay import (
    length_label,
    orientation_markers,
    overlay_of,
    round_length,
    scale_bar,
)

VIEW = Camera(1000, 800, 512, 512)
HEAD_FIRST = Header(rows=512, columns=512, orientation=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0))


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ((1, 0, 0), "L"),
        ((-1, 0, 0), "R"),
        ((0, 1, 0), "P"),
        ((0, -1, 0), "A"),
        ((0, 0, 1), "H"),
        ((0, 0, -1), "F"),
        ((0.8, 0.6, 0), "LP"),
        ((-0.6, 0, 0.8), "HR"),
        ((0.5, -0.7, -0.51), "AFL"),  # all three, the strongest first
        ((0.999, 0.03, 0.03), "L"),  # tilted by less than 3°
        ((0, 0, 0), ""),
    ],
)
def test_a_direction_is_called_by_its_strongest_letters_first(
    direction: tuple[float, ...], expected: str
) -> None:
    assert letters(direction) == expected


def test_the_opposite_of_a_direction_has_the_opposite_letters() -> None:
    assert opposite("AFL") == "PHR"
    assert opposite(opposite("HRP")) == "HRP"


# An axial slice has the right of the patient at the left of the picture and the front at its top. Turned
# clockwise, what was at the left stands at the top. (left, top, right, bottom)
@pytest.mark.parametrize(
    ("turns", "flips", "expected"),
    [
        (0, [], "RALP"),
        (1, [], "PRAL"),
        (2, [], "LPRA"),
        (3, [], "ALPR"),
        (0, ["horizontal"], "LARP"),
        (0, ["vertical"], "RPLA"),
        (1, ["horizontal"], "ARPL"),
        (1, ["vertical"], "PLAR"),
    ],
)
def test_the_letters_follow_the_turned_and_mirrored_view(turns: int, flips: list[str], expected: str) -> None:
    view = VIEW.turned(turns)
    for way in flips:
        view = view.flipped("horizontal" if way == "horizontal" else "vertical")
    assert orientation_markers(ends(HEAD_FIRST), view) == tuple(expected)


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        ((1, 0, 0, 0, 0, -1), ("R", "H", "L", "F")),  # coronal
        ((0, 1, 0, 0, 0, -1), ("A", "H", "P", "F")),  # sagittal
        ((0.8, 0.6, 0, 0, 0, -1), ("RA", "H", "LP", "F")),  # oblique
    ],
)
def test_other_planes_have_their_letters(orientation: tuple[float, ...], expected: tuple[str, ...]) -> None:
    header = Header(rows=1, columns=1, orientation=orientation)
    assert orientation_markers(ends(header), VIEW) == expected


def test_letters_of_the_file_count_where_it_has_no_orientation() -> None:
    assert orientation_markers(ends(Header(rows=1, columns=1, directions=("L", "FP"))), VIEW) == (
        "R",
        "HA",
        "L",
        "FP",
    )
    assert orientation_markers(ends(Header(rows=1, columns=1, directions=("LE", "V"))), VIEW) == (
        "R",
        "",
        "L",
        "",
    )
    assert orientation_markers(ends(Header(rows=1, columns=1)), VIEW) == ("", "", "", "")


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (1.0, 1.0),
        (1.9, 1.0),
        (2.0, 2.0),
        (4.99, 2.0),
        (5.0, 5.0),
        (123.0, 100.0),
        (0.07, 0.05),
        (0.0003, 0.0002),
    ],
)
def test_lengths_of_a_bar_are_round(most: float, expected: float) -> None:
    assert round_length(most) == pytest.approx(expected)


def test_lengths_are_called_as_people_call_them() -> None:
    assert [length_label(one) for one in (200, 10, 5, 0.5, 0.1, 0.02)] == [
        *("20 cm", "1 cm", "5 mm", "0.5 mm", "0.1 mm", "20 µm"),
    ]


def test_a_scale_bar_is_as_long_on_screen_as_what_it_says() -> None:
    header = replace_header(spacing=(0.8, 0.8))
    for zoom in (0.3, 1.0, 2.7, 40.0):
        view = replace(VIEW, zoom=zoom)
        bar = scale_bar(header, view)
        assert bar is not None
        number, unit = bar.label.split()
        millimeters = float(number) * {"cm": 10, "mm": 1, "µm": 0.001}[unit]
        assert bar.length == pytest.approx(millimeters / 0.8 * zoom)
        assert 180 / 2.5 - 1e-6 <= bar.length <= 180


def test_a_scale_bar_of_pixels_that_are_not_square_is_right_however_the_view_stands() -> None:
    header = replace_header(spacing=(2.0, 1.0))
    view = Camera(1000, 800, 512, 256, aspect=2.0).fitted()
    for turned in (view, view.turned(1)):
        bar = scale_bar(header, turned)
        assert bar is not None
        number = float(bar.label.removesuffix(" cm")) * 10
        (x, y), (right, below) = turned.to_view(0, 0), turned.to_view(number, 0)  # 1 mm a column
        assert abs(right - x) + abs(below - y) == pytest.approx(bar.length)


def test_without_millimeters_there_is_no_bar_and_those_of_the_detector_are_called_so() -> None:
    assert scale_bar(replace_header(), VIEW) is None
    bar = scale_bar(replace_header(spacing=(0.2, 0.2), at_detector=True), replace(VIEW, zoom=1.0))
    assert bar is not None
    assert bar.label == "2 cm at the detector"


def replace_header(**fields: object) -> Header:
    return Header(**{"rows": 512, "columns": 512, **fields})  # type: ignore[arg-type]


def test_the_banner_tells_patient_series_place_and_window() -> None:
    header = replace_header(
        patient_name="Doe Jane",
        patient_id="4711",
        patient_birth="19700131",
        patient_sex="F",
        study_date="20240501",
        series_description="Abdomen 5.0",
        modality="CT",
        series_number=3,
        instance_number=12,
        thickness=5.0,
        orientation=(1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
        position=(-100.0, -90.0, -42.25),
    )
    marks = overlay_of(header, 0, VIEW, Window(-600.0, 1500.0, "Lung"))
    assert marks.patient == ("Doe Jane", "ID 4711", "Born 1970-01-31 · Female")
    assert marks.series == ("2024-05-01", "Abdomen 5.0", "CT · Series 3")
    assert marks.place == ("Image 12", "Position −42.2 mm", "Thickness 5 mm")
    assert marks.window == ("Lung", "W 1500  L −600")
    assert overlay_of(header, 0, VIEW, None, "Slice 3 of 60").place[0] == "Slice 3 of 60"
    hidden = overlay_of(header, 0, VIEW, Window(-600.0, 1500.0), banner=False)
    assert (hidden.patient, hidden.series, hidden.place, hidden.window) == ((), (), (), ())
    assert hidden.left == "R"


def test_how_a_file_was_read_is_said_below_its_series() -> None:
    header = replace_header(modality="US", notes=("Pixel representation missing: read as unsigned",))
    assert overlay_of(header, 0, VIEW, None).series == (
        "US",
        "Pixel representation missing: read as unsigned",
    )


def test_what_the_file_does_not_say_takes_no_line() -> None:
    marks = overlay_of(replace_header(), 0, VIEW, None)
    assert (marks.patient, marks.series, marks.place, marks.window) == ((), (), (), ())
    assert overlay_of(replace_header(frames=15), 6, VIEW, None).place == ("Frame 7 of 15",)
    assert overlay_of(replace_header(study_date="May 2024"), 0, VIEW, None).series == ("May 2024",)
