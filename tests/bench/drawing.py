"""What an event and a frame cost on the page's own thread, in the real stage with its two canvases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.bench.chrome import ask, python_page
from tests.bench.figures import Budget, Figure, median_of, percentile_of
from tests.bench.registry import Effort, benchmark

ON_PAGE = Path(__file__).with_name("on_page.py")
BRUSH = Budget("≤", 4)
FRAMES = Budget("≥", 30)


@benchmark("brush", "A brush of radius 50 on an image of 4096 × 4096 pixels")
def brush(effort: Effort) -> list[Figure]:
    with python_page(ON_PAGE) as page:
        found = _asked(page, f"await paint({effort.times(400, 200)})")
    both = [event + frame for event, frame in found["samples"]]
    return [
        percentile_of("brush, event and frame", both, 50, "ms"),
        percentile_of("brush, event and frame", both, 95, "ms", BRUSH),
        percentile_of("brush, event alone", [event for event, _ in found["samples"]], 95, "ms"),
        median_of("brush, release to a saved mask in the view", [found["release"]], "ms"),
    ]


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


def _asked(page: Any, code: str) -> Any:
    return json.loads(ask(page, f"import json\njson.dumps({code})"))
