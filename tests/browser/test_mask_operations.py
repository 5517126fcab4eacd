"""Mask operations in the real worker, compared with native scipy on the mask of a photo."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Page
from scipy import ndimage
from skimage import data

from tests.browser.pages import run_python
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import decode_into, encode

COINS: NDArray[np.bool_] = data.coins() > 110  # type: ignore[no-untyped-call]
HEIGHT, WIDTH = COINS.shape

OPERATE = """
import json
from webapp.py.domain.shapes import Mask
from webapp.py.workspace.messages import Create, Update
from webapp.py.workspace.operations import Operator, operation
from webapp.py.workspace.tool import AnnotationView

class Bench:
    selected = ["a"]
    def __init__(self):
        self.width, self.height = size
        self.annotations = [AnnotationView("a", Mask(**mask), "coin")]
        self.shapes = []
    def make(self, edits):
        self.shapes += [one.fields["shape"] if isinstance(one, Update) else one.shape for one in edits]

bench, said = Bench(), []
await Operator(bench, boot.compute.call, said.append).run(operation(name), parameters)
kinds = [type(shape).__name__ for shape in bench.shapes]
points = [shape.points for shape in bench.shapes if hasattr(shape, "points")]
masks = [[s.x, s.y, s.width, s.height, s.runs] for s in bench.shapes if isinstance(s, Mask)]
json.dumps([kinds, points, masks, said])
"""


def operate(page: Page, name: str, **parameters: float) -> tuple[list[Any], list[NDArray[np.bool_]]]:
    """Carry out an operation on the coins; the outlines and the pictures of what comes of it."""
    mask = encode(COINS)
    assert mask is not None
    given = {"x": mask.x, "y": mask.y, "width": mask.width, "height": mask.height, "runs": mask.runs}
    answer = run_python(page, OPERATE, mask=given, name=name, parameters=parameters, size=[WIDTH, HEIGHT])
    _kinds, outlines, masks, said = json.loads(answer)
    assert said == []
    found = [Mask(x=x, y=y, width=width, height=height, runs=runs) for x, y, width, height, runs in masks]
    return outlines, [decode_into(one, WIDTH, HEIGHT).astype(bool) for one in found]


def test_holes_are_filled_and_specks_removed_as_by_native_scipy(harness: Page) -> None:
    _, (filled,) = operate(harness, "fill_holes")
    assert (filled == ndimage.binary_fill_holes(COINS)).all() and (filled != COINS).sum() > 500
    _, (cleaned,) = operate(harness, "remove_specks", size=100)
    labels, count = ndimage.label(COINS)
    large = ndimage.sum_labels(COINS, labels, np.arange(count + 1)) >= 100
    assert (cleaned == large[labels]).all()


def test_a_mask_grows_shrinks_and_is_smoothed_as_by_native_scipy(harness: Page) -> None:
    _, (grown,) = operate(harness, "grow", distance=7)
    assert (grown == (ndimage.distance_transform_edt(~COINS) <= 7)).all()
    _, (shrunk,) = operate(harness, "shrink", distance=2)
    around = np.pad(COINS, 3, mode="edge")
    assert (shrunk == (ndimage.distance_transform_edt(around) > 2)[3:-3, 3:-3]).all()
    _, (smoothed,) = operate(harness, "smooth", radius=4)
    y, x = np.mgrid[-4:5, -4:5]
    median = ndimage.median_filter(COINS.astype(np.uint8), footprint=x * x + y * y <= 16, mode="nearest")
    assert (smoothed == median.astype(bool)).all()


def test_a_mask_is_split_and_converted_in_the_worker(harness: Page) -> None:
    _, parts = operate(harness, "split")
    labels, count = ndimage.label(COINS)
    assert len(parts) == count
    assert (np.sum(parts, axis=0) == COINS).all()
    assert all(len(np.unique(labels[part])) == 1 for part in parts)
    outlines, _ = operate(harness, "to_polygons")
    assert len(outlines) == count
