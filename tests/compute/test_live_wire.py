"""Ways along edges, against scikit-image's own route and against drawn phantoms."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from skimage.graph import route_through_array

from webapp.py.compute.live_wire import LEAST, edge_strengths, live_wire
from webapp.py.compute.protocol import ComputeProblem
from webapp.py.geometry.live_wire import SEED, WireMap, strongest_near


def ways_of(image: np.ndarray, seed: tuple[float, float], **more: float) -> WireMap:
    found = live_wire(image, seed, **more)
    height, width = image.shape[:2]
    return WireMap(found["directions"], found["strengths"], (0, 0, width, height))


def cost_of(costs: np.ndarray, way: list[tuple[int, int]]) -> float:
    """The cost of a way by its definition: of each step, its length times the mean of both pixels."""
    return sum(
        float(np.hypot(x1 - x0, y1 - y0)) * (costs[y0, x0] + costs[y1, x1]) / 2
        for (x0, y0), (x1, y1) in pairwise(way)
    )


@pytest.mark.parametrize("end", [(3, 3), (60, 10), (35, 44), (0, 0), (63, 47)])
def test_a_way_costs_as_much_as_the_route_of_scikit_image(end: tuple[int, int]) -> None:
    image = np.random.default_rng(7).integers(0, 256, (48, 64, 4), np.uint8)
    ways = ways_of(image, (20.5, 30.5))
    found = ways.way((end[0] + 0.5, end[1] + 0.5))
    assert found is not None and found[0] == (20.5, 30.5)
    way = [(int(x), int(y)) for x, y in found]
    assert all(max(abs(x1 - x0), abs(y1 - y0)) == 1 for (x0, y0), (x1, y1) in pairwise(way))
    costs = LEAST + (1 - edge_strengths(image) / 255.0) ** 2
    _, cheapest = route_through_array(costs, (30, 20), end[::-1], geometric=True)  # type: ignore[no-untyped-call]
    assert cost_of(costs, way) == pytest.approx(cheapest)


def test_a_way_follows_a_step_exactly_around_its_corner() -> None:
    image = np.zeros((60, 80), np.uint8)
    image[20:, 30:] = 200
    way = ways_of(image, (30.5, 50.5)).way((70.5, 20.5))
    assert way is not None
    # The edge runs between the pixels 29 and 30 and the rows 19 and 20; every pixel of the way touches it,
    # but for those that cut the corner.
    off = [(x, y) for x, y in way if not (x in (29.5, 30.5) or y in (19.5, 20.5))]
    assert len(off) <= 2


def test_color_counts_where_brightness_does_not() -> None:
    image = np.full((30, 40, 4), 255, np.uint8)
    # Red and green of the same brightness (Rec. 601: 0.299 and 0.587).
    image[:, :20, :3] = (150, 0, 0)
    image[:, 20:, :3] = (0, 76, 0)
    strengths = edge_strengths(image)
    assert strengths[:, 19:21].min() == 255 and strengths[:, :15].max() == 0


def test_a_flat_image_has_straight_ways() -> None:
    way = ways_of(np.full((20, 30), 90, np.uint8), (2.5, 3.5)).way((25.5, 3.5))
    assert way == [(column + 0.5, 3.5) for column in range(2, 26)]


def test_the_seed_moves_to_the_strongest_edge_in_reach() -> None:
    image = np.zeros((20, 40), np.uint8)
    image[:, 20:] = 200
    assert live_wire(image, (16.5, 10.5), reach=5)["seed"][0] in (19, 20)
    assert live_wire(image, (8.5, 10.5), reach=2)["seed"] == [8, 10]
    found = live_wire(image, (16.5, 10.5))
    assert (found["directions"] == SEED).sum() == 1 and found["directions"][10, 16] == SEED


def test_of_equally_strong_edges_the_nearest_is_taken() -> None:
    strengths = np.zeros((9, 9), np.uint8)
    strengths[4, 1] = strengths[4, 6] = 200
    assert strongest_near(strengths, (4, 4), 4) == (6, 4)
    strengths[4, 1] = 250
    assert strongest_near(strengths, (4, 4), 4) == (1, 4)


@pytest.mark.parametrize(
    ("image", "seed"),
    [
        (np.zeros((0, 5), np.uint8), (0.0, 0.0)),
        (np.zeros((5, 5), np.uint16), (0.0, 0.0)),
        (np.zeros((5, 5), np.uint8), (5.0, 0.0)),
    ],
)
def test_what_cannot_be_followed_is_refused(image: np.ndarray, seed: tuple[float, float]) -> None:
    with pytest.raises(ComputeProblem):
        live_wire(image, seed)
