"""Pixels without WebGL2: what numpy makes of values and masks is what the standard and the shader say."""

from __future__ import annotations

import doctest
from math import floor

import numpy as np
import pytest
from numpy.typing import NDArray

from webapp.py.browser import mask_parts, plain_pixels
from webapp.py.browser.mask_parts import SIDE, tile_parts, tile_size
from webapp.py.browser.plain_pixels import (
    MaskStyle,
    Screen,
    WindowColors,
    cut,
    halved,
    halvings,
    mask_colors,
    nearest_edge,
)
from webapp.py.imaging.dicom_header import Table, Window
from webapp.py.imaging.windows import shades
from webapp.py.workspace.camera import Camera

TABLE = Table(first=-20, brightest=4095, shades=np.array([4095, 0, 700] * 50, "<u2").tobytes())
WINDOWS = (
    Window(40.0, 400.0),
    Window(40.0, 1.0),
    Window(40.0, 400.0, function="SIGMOID"),
    Window(0.5, 0.02, function="LINEAR_EXACT"),
    Window(0.0, 1.0, table=TABLE),
)


@pytest.mark.parametrize("module", [plain_pixels, mask_parts])
def test_the_examples_are_right(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


def grays(colors: NDArray[np.uint32]) -> NDArray[np.int64]:
    channels = colors.view(np.uint8).reshape(*colors.shape, 4)
    assert (channels[..., 3] == 255).all()
    assert (channels[..., 0] == channels[..., 1]).all() and (channels[..., 0] == channels[..., 2]).all()
    return channels[..., 0].astype(np.int64)


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("window", WINDOWS)
def test_whole_values_get_exactly_the_shades_of_their_window(window: Window, inverted: bool) -> None:
    values = np.arange(-1200, 1200, dtype=np.int16).reshape(40, 60)
    found = grays(WindowColors(window, inverted, -1200, 1199).of(values))
    assert np.array_equal(found, shades(values, window, inverted))


@pytest.mark.parametrize("window", WINDOWS)
def test_fractions_get_the_shades_of_their_window_but_for_rounding(window: Window) -> None:
    values = np.linspace(-300, 400, 50_000, dtype=np.float32).reshape(500, 100)
    values[:10] = np.linspace(0.45, 0.55, 1000, dtype=np.float32).reshape(10, 100)
    found = grays(WindowColors(window, False, -300, 400).of(values))
    away = np.abs(found - shades(values, window))
    if window.table is None and window.width != 1.0:
        assert away.max() <= 1
    else:
        # Where the shade jumps, single floats may fall on either side.
        assert (away > 1).mean() < 0.001


def test_values_that_are_no_numbers_spoil_no_others() -> None:
    values = np.array([[np.nan, 40.0, np.inf, -np.inf]], np.float32)
    assert grays(WindowColors(WINDOWS[3], False, 0, 1).of(values))[0, 1:].tolist() == [255, 255, 0]


def test_a_halved_image_has_the_means_of_pairs() -> None:
    values = np.arange(35, dtype=np.int16).reshape(5, 7)
    down = halved(values, 0)
    assert down.shape == (3, 7)
    assert np.array_equal(down[:2], (values[:4:2].astype(float) + values[1:4:2]) / 2)
    assert np.array_equal(down[2], values[4])


def test_an_image_is_never_halved_below_what_is_seen_or_below_a_pixel() -> None:
    for scale in np.linspace(0.01, 1.5, 200).tolist():
        count = halvings(scale, 4096)
        assert 2.0**-count >= scale or count == 0
    assert halvings(1e-6, 100) == 6


def shader(
    pixels: NDArray[np.uint8], x: float, y: float, reach: tuple[float, float], style: MaskStyle
) -> int:
    """What the fragment shader of masks computes for one point, in the same steps."""
    rows, columns = pixels.shape

    def level(at: tuple[float, float]) -> int:
        column, row = (min(max(one, 0.0), size - 1.0) for one, size in zip(at, (columns, rows), strict=True))
        return int(pixels[floor(row), floor(column)])

    here = level((x, y))
    near = [
        level((x + reach[0], y)),
        level((x - reach[0], y)),
        level((x, y + reach[1])),
        level((x, y - reach[1])),
    ]
    inside, edge, dark = (int(one) for one in style.table()[1:])
    if style.spread:
        return inside if here or any(near) else 0
    if here == 0:
        return 0
    if all(one == here for one in near):
        return inside
    return dark if any(one > here for one in near) else edge


@pytest.mark.parametrize("spread", [False, True])
def test_masks_are_painted_as_the_shader_paints_them(spread: bool) -> None:
    chance = np.random.default_rng(2)
    style = MaskStyle((0.2, 0.9, 0.3), 0.42, 1.0, spread)
    for _ in range(20):
        pixels = (chance.integers(0, 3, (9, 12)) * 80).astype(np.uint8)
        across, down = np.sort(chance.uniform(1, 11, 30)), np.sort(chance.uniform(1, 8, 20))
        reach = float(chance.uniform(0.05, 2)), float(chance.uniform(0.05, 2))
        found = mask_colors(pixels, across, down, reach, style)
        expected = [[shader(pixels, x, y, reach, style) for x in across] for y in down]
        assert np.array_equal(found, np.array(expected, np.uint32))


def test_patches_reach_every_tile_that_has_them_in_it_or_in_its_border() -> None:
    size = 2 * SIDE + 100, SIDE + 50
    whole = np.zeros((size[1] + 2, size[0] + 2), np.uint8)
    tiles: dict[tuple[int, int], NDArray[np.uint8]] = {}
    chance = np.random.default_rng(6)
    for _ in range(40):
        width, height = (int(side) for side in chance.integers(1, 90, 2))
        x = int(chance.choice([0, SIDE - 40, 2 * SIDE - 1, size[0] - width]))
        y = int(chance.choice([0, SIDE - 1, SIDE, size[1] - height]))
        x, y = min(x, size[0] - width), min(y, size[1] - height)
        patch = chance.integers(0, 2, (height, width)).astype(np.uint8)
        whole[y + 1 : y + 1 + height, x + 1 : x + 1 + width] = patch
        for place, (left, top), part in tile_parts([(x, y, patch)], size):
            columns, rows = tile_size(place, size)
            tile = tiles.setdefault(place, np.zeros((rows + 2, columns + 2), np.uint8))
            tile[top : top + part.shape[0], left : left + part.shape[1]] = part
    for place, tile in tiles.items():
        left, top = place[0] * SIDE, place[1] * SIDE
        assert np.array_equal(tile, whole[top : top + tile.shape[0], left : left + tile.shape[1]])


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("mirrored", [False, True])
def test_points_of_the_screen_are_where_the_camera_shows_them(turns: int, mirrored: bool) -> None:
    view = Camera(80, 60, 40, 30, zoom=3.7, x=11.0, y=17.0, turns=turns, mirrored=mirrored, aspect=1.4)
    screen = Screen(view, 1.5)
    x, y = screen.points((3, 5, 23, 15))
    for column, row in ((0, 0), (19, 9), (7, 3)):
        along = (row, column) if view.sideways else (column, row)
        found = x[along[0]], y[along[1]]
        assert found == pytest.approx(view.to_image((3 + column + 0.5) / 1.5, (5 + row + 0.5) / 1.5))
    box = cut(screen.covered(2, 3, 9, 8, nearest_edge), (-999, -999, 999, 999))
    assert box is not None
    x, y = screen.points(box)
    assert x.min() >= 2 and x.max() <= 9 and y.min() >= 3 and y.max() <= 8
