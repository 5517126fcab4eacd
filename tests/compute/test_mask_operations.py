"""Operations on selected regions: what is offered, asked of the worker, and made of its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage
from skimage import data

from tests.support.tool_player import HEIGHT, WIDTH, block, image, painted, pixels_of, rectangle
from webapp.py.compute.functions import FUNCTIONS
from webapp.py.compute.mask_operations import finish, mask_operation, pack_region, unpack_region
from webapp.py.compute.protocol import ComputeProblem, from_bytes, pack, run, to_bytes, unpack
from webapp.py.domain.model import Asset, Instruction, LabelClass
from webapp.py.domain.permissions import Actor
from webapp.py.domain.shapes import Box, Mask, Polygon, Shape
from webapp.py.domain.wire import project_scope
from webapp.py.geometry.contours import mask_polygons
from webapp.py.geometry.crossings import is_simple
from webapp.py.geometry.masks import decode_into, encode
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.workspace import texts
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.messages import Create, Delete, Edit, Update
from webapp.py.workspace.operations import (
    OPERATIONS,
    Operator,
    concerned,
    edits,
    operation,
    plan,
    refusal,
)
from webapp.py.workspace.registry import find_tools
from webapp.py.workspace.tool import AnnotationView

SQUARE = Polygon([(10, 10), (20, 10), (20, 20), (10, 20)])
FRAME = Polygon(SQUARE.points, [[(12, 12), (12, 18), (18, 18), (18, 12)]])
bitmaps = arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.integers(0, 1))


async def worker(function: str, arguments: Mapping[str, Any]) -> Any:
    """Answer as the compute worker does, with everything crossing to it and back."""
    return crossed(await run(function, crossed(dict(arguments))))


def crossed(value: Any) -> Any:
    text, found = pack(value)
    return unpack(
        text, [from_bytes(data.tobytes(), shape, kind) for data, shape, kind in map(to_bytes, found)]
    )


class Bench:
    """A session of which only the annotations are there."""

    width, height = WIDTH, HEIGHT

    def __init__(self, *shapes: Shape, selected: str = "", locked: str = "") -> None:
        views = image(*shapes).annotations
        self.annotations: Sequence[AnnotationView] = [
            AnnotationView(view.id, view.shape, view.class_id, view.id in locked) for view in views
        ]
        self.selected = list(selected) or [view.id for view in views]
        self.made: list[Sequence[Edit]] = []
        self.said: list[str] = []

    def make(self, edits: Sequence[Edit]) -> None:
        self.made.append(edits)

    def run(self, name: str, compute: Any = worker, **parameters: float) -> list[Edit]:
        """Carry out an operation; the edits of its one undo step."""
        operator = Operator(self, compute, self.said.append)
        asyncio.run(operator.run(operation(name), parameters))
        assert len(self.made) <= 1
        return list(self.made[0]) if self.made else []


def changed(edits: Sequence[Edit]) -> set[tuple[int, int]]:
    """The pixels of the one annotation that was changed."""
    (edit,) = edits
    assert isinstance(edit, Update)
    return pixels_of(edit.fields["shape"])


def hollow(x: int, y: int, size: int) -> Mask:
    mask = encode(painted(block(x, y, size, size) - block(x + 1, y + 1, size - 2, size - 2)))
    assert mask is not None
    return mask


# --- each operation, as a person means it


def test_holes_of_every_selected_mask_are_filled() -> None:
    found = Bench(hollow(10, 10, 5), SQUARE, hollow(30, 30, 6)).run("fill_holes")
    assert found == [
        Update("a", {"shape": rectangle(10, 10, 5, 5)}),
        Update("c", {"shape": rectangle(30, 30, 6, 6)}),
    ]


def test_a_mask_without_holes_stays_and_makes_no_undo_step() -> None:
    bench = Bench(rectangle(10, 10, 5, 5))
    assert bench.run("fill_holes") == [] and bench.made == [] and bench.said == []


def test_specks_smaller_than_the_number_go() -> None:
    spots = block(10, 10, 5, 5) | block(20, 10, 3, 3) | block(30, 10, 3, 2)
    mask = encode(painted(spots))
    assert mask is not None
    assert changed(Bench(mask).run("remove_specks", size=9)) == block(10, 10, 5, 5) | block(20, 10, 3, 3)


def test_a_mask_grows_and_shrinks_by_the_distance() -> None:
    grown = changed(Bench(rectangle(50, 40, 1, 1)).run("grow", distance=3))
    assert grown == {
        (c, r) for c in range(WIDTH) for r in range(HEIGHT) if (c - 50) ** 2 + (r - 40) ** 2 <= 9
    }
    assert changed(Bench(rectangle(10, 10, 9, 7)).run("shrink", distance=2)) == block(12, 12, 5, 3)


def test_smoothing_takes_a_hair_away_and_leaves_the_rest() -> None:
    mask = encode(painted(block(10, 10, 20, 20) | block(30, 20, 8, 1)))
    assert mask is not None
    smoothed = changed(Bench(mask).run("smooth", radius=2))
    assert not smoothed & block(31, 20, 7, 1) and block(13, 13, 14, 14) <= smoothed


def test_united_annotations_become_the_first_one_selected() -> None:
    found = Bench(rectangle(10, 10, 5, 5), SQUARE, Box(40, 40, 2.4, 2), selected="bca").run("union")
    assert found[1:] == [Delete("c"), Delete("a")]
    assert isinstance(found[0], Update) and found[0].id == "b"
    assert changed(found[:1]) == block(10, 10, 10, 10) | block(40, 40, 2, 2)


def test_subtracting_leaves_what_is_subtracted() -> None:
    found = Bench(rectangle(10, 10, 8, 8), SQUARE, rectangle(0, 0, 11, 11), selected="bac").run("subtract")
    assert changed(found) == block(10, 10, 10, 10) - block(10, 10, 8, 8)


def test_intersecting_leaves_what_both_cover() -> None:
    assert changed(Bench(rectangle(5, 5, 8, 8), SQUARE).run("intersect")) == block(10, 10, 3, 3)


def test_what_would_leave_nothing_changes_nothing_and_says_so() -> None:
    apart = rectangle(60, 60, 3, 3)
    for bench, name, parameters in (
        (Bench(rectangle(10, 10, 3, 3), SQUARE), "subtract", {}),
        (Bench(apart, SQUARE), "intersect", {}),
        (Bench(apart), "shrink", {"distance": 9.0}),
        (Bench(apart), "remove_specks", {"size": 10.0}),
        (Bench(Box(0.6, 0.6, 0.3, 0.3)), "to_mask", {}),
    ):
        assert bench.run(name, **parameters) == [] and bench.said == [texts.OPERATION_LEAVES_NOTHING], name


def test_each_piece_of_a_mask_becomes_a_polygon_with_its_holes() -> None:
    spots = (block(10, 10, 10, 10) - block(12, 12, 6, 6)) | block(40, 40, 2, 1)
    mask = encode(painted(spots))
    assert mask is not None
    updated, created = Bench(mask).run("to_polygons")
    assert updated == Update("a", {"shape": FRAME})
    assert created == Create(Polygon([(40, 40), (42, 40), (42, 41), (40, 41)]), "cell", like="a")


@pytest.mark.parametrize("tolerance", [1.0, 3.0])
def test_a_simplified_polygon_has_few_points_and_stays_near_the_mask(tolerance: float) -> None:
    picture = data.horse() == 0  # type: ignore[no-untyped-call]
    picture[100:150, 150:220] &= np.add.outer(np.arange(50), np.arange(70)) % 40 > 3
    mask = encode(picture)
    assert mask is not None
    steps = mask_operation("to_polygons", [pack_region(mask)], (400, 328), {"tolerance": tolerance})
    (found,) = finish(steps)
    pieces = [unpack_region(one) for one in found]
    assert len(pieces) == ndimage.label(picture)[1]
    assert all(isinstance(piece, Polygon) and is_simple(piece.points) for piece in pieces)
    points = sum(len(contour) for one in found for contour in one["contours"])
    exact = sum(len(piece.points) + sum(map(len, piece.holes)) for piece in mask_polygons(mask))
    assert points < exact / 2
    (back,) = finish(mask_operation("union", found, (400, 328), {}))
    again = decode_into(unpack_region(back[0]), 400, 328).astype(bool)  # type: ignore[arg-type]
    edge = ndimage.distance_transform_edt(picture) + ndimage.distance_transform_edt(~picture)
    assert again.any() and edge[again != picture].max() <= tolerance + 1.5


def test_polygons_and_boxes_become_the_pixels_whose_centers_are_inside() -> None:
    first, second = Bench(FRAME, Box(30.6, 30.4, 2, 2)).run("to_mask")
    assert changed([first]) == block(10, 10, 10, 10) - block(12, 12, 6, 6)
    assert changed([second]) == block(31, 30, 2, 2)


def test_a_mask_is_split_into_its_pieces_and_the_largest_stays() -> None:
    mask = encode(painted(block(10, 10, 2, 2) | block(12, 12, 3, 3) | block(30, 30, 1, 1)))
    assert mask is not None
    updated, *created = Bench(mask).run("split")
    assert updated == Update("a", {"shape": rectangle(12, 12, 3, 3)})
    assert created == [
        Create(rectangle(10, 10, 2, 2), "cell", like="a"),
        Create(rectangle(30, 30, 1, 1), "cell", like="a"),
    ]


@given(bitmaps, st.integers(-4, 80), st.integers(-4, 70))
def test_a_mask_made_to_polygons_and_back_is_the_same(bitmap: np.ndarray, x: int, y: int) -> None:
    mask = encode(bitmap, max(x, 0), max(y, 0))
    if mask is None:
        return
    size = (100, 100)
    (polygons,) = finish(mask_operation("to_polygons", [pack_region(mask)], size, {}))
    (again,) = finish(mask_operation("union", polygons, size, {}))
    assert [unpack_region(found) for found in again] == [mask]


# --- what is offered


def test_an_operation_that_cannot_be_used_says_why() -> None:
    box, locked = (
        image(SQUARE).annotations[0],
        AnnotationView("z", rectangle(1, 1, 2, 2), "cell", locked=True),
    )
    assert refusal(operation("grow"), []) == "Select a mask that is not locked."
    assert refusal(operation("grow"), [box, locked]) == "Select a mask that is not locked."
    assert refusal(operation("to_mask"), [locked]) == "Select a polygon or box that is not locked."
    assert refusal(operation("union"), [box]) == (
        "Select two or more annotations, each a mask, polygon or box."
    )
    assert refusal(operation("union"), [box, locked]) == "An annotation that would change is locked."
    assert refusal(operation("subtract"), [locked, box]) == "An annotation that would change is locked."
    assert concerned(operation("subtract"), [box, locked]) == [box, locked]
    assert concerned(operation("union"), [box, locked]) == []
    bench = Bench(SQUARE)
    assert bench.run("grow") == [] and bench.said == ["Select a mask that is not locked."]


def test_a_locked_mask_among_others_is_left_alone() -> None:
    found = Bench(hollow(10, 10, 5), hollow(30, 30, 5), locked="a").run("fill_holes")
    assert found == [Update("b", {"shape": rectangle(30, 30, 5, 5)})]


def test_every_operation_is_named_once_and_known_to_the_worker() -> None:
    assert len({one.id for one in OPERATIONS}) == len({one.title for one in OPERATIONS}) == len(OPERATIONS)
    packages = FUNCTIONS["mask_operation"].packages
    assert "scipy" not in packages and "scikit-image" not in packages  # so that the first one is quick
    for one in OPERATIONS:
        views = image(rectangle(1, 1, 9, 9), rectangle(5, 5, 9, 9), SQUARE).annotations
        question = plan(one, concerned(one, views), {}, (WIDTH, HEIGHT))
        answer = asyncio.run(worker(question.function, question.arguments))
        assert len(answer) == (1 if one.applies == "together" else len(concerned(one, views)))
        assert one.help.endswith(".") and one.icon


def test_parameters_out_of_range_are_brought_into_it() -> None:
    views = image(rectangle(1, 1, 9, 9)).annotations
    sent = plan(operation("grow"), views, {"distance": 1e9, "size": 3}, (WIDTH, HEIGHT)).arguments
    assert sent["parameters"] == {"distance": 100}
    assert plan(operation("grow"), views, {"distance": float("nan")}, (9, 9)).arguments["parameters"] == {
        "distance": 3
    }


# --- what goes wrong, or changes meanwhile


@pytest.mark.parametrize("meanwhile", ["changed", "deleted", "locked"])
def test_an_annotation_that_changed_meanwhile_is_not_overwritten(meanwhile: str) -> None:
    bench = Bench(hollow(10, 10, 5), hollow(30, 30, 5))

    async def slow(function: str, arguments: Mapping[str, Any]) -> Any:
        answer = await worker(function, arguments)
        first, second = bench.annotations
        shape = rectangle(11, 11, 2, 2) if meanwhile == "changed" else second.shape
        other = AnnotationView(second.id, shape, second.class_id, meanwhile == "locked")
        bench.annotations = [first] if meanwhile == "deleted" else [first, other]
        return answer

    assert bench.run("fill_holes", slow) == [] and bench.said == [texts.OPERATION_OUTDATED]


def test_a_worker_that_fails_says_why_and_changes_nothing() -> None:
    async def broken(function: str, arguments: Mapping[str, Any]) -> Any:
        raise ComputeProblem("The part of Limner that calculates has stopped. Try again.")

    bench = Bench(rectangle(10, 10, 5, 5))
    assert bench.run("grow", broken) == []
    assert bench.said == ["The part of Limner that calculates has stopped. Try again."]


def test_an_outline_with_too_many_corners_for_a_polygon_says_what_to_do() -> None:
    comb = np.zeros((3, 100_001), np.uint8)
    comb[0, ::2] = comb[1:] = 1
    mask = encode(comb)
    assert mask is not None
    with pytest.raises(ComputeProblem, match="Smooth it"):
        finish(mask_operation("to_polygons", [pack_region(mask)], (100_001, 3), {}))


def test_an_operation_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ComputeProblem, match="no mask operation named “melt”"):
        finish(mask_operation("melt", [], (9, 9), {}))


def test_a_picture_of_a_horse_is_taken_apart_and_put_together_again() -> None:
    mask = encode(data.horse() == 0)  # type: ignore[no-untyped-call]
    assert mask is not None
    views = [AnnotationView("a", mask, "cell")]
    question = plan(operation("to_polygons"), views, {}, (400, 328))
    answer = asyncio.run(worker(question.function, question.arguments))
    found = edits(operation("to_polygons"), views, answer)
    (back,) = finish(mask_operation("union", answer[0], (400, 328), {}))
    assert isinstance(found[0], Update) and [unpack_region(one) for one in back] == [mask]


# --- in a session


async def a_session() -> ImageSession:
    """Two pieces in one mask of class Cell, whose question is answered, and nothing selected."""
    instruction = Instruction(
        id="i1",
        name="Cells",
        classes=[
            LabelClass(id="cell", name="Cell", color="#ff0000", tool="brush"),
            LabelClass(id="sky", name="Sky", color="#0000ff", tool="brush"),
        ],
    )
    store = await Store.open(MemoryLocalStore(), project_scope("p1"))
    session = ImageSession(LabelingState(store, Actor("anna", "annotator"), "p1", instruction, find_tools()))
    session.open(Asset(ordinal=0, name="a.png", url="a.png"))
    session.set_size(WIDTH, HEIGHT)
    mask = encode(painted(block(10, 10, 5, 5) | block(30, 30, 3, 3)))
    assert mask is not None
    session.make([Create(mask, "cell")])
    (view,) = session.annotations
    session.make([Update(view.id, {"attributes": {"kind": "round"}})])
    session.choose_class("sky")
    return session


def stored(session: ImageSession) -> list[tuple[Any, str, Any]]:
    """Shape, class and answers of each annotation."""
    records = session.records.of_asset("annotation", 0)
    return sorted((str(one["shape"]), one["class_id"], str(one.get("attributes"))) for one in records)


async def _split_and_undo() -> None:
    session = await a_session()
    before = stored(session)
    session.select([view.id for view in session.annotations])
    said: list[str] = []
    await Operator(session, worker, said.append).run(operation("split"))
    after = stored(session)
    assert len(after) == 2 and {(kind, answers) for _, kind, answers in after} == {
        ("cell", "{'kind': 'round'}")
    }
    assert session.undo() and stored(session) == before
    assert session.redo() and stored(session) == after
    session.select([view.id for view in session.annotations])
    await Operator(session, worker, said.append).run(operation("union"))
    assert stored(session) == before and said == []
    assert session.undo() and stored(session) == after


def test_a_split_keeps_class_and_answers_and_is_one_undo_step() -> None:
    asyncio.run(_split_and_undo())


async def _left_meanwhile() -> None:
    session = await a_session()
    session.select([view.id for view in session.annotations])
    before, said = stored(session), list[str]()

    async def slow(function: str, arguments: Mapping[str, Any]) -> Any:
        session.open(Asset(ordinal=1, name="b.png", url="b.png"))
        session.set_size(WIDTH, HEIGHT)
        return await worker(function, arguments)

    await Operator(session, slow, said.append).run(operation("grow"))
    assert stored(session) == before and said == [texts.OPERATION_OUTDATED]


def test_the_result_for_an_image_left_meanwhile_is_dropped() -> None:
    asyncio.run(_left_meanwhile())
