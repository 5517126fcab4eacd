"""The side panels and the strip of settings: open, closed, resized, as drawers, and what a reload keeps."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import DEMO_ASSETS, DEMO_RECORDS
from tests.support.questionnaire_page import ports
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.model import Fields
from webapp.py.pages.ports.server import Demo
from webapp.py.pages.projects.page import MOST_CHIPS
from webapp.py.pages.workbench.panels import LEAST, MOST, NARROW, WIDE
from webapp.py.ui.tree import Node, find, find_all, text_of


def sides(page: Visitor) -> set[str]:
    """The panels on the page."""
    return {str(node.attrs["aria-label"]) for node in find_all(page.page, "aside", class_="panel")}


def width(page: Visitor) -> str:
    return str(find(page.page, "main", class_="workspace").attrs["style"])


def splitter(page: Visitor, name: str) -> Node:
    return find(page.page, role="separator", aria_label=f"Width of the {name} panel")


async def test_panels_are_closed_and_opened_by_keys_and_buttons_and_a_reload_keeps_that() -> None:
    machine = Machine()
    page = await labeling(FakePorts(machine))
    assert sides(page) == {"Images", "Labels"}
    await page.press("b", ctrl=True)
    assert sides(page) == {"Labels"}
    await page.click("Hide labels")
    assert sides(page) == set()
    again = await labeling(FakePorts(machine))
    assert sides(again) == set()
    await again.click("Show images")
    await again.press("b", ctrl=True, alt=True)
    assert sides(again) == {"Images", "Labels"}


async def test_a_splitter_resizes_by_keys_within_bounds_and_a_reload_keeps_that() -> None:
    machine = Machine()
    page = await labeling(FakePorts(machine))
    assert width(page) == "--left:248px;--right:284px"
    await page.fire(splitter(page, "images"), "keydown", key="ArrowRight")
    await page.fire(splitter(page, "labels"), "keydown", key="ArrowRight")
    assert width(page) == "--left:264px;--right:268px"
    assert width(await labeling(FakePorts(machine))) == "--left:264px;--right:268px"
    await page.fire(splitter(page, "images"), "keydown", key="End")
    await page.fire(splitter(page, "labels"), "keydown", key="Home")
    assert width(page) == f"--left:{MOST:g}px;--right:{LEAST:g}px"
    await page.fire(splitter(page, "images"), "dblclick")
    await page.fire(splitter(page, "labels"), "keydown", key="Enter")
    assert sides(page) == {"Images"} and width(page).startswith("--left:248px;")
    # Shortcuts stay those of the page, such as the one that submits.
    assert not (await page.fire(splitter(page, "images"), "keydown", key="Enter", ctrl=True)).stopped
    assert sides(page) == {"Images"}


async def test_a_panel_that_is_dragged_very_small_closes() -> None:
    page = await labeling()
    style = SimpleNamespace(setProperty=lambda name, value: None)
    edge = SimpleNamespace(closest=lambda _: SimpleNamespace(style=style), setPointerCapture=lambda _: None)
    for kind, x in (("pointerdown", 248), ("pointermove", 100), ("pointerup", 40)):
        raw = SimpleNamespace(button=0, pointerId=1, clientX=x, currentTarget=edge)
        await page.fire(splitter(page, "images"), kind, raw=raw)
    assert sides(page) == {"Labels"}


async def test_a_damaged_memory_of_panels_is_ignored() -> None:
    machine = Machine()
    machine.memory["limner.panels"] = '{"closed": 3'
    machine.memory["limner.choices.p1"] = "[]"
    assert sides(await labeling(FakePorts(machine))) == {"Images", "Labels"}


async def test_in_a_narrow_window_panels_are_drawers_one_at_a_time() -> None:
    page = await labeling()
    page.ports.match(NARROW, True)
    await page.settle()
    assert sides(page) == set()
    await page.click("Show labels")
    assert sides(page) == {"Labels"}
    await page.click("Show images")
    assert sides(page) == {"Images"}
    await page.press("ArrowRight")
    assert sides(page) == set(), "an image that was chosen can be seen"
    await page.click("Show labels")
    await page.press("Escape")
    assert sides(page) == set()
    page.ports.match(NARROW, False)
    await page.settle()
    assert sides(page) == {"Images", "Labels"}


async def test_in_a_narrow_window_everything_of_the_top_bar_is_in_a_menu() -> None:
    page = await labeling()
    bar = {node.attrs.get("aria-label") for node in find_all(find(page.page, class_="top"), "button")}
    page.ports.match(NARROW, True)
    await page.settle()
    narrow = {node.attrs.get("aria-label") for node in find_all(find(page.page, class_="top"), "button")}
    assert bar <= narrow
    assert len(find_all(find(page.page, id="more-menu"), "button")) == 7


async def test_wide_windows_have_wider_panels_unless_somebody_chose_a_width() -> None:
    page = await labeling()
    await page.fire(splitter(page, "labels"), "keydown", key="ArrowLeft")
    page.ports.match(WIDE, True)
    await page.settle()
    assert width(page) == "--left:300px;--right:300px"


@pytest.mark.parametrize(("key", "label"), [("/", "Filter images by name or folder"), ("g", "Go to image")])
async def test_a_key_for_a_field_of_a_closed_panel_opens_it_and_goes_there(key: str, label: str) -> None:
    page = await labeling()
    await page.press("b", ctrl=True)
    await page.press(key, ctrl=key == "g")
    assert sides(page) == {"Images", "Labels"}
    assert page.focused.attributes["aria-label"] == label


async def test_a_missing_answer_and_the_key_for_questions_open_the_labels() -> None:
    page = await labeling(ports())
    await page.press("b", ctrl=True, alt=True)
    await page.press("Enter", ctrl=True)
    assert "Labels" in sides(page)
    assert page.focused.tag == "select"
    await page.press("b", ctrl=True, alt=True)
    await page.press("q")
    assert "Labels" in sides(page)


# --- the strip


async def test_settings_that_do_not_fit_are_behind_a_button() -> None:
    page = await labeling()
    await page.press("s")
    assert find_all(page.page, "button", aria_label="More settings") == []
    page.workbench.strip._resized(45)
    page.screen.frame()
    assert find_all(page.page, "button", aria_label="More settings") == []
    page.workbench.strip._resized(90)
    page.screen.frame()
    await page.click("More settings")
    assert "open" in find(page.page, class_="strip").attrs["class"]
    await page.click("Fewer settings")
    assert "open" not in find(page.page, class_="strip").attrs["class"]


# --- class and tool after a reload


async def test_a_reload_keeps_class_and_tool() -> None:
    machine = Machine()
    page = await labeling(FakePorts(machine))
    await page.press("2")
    await page.press("f")
    session = (await labeling(FakePorts(machine))).workbench.session
    assert (session.class_id, session.tool_id) == ("sky", "freehand")


async def test_a_class_that_is_gone_since_is_not_chosen_after_a_reload() -> None:
    machine = Machine()
    page = await labeling(FakePorts(machine))
    await page.press("2")
    assert page.app.setup
    cat = DEMO_RECORDS["instruction"]["classes"][0]
    gone = FakePorts(Machine())
    gone.computer.memory |= machine.memory
    gone.demo_project = Demo(
        {**DEMO_RECORDS, "instruction": {**DEMO_RECORDS["instruction"], "classes": [cat]}}, list(DEMO_ASSETS)
    )
    assert (await labeling(gone)).workbench.session.class_id == "cat"


# --- many classes


def with_classes(count: int) -> FakePorts:
    made = FakePorts()
    classes: list[Fields] = [
        {"id": f"c{n}", "name": f"Kind {n:02}", "color": "#ff8000", "tool": "box"} for n in range(count)
    ]
    instruction = {**DEMO_RECORDS["instruction"], "classes": classes}
    made.demo_project = Demo({**DEMO_RECORDS, "instruction": instruction}, list(DEMO_ASSETS))
    return made


def listed(page: Visitor) -> list[str]:
    return [text_of(find(node, class_="name")) for node in find_all(page.page, "button", class_="class")]


async def test_many_classes_are_found_by_name_and_enter_chooses_the_first() -> None:
    page = await labeling(with_classes(40))
    assert len(listed(page)) == 40
    field = find(page.page, "input", aria_label="Find a class")
    await page.fire(field, "input", value="kind 3")
    assert listed(page) == [f"Kind {n}" for n in range(30, 40)]
    await page.fire(field, "keydown", key="Enter")
    assert page.workbench.session.class_id == "c30"
    assert text_of(page.ports.revealed).startswith("Kind 30")
    assert len(listed(page)) == 40
    await page.fire(field, "input", value="nothing")
    assert "No class has this in its name." in page.text
    await page.fire(field, "keydown", key="Escape")
    assert len(listed(page)) == 40


async def test_few_classes_have_no_field_to_find_them() -> None:
    page = await labeling(with_classes(11))
    assert find_all(page.page, "input", aria_label="Find a class") == []


@pytest.mark.parametrize(
    ("count", "chips", "more"), [(1, 1, ""), (MOST_CHIPS, MOST_CHIPS, ""), (40, MOST_CHIPS, "+34")]
)
async def test_a_card_shows_some_classes_and_how_many_more_there_are(
    count: int, chips: int, more: str
) -> None:
    page = await labeling(with_classes(count))
    await page.go("#/")
    found = [text_of(node) for node in find_all(page.page, class_="chip")]
    assert len(found) == chips
    assert (found[-1] == more) if more else found[-1].startswith("Kind")


# --- tools


async def test_tools_stand_in_groups_and_those_the_image_cannot_use_are_left_out() -> None:
    page = await labeling()
    rail = find(page.page, "nav", class_="rail")
    groups = {
        str(group.attrs["aria-label"]): [str(one.attrs["aria-label"]) for one in find_all(group, "button")]
        for group in find_all(rail, role="group")
    }
    assert list(groups) == ["Select", "Draw", "Paint", "Fill by image content", "View", "Measure"]
    assert groups["Paint"] == ["Brush", "Eraser"]
    assert groups["Measure"] == ["Probe", "Length", "Angle"]
    names = {name for names in groups.values() for name in names}
    assert not names & {"HU growth", "Crosshair"}
    await page.press("u")
    assert page.toast == "This tool needs a DICOM image with gray values."
    assert page.workbench.session.tool_id == "box"


# --- the guide


async def test_the_labeling_guide_is_shown_in_paragraphs_and_follows_its_record() -> None:
    made = FakePorts()
    instruction = {**DEMO_RECORDS["instruction"], "guide": "Mark cats.\n\n# Not <b>dogs</b>.\nNever."}
    made.demo_project = Demo({**DEMO_RECORDS, "instruction": instruction}, list(DEMO_ASSETS))
    page = await labeling(made)
    await page.click("Labeling guide")
    assert page.dialog == "Labeling guide"

    def said() -> list[str]:
        return [text_of(node) for node in find_all(find(page.page, class_="guide-text"), "p")]

    assert said() == ["Mark cats.", "# Not <b>dogs</b>.\nNever."]
    await page.press("Escape")


async def test_without_a_guide_there_is_no_button_for_it() -> None:
    page = await labeling()
    assert find_all(page.page, "button", aria_label="Labeling guide") == []
    await page.press("g", alt=True)
    assert page.dialog == ""
