"""What the server does not have is never called synced, wherever it lies, and can be taken out as a file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import NO_ACCESS, a_server
from tests.support.visitor import Visitor, labeling, save_text, visit
from webapp.py.domain.wire import PROTOCOL, SignedIn, project_scope
from webapp.py.pages.shell import saved_dialog
from webapp.py.ui.tree import find, find_all, text_of

P1 = project_scope("p1")


async def synced(page: Visitor) -> None:
    assert page.ports.sync is not None
    await page.ports.sync.run_once()
    await page.settle()


def downloaded(page: Visitor) -> dict[str, Any]:
    """The last file that the page offered."""
    name, content, kind = page.ports.saved[-1]
    assert (name, kind) == ("limner-unsynced-2023-11-14.json", "application/json")
    whole: dict[str, Any] = json.loads(content)
    return whole


async def with_refused() -> Visitor:
    """Anna drew a box that the server refused, and went back to the projects."""
    page = await labeling(FakePorts(server=a_server()))
    assert page.ports.sync_server is not None
    page.ports.sync_server.refuse = "This image was accepted."
    await page.draw((10, 10), (30, 25))
    await synced(page)
    page.ports.sync_server.refuse = ""
    await page.go("#/")
    return page


async def test_refused_changes_of_a_project_that_is_not_open_are_counted_and_listed() -> None:
    page = await with_refused()
    assert save_text(page) == "2 refused"
    assert "2 refused" in text_of(find(page.page, "article", data_project="p1"))
    again = await visit(FakePorts(page.ports.computer, page.ports.sync_server))
    assert save_text(again) == "2 refused"
    await again.fire(find(again.page, "button", class_="save-state"), "click")
    listed = text_of(find(again.page, "section", data_list="refused"))
    assert "Pets" in listed and listed.count("This image was accepted.") == 2
    await again.fire(find_all(again.page, "button", text="Send again")[0], "click")
    await synced(again)
    assert save_text(again) == "1 refused"


async def test_unsynced_changes_of_a_project_that_is_not_open_are_counted_until_they_are_sent() -> None:
    page = await labeling(FakePorts(server=a_server()))
    await page.draw((10, 10), (30, 25))
    await page.go("#/")
    assert save_text(page) == "2 not synced"
    again = await visit(FakePorts(page.ports.computer, page.ports.sync_server))
    assert save_text(again) == "2 not synced"
    await synced(again)
    assert save_text(again) == "Synced"


async def test_what_another_tab_saves_in_another_project_is_counted_too() -> None:
    machine, server = Machine(), a_server()
    projects = await visit(FakePorts(machine, server))
    other = await labeling(FakePorts(machine, server))
    await other.draw((10, 10), (30, 25))
    await projects.settle()
    assert save_text(projects) == "2 not synced"


async def removed() -> Visitor:
    """Anna drew a box without network. In the meantime an admin took her out of the project."""
    page = await labeling(FakePorts(server=a_server()))
    await synced(page)
    page.ports.offline = True
    await page.draw((10, 10), (30, 25))
    page.ports.offline = False
    assert page.ports.sync_server is not None
    page.ports.sync_server.leave("p1")
    return page


async def test_somebody_who_is_taken_out_of_the_open_project_reads_why() -> None:
    page = await removed()
    await synced(page)
    assert f"Changes to “Pets” are saved only on this computer: {NO_ACCESS}" in page.text
    assert NO_ACCESS in find(page.page, "button", class_="save-state").attrs["data-tip"]
    await page.click("Export")
    await page.click("Download JSON")
    assert "You are no longer a member of this project" in text_of(find(page.page, "p", class_="field-error"))


async def test_changes_of_a_project_without_access_are_listed_and_downloaded_after_a_reload() -> None:
    before = await removed()
    page = await visit(FakePorts(before.ports.computer, before.ports.sync_server))
    await synced(page)
    assert save_text(page) == "2 not synced"
    card = find(page.page, "article", data_only_here="p1")
    assert all(words in text_of(card) for words in ("Pets", NO_ACCESS, "2 not synced"))
    await page.fire(find(card, "button", text="Show"), "click")
    listed = text_of(find(page.page, "section", data_list="unsynced"))
    assert all(
        words in listed for words in ("Pets", NO_ACCESS, "Assignment on image 1", "Annotation on image 1")
    )
    await page.fire(find(card, "button", text="Download changes"), "click")
    file = downloaded(page)
    (scope,) = file["scopes"]
    assert (file["format"], file["person"]) == ("limner-unsynced", "anna@example.org")
    assert (scope["scope"], scope["project"]) == (P1, "Pets")
    assert [op["table"] for op in scope["unsynced"]] == ["assignment", "annotation"]
    assert scope["unsynced"][1]["fields"]["shape"]["kind"] == "box"


async def test_a_dismissed_change_can_be_kept_until_the_dialog_is_closed() -> None:
    page = await with_refused()
    await page.fire(find(page.page, "button", class_="save-state"), "click")

    def item(number: int) -> Any:
        return find_all(find(page.page, "section", data_list="refused"), class_="item")[number]

    await page.fire(find(item(0), "button", text="Download"), "click")
    name, content, _ = page.ports.saved[-1]
    refused = json.loads(content)
    assert (
        name == f"refused-{refused['op']['op_id']}.json" and refused["reason"] == "This image was accepted."
    )
    await page.fire(find(item(0), "button", text="Dismiss"), "click")
    assert "Dismissed" in text_of(item(0))
    await page.fire(find(item(0), "button", text="Undo"), "click")
    await page.fire(find(item(1), "button", text="Dismiss"), "click")
    assert save_text(page) == "2 refused"
    await page.fire(find(page.page, class_="dialog"), "close")
    assert save_text(page) == "1 refused"
    kept = page.ports.computer.disks["anna"].scope(P1).refused
    assert list(kept) == [refused["op"]["op_id"]]


@pytest.mark.parametrize("offline", [True, False])
async def test_a_long_list_of_changes_is_cut(offline: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved_dialog, "MOST_LISTED", 2)
    page = await labeling(FakePorts(server=a_server()))
    await page.draw((10, 10), (30, 25))
    await page.draw((50, 10), (70, 25))
    await page.draw((50, 40), (70, 65))
    page.ports.offline = offline
    await synced(page)
    await page.fire(find(page.page, "button", class_="save-state"), "click")
    lists = find_all(page.page, "section", data_list="unsynced")
    assert [text_of(one).endswith("and 2 more") for one in lists] == ([True] if offline else [])
    assert save_text(page) == ("Offline · 4 not synced" if offline else "Synced")


async def disabled(changes: int) -> Visitor:
    """Anna has so many changes without network; then her account is disabled, and she reloads."""
    before = await labeling(FakePorts(server=a_server()))
    await synced(before)
    before.ports.offline = True
    for _ in range(changes // 2):
        await before.draw((10, 10), (30, 25))
    server = before.ports.sync_server
    assert server is not None
    server.signed_in = SignedIn(protocol=PROTOCOL)
    return await visit(FakePorts(before.ports.computer, server))


async def test_the_sign_in_page_tells_of_changes_that_wait_here_and_offers_them() -> None:
    page = await disabled(2)
    assert find(page.page, "h1", text="Sign in")
    assert "2 changes of anna@example.org are saved on this computer" in page.text
    await page.click("Download changes")
    (scope,) = downloaded(page)["scopes"]
    assert [op["table"] for op in scope["unsynced"]] == ["assignment", "annotation"]
    await page.sign_in("anna@example.org", "right")
    await synced(page)
    assert save_text(page) == "Synced"
    assert page.ports.reloads == 0


async def test_the_sign_in_page_says_nothing_when_nothing_waits() -> None:
    page = await disabled(0)
    assert "on this computer" not in page.text


async def test_somebody_else_who_signs_in_where_changes_wait_starts_with_a_store_of_their_own() -> None:
    page = await disabled(2)
    assert page.ports.sync_server is not None
    bert = SignedIn(protocol=PROTOCOL, person="bert", name="Bert", role="annotator")
    page.ports.sync_server.accounts["bert@example.org", "right"] = bert
    await page.sign_in("bert@example.org", "right")
    assert page.ports.reloads == 1
    again = await visit(FakePorts(page.ports.computer, page.ports.sync_server))
    assert save_text(again) == "Synced"
    assert page.ports.computer.disks["anna"].scope(P1).outbox


async def test_signing_out_with_unsynced_changes_asks_first() -> None:
    page = await labeling(FakePorts(server=a_server()))
    await synced(page)
    await page.draw((10, 10), (30, 25))
    await page.click("Sign out")
    assert "2 changes are not on the server" in page.text
    await page.click("Cancel")
    assert page.ports.reloads == 0 and page.dialog == ""
    await page.click("Sign out")
    await page.click("Download changes")
    assert downloaded(page)["scopes"]
    await page.click("Sign out anyway")
    assert page.ports.reloads == 1


async def test_a_damaged_setting_does_not_keep_the_app_from_starting_and_can_be_downloaded() -> None:
    before = await labeling(FakePorts(server=a_server()))
    await before.draw((10, 10), (30, 25))
    meta = before.ports.computer.disks["anna"].meta
    meta["project-names"] = meta["project-names"][:5]
    page = await visit(FakePorts(before.ports.computer, before.ports.sync_server))
    assert save_text(page) == "1 unreadable"
    await page.fire(find(page.page, "button", class_="save-state"), "click")
    item = find(find(page.page, "section", data_list="unreadable"), class_="item")
    assert "Setting" in text_of(item) and "has been reset" in text_of(item)
    await page.fire(find(item, "button", text="Download"), "click")
    assert page.ports.saved[-1][1] == b'{"p1"'
    await page.fire(find(item, "button", text="Dismiss"), "click")
    await page.fire(find(page.page, class_="dialog"), "close")
    assert save_text(page) == "2 not synced"
