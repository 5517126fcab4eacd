"""Time that the workspace records, with real gestures and stores and a clock that the test turns."""

from __future__ import annotations

import pytest

from tests.pages.test_stacks import edges_with
from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import a_server
from tests.support.visitor import Visitor, labeling, visit
from webapp.py.domain.model import Fields
from webapp.py.domain.wire import PROTOCOL, SignedIn, project_scope
from webapp.py.workspace.tool import drag


class Person:
    """Somebody at a page whose every input the page hears, as in the browser."""

    def __init__(self, page: Visitor) -> None:
        self.page = page
        self.time = page.workbench.time

    def wait(self, seconds: float) -> None:
        self.page.ports.computer.now += round(seconds * 1000)

    def move(self) -> None:
        self.time.input()

    async def draw(self, *points: tuple[float, float], seconds: float = 0) -> None:
        """Drag through the points; it takes so long."""
        press, *moves, release = drag(*points)
        for event in (press, *moves):
            self.page.canvas.gestures.handle(event, 1.0)
            self.time.input()
        self.wait(seconds)
        self.page.canvas.gestures.handle(release, 1.0)
        self.time.input()
        await self.page.settle()

    def records(self) -> list[Fields]:
        return list(self.page.workbench.store.records("activity").values())

    def spent(self, asset: int) -> tuple[float, float]:
        """Active and idle seconds on an image, and whether all is said in its own name."""
        whole = [one for one in self.records() if one["asset"] == asset and one["annotation"] is None]
        return (sum(one["active_ms"] for one in whole) / 1000, sum(one["idle_ms"] for one in whole) / 1000)

    def spent_on(self, annotation: str) -> float:
        return sum(int(one["active_ms"]) for one in self.records() if one["annotation"] == annotation) / 1000


async def at_work(machine: Machine | None = None) -> Person:
    person = Person(await labeling(FakePorts(machine)))
    person.move()
    return person


async def test_an_image_has_the_time_from_its_opening_to_the_next_one() -> None:
    anna = await at_work()
    anna.wait(10)
    await anna.draw((10, 10), (30, 25), seconds=4)
    anna.wait(60)
    await anna.page.go("#/project/p1/1")
    # Half a minute after the last input is still work.
    assert anna.spent(0) == (44, 30)
    assert anna.spent(1) == (0, 0)


async def test_an_annotation_has_the_time_of_its_gesture_and_while_it_is_selected() -> None:
    anna = await at_work()
    anna.wait(10)
    await anna.draw((10, 10), (30, 25), seconds=4)
    (made,) = anna.page.workbench.session.annotations
    anna.wait(3)
    anna.page.workbench.session.select(())
    anna.wait(5)
    await anna.page.go("#/project/p1/1")
    assert anna.spent_on(made.id) == 7
    assert anna.spent(0) == (22, 0)


async def test_a_mask_that_a_stroke_changes_has_the_time_of_the_stroke() -> None:
    anna = await at_work()
    session = anna.page.workbench.session
    session.choose_tool("brush")
    await anna.draw((20, 20), (40, 20))
    (mask,) = session.annotations
    session.select(())
    session.choose_tool("eraser")
    await anna.draw((20, 20), (25, 20), seconds=6)
    session.select(())
    anna.wait(1)
    anna.time.flush()
    assert anna.spent_on(mask.id) == 6


async def test_an_image_that_was_only_looked_at_leaves_no_record() -> None:
    anna = await at_work()
    anna.wait(10)
    await anna.page.go("#/project/p1/1")
    assert anna.records() == []


async def test_the_look_before_work_began_counts_once_it_has_begun() -> None:
    anna = await at_work()
    anna.wait(10)
    await anna.page.go("#/project/p1/1")
    anna.wait(2)
    await anna.page.go("#/project/p1/0")
    await anna.draw((10, 10), (30, 25), seconds=5)
    await anna.page.go("#/project/p1/1")
    assert anna.spent(0) == (15, 0)


async def test_submitting_records_the_time_at_once() -> None:
    anna = await at_work()
    anna.wait(8)
    await anna.page.press("Enter", ctrl=True)
    assert anna.spent(0) == (8, 0)


async def test_what_was_counted_is_written_every_other_minute_of_work() -> None:
    anna = await at_work()
    await anna.draw((10, 10), (30, 25))
    for _ in range(11):
        anna.wait(10)
        anna.move()
    assert anna.spent(0) == (0, 0)
    anna.wait(10)
    anna.move()
    assert anna.spent(0) == (120, 0)


async def test_hidden_time_is_idle_and_hiding_writes_what_was_counted() -> None:
    anna = await at_work()
    await anna.draw((10, 10), (30, 25))
    anna.wait(5)
    anna.time.show(False)
    assert anna.spent(0) == (5, 0)
    anna.wait(20)
    anna.time.show(True)
    anna.move()
    anna.wait(1)
    anna.time.flush()
    assert anna.spent(0) == (6, 20)


async def test_two_tabs_on_one_image_count_each_moment_once() -> None:
    machine = Machine()
    one, other = await at_work(machine), await at_work(machine)
    one.time.come_back()
    await one.draw((10, 10), (30, 25))
    one.wait(5)
    other.time.come_back()
    other.wait(7)
    one.time.come_back()
    one.wait(3)
    for tab in (one, other):
        tab.time.flush()
        await tab.page.settle()
    for tab in (one, other):
        await tab.page.settle()
        assert tab.spent(0) == (15, 0)


async def test_of_several_viewports_the_active_one_counts() -> None:
    anna = await at_work()
    await anna.page.click("Layout 1 × 2")
    anna.move()
    viewports = anna.page.workbench.viewports.all
    for viewport in viewports:
        anna.page.workbench.layouts.activate(viewport)
        viewport.session.set_status("started")
        anna.move()
        anna.wait(5)
    anna.page.workbench.layouts.activate(viewports[0])
    anna.wait(2)
    anna.time.flush()
    ordinals = [
        viewport.session.asset.ordinal for viewport in viewports if viewport.session.asset is not None
    ]
    assert [anna.spent(ordinal) for ordinal in ordinals] == [(7, 0), (5, 0)]


async def test_what_was_counted_as_the_page_went_is_recorded_when_the_project_is_opened_again() -> None:
    machine = Machine()
    anna = await at_work(machine)
    await anna.draw((10, 10), (30, 25))
    anna.wait(9)
    anna.time.put_down()
    again = await at_work(machine)
    assert again.spent(0) == (9, 0)
    await again.page.go("#/")
    await again.page.go("#/project/p1/0")
    assert again.spent(0) == (9, 0)


@pytest.mark.parametrize("lost", ["annotation", "assignment"])
async def test_time_of_what_a_killed_browser_never_stored_is_not_sent(lost: str) -> None:
    server = a_server()
    anna = Person(await labeling(FakePorts(server=server)))
    machine = anna.page.ports.computer
    anna.move()
    await anna.draw((10, 10), (30, 25), seconds=4)
    anna.wait(9)
    anna.time.put_down()
    # The browser is killed before its last write reaches the disk.
    outbox = machine.disks["anna"].scope(project_scope("p1")).outbox
    for position, text in list(outbox.items()):
        if lost == "assignment" or f'"table":"{lost}"' in text:
            del outbox[position]
    again = Person(await labeling(FakePorts(machine, server)))
    assert again.page.ports.sync is not None
    await again.page.ports.sync.run_once()
    await again.page.settle()
    assert again.page.workbench.store.refused == []
    assert [one["annotation"] for one in again.records()] == ([None] if lost == "annotation" else [])
    assert again.spent(0) == ((13, 0) if lost == "annotation" else (0, 0))


async def test_recorded_time_is_not_undone() -> None:
    anna = await at_work()
    await anna.draw((10, 10), (30, 25), seconds=5)
    anna.time.flush()
    await anna.page.click("Undo")
    assert anna.page.workbench.session.annotations == ()
    assert anna.spent(0) == (5, 0)
    await anna.page.press("z", ctrl=True)
    assert "There is nothing to undo on this image." in anna.page.text


@pytest.mark.parametrize("role", ["annotator", "reviewer", "admin"])
async def test_the_server_accepts_the_time_of_every_role_in_their_own_name(role: str) -> None:
    who = SignedIn(protocol=PROTOCOL, person="anna", name="Anna", role=role)  # type: ignore[arg-type]
    ports = FakePorts(server=a_server(who))
    anna = Person(await labeling(ports))
    anna.move()
    await anna.draw((10, 10), (30, 25), seconds=5)
    await anna.page.go("#/project/p1/1")
    assert ports.sync is not None and ports.sync_server is not None
    await ports.sync.run_once()
    assert anna.page.workbench.store.refused == []
    kept = [
        fields
        for (table, _), fields in ports.sync_server.records[project_scope("p1")].items()
        if table == "activity"
    ]
    assert {fields["person"] for fields in kept} == {"anna"}
    assert sorted(fields["active_ms"] for fields in kept) == [5_000, 5_000]


async def test_in_a_stack_time_on_an_annotation_stands_where_it_lies() -> None:
    ports = edges_with({"ct": [10.0, 20.0, 30.0]})
    anna = Person(await labeling(ports))
    await anna.page.settle()
    anna.move()
    for _ in range(2):
        await anna.page.press("ArrowRight")
    await anna.draw((10, 10), (30, 25), seconds=5)
    anna.time.flush()
    store = anna.page.workbench.store
    (annotation,) = store.records("annotation").values()
    assert annotation["asset"] == 2
    assert anna.spent(0) == (5, 0)
    assert anna.spent_on(annotation["id"]) == 5
    for record in anna.records():
        assert store.get("assignment", record["assignment"])["asset"] == record["asset"]


async def test_a_page_without_a_project_counts_nothing() -> None:
    page = await visit()
    assert page.app.presence is None
    assert not [name for name in page.ports.computer.memory if name.startswith("limner.time")]
