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
    """The time records of the demo project that the server has."""

    def __init__(self, page: Page, world: World) -> None:
        self._page, self._url = page, world.sync.url

    def all(self) -> list[dict[str, Any]]:
        answer = self._page.request.get(f"{self._url}api/records/activity?project=demo-project")
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
def at_work(own_world: World, signed_in_page: Callable[..., Page]) -> tuple[Workspace, Recorded]:
    page = signed_in_page("annotator", own_world)
    return Workspace(page).open(own_world.sync.url), Recorded(page, own_world)


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
