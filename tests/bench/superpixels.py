"""Superpixels of a photo in the compute worker, beside the same function of native scikit-image."""

from __future__ import annotations

import json
import time

import numpy as np
import skimage.data

from tests.bench.chrome import ask, python_page
from tests.bench.figures import Budget, Figure, median_of
from tests.bench.registry import Effort, benchmark
from webapp.py.compute.superpixels import superpixels as native

RATIO = Budget("≤", 2.5)
LONGEST_TASK = Budget("≤", 50)

PREPARE = """
import js, json, time
import numpy as np
from pyodide.code import run_js
tasks = run_js('''(() => {
    const found = [];
    const watch = new PerformanceObserver((list) => list.getEntries().forEach((e) => found.push(e.duration)));
    watch.observe({ type: "longtask" });
    let last = performance.now(), pause = 0;
    const tick = () => { const now = performance.now(); pause = Math.max(pause, now - last); last = now; };
    setInterval(tick, 4);
    return {
        reset() { found.length = 0; pause = 0; last = performance.now(); },
        longest() { return Math.max(0, ...found); },
        pause() { return pause; },
    };
})()''')
began = time.perf_counter()
await boot.compute.call("superpixels", {"image": np.zeros((64, 64, 3), np.uint8), "size": 8.0})
(time.perf_counter() - began) * 1000
"""
PHOTO = """
import base64, js, io
photo = np.frombuffer(base64.b64decode(packed), np.uint8).reshape(512, 512, 3)
photo = np.vstack([np.hstack([photo, photo[:, ::-1]]), np.hstack([photo[::-1], photo[::-1, ::-1]])])
photo = np.ascontiguousarray(photo)
None
"""
CALL = """
tasks.reset()
began = time.perf_counter()
labels = await boot.compute.call("superpixels", {"image": photo, "size": 24.0})
took = (time.perf_counter() - began) * 1000
json.dumps([took, tasks.longest(), tasks.pause(), int(labels.max()), int(labels.sum())])
"""


def _photo() -> np.ndarray:
    """A photo of one megapixel: one of 512 × 512 that scikit-image brings, mirrored to both sides."""
    one = skimage.data.astronaut()
    two = np.hstack([one, one[:, ::-1]])
    return np.ascontiguousarray(np.vstack([two, two[::-1]]))


@benchmark("superpixels", "Superpixels of one megapixel in the worker, and native")
def superpixels(effort: Effort) -> list[Figure]:
    import base64

    photo = _photo()
    native(photo[:64, :64])
    here: list[float] = []
    there: list[list[float]] = []
    with python_page() as page:
        first = ask(page, PREPARE)
        ask(page, PHOTO, packed=base64.b64encode(skimage.data.astronaut().tobytes()).decode())
        for _ in range(effort.times(5, 2)):
            began = time.perf_counter()
            labels = native(photo, size=24.0)
            here.append((time.perf_counter() - began) * 1000)
            there.append(json.loads(ask(page, CALL)))
    same = all(run[3:] == [int(labels.max()), int(labels.sum())] for run in there)
    if not same:
        raise RuntimeError("the worker and native scikit-image cut the photo differently")
    took = [run[0] for run in there]
    ratios = [one / other for one, other in zip(took, here, strict=True)]
    return [
        median_of("superpixels, worker ÷ native", ratios, "×", RATIO),
        median_of("superpixels in the worker", took, "ms"),
        median_of("superpixels, native", here, "ms"),
        Figure("page meanwhile, longest task", max(run[1] for run in there), "ms", LONGEST_TASK, len(there)),
        Figure("page meanwhile, longest pause", max(run[2] for run in there), "ms", None, len(there)),
        Figure("first answer of the worker, its start included", first, "ms"),
    ]
