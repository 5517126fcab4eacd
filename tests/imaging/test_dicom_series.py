"""Series ordered by where their slices lie, and windows as the standard works them out."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.series import normal_of, stacks_of
from webapp.py.imaging.windows import PRESETS, first_window, shades

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)


def at(*position: float, **fields: Any) -> Header:
    return Header(**{"rows": 4, "columns": 4, "orientation": AXIAL, "position": position, **fields})


def items(headers: list[Header | None]) -> list[list[int]]:
    return [[one.item for one in stack.slices] for stack in stacks_of(headers)]


def test_slices_are_ordered_by_position_not_by_number_or_name() -> None:
    heights = [2.5 * number for number in range(40)]
    random.Random(4).shuffle(heights)
    headers: list[Header | None] = [at(0, 0, z, instance_number=n) for n, z in enumerate(heights)]
    assert items(headers) == [sorted(range(40), key=heights.__getitem__)]


def test_oblique_slices_are_ordered_along_their_own_normal() -> None:
    angle = np.pi / 6
    tilted = (1.0, 0.0, 0.0, 0.0, float(np.cos(angle)), float(np.sin(angle)))
    normal = np.array(normal_of(tilted))
    assert normal == pytest.approx([0, -0.5, np.sqrt(3) / 2])
    # Each slice also slips sideways by far more than the slices are apart.
    places = [normal * 3.0 * number + np.array([50.0, 0, 0]) * (-1) ** number for number in (3, 0, 2, 1)]
    (stack,) = stacks_of([at(*place, orientation=tilted) for place in places])
    assert [one.item for one in stack.slices] == [1, 3, 2, 0]
    assert stack.distance == 3.0
    assert stack.remarks == []


def test_mixed_series_directions_and_sizes_are_split() -> None:
    headers: list[Header | None] = [
        at(0, 0, 0, series="a", series_number=2),
        at(0, 0, 0, series="b", series_number=1),
        at(0, 0, 1, series="a", series_number=2),
        at(0, 5, 0, series="a", series_number=2, orientation=CORONAL),
        None,
        at(0, 0, 2, series="a", series_number=2, rows=8),
    ]
    assert items(headers) == [[1], [0, 2], [3], [5]]


def test_directions_that_differ_by_rounding_alone_are_one_stack() -> None:
    nearly = (0.9999999, 0.0004, 0.0, -0.0004, 0.9999999, 0.0)
    assert items([at(0, 0, 0), at(0, 0, 1, orientation=nearly)]) == [[0, 1]]


def test_gaps_and_repeated_slices_are_reported() -> None:
    heights = [0.0, 2.0, 4.0, 4.0, 10.0, 12.0, 14.0]
    (stack,) = stacks_of([at(0, 0, z) for z in heights])
    assert [one.place for one in stack.slices] == [0, 2, 4, 10, 12, 14]
    assert (stack.distance, stack.gaps, len(stack.repeated)) == (2.0, 1, 1)
    assert stack.remarks == [
        "Slices are missing in 1 place, where the distance is not 2 mm.",
        "1 slice has the same position as another one and is not shown.",
    ]


def test_frames_of_an_enhanced_file_are_slices() -> None:
    assert items([at(0, 0, z, frames=3) for z in (4.0, 0.0, 2.0)]) == [[1, 2, 0]]


def test_images_without_a_place_are_ordered_by_their_number() -> None:
    headers: list[Header | None] = [
        Header(rows=2, columns=2, instance_number=number) for number in (10, 9, 11)
    ]
    assert items(headers) == [[1, 0, 2]]


def test_a_window_shades_as_the_standard_says() -> None:
    """PS3.3 C.11.2.1.2.1, note 3: center 2048 and width 4096 show 0 to 4095 linearly."""
    full = Window(center=2048.0, width=4096.0)
    assert shades(np.array([-5, 0, 4095, 5000]), full).tolist() == [0, 0, 255, 255]
    narrow = Window(center=0.0, width=1.0)  # below 0 black, else white
    assert shades(np.array([-1, -0.4, 0, 1]), narrow).tolist() == [0, 255, 255, 255]
    assert shades(np.array([0, 4095]), full, inverted=True).tolist() == [255, 0]


def test_the_presets_are_the_seven_that_radiologists_ask_for() -> None:
    names = ["Abdominal soft tissue", "Bone", "Brain", "Brain Marrow", "Liver", "Lung", "Subdural Brain"]
    assert [preset.name for preset in PRESETS] == names


def test_a_file_without_a_window_begins_with_its_own_values_padding_left_out() -> None:
    values = np.full((100, 100), -2000)
    values[20:80, 20:80] = np.arange(3600).reshape(60, 60) % 101
    window = first_window(Header(rows=100, columns=100), values, (-2000, -1500))
    assert (window.center, window.width) == (50, 100)
    assert first_window(Header(rows=1, columns=1), np.array([[7]])).width == 1
