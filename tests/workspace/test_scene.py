"""What is drawn: which figures, in which order and emphasis, and when something is drawn anew."""

from __future__ import annotations

import numpy as np
import pytest

from webapp.py.domain.shapes import Box, Mask, Point, Points, Polygon, Polyline
from webapp.py.workspace.figures import NEUTRAL, SPARE, Versions, needs_light_halo, path_of
from webapp.py.workspace.scene import MaskDraft, NameTag, Scene, SceneStyle, build_scene
from webapp.py.workspace.tool import AnnotationView, Band, Cursor, Draft, Handles, MaskPatch, Preview

STYLE = SceneStyle({"cat": "#ff0000"}, 100, 80, "#00ff00")
BOX = AnnotationView("b", Box(1, 2, 3, 4), "cat")
MASK = AnnotationView("m", Mask(5, 6, 2, 2, [0, 3, 1]), "cat")
SQUARE: list[Point] = [(0, 0), (4, 0), (4, 4), (0, 4)]


def scene_of(
    *views: AnnotationView,
    selected: tuple[str, ...] = (),
    drafts: tuple[Draft, ...] = (),
    mask_draft: MaskDraft | None = None,
    versions: Versions | None = None,
) -> Scene:
    return build_scene(views, selected, drafts, mask_draft, None, STYLE, versions or Versions())


def test_a_polygon_with_a_hole_is_one_path_of_two_contours() -> None:
    hole: list[Point] = [(1, 1), (2, 1), (2, 2)]
    assert path_of(Polygon(SQUARE, [hole])) == "M0 0L4 0L4 4L0 4ZM1 1L2 1L2 2Z"


def test_an_open_line_is_not_filled_and_points_are_dots() -> None:
    line = AnnotationView("l", Polyline([(0, 0), (5, 5)]), "cat")
    dots = AnnotationView("p", Points([(1, 1), (2, 2)]), "cat")
    first, second = scene_of(line, dots).static.figures
    assert not first.closed
    assert list(second.dots) == [(1, 1), (2, 2)]
    assert (second.path, second.bounds) == ("", (1, 1, 2, 2))


def test_selected_and_hovered_annotations_stand_out_above_all_others_and_hidden_ones_are_left_out() -> None:
    hidden = AnnotationView("h", Box(0, 0, 9, 9), "cat", hidden=True)
    other = AnnotationView("o", Box(0, 0, 9, 9), "cat")
    scene = scene_of(BOX, hidden, other, selected=("b", "h"))
    assert [figure.key for figure in scene.static.figures] == ["b", "o"]
    assert [(figure.key, figure.emphasis) for figure in scene.figures] == [("b", "selected")]
    style = SceneStyle({"cat": "#ff0000"}, 100, 80, hovered="o")
    scene = build_scene((BOX, hidden, other), ("b",), (), None, None, style, Versions())
    assert [(figure.key, figure.emphasis) for figure in scene.figures] == [("b", "selected"), ("o", "hover")]


def test_a_class_that_is_gone_has_a_neutral_color() -> None:
    assert scene_of(AnnotationView("x", Box(0, 0, 9, 9), "dog")).static.figures[0].color == NEUTRAL


def test_a_preview_is_shown_in_place_of_the_annotation_and_none_hides_it() -> None:
    moved = scene_of(BOX, drafts=(Preview("b", Box(10, 20, 3, 4)),))
    assert moved.figures[0].path == path_of(Box(10, 20, 3, 4))
    assert moved.replaced == {"b"}
    nothing = scene_of(BOX, drafts=(Preview("b", None),))
    assert not nothing.figures
    assert nothing.replaced == {"b"}


def test_a_mask_stays_in_its_place_among_masks_when_it_is_selected_or_changed() -> None:
    other = AnnotationView("n", Mask(0, 0, 1, 1, [0, 1]), "cat")
    scene = scene_of(MASK, other, selected=("m",))
    assert [(mask.key, mask.edge) for mask in scene.masks] == [("m", 1.0), ("n", 0.85)]
    changed = Mask(9, 9, 1, 1, [0, 1])
    scene = scene_of(MASK, BOX, other, drafts=(Preview("m", changed), Preview("b", changed)))
    assert [(mask.key, mask.x) for mask in scene.masks] == [("m", 9), ("b", 9), ("n", 0)]


def test_a_draft_has_the_color_of_the_active_class() -> None:
    scene = scene_of(drafts=(Box(0, 0, 5, 5), Cursor("cross"), Band(0, 0, 1, 1), Handles([(1, 1)])))
    assert [(figure.color, figure.emphasis) for figure in scene.figures] == [("#00ff00", "draft")]
    assert scene.band == Band(0, 0, 1, 1)
    assert scene.handles == Handles([(1, 1)])


def test_while_a_mask_is_painted_the_draft_stands_in_its_place() -> None:
    draft = MaskDraft("m", 1, Mask(5, 6, 2, 2, [0, 3, 1]))
    draft.add(MaskPatch(50, 40, np.ones((2, 3), np.uint8), "m"))
    scene = scene_of(MASK, mask_draft=draft)
    (figure,) = scene.masks
    assert (figure.width, figure.height) == (100, 80)
    ((x, y, pixels),) = figure.patches()
    assert (x, y) == (5, 6)
    assert pixels.tolist() == [[255, 255], [255, 0]]
    ((x, y, pixels),) = draft.drain()
    assert (x, y, pixels.tolist()) == (50, 40, [[255] * 3] * 2)
    assert draft.drain() == []


def test_versions_change_with_the_shape_and_only_then() -> None:
    versions = Versions()
    first = scene_of(BOX, MASK, versions=versions)
    again = scene_of(BOX, MASK, versions=versions)
    assert first.static.figures[0].version == again.static.figures[0].version
    assert first.masks[0].version == again.masks[0].version
    changed = AnnotationView("b", Box(1, 2, 30, 4), "cat")
    assert scene_of(changed, versions=versions).static.figures[0].version != first.static.figures[0].version


def test_what_changed_between_two_frames_is_drawn_anew_and_drafts_do_not_stay() -> None:
    versions = Versions()
    views = (BOX, AnnotationView("c", Box(5, 5, 2, 2), "cat"))

    def frame(
        views: tuple[AnnotationView, ...],
        *drafts: Draft,
        selected: tuple[str, ...] = (),
        style: SceneStyle = STYLE,
    ) -> list[tuple[str, str, str]]:
        scene = build_scene(views, selected, drafts, None, None, style, versions)
        seen = [figure for figure in scene.static.figures if figure.key not in scene.replaced]
        return [(figure.key, figure.color, figure.emphasis) for figure in (*seen, *scene.figures)]

    at_rest = [("b", "#ff0000", "normal"), ("c", "#ff0000", "normal")]
    assert frame(views) == at_rest
    assert frame(views, Box(0, 0, 9, 9)) == [*at_rest, ("draft-0", "#00ff00", "draft")]
    assert frame(views) == at_rest
    assert frame(views, selected=("c",)) == [*at_rest, ("c", "#ff0000", "selected")]
    assert frame(views, Preview("b", None)) == at_rest[1:]
    assert frame(views, style=SceneStyle({"cat": "#0000ff"}, 100, 80))[0] == ("b", "#0000ff", "normal")
    assert frame(views[1:]) == at_rest[1:]
    assert frame(views) == at_rest


def test_annotations_that_stay_as_they_are_are_not_worked_out_again() -> None:
    versions, views = Versions(), (BOX, AnnotationView("c", Box(5, 5, 2, 2), "cat"))
    first, second = (build_scene(views, (), (), None, None, STYLE, versions).static for _ in range(2))
    assert first is second
    changed = AnnotationView("c", Box(5, 5, 2, 3), "cat")
    third = build_scene((BOX, changed), (), (), None, None, STYLE, versions).static
    assert third.figures[0] is first.figures[0]
    assert third.figures[1] is not first.figures[1]
    assert third.edges.T.tolist() == [[1, 2, 4, 6], [5, 5, 7, 8]]


def test_shapes_of_images_left_behind_are_forgotten() -> None:
    versions = Versions()
    for image in range(100):
        views = [AnnotationView(f"{image}-{at}", Box(at, 0, 5, 5), "cat") for at in range(10)]
        first = scene_of(*views, versions=versions).static
        again = scene_of(*views, versions=versions).static
        assert [one.version for one in first.figures] == [one.version for one in again.figures]
    assert len(versions._known) <= 2 * 10 + SPARE


# --- names and halos


def test_names_are_in_the_static_figures_those_of_masks_too_and_only_a_new_name_is_a_new_figure() -> None:
    versions, names = Versions(), {"b": "Cat 1", "m": "Cat 2"}
    first = versions.static((BOX, MASK), {"cat": "#ff0000"}, names)
    assert [(figure.key, figure.name, figure.bounds) for figure in first.figures] == [
        ("b", "Cat 1", (1, 2, 4, 6)),
        ("m", "Cat 2", (5, 6, 7, 8)),
    ]
    assert [view.id for view in first.masks] == ["m"] and first.figures[1].path == ""
    second = versions.static((BOX, MASK), {"cat": "#ff0000"}, {"b": "Cat 1", "m": "Cat 3"})
    assert second.figures[0] is first.figures[0]
    assert second.figures[1].name == "Cat 3"
    third = versions.static((BOX, MASK), {"cat": "#ff0000"})
    assert [(figure.key, figure.name) for figure in third.figures] == [("b", "")]


def test_the_annotation_under_the_pointer_has_its_name_on_the_interactive_layer() -> None:
    style = SceneStyle({"cat": "#ff0000"}, 100, 80, hovered="m", hovered_name="Cat 2")
    scene = build_scene((BOX, MASK), (), (), None, None, style, Versions())
    assert scene.tags == (NameTag((5, 6, 7, 8), "Cat 2", "#ff0000"),)
    assert all(not figure.name for figure in scene.static.figures)


@pytest.mark.parametrize(
    ("color", "light"),
    # Contrast to black and to white by the formula of WCAG 2.2: 2.44 and 8.59; 5.25 and 4.00; 1.23 and 17.06;
    # 19.56 and 1.07; 4.69 and 4.48; 4.62 and 4.54 (its lightest gray on white at level AA); 4.49 and 4.67.
    [
        ("#0000ff", True),
        ("#ff0000", False),
        ("#1a1a2e", True),
        ("#ffff00", False),
        ("#777777", False),
        ("#767676", False),
        ("#747474", True),
    ],
)
def test_a_halo_has_the_color_with_more_contrast(color: str, light: bool) -> None:
    assert needs_light_halo(color) is light
    (mask,) = build_scene((MASK,), (), (), None, None, SceneStyle({"cat": color}, 100, 80), Versions()).masks
    assert mask.light_halo is light
