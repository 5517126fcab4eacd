"""Superpixels on a real photo: connected, numbered, of the wanted size, and along the edges."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage
from skimage import data
from skimage.segmentation import slic

from webapp.py.compute.protocol import ComputeProblem
from webapp.py.compute.superpixels import levels_of, segments, superpixels

PHOTO: NDArray[np.uint8] = data.astronaut()[:256, :256]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    "image", [PHOTO, PHOTO[..., 0], np.dstack([PHOTO, PHOTO[..., :1]])], ids=["rgb", "gray", "rgba"]
)
def test_every_superpixel_is_one_connected_region_of_about_the_wanted_size(image: NDArray[np.uint8]) -> None:
    labels = superpixels(image, size=24)
    assert labels.shape == (256, 256) and labels.dtype == np.int32
    assert set(np.unique(labels)) == set(range(1, labels.max() + 1))
    for label in range(1, labels.max() + 1):
        assert ndimage.label(labels == label)[1] == 1
    assert 0.5 * (256 / 24) ** 2 < labels.max() < 1.5 * (256 / 24) ** 2


def test_they_are_those_of_scikit_image() -> None:
    expected = slic(PHOTO, n_segments=round(256 * 256 / 24**2), compactness=10, sigma=0, start_label=1)
    assert np.array_equal(superpixels(PHOTO, size=24), expected)


def test_an_edge_between_two_colors_is_never_crossed() -> None:
    image = np.full((60, 60, 3), (200, 30, 30), np.uint8)
    columns, rows = np.meshgrid(np.arange(60), np.arange(60))
    inside = (columns - 30) ** 2 + (rows - 30) ** 2 < 18**2
    image[inside] = (30, 30, 200)
    labels = superpixels(image, size=12)
    assert not set(labels[inside]) & set(labels[~inside])


def test_an_image_of_one_pixel_is_one_superpixel() -> None:
    assert superpixels(np.zeros((1, 1), np.uint8)).tolist() == [[1]]


@pytest.mark.parametrize(
    ("image", "settings", "words"),
    [
        (np.zeros((0, 4), np.uint8), {}, "8 bits"),
        (np.zeros((4, 4, 2), np.uint8), {}, "8 bits"),
        (np.zeros((4, 4), np.float32), {}, "8 bits"),
        (np.zeros((4, 4), np.uint8), {"size": 1}, "2 pixels"),
        (np.zeros((4, 4), np.uint8), {"size": float("nan")}, "2 pixels"),
        (np.zeros((4, 4), np.uint8), {"compactness": 0}, "above 0"),
        (np.zeros((4, 4), np.uint8), {"smoothing": -1}, "below 0"),
    ],
)
def test_what_cannot_be_cut_is_refused(
    image: NDArray[np.uint8], settings: dict[str, float], words: str
) -> None:
    with pytest.raises(ComputeProblem, match=words):
        superpixels(image, **settings)


def test_no_two_superpixels_side_by_side_share_a_level() -> None:
    cut = segments(PHOTO, size=6)
    labels, levels = cut["labels"], cut["levels"]
    assert labels.max() > 1000 and levels.dtype == np.uint8 and levels.min() > 0
    for label in range(1, labels.max() + 1):
        assert len(np.unique(levels[labels == label])) == 1
    for one, other in ((np.s_[:, 1:], np.s_[:, :-1]), (np.s_[1:], np.s_[:-1])):
        assert np.array_equal(labels[one] != labels[other], levels[one] != levels[other])


def test_areas_whose_numbers_lie_a_round_of_levels_apart_get_different_ones() -> None:
    labels = np.arange(1, 255 * 3 + 1, dtype=np.int32).reshape(3, 255)
    labels[1] = labels[0] + 254
    labels[2] = labels[1] + 254
    levels = levels_of(labels)
    assert (levels[1:] != levels[:-1]).all() and (levels[:, 1:] != levels[:, :-1]).all()


def test_boxes_are_tight_around_each_superpixel() -> None:
    cut = segments(PHOTO, size=24, compactness=4)
    assert np.array_equal(cut["labels"], superpixels(PHOTO, 24, 4))
    for label, (left, top, right, bottom) in enumerate(cut["boxes"].tolist(), start=1):
        rows, columns = np.nonzero(cut["labels"] == label)
        assert (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1) == (left, top, right, bottom)
