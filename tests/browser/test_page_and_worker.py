"""Trees on a real page, and calculations in the real worker."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from skimage import data
from skimage.segmentation import slic

from tests.browser.pages import Console, run_python, wait_for_boot, wait_for_state, wait_until_python
from tests.browser.sites import Server

SHOW = """
import asyncio, json, js
from webapp.py.browser.dom import Root
from webapp.py.ui.tree import h
problems = []
renders = []
rows = list("abcd")
state = {"text": "", "width": "400", "clicks": 0, "hidden": 0, "extra": False}
def click(event): state["clicks"] += 1; root.schedule()
def typed(event): state["text"] = event.value; root.schedule()
def widen(event): state["width"] = str(min(int(event.value), 500)); root.schedule()
def hide(event): state["hidden"] += 1; root.schedule()
async def late(event):
    await asyncio.sleep(0)
    raise ValueError("too late")
def wrong(event): raise ValueError("went wrong")
def view():
    renders.append(1)
    return h("div", {"on_hide": hide},
        h("button", {"on_click": click}, f"Clicked {state['clicks']} times"),
        h("button", {"on_click": wrong}, "Wrong"),
        h("button", {"on_click": late}, "Late"),
        h("p", {"id": "hidden"}, f"Hidden {state['hidden']} times"),
        h("ul", None, [h("li", {"key": row}, h("input", {"aria-label": row})) for row in rows]),
        h("input", {"aria-label": "text", "prop:value": state["text"].upper(), "on_input": typed}),
        h("input", {"aria-label": "width", "prop:value": state["width"], "on_change": widen}),
        state["extra"] and h("p", {"on_click": click, "id": "extra"}, "extra"),
        h("svg", {"viewBox": "0 0 9 9"}, h("path", {"d": "M0 0h9v9z"})),
    )
root = Root(js.document.getElementById("app"), view, problems.append)
root.render()
1
"""


@pytest.fixture(scope="module")
def page(harness: Page) -> Page:
    return harness


@pytest.fixture
def shown(page: Page) -> Iterator[Page]:
    run_python(page, SHOW)
    yield page
    run_python(page, "root.close()\n1")


def test_a_click_is_heard_and_the_page_follows(shown: Page) -> None:
    button = shown.get_by_role("button", name="Clicked")
    button.click()
    button.click()
    expect(button).to_have_text("Clicked 2 times")
    assert run_python(shown, "len(problems)") == 0


def test_the_caret_stays_where_a_person_types(shown: Page) -> None:
    field = shown.get_by_label("text")
    field.press_sequentially("ad")
    expect(field).to_have_value("AD")
    field.press("ArrowLeft")
    field.press_sequentially("b")
    expect(field).to_have_value("ABD")
    field.press_sequentially("c")
    expect(field).to_have_value("ABCD")


def test_a_number_that_is_being_typed_stays_until_it_is_entered(shown: Page) -> None:
    field = shown.get_by_label("width")
    field.press("Control+a")
    field.press_sequentially("30")
    run_python(shown, "root.render()\n1")
    field.press_sequentially("9")
    expect(field).to_have_value("309")
    field.press("Tab")
    assert run_python(shown, "state['width']") == "309"
    field.fill("9999")
    field.press("Enter")
    expect(field).to_have_value("500")


def test_a_row_that_moves_keeps_focus_and_what_was_typed(shown: Page) -> None:
    field = shown.get_by_label("c", exact=True)
    field.press_sequentially("hello")
    field.press("ArrowLeft")
    run_python(shown, "rows[:] = list('dcxba')\nroot.render()\n1")
    assert (
        shown.locator("li input").evaluate_all("fields => fields.map((f) => f.ariaLabel).join('')") == "dcxba"
    )
    expect(field).to_be_focused()
    field.press_sequentially("!")
    expect(field).to_have_value("hell!o")


def test_events_of_any_name_are_heard_from_further_in(shown: Page) -> None:
    shown.get_by_label("text").evaluate(
        "field => field.dispatchEvent(new CustomEvent('hide', {bubbles: true}))"
    )
    expect(shown.locator("#hidden")).to_have_text("Hidden 1 times")


def test_many_changes_in_one_frame_are_one_render(shown: Page) -> None:
    count = "before = len(renders)\nfor _ in range(50): root.schedule()\n"
    count += "frame = lambda done, failed: js.requestAnimationFrame(done)\n"
    count += "await js.Promise.new(frame)\nawait js.Promise.new(frame)\n"
    assert run_python(shown, count + "len(renders) - before") == 1


def test_what_a_handler_raises_is_told_and_the_page_stays(shown: Page) -> None:
    shown.get_by_role("button", name="Wrong").click()
    shown.get_by_role("button", name="Late").click()
    wait_until_python(shown, "len(problems) == 2")
    assert run_python(shown, "'; '.join(map(str, problems))") == "went wrong; too late"
    expect(shown.get_by_role("button", name="Clicked")).to_be_visible()


def test_elements_that_went_leave_nothing_behind(shown: Page) -> None:
    flip = "state['extra'] = not state['extra']\nroot.render()\nlen(root._document._tables)"
    first = [run_python(shown, flip) for _ in range(2)]
    for _ in range(20):
        assert [run_python(shown, flip) for _ in range(2)] == first


def test_drawings_are_drawn(shown: Page) -> None:
    assert shown.locator("path").evaluate("path => path.getBBox().width") == 9


SUPERPIXELS = """
import base64, numpy
from webapp.py.compute.protocol import ComputeProblem
image = numpy.frombuffer(base64.b64decode(photo), numpy.uint8).reshape(shape)
labels = await boot.compute.call("superpixels", {"image": image, "size": 20})
base64.b64encode(labels.astype("<i4").tobytes()).decode()
"""


def test_superpixels_in_the_worker_are_those_of_native_scikit_image(page: Page) -> None:
    photo = data.coffee()[:300, :400]  # type: ignore[no-untyped-call]
    given = base64.b64encode(photo.tobytes()).decode()
    answer = run_python(page, SUPERPIXELS, photo=given, shape=photo.shape)
    labels = np.frombuffer(base64.b64decode(answer), "<i4").reshape(photo.shape[:2])
    native = slic(photo, n_segments=round(300 * 400 / 20**2), compactness=10, sigma=0, start_label=1)
    assert labels.max() > 200
    assert np.array_equal(labels, native)


def test_a_calculation_that_cannot_be_done_says_why(page: Page) -> None:
    ask = """
from webapp.py.compute.protocol import ComputeProblem
import numpy
said = []
wrong = {"image": numpy.zeros((2, 2))}
for name, arguments in (("superpixels", wrong), ("nothing", {}), ("superpixels", {})):
    try:
        await boot.compute.call(name, arguments)
    except ComputeProblem as problem:
        said.append(str(problem))
json.dumps(said)
"""
    first, second, third = json.loads(run_python(page, "import json\n" + ask))
    assert "8 bits" in first
    assert "no calculation named “nothing”" in second
    assert "“superpixels” failed" in third


def test_a_cancelled_calculation_does_not_hold_up_the_next(page: Page) -> None:
    ask = """
import asyncio, numpy
image = numpy.zeros((600, 600, 3), numpy.uint8)
calls = [asyncio.ensure_future(boot.compute.call("superpixels", {"image": image})) for _ in range(30)]
await asyncio.sleep(0)
for call in calls: call.cancel()
labels = await boot.compute.call("superpixels", {"image": image[:4, :4], "size": 2})
json.dumps([len(boot.compute._calls), all(call.cancelled() for call in calls), list(labels.shape)])
"""
    assert json.loads(run_python(page, "import json\n" + ask)) == [0, True, [4, 4]]


def test_the_worker_starts_beside_the_page_from_the_snapshot(page: Page, harness_site: Server) -> None:
    console = Console(page)
    page.goto(f"{harness_site.url}?worker")
    wait_for_boot(page)
    wait_for_state(page, "compute", "ready")
    assert console.problems() == []
