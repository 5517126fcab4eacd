"""Recorded time in a real browser, as the server has it in the end."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.servers import World
from tests.browser.workspace import Workspace


class Recorded:
    """The time records of a project that the server has."""

    def __init__(self, page: Page, world: World, project: str) -> None:
        self._page, self._address = page, f"{world.sync.url}api/records/activity?project={project}"
        self._began = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Milliseconds for which anything can have been counted: since before the image was opened."""
        return (time.monotonic() - self._began) * 1000

    def all(self) -> list[dict[str, Any]]:
        answer = self._page.request.get(self._address)
        assert answer.ok, answer.text()
        return [one["fields"] for one in answer.json()["records"]]

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """Have the page sync until the server has at least so many records."""
        deadline = time.monotonic() + 60
        while len(found := self.all()) < count:
            assert time.monotonic() < deadline, f"only {len(found)} records came"
            self._page.keyboard.press("Alt+s")
            self._page.wait_for_timeout(200)
        return found


@pytest.fixture
def at_work(world: World, own_project: str, person_page: Callable[..., Page]) -> tuple[Workspace, Recorded]:
    page = person_page("annotator")
    recorded = Recorded(page, world, own_project)
    return Workspace(page).open(world.sync.url, 0, own_project), recorded


def test_time_of_an_image_and_its_annotation_reaches_the_server(
    at_work: tuple[Workspace, Recorded],
) -> None:
    workspace, recorded = at_work
    began = time.time() * 1000
    workspace.draw_box(100, 120, 300, 260)
    workspace.page.keyboard.press("ArrowRight")
    expect(workspace.page.get_by_role("application", name="photographer.png")).to_be_visible()
    found = recorded.wait_for(2)
    elapsed = time.time() * 1000 - began
    (image,) = [one for one in found if one["annotation"] is None]
    (box,) = [one for one in found if one["annotation"] is not None]
    assert image["asset"] == box["asset"] == 0
    assert image["assignment"] == box["assignment"]
    assert 0 < box["active_ms"] <= image["active_ms"]
    # The image was open for a while before the test looked at its own clock.
    assert image["active_ms"] + image["idle_ms"] <= elapsed + (began - image["started"])


MINUTE = 60_000
"""Milliseconds."""


def of_image(found: list[dict[str, Any]], asset: int = 0) -> list[dict[str, Any]]:
    """The records of an image itself, in the order of time."""
    return sorted(
        (one for one in found if one["asset"] == asset and one["annotation"] is None),
        key=lambda one: one["started"],
    )


def expect_no_moment_twice(found: list[dict[str, Any]]) -> None:
    ends = [one["started"] + one["active_ms"] + one["idle_ms"] for one in found]
    assert all(end <= later["started"] for end, later in zip(ends, found[1:], strict=False))


def test_half_an_hour_away_is_idle_and_counted_once(at_work: tuple[Workspace, Recorded]) -> None:
    workspace, recorded = at_work
    page = workspace.page
    page.clock.install()
    workspace.draw_box(100, 120, 300, 260)
    page.clock.fast_forward(30 * MINUTE)
    page.mouse.move(400, 400)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("application", name="photographer.png")).to_be_visible()
    image = of_image(recorded.wait_for(2))
    expect_no_moment_twice(image)
    active, idle = (sum(one[name] for one in image) for name in ("active_ms", "idle_ms"))
    # Half a minute without input is still work.
    assert MINUTE / 2 <= active <= MINUTE / 2 + recorded.elapsed
    assert 29.5 * MINUTE <= idle <= 29.5 * MINUTE + recorded.elapsed


def test_what_was_counted_when_the_page_goes_reaches_the_server_with_the_next_visit(
    at_work: tuple[Workspace, Recorded],
) -> None:
    workspace, recorded = at_work
    page = workspace.page
    page.clock.install()
    address = page.url
    workspace.draw_box(100, 120, 300, 260)
    workspace.expect_saved("Synced")
    page.clock.fast_forward(20_000)
    assert recorded.all() == []
    page.goto("about:blank")
    page.goto(address)
    workspace.wait()
    workspace.expect_annotations(1)
    image = of_image(recorded.wait_for(2))
    assert 20_000 <= sum(one["active_ms"] for one in image) <= 20_000 + recorded.elapsed
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("application", name="photographer.png")).to_be_visible()
    found = of_image(recorded.wait_for(3))
    assert [one["id"] for one in found[:1]] == [one["id"] for one in image]
    expect_no_moment_twice(found)
