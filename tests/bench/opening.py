"""Opening a project that has much in it, from the browser's own database."""

from __future__ import annotations

from tests.bench.chrome import ask, python_page
from tests.bench.figures import Figure, median_of
from tests.bench.registry import Effort, benchmark

FILL = """
import time
from webapp.py.browser.indexeddb import IndexedDbStore
from webapp.py.domain.ids import assignment_id, new_id
from webapp.py.domain.ops import create
from webapp.py.store.store import Store

def box(number):
    asset = number // 10
    return create("annotation", {
        "id": new_id(), "project": "p", "asset": asset, "assignment": assignment_id("p", asset, "a"),
        "author": "a", "class_id": "cell", "object_id": new_id(), "order": number % 10,
        "shape": {"kind": "box", "x": 10.5 + number, "y": 20.25, "width": 120.0, "height": 80.5},
    })

async def fill(count):
    local = await IndexedDbStore.open("bench")
    store = await Store.open(local, "project/p", solo=True)
    for start in range(0, count, 1000):
        store.edit([box(number) for number in range(start, min(start + 1000, count))])
        await store.flushed()
    local.close()

async def open_once(count):
    began = time.perf_counter()
    local = await IndexedDbStore.open("bench")
    store = await Store.open(local, "project/p", solo=True)
    ten = store.of_asset("annotation", 5)
    took = (time.perf_counter() - began) * 1000
    if len(ten) != 10 or len(store.records("annotation")) != count:
        raise RuntimeError("the project came back incomplete")
    local.close()
    return took
None
"""
ANNOTATIONS = 10_000


@benchmark("opening", "Opening a project with 10,000 annotations from this machine")
def opening(effort: Effort) -> list[Figure]:
    with python_page() as page:
        ask(page, FILL)
        ask(page, f"await fill({ANNOTATIONS})")
        samples = [ask(page, f"await open_once({ANNOTATIONS})") for _ in range(effort.times(7, 3))]
    return [median_of("project with 10,000 annotations opened", samples, "ms")]
