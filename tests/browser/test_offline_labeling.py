"""The main job: label an image, lose the network, go on, get it back, and everything is on the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import APIRequestContext, Browser, BrowserContext, Page, Request, expect

from tests.browser.pages import sign_in, wait_until_offline_ready, with_offline_copy
from tests.browser.servers import World
from tests.browser.workspace import HALF_A_PIXEL, Workspace

OpenPage = Callable[..., Page]


def on_server(
    request: APIRequestContext, world: World, project: str, table: str = "annotation"
) -> list[dict[str, Any]]:
    """The records that the signed-in person sees on the server, deleted ones left out."""
    answer = request.get(f"{world.sync.url}api/records/{table}?project={project}")
    assert answer.ok, answer.text()
    records = [one["fields"] for one in answer.json()["records"]]
    return [fields for fields in records if not fields.get("deleted")]


@with_offline_copy
def test_label_lose_the_servers_reload_label_and_sync(
    stopped_world: World, own_project: str, signed_in_page: OpenPage
) -> None:
    page = signed_in_page("annotator")
    workspace = Workspace(page).open(stopped_world.sync.url, 0, own_project)
    workspace.draw_box(100, 120, 300, 260)
    workspace.expect_saved("Synced")
    (stored,) = on_server(page.request, stopped_world, own_project)
    box = (stored["shape"]["x"], stored["shape"]["y"], stored["shape"]["width"], stored["shape"]["height"])
    assert box == pytest.approx((100, 120, 200, 140), abs=HALF_A_PIXEL)
    wait_until_offline_ready(page)

    stopped_world.stop()
    workspace.draw_box(320, 60, 400, 200)
    workspace.expect_unsynced()
    workspace.reload().expect_annotations(2)
    workspace.expect_unsynced()
    workspace.draw_box(20, 300, 80, 400)
    workspace.expect_unsynced()
    workspace.reload().expect_annotations(3)

    stopped_world.start()
    page.locator(".save-state").click()
    page.get_by_role("button", name="Sync now").click()
    workspace.expect_saved("Synced")
    assert len(on_server(page.request, stopped_world, own_project)) == 3
    page.keyboard.press("Escape")
    workspace.expect_annotations(3)


def test_images_never_pass_the_sync_server(world: World, own_project: str, person_page: OpenPage) -> None:
    page = person_page("annotator")
    seen: list[Request] = []
    page.on("requestfinished", lambda request: seen.append(request))
    Workspace(page).open(world.sync.url, 2, own_project).draw_box(10, 10, 60, 60)
    Workspace(page).expect_saved("Synced")
    sync_host = urlsplit(world.sync.url).netloc
    pictures = [one for one in seen if "/photos/" in one.url]
    assert pictures
    assert all(urlsplit(one.url).netloc != sync_host for one in pictures)
    for request in seen:
        if urlsplit(request.url).netloc == sync_host and request.method == "POST":
            body = request.post_data_buffer or b""
            assert b"JFIF" not in body
            assert b"PNG" not in body
            assert len(body) < 20_000


def test_a_reviewer_sees_the_work_and_another_annotator_does_not(
    world: World, own_project: str, person_page: OpenPage
) -> None:
    workspace = Workspace(person_page("annotator")).open(world.sync.url, 0, own_project)
    workspace.draw_box(100, 120, 300, 260)
    workspace.expect_saved("Synced")
    reviewer = Workspace(person_page("reviewer")).open(world.sync.url, 0, own_project)
    reviewer.expect_annotations(1)
    # What the annotator does next arrives at the reviewer without a reload.
    workspace.draw_box(320, 60, 400, 200)
    reviewer.expect_annotations(2)


@pytest.fixture
def admin(world: World, browser: Browser) -> Iterator[APIRequestContext]:
    """What a script of an admin asks the server with."""
    context = browser.new_context()
    person = {"email": world.email("admin"), "password": world.passwords["admin"]}
    answer = context.request.post(f"{world.sync.url}api/session", data=person, headers={"X-Limner": "1"})
    assert answer.ok, answer.text()
    yield context.request
    context.close()


def test_an_expired_sign_in_keeps_the_work_and_asks_to_sign_in(
    world: World, own_project: str, person_page: OpenPage
) -> None:
    page = person_page("annotator")
    workspace = Workspace(page).open(world.sync.url, 0, own_project)
    workspace.draw_box(100, 120, 300, 260)
    workspace.expect_saved("Synced")
    page.request.delete(f"{world.sync.url}api/session", headers={"X-Limner": "1"})
    workspace.draw_box(320, 60, 400, 200)
    expect(page.get_by_role("status").filter(has_text="session has expired")).to_be_visible()
    workspace.expect_saved("1 not synced")
    page.get_by_role("button", name="Sign in", exact=True).click()
    sign_in(page, world.email("annotator"), world.passwords["annotator"])
    workspace.expect_saved("Synced")
    assert len(on_server(page.request, world, own_project)) == 2


def test_what_the_server_does_not_accept_is_shown_with_the_reason(
    world: World, own_project: str, person_page: OpenPage, admin: APIRequestContext
) -> None:
    page = person_page("annotator")
    workspace = Workspace(page).open(world.sync.url, 0, own_project)
    workspace.draw_box(100, 120, 300, 260)
    workspace.answer()
    workspace.expect_saved("Synced")
    accounts = admin.get(f"{world.sync.url}api/accounts").json()
    listed = accounts["accounts"] if isinstance(accounts, dict) else accounts
    person = next(one["id"] for one in listed if one["email"] == world.email("annotator"))
    # The admin accepts the image while the annotator is offline and goes on with its status.
    (assignment,) = on_server(admin, world, own_project, "assignment")
    assert assignment["person"] == person
    page.context.set_offline(True)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("application", name="photographer.png")).to_be_visible()
    set_status(admin, world, own_project, assignment["id"], "accepted")
    page.context.set_offline(False)
    workspace.expect_saved("1 refused")
    page.locator(".save-state").click()
    refused = page.locator("[data-list=refused]")
    expect(refused).to_contain_text("This image was accepted. Ask a reviewer to reopen it.")
    refused.get_by_role("button", name="Dismiss").click()
    expect(refused).to_contain_text("Dismissed")
    page.keyboard.press("Escape")
    workspace.expect_saved("Synced")


def set_status(request: APIRequestContext, world: World, project: str, assignment: str, status: str) -> None:
    """Set an assignment's status as a script would, by a sync request."""
    op = {
        "op_id": f"script-{assignment}",
        "table": "assignment",
        "id": assignment,
        "fields": {"status": status},
    }
    body = {"protocol": 1, "client_id": "script", "scope": f"project/{project}", "cursor": "", "ops": [op]}
    answer = request.post(f"{world.sync.url}api/sync", data=body, headers={"X-Limner": "1"})
    assert answer.json()["done"] == [op["op_id"]], answer.text()


def test_two_tabs_of_one_person_show_the_same_work(
    stopped_world: World, own_project: str, person_page: OpenPage
) -> None:
    first = person_page("annotator")
    one = Workspace(first).open(stopped_world.sync.url, 0, own_project)
    second = first.context.new_page()
    other = Workspace(second).open(stopped_world.sync.url, 0, own_project)
    one.draw_box(100, 120, 300, 260)
    other.expect_annotations(1)
    stopped_world.sync.stop()
    other.draw_box(320, 60, 400, 200)
    one.expect_annotations(2)
    stopped_world.sync.start()
    first.locator(".save-state").click()
    first.get_by_role("button", name="Sync now").click()
    one.expect_saved("Synced")
    other.expect_saved("Synced")
    assert len(on_server(first.request, stopped_world, own_project)) == 2


def test_over_plain_http_everything_works_but_the_offline_copy_and_the_page_says_so(
    world: World, context: BrowserContext, page: Page
) -> None:
    address = world.sync.url.replace("localhost", "intranet.limner.test")
    page.goto(address)
    sign_in(page, world.email("annotator"), world.passwords["annotator"])
    expect(page.get_by_role("status").filter(has_text="plain http")).to_contain_text("--tls-cert")
