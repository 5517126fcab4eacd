"""The growth tool on the demo CT, played as a person would use it: organs, slices, millimeters, one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from datasets_server.demo.phantom import ORGANS, SPACING, hu_volume, organ_mask
from tests.pages.test_stacks import edges_with, opened
from tests.support.annotator import Annotator
from tests.support.tool_player import TOOLS, click
from webapp.py.compute.threshold_growing import grow_volume
from webapp.py.domain.model import Asset
from webapp.py.domain.shapes import Mask
from webapp.py.domain.wire import project_scope
from webapp.py.geometry.image_parts import VolumePart
from webapp.py.geometry.masks import decode_into, encode
from webapp.py.store.memory import MemoryLocalStore
from webapp.py.store.store import Store
from webapp.py.ui.tree import find_all
from webapp.py.workspace.settings import values
from webapp.py.workspace.stack_view import SliceView, StackView
from webapp.py.workspace.tool import (
    AnnotationView,
    Context,
    Create,
    Delete,
    Notice,
    Pointer,
    Preview,
    SetValue,
    Update,
    drag,
    play,
)

TOOL = TOOLS.tool("growth")
Volume = NDArray[Any]


@cache
def ct() -> Volume:
    return np.asarray(hu_volume())


def series(volume: Volume, index: int, spacing: tuple[float, ...] = SPACING, **views: Any) -> StackView:
    """A stack whose slices are the images 100, 101, …, with the annotations of some of them by place."""
    slices = tuple(SliceView(100 + at, f"{at}.dcm", spacing[0] * at) for at in range(len(volume)))
    return StackView(slices, index, spacing, lambda asset: views.get(f"at{asset - 100}", ()))


def image(
    volume: Volume,
    index: int = 0,
    *views: AnnotationView,
    stack: StackView | None = None,
    selected: Sequence[str] = (),
    **settings: Any,
) -> Context:
    return Context(
        volume.shape[2],
        volume.shape[1],
        views,
        selected,
        "organ",
        values(TOOL.settings, settings),
        values=VolumePart((f"{index}.dcm",)),
        stack=stack,
    )


def worker(volume: Volume) -> Mapping[str, Callable[..., Any]]:
    """The compute worker with the slices of a volume at hand."""

    def answer(volume: VolumePart, **arguments: Any) -> Any:
        return run(grow_volume(whole[[int(one.partition(".")[0]) for one in volume.slices]], **arguments))

    whole = volume
    return {"grow_volume": answer}


def run(steps: Any) -> Any:
    try:
        while True:
            next(steps)
    except StopIteration as stop:
        return stop.value


def grown(volume: Volume, column: int, row: int, ctx: Context) -> tuple[list[Any], list[Any]]:
    return play(TOOL, click(column + 0.5, row + 0.5), ctx, worker(volume))


def pixels(shape: Any, volume: Volume) -> NDArray[np.bool_]:
    assert isinstance(shape, Mask)
    return decode_into(shape, volume.shape[2], volume.shape[1]).astype(bool)


def rebuilt(edits: Sequence[Any], volume: Volume) -> NDArray[np.bool_]:
    """The volume of masks that edits make."""
    found = np.zeros(volume.shape, bool)
    for edit in edits:
        assert isinstance(edit, Create)
        assert edit.asset is not None
        found[edit.asset - 100] |= pixels(edit.shape, volume)
    return found


def component(volume: Volume, seed: tuple[int, ...], low: float, high: float) -> NDArray[np.bool_]:
    """What scipy labels around the seed."""
    labels, _ = ndimage.label((volume >= volume[seed] + low) & (volume <= volume[seed] + high))
    return np.asarray(labels == labels[seed])


def test_minus_30_to_30_around_450_takes_in_420_to_480_within_ten_pixels() -> None:
    row = np.full((1, 1, 40), 450, np.int16)
    row[0, 0, [8, 9, 21]] = 420, 480, 481
    _, (created,) = grown(row, 15, 0, image(row, low=-30, high=30, pixels=10))
    assert created.shape == Mask(x=5, y=0, width=16, height=1, runs=[0, 16])
    assert created.asset is None


def test_a_click_in_2d_makes_a_mask_of_the_component_in_this_slice() -> None:
    volume, seed = ct(), (30, 250, 250)
    _, (created,) = grown(volume, 250, 250, image(volume, 30, stack=series(volume, 30), low=-60, high=60))
    assert np.array_equal(pixels(created.shape, volume), component(volume[30], seed[1:], -60, 60))


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("left lung", -100, 100), ("spleen", -40, 40), ("left kidney", -45, 45), ("aorta", -45, 45),
     ("gallbladder", -40, 25), ("spinal canal", -45, 45)],
)  # fmt: skip
def test_one_click_in_3d_recovers_an_organ_of_the_demo_ct(name: str, low: int, high: int) -> None:
    volume, organ = ct(), np.asarray(organ_mask(name))
    slices = np.flatnonzero(organ.any(axis=(1, 2)))
    index = int(slices[len(slices) // 2])
    row, column = (int(at) for at in np.median(np.argwhere(organ[index]), axis=0))
    clicked = volume[index, row, column]
    middle = next(one.hu for one in ORGANS if one.name == name)
    # The noise of the pixel that happens to be clicked shifts the range; a person would correct that.
    limits = {"low": low + middle - clicked, "high": high + middle - clicked}
    ctx = image(volume, index, stack=series(volume, index), reach="3d", fill_holes=True, **limits)
    _, edits = grown(volume, column, row, ctx)
    found = rebuilt(edits, volume)
    dice = 2 * (found & organ).sum() / (found.sum() + organ.sum())
    assert dice >= 0.98
    assert len({edit.object_id for edit in edits}) == 1
    assert len({edit.asset for edit in edits}) == len(edits) == found.any(axis=(1, 2)).sum()


def test_masks_of_a_3d_growth_are_what_scipy_labels() -> None:
    volume, seed = ct(), (20, 300, 200)
    ctx = image(volume, 20, stack=series(volume, 20), reach="3d", low=-25, high=25)
    _, edits = grown(volume, seed[2], seed[1], ctx)
    assert np.array_equal(rebuilt(edits, volume), component(volume, seed, -25, 25))


def test_the_distance_in_3d_is_in_millimeters() -> None:
    volume = np.zeros((9, 41, 41), np.int16)
    stack = series(volume, 4, (2.5, 0.5, 0.5))
    _, edits = grown(volume, 20, 20, image(volume, 4, stack=stack, reach="3d", millimeters=5))
    found = rebuilt(edits, volume)
    assert np.flatnonzero(found[:, 20, 20]).tolist() == [2, 3, 4, 5, 6]
    assert np.flatnonzero(found[4, 20]).tolist() == list(range(10, 31))
    assert found[6].sum() == 1


def test_without_a_known_spacing_the_distance_counts_voxels() -> None:
    volume = np.zeros((9, 9, 9), np.int16)
    slices = tuple(SliceView(100 + at, f"{at}.dcm") for at in range(9))
    ctx = image(volume, 4, stack=StackView(slices, 4), reach="3d", millimeters=2)
    found = rebuilt(grown(volume, 4, 4, ctx)[1], volume)
    assert np.flatnonzero(found[:, 4, 4]).tolist() == [2, 3, 4, 5, 6]


def two_slices() -> Volume:
    volume = np.zeros((2, 6, 6), np.int16)
    volume[:, 2:4, 2:4] = 100
    return volume


def block(x: int, y: int, width: int, height: int) -> Mask:
    return Mask(x=x, y=y, width=width, height=height, runs=[0, width * height])


def test_a_selected_object_grows_on_all_slices_and_keeps_what_it_has() -> None:
    volume = two_slices()
    here = AnnotationView("a", block(0, 0, 1, 1), "organ", object_id="o")
    ctx = image(volume, 0, here, stack=series(volume, 0), selected=["a"], reach="3d")
    _, (changed, created) = grown(volume, 2, 2, ctx)
    assert changed == Update("a", {"shape": encode_rows("x.....", "......", "..xx..", "..xx..")})
    assert created == Create(block(2, 2, 2, 2), "organ", "a", 101, "o")
    there = AnnotationView("b", block(5, 5, 1, 1), "organ", object_id="o")
    ctx = image(volume, 0, here, stack=series(volume, 0, at1=[there]), selected=["a"], reach="3d")
    assert [type(edit) for edit in grown(volume, 2, 2, ctx)[1]] == [Update, Update]


def encode_rows(*rows: str) -> Mask:
    mask = encode(np.array([[letter == "x" for letter in row] for row in rows]))
    assert mask is not None
    return mask


def test_a_part_that_is_locked_stays_as_it_is() -> None:
    volume = two_slices()
    here = AnnotationView("a", block(0, 0, 1, 1), "organ", object_id="o")
    there = AnnotationView("b", block(5, 5, 1, 1), "organ", True, object_id="o")
    ctx = image(volume, 0, here, stack=series(volume, 0, at1=[there]), selected=["a"], reach="3d")
    assert [edit.id for edit in grown(volume, 2, 2, ctx)[1]] == ["a"]


def test_erasing_takes_the_region_from_the_object_on_all_slices() -> None:
    volume = two_slices()
    here = AnnotationView("a", block(1, 2, 3, 2), "organ", object_id="o")
    there = AnnotationView("b", block(2, 2, 2, 2), "organ", object_id="o")
    ctx = image(volume, 0, here, stack=series(volume, 0, at1=[there]), reach="3d", mode="erase")
    assert grown(volume, 2, 2, ctx)[1] == [Update("a", {"shape": block(1, 2, 1, 2)}), Delete("b")]
    ctx = image(volume, 0, here, stack=series(volume, 0, at1=[there]), reach="2d")
    drafts, edits = play(TOOL, click(2.5, 2.5, ctrl=True), ctx, worker(volume))
    assert edits == [Update("a", {"shape": block(1, 2, 1, 2)})]
    assert Preview("a", block(1, 2, 1, 2)) in drafts


def test_dragging_widens_the_range_and_shows_what_comes_of_it() -> None:
    volume = np.arange(0, 400, 10).astype(np.int16).reshape(1, 1, 40)
    ctx = image(volume, low=-10, high=10)
    drafts, (created,) = play(TOOL, drag((20.5, 0.5), (60.5, 0.5)), ctx, worker(volume))
    assert isinstance(created, Create)
    assert created.shape == block(17, 0, 7, 1)
    assert [draft for draft in drafts if isinstance(draft, Mask)][-1] == block(17, 0, 7, 1)
    set_to = [(draft.name, draft.value) for draft in drafts if isinstance(draft, SetValue)]
    assert set_to == [("low", -30), ("high", 30)]


def test_an_image_without_values_or_without_a_stack_says_what_to_do() -> None:
    volume = two_slices()
    photo = Context(6, 6, (), (), "organ", values(TOOL.settings, {}))
    for ctx, word in ((photo, "Region growing"), (image(volume, reach="3d"), "2D")):
        drafts, edits = grown(volume, 2, 2, ctx)
        assert edits == []
        assert any(isinstance(draft, Notice) and word in draft.text for draft in drafts)


# --- in the workspace


async def test_the_range_is_typed_and_stays_within_what_makes_sense() -> None:
    page = await opened(edges_with({"ct": [0.0, 10.0]}))
    await page.press("u")
    session = page.workbench.session

    async def typed(text: str) -> Any:
        low = next(one for one in find_all(page.page, "input") if one.attrs.get("min") == "-2000.0")
        await page.fire(low, "input", value=text)
        return session.settings_of("growth")["low"]

    assert [await typed(text) for text in ("-75", "", "99")] == [-75, -75, 0]


async def at_work(volume: Volume, index: int, **settings: Any) -> Annotator:
    store = await Store.open(MemoryLocalStore(), project_scope("p1"), solo=True)
    annotator = Annotator("anna", "annotator", store)
    annotator.canvas.display_key = "#window"  # a gray image
    annotator.session.open(Asset(ordinal=100 + index, name="", url=f"{index}.dcm"), series(volume, index))
    annotator.session.set_size(volume.shape[2], volume.shape[1])
    annotator.session.choose_tool("growth")
    for name, value in settings.items():
        annotator.session.change_setting("growth", name, value)
    return annotator


def labeled(annotator: Annotator) -> dict[int, Any]:
    assert annotator.session.stack is not None
    found = {
        one.asset: annotator.session.stack.annotations(at)
        for at, one in enumerate(annotator.session.stack.slices)
    }
    return {asset: views for asset, views in found.items() if views}


async def test_a_3d_object_is_one_step_of_undo() -> None:
    volume, organ = ct(), np.asarray(organ_mask("left kidney"))
    index, row, column = (int(at) for at in np.median(np.argwhere(organ), axis=0))
    annotator = await at_work(volume, index, reach="3d", low=-45, high=45)
    press, release = click(column + 0.5, row + 0.5)
    annotator.gestures.handle(press, 1.0)
    (function, answered, _), arguments = annotator.canvas.questions[-1], dict(annotator.canvas.arguments[-1])
    assert annotator.gestures.computing
    assert [one.partition(".")[0] for one in arguments.pop("volume").slices] == [str(at) for at in range(60)]
    annotator.gestures.handle(release, 1.0)
    answered(run(grow_volume(volume, **arguments)))
    assert function == "grow_volume"
    views = labeled(annotator)
    found = np.zeros(volume.shape, bool)
    for asset, (view,) in views.items():
        found[asset - 100] = pixels(view.shape, volume)
    assert np.array_equal(found, component(volume, (index, row, column), -45, 45))
    assert len({view.object_id for (view,) in views.values()}) == 1
    assert annotator.session.selected == (views[100 + index][0].id,)
    assert annotator.session.undo() == set(views)
    assert labeled(annotator) == {}
    annotator.session.redo()
    assert labeled(annotator).keys() == views.keys()


async def test_escape_while_it_grows_leaves_nothing_and_calls_the_worker_off() -> None:
    volume = two_slices()
    annotator = await at_work(volume, 0, reach="3d")
    annotator.gestures.handle(Pointer("press", 2.5, 2.5), 1.0)
    annotator.key("Escape")
    assert annotator.canvas.called_off == annotator.canvas.questions
    arguments = {**annotator.canvas.arguments[-1], "volume": volume}
    annotator.canvas.questions[-1][1](run(grow_volume(**arguments)))
    assert labeled(annotator) == {}
    assert not annotator.gestures.busy
    assert not annotator.session.history.can_undo
