"""Objects of a stack where cuts go through them: real store, real session, numpy for what is expected."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.annotator import Annotator, new_annotator
from webapp.py.domain.model import Asset
from webapp.py.domain.ops import make_op
from webapp.py.domain.shapes import Box, Mask, Polygon, Polyline
from webapp.py.geometry.masks import decode_into, encode
from webapp.py.imaging.planes import Plane
from webapp.py.imaging.reslicing import Reformat, reformats_of
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.reformat_objects import ReformatObjects
from webapp.py.workspace.reformat_session import ReformatSession
from webapp.py.workspace.stack_view import SliceView, StackView
from webapp.py.workspace.tool import Create, Delete

ASSETS: list[int | None] = [7, 5, None, 6]
"""The image at each step: one slice is missing, and the list has another order."""
WIDTH, HEIGHT = 12, 10
AXIAL = Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (1.0, 1.0), WIDTH, HEIGHT, "1.2")
CUTS = reformats_of(AXIAL, len(ASSETS), 2.0)


@pytest.fixture
async def annotator() -> Annotator:
    annotator = await new_annotator(solo=True)
    slices = tuple(SliceView(one, f"{one}.dcm") for one in ASSETS if one is not None)
    annotator.session.open(Asset(ordinal=5, name="5.dcm", url="5.dcm"), StackView(slices, 1))
    annotator.session.set_size(WIDTH, HEIGHT)
    return annotator


def draw(annotator: Annotator, volume: NDArray[np.uint8], name: str) -> None:
    """Make an object of what is on, of shape (steps, rows, columns)."""
    edits = []
    for step, asset in enumerate(ASSETS):
        mask = encode(volume[step])
        if asset is not None and mask is not None:
            edits.append(Create(mask, asset=asset, object_id=name))
    annotator.session.make(edits)


def pixels(view: AnnotationView, cut: Reformat) -> NDArray[np.uint8]:
    assert isinstance(view.shape, Mask)
    return decode_into(view.shape, cut.width, cut.height)


async def test_masks_are_cut_as_numpy_cuts_the_volume(annotator: Annotator) -> None:
    volume = (np.random.default_rng(3).random((4, HEIGHT, WIDTH)) < 0.6).astype(np.uint8)
    volume[2] = 0
    draw(annotator, volume, "lung")
    objects = ReformatObjects(annotator.session.labeling)
    for row in range(HEIGHT):
        (view,) = objects.views(ASSETS, CUTS["coronal"], row)
        assert np.array_equal(pixels(view, CUTS["coronal"]), volume[::-1, row, :])
        assert (view.id, view.class_id, view.locked) == ("lung", annotator.session.class_id, True)
    for column in range(WIDTH):
        (view,) = objects.views(ASSETS, CUTS["sagittal"], column)
        assert np.array_equal(pixels(view, CUTS["sagittal"]), volume[::-1, :, column])


async def test_polygons_and_boxes_are_cut_and_lines_are_not(annotator: Annotator) -> None:
    annotator.session.make([Create(Box(2, 3, 4, 2), asset=7), Create(Polyline([(0, 0), (9, 9)]), asset=7)])
    annotator.session.make([Create(Polygon([(2, 3), (6, 3), (6, 5), (2, 5)]), asset=6)])
    lower, upper = ReformatObjects(annotator.session.labeling).views(ASSETS, CUTS["coronal"], 4)
    assert lower.shape == Mask(x=2, y=3, width=4, height=1, runs=[0, 4])  # the lowest slice of four
    assert upper.shape == Mask(x=2, y=0, width=4, height=1, runs=[0, 4])
    assert ReformatObjects(annotator.session.labeling).views(ASSETS, CUTS["coronal"], 5) == ()


async def test_a_cut_follows_what_is_changed_hidden_and_deleted(annotator: Annotator) -> None:
    objects, cut = ReformatObjects(annotator.session.labeling), CUTS["sagittal"]
    annotator.session.make([Create(Box(2, 3, 4, 2), asset=5)])
    (drawn,) = objects.views(ASSETS, cut, 2)
    name = annotator.session.selected[0]
    annotator.store.edit(
        [make_op("annotation", name, {"shape": {"kind": "box", "x": 2, "y": 6, "width": 4, "height": 3}})]
    )
    (changed,) = objects.views(ASSETS, cut, 2)
    assert isinstance(drawn.shape, Mask)
    assert isinstance(changed.shape, Mask)
    assert (drawn.shape.x, drawn.shape.width) == (3, 2)
    assert (changed.shape.x, changed.shape.width) == (6, 3)
    annotator.session.labeling.toggle_hidden(name)
    assert objects.views(ASSETS, cut, 2) == ()
    annotator.session.labeling.toggle_hidden(name)
    assert len(objects.views(ASSETS, cut, 2)) == 1
    annotator.session.records_changed()
    annotator.session.make([Delete(name)])
    assert objects.views(ASSETS, cut, 2) == ()


async def test_a_cut_is_for_looking(annotator: Annotator) -> None:
    shown = AnnotationView("lung", Mask(x=0, y=0, width=1, height=1, runs=[0, 1]), "c", locked=True)
    session = ReformatSession(annotator.session.labeling, lambda: ((shown,), ("lung",)))
    assert not session.ready
    session.width, session.height = 12, 4
    assert session.ready
    assert session.annotations == (shown,)
    assert session.selected == ("lung",)
    before = len(annotator.session.annotations)
    session.make([Create(Box(0, 0, 3, 3))])
    assert len(annotator.session.annotations) == before
    annotator.session.labeling.choose_tool("box")
    assert session.tool.id == "crosshair"
    annotator.session.labeling.choose_tool("zoom")
    assert session.tool.id == "zoom"
