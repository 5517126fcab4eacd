"""What an event and a frame cost on the page's own thread, in the real stage with its two canvases."""

from __future__ import annotations

import io
import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import skimage.data
from PIL import Image
from playwright.sync_api import Page

from tests.bench.chrome import ask, python_page, traced
from tests.bench.figures import Budget, Figure, median_of, percentile_of
from tests.bench.registry import Effort, benchmark
from tests.browser.pages import WITHOUT_WEBGL2, wait_for_state

ON_PAGE = Path(__file__).with_name("on_page.py")
BRUSH = Budget("≤", 4)
FRAMES = Budget("≥", 30)
VERTEX = Budget("≤", 16)
NEXT = Budget("≤", 100)
LARGE = (12_000, 9_000)


@benchmark("brush", "A brush of radius 50 on an image of 4096 × 4096 pixels")
def brush(effort: Effort) -> list[Figure]:
    events = effort.times(400, 200)
    with python_page(ON_PAGE) as page:
        wait_for_state(page, "compute", "ready")
        _asked(page, "await take_brush()")
        # During the first stroke V8 still makes machine code on the other core; the second runs beside it.
        _stroke(page, _spiral(events, math.pi))
        with traced(page) as tasks:
            _stroke(page, _spiral(events, 0))
        if _asked(page, "await painted()")["masks"] != 1:
            raise RuntimeError("the strokes made no mask")
    pairs = [pair for pair in pairwise(tasks) if [task.name for task in pair] == ["pointermove", "frame"]]
    took = [event.took + frame.took for event, frame in pairs]
    return [
        percentile_of("brush, event and frame", took, 50, "ms"),
        percentile_of("brush, event and frame", took, 95, "ms", BRUSH),
        percentile_of("brush, event alone", [event.took for event, _ in pairs], 95, "ms"),
        percentile_of("brush, processor time of both", [one.busy + two.busy for one, two in pairs], 95, "ms"),
        median_of("brush, release", [task.took for task in tasks if task.name == "pointerup"], "ms"),
    ]


def _spiral(events: int, phase: float) -> list[tuple[float, float]]:
    """Places of a spiral whose turns lie so far apart that another one runs between them."""
    turns = [number / events for number in range(events + 1)]
    angles = [(330 * turn, 30 * turn + phase) for turn in turns]
    return [(640 + far * math.cos(angle), 400 + far * math.sin(angle)) for far, angle in angles]


def _stroke(page: Page, places: list[tuple[float, float]]) -> None:
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places:
        page.mouse.move(*place)
    page.mouse.up()


@benchmark("camera", "Pan and zoom over 3,000 polygons of 40 points")
def camera(effort: Effort) -> list[Figure]:
    with python_page(ON_PAGE) as page:
        found = _asked(page, f"await move_camera({effort.times(120, 40)})")
    figures = []
    for kind in ("pan", "zoom"):
        cost = [event + frame for event, frame, _ in found[kind]]
        total = sum(interval for _, _, interval in found[kind])
        figures += [
            Figure(f"{kind}, frames a second", 1000 * len(cost) / total, "1/s", FRAMES, len(cost)),
            percentile_of(f"{kind}, Python in a frame", cost, 50, "ms"),
            percentile_of(f"{kind}, Python in a frame", cost, 95, "ms"),
        ]
    return figures


@benchmark("window", "Dragging the window of 4096 × 4096 values of 16 bits")
def window(effort: Effort) -> list[Figure]:
    with python_page(ON_PAGE) as page:
        found = _asked(page, f"await drag_window({effort.times(120, 40)})")
    figures = [Figure("16-bit image opened", found["open"], "ms")]
    for name, title in (("fit", "whole"), ("actual", "at its own size")):
        cost = [event + frame for event, frame, _ in found[name]]
        total = sum(interval for _, _, interval in found[name])
        figures += [
            Figure(f"window, {title}, frames a second", 1000 * len(cost) / total, "1/s", FRAMES, len(cost)),
            percentile_of(f"window, {title}, Python in a frame", cost, 95, "ms"),
        ]
    return figures


@benchmark("plain-canvas", "Panning and dragging the window with WebGL2 and without it")
def plain_canvas(effort: Effort) -> list[Figure]:
    figures = []
    for side in (512, 4096):
        for how, before in (("with WebGL2", ""), ("without", WITHOUT_WEBGL2)):
            with python_page(ON_PAGE, before=before) as page:
                found = _asked(page, f"await drag_window({effort.times(120, 40)}, {side})")
            for part, title in (("fit", "window, whole"), ("actual", "window, own size"), ("pan", "panned")):
                rate = 1000 * len(found[part]) / sum(interval for _, _, interval in found[part])
                name = f"{side} × {side}, {title}, {how}, frames a second"
                figures.append(Figure(name, rate, "1/s", repeats=len(found[part])))
    return figures


@benchmark("vertex", "Selecting one of 3,000 polygons and dragging a vertex of it")
def vertex(effort: Effort) -> list[Figure]:
    with python_page(ON_PAGE) as page:
        found = _asked(page, f"await drag_vertices({effort.times(12, 4)})")
    names = {
        "select": "click that selects",
        "press": "press on a vertex",
        "move": "vertex dragged",
        "release": "release to a changed polygon",
    }
    return [
        percentile_of(f"{name}, event and frame", found[part], 95, "ms", VERTEX)
        for part, name in names.items()
    ]


@benchmark("next", "The next image, fetched ahead, 12 megapixels")
def next_image(effort: Effort) -> list[Figure]:
    files = {f"{name}.jpg": _photo(4000, 3000, shade) for name, shade in (("first", 0), ("second", 40))}
    took = []
    for _ in range(effort.times(5, 2)):
        with python_page(ON_PAGE, files=files) as page:
            took.append(_asked(page, "await next_image('first.jpg', 'second.jpg')")["took"])
    return [median_of("next image on the screen", took, "ms", NEXT)]


@benchmark("large", "A JPEG of 12,000 × 9,000 pixels")
def large(effort: Effort) -> list[Figure]:
    with python_page(ON_PAGE, files={"large.jpg": _photo(*LARGE, 0)}) as page:
        found = _asked(page, f"await open_large('large.jpg', {effort.times(120, 40)})")
    if tuple(found["size"]) != LARGE:
        raise RuntimeError(f"the image came with {found['size']} pixels")
    figures = [Figure("large image opened", found["open"], "ms")]
    for name, title in (("fit", "whole"), ("actual", "at its own size")):
        total = sum(interval for _, _, interval in found[name])
        rate = 1000 * len(found[name]) / total
        figures.append(
            Figure(f"large image {title}, panned, frames a second", rate, "1/s", FRAMES, len(found[name]))
        )
    painted = [event + frame for event, frame, _ in found["brush"]]
    return [
        *figures,
        percentile_of("large image, brush, event and frame", painted, 95, "ms"),
        median_of("large image, release to a saved mask in the view", [found["release"]], "ms"),
    ]


def _photo(width: int, height: int, shade: int) -> bytes:
    """A photo of this size: one that scikit-image brings, side by side with itself."""
    one = skimage.data.astronaut()
    rows, columns = -(-height // one.shape[0]), -(-width // one.shape[1])
    tiled = np.tile(np.maximum(one, shade), (rows, columns, 1))[:height, :width]
    made = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(tiled)).save(made, "JPEG", quality=88)
    return made.getvalue()


def _asked(page: Any, code: str) -> Any:
    return json.loads(ask(page, f"import json\njson.dumps({code})"))
