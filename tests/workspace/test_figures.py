"""Figures that are kept while a few annotations change are those that would be made from scratch."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np

from webapp.py.domain.shapes import Box, Mask, Points, Polygon, Shape
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.figures import StaticFigures, Versions

COLORS = {"cat": "#ff0000", "dog": "#00ff00"}


def some_shape(chance: random.Random) -> Shape:
    x, y = chance.randrange(100), chance.randrange(100)
    return chance.choice(
        [
            Box(x, y, 5, 4),
            Polygon([(x, y), (x + 9, y), (x, y + 7)]),
            Points([(x, y)]),
            Mask(x, y, 2, 2, [0, 4]),
        ]
    )


def content(static: StaticFigures) -> object:
    lines = [
        (one.key, one.path, one.color, one.closed, one.bounds, tuple(one.dots)) for one in static.figures
    ]
    return lines, list(static.masks), dict(static.places), list(static.drawn), static.edges.tolist()


def test_figures_after_each_of_many_changes_are_those_made_from_scratch() -> None:
    chance = random.Random(5)
    views = [AnnotationView(f"a{n}", some_shape(chance), chance.choice(["cat", "dog"])) for n in range(60)]
    kept = Versions()
    for step in range(300):
        for _ in range(chance.choice([1, 1, 1, 2, 40])):
            at = chance.randrange(len(views))
            change = chance.choice(["shape", "hidden", "class", "locked", "order"])
            if change == "shape":
                views[at] = replace(views[at], shape=some_shape(chance))
            elif change == "hidden":
                views[at] = replace(views[at], hidden=not views[at].hidden)
            elif change == "class":
                views[at] = replace(views[at], class_id=chance.choice(["cat", "dog", "gone"]))
            elif change == "locked":
                views[at] = replace(views[at], locked=not views[at].locked)
            else:
                views.insert(chance.randrange(len(views)), views.pop(at))
        if step % 20 == 7:
            views.append(AnnotationView(f"new{step}", some_shape(chance), "cat"))
        if step % 20 == 13:
            del views[chance.randrange(len(views))]
        now = tuple(views)
        static, fresh = kept.static(now, COLORS), Versions().static(now, COLORS)
        assert content(static) == content(fresh), step
        for view in views:
            found, expected = static.figure(view.id), fresh.figure(view.id)
            assert (found and found.path) == (expected and expected.path)


def test_a_change_of_one_annotation_keeps_the_figures_of_the_others() -> None:
    views = tuple(AnnotationView(f"a{n}", Box(n, n, 2, 2), "cat") for n in range(5))
    kept = Versions()
    before = kept.static(views, COLORS)
    moved = replace(views[2], shape=Box(7, 8, 2, 2))
    after = kept.static((*views[:2], moved, *views[3:]), COLORS)
    assert [old is new for old, new in zip(before.figures, after.figures, strict=True)] == [
        True, True, False, True, True,
    ]  # fmt: skip
    assert np.array_equal(after.edges[:, 2], (7, 8, 9, 10))
