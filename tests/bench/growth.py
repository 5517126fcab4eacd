"""Growing through a CT of 512 x 512 x 60 in the compute worker, beside the same in native numpy and scipy."""

from __future__ import annotations

import json
import time
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from datasets_server.demo.phantom import hu_volume
from tests.bench.chrome import ask, python_page
from tests.bench.figures import Budget, Figure, median_of
from tests.bench.registry import Effort, benchmark
from webapp.py.compute.threshold_growing import grow_volume

RATIO = Budget("≤", 2)
GROWTHS = {"muscle": ((29, 273, 287), -40, 40), "left lung": ((45, 246, 348), -100, 100)}
"""A region of 4.9 million voxels, and one of 0.3 million: where each begins, and its range in HU.

The budget is about the first. The second takes so little that a call's own price shows in it.
"""

LOAD = """
import js, json, time, zlib
import numpy as np
from webapp.py.geometry.image_parts import VolumePart
answer = await js.fetch("volume.bin")
volume = np.frombuffer((await answer.arrayBuffer()).to_bytes(), np.int16).reshape(shape)
names = tuple(f"{at}.dcm" for at in range(len(volume)))
for name, values in zip(names, volume):
    await boot.compute.call("keep_slice", {"address": name, "values": values})
None
"""
CALL = """
began = time.perf_counter()
grown = await boot.compute.call(
    "grow_volume", {"volume": VolumePart(names), "seed": seed, "low": low, "high": high, "fill_holes": True}
)
took = (time.perf_counter() - began) * 1000
runs = b"".join(mask["runs"].astype("<u4").tobytes() for mask in grown["masks"])
json.dumps([took, grown["first"], len(grown["masks"]), zlib.crc32(runs)])
"""


@benchmark("growth", "Growth through 60 slices in the worker, and native")
def growth(effort: Effort) -> list[Figure]:
    volume = np.ascontiguousarray(hu_volume())
    figures: list[Figure] = []
    with python_page(files={"volume.bin": volume.tobytes()}) as page:
        ask(page, LOAD, shape=list(volume.shape))
        for name, (seed, low, high) in GROWTHS.items():
            here, there, plain = [], [], []
            question = {"seed": list(seed), "low": low, "high": high}
            ask(page, CALL, **question)
            for _ in range(effort.times(7, 2)):
                took, expected = _native(volume, seed, low, high)
                here.append(took)
                plain.append(_labeled(volume, seed, low, high))
                found = json.loads(ask(page, CALL, **question))
                there.append(found[0])
                if found[1:] != expected:
                    raise RuntimeError("the worker and native numpy grew different regions")
            ratios = [one / other for one, other in zip(there, here, strict=True)]
            figures += [
                median_of(
                    f"3D growth of {name}, worker ÷ native", ratios, "×", RATIO if not figures else None
                ),
                median_of(f"3D growth of {name} in the worker", there, "ms"),
                median_of(f"3D growth of {name}, native", here, "ms"),
                median_of(f"3D growth of {name}, scipy.ndimage.label alone", plain, "ms"),
            ]
    return figures


def _native(
    volume: NDArray[Any], seed: tuple[int, ...], low: float, high: float
) -> tuple[float, list[float]]:
    began = time.perf_counter()
    steps = grow_volume(volume, seed, low, high, fill_holes=True)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            grown = stop.value
            break
    took = (time.perf_counter() - began) * 1000
    runs = b"".join(mask["runs"].astype("<u4").tobytes() for mask in grown["masks"])
    return took, [grown["first"], len(grown["masks"]), crc32(runs)]


def _labeled(volume: NDArray[Any], seed: tuple[int, ...], low: float, high: float) -> float:
    """How long the plainest way takes: label everything in the range, and take the seed's component."""
    began = time.perf_counter()
    allowed = (volume >= volume[seed] + low) & (volume <= volume[seed] + high)
    labels, _ = ndimage.label(allowed)
    found = labels == labels[seed]
    assert found[seed]
    return (time.perf_counter() - began) * 1000
