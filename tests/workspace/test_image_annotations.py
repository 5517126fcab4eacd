"""A viewport knows the same of its annotations, whether a few of them changed or all are read anew."""

from __future__ import annotations

import random

import numpy as np

from tests.support.annotator import Annotator, new_annotator
from webapp.py.domain.ops import delete, make_op
from webapp.py.domain.shapes import Box, Point, Points, Polygon, Shape
from webapp.py.geometry.shapes import bounds
from webapp.py.workspace.context import extents
from webapp.py.workspace.figures import Versions
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.tool import Create, Update


def read_anew(annotator: Annotator) -> ImageSession:
    session = ImageSession(annotator.session.labeling)
    assert annotator.session.asset is not None
    session.open(annotator.session.asset)
    return session


def expect_same(annotator: Annotator) -> None:
    shown, anew = annotator.session.annotations, read_anew(annotator).annotations
    assert shown == anew
    expected = np.array([bounds(view.shape) or [np.nan] * 4 for view in anew]).reshape(-1, 4).T
    assert np.array_equal(extents(shown), expected, equal_nan=True)


async def test_random_work_leaves_what_reading_anew_would_find() -> None:
    chance = random.Random(7)
    annotator = await new_annotator()
    session, versions = annotator.session, Versions()
    for step in range(300):
        names = [view.id for view in session.annotations]
        act = chance.choice(["create", "create", "move", "order", "delete", "hide", "lock", "undo", "redo"])
        x, y = chance.randrange(60), chance.randrange(50)
        if act == "create":
            corners: list[Point] = [(x, y), (x + 9, y), (x + 9, y + 9)]
            shapes: list[Shape] = [Box(x, y, 9, 9), Polygon(corners), Points(corners)]
            session.make([Create(chance.choice(shapes), "cat")])
        elif act == "undo":
            session.undo()
        elif act == "redo":
            session.redo()
        elif names:
            name = chance.choice(names)
            if act == "move":
                session.make([Update(name, {"shape": Box(x, y, 5, 5)})])
            elif act == "order":
                session.do([make_op("annotation", name, {"order": chance.randrange(-5, 300)})])
            elif act == "delete":
                session.do([delete("annotation", name)])
            elif act == "hide":
                session.labeling.toggle_hidden(name)
            else:
                session.labeling.toggle_locked(name)
        expect_same(annotator)
        static = versions.static(session.annotations, {"cat": "#ff0000"})
        shown = [view for view in session.annotations if not view.hidden]
        assert [figure.key for figure in static.figures] == [view.id for view in shown], step
        assert static.edges.T.tolist() == [list(bounds(view.shape) or ()) for view in shown]


async def test_an_annotation_that_nobody_touched_stays_the_same_object() -> None:
    annotator = await new_annotator()
    for number in range(3):
        annotator.session.make([Create(Box(number, 0, 5, 5), "cat")])
    before = annotator.session.annotations
    annotator.session.make([Update(before[1].id, {"shape": Box(9, 9, 5, 5)})])
    after = annotator.session.annotations
    assert (after[0] is before[0], after[1] is before[1], after[2] is before[2]) == (True, False, True)
