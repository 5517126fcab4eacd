"""Copies of annotations on the same image and on another one."""

from __future__ import annotations

from tests.support.tool_player import LOW_BOX, SQUARE, rectangle
from webapp.py.domain.shapes import Box, Point, Points, Polygon
from webapp.py.workspace.copying import Clipboard, copied, pasted
from webapp.py.workspace.tool import AnnotationView, Context, Create

VIEWS = [AnnotationView("a", LOW_BOX, "cell"), AnnotationView("b", SQUARE, "nucleus")]


def test_on_another_image_copies_lie_where_they_were() -> None:
    clipboard = copied(VIEWS, asset=1)
    assert pasted(clipboard, Context(100, 80), asset=2) == [
        Create(LOW_BOX, "cell", "a"),
        Create(SQUARE, "nucleus", "b"),
    ]


def test_on_the_same_image_copies_lie_a_little_aside() -> None:
    assert pasted(copied(VIEWS[:1], asset=1), Context(100, 80), asset=1) == [
        Create(Box(x=20, y=20, width=20, height=20), "cell", "a")
    ]


def test_on_a_smaller_image_copies_are_cut_and_what_is_outside_is_left_out() -> None:
    far: list[Point] = [(60, 60), (70, 60), (70, 70)]
    views = [
        *VIEWS,
        AnnotationView("c", Polygon(far), "cell"),
        AnnotationView("d", rectangle(20, 20, 30, 5), "cell"),
        AnnotationView("e", rectangle(60, 20, 30, 5), "cell"),
        AnnotationView("f", Points([(5, 5), (60, 5)]), "cell"),
    ]
    assert pasted(copied(views, asset=1), Context(25, 25), asset=2) == [
        Create(Box(x=10, y=10, width=15, height=15), "cell", "a"),
        Create(Polygon([(10, 10), (25, 10), (25, 25), (10, 25)]), "nucleus", "b"),
        Create(rectangle(20, 20, 5, 5), "cell", "d"),
        Create(Points([(5, 5)]), "cell", "f"),
    ]


def test_nothing_copied_is_nothing_pasted() -> None:
    assert pasted(Clipboard(), Context(100, 80), asset=1) == []
