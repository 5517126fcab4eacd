"""Coming in: who is asked to sign in, what is there without a network, and what the save display says."""

from __future__ import annotations

import asyncio

import pytest

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_server import Server, a_server
from tests.support.visitor import Visitor, labeling, save_text, visit
from webapp.py.domain.wire import PROTOCOL, SETUP, AssetPage, SignedIn, project_scope
from webapp.py.pages.shell.save_display import save_state
from webapp.py.pages.shell.state import Mode, ShellState
from webapp.py.store.local import StorageProblem
from webapp.py.store.status import SaveStatus
from webapp.py.store.sync import SignedOut, SyncProblem, SyncState
from webapp.py.ui.tree import find, find_all, text_of

BERT = SignedIn(protocol=PROTOCOL, person="bert", name="Bert", role="annotator")


async def test_a_solo_start_takes_the_demo_and_lists_its_project() -> None:
    page = await visit()
    card = find(page.page, "article", data_project="p1")
    assert "Pets" in text_of(card)
    assert "3 images" in text_of(card)
    assert "2 classes" in text_of(card)
    assert "only in this browser on this computer" in page.text


async def test_a_solo_workspace_whose_site_has_no_demo_says_what_to_do() -> None:
    ports = FakePorts()
    ports.demo_project = None
    page = await visit(ports)
    assert "No projects yet" in page.text
    assert page.button("Import…")


async def test_somebody_who_is_not_signed_in_sees_the_form() -> None:
    page = await visit(FakePorts(server=a_server(SignedIn(protocol=PROTOCOL))))
    assert find(page.page, "h1", text="Sign in")


async def test_a_wrong_password_is_told_in_the_servers_words_and_the_form_stays() -> None:
    page = await visit(FakePorts(server=a_server(SignedIn(protocol=PROTOCOL))))
    await page.sign_in("anna@example.org", "wrong")
    assert text_of(find(page.page, role="alert")) == "E-mail or password is wrong."
    assert "disabled" not in page.button("Sign in").attrs


async def test_signing_in_leads_to_the_persons_projects() -> None:
    page = await visit(FakePorts(server=a_server(SignedIn(protocol=PROTOCOL))))
    await page.sign_in("anna@example.org", "right")
    assert "1 project for Anna" in page.text
    assert "Annotator" in text_of(find(page.page, "article", data_project="p1"))
    assert save_text(page) == "Synced"


async def test_an_unreachable_server_at_sign_in_is_told() -> None:
    ports = FakePorts(server=a_server(SignedIn(protocol=PROTOCOL)))
    page = await visit(ports)
    ports.offline = True
    await page.sign_in("anna@example.org", "right")
    assert "cannot be reached" in text_of(find(page.page, role="alert"))


async def test_without_network_the_person_of_last_time_goes_on_with_what_is_here() -> None:
    machine, server = Machine(), a_server()
    first = await labeling(FakePorts(machine, server))
    await first.draw((10, 10), (30, 30))
    later = FakePorts(machine, server)
    later.offline = True
    page = await labeling(later)
    assert "Image a.png" in {node.attrs.get("aria-label") for node in find_all(page.page)}
    assert "1 annotation" in page.text
    assert page.app.state.session.person == "anna"


async def test_a_first_visit_without_network_says_that_the_server_is_needed_once() -> None:
    ports = FakePorts(server=a_server())
    ports.offline = True
    page = await visit(ports)
    assert "The server cannot be reached" in page.text
    assert "works offline after you have opened it once" in page.text
    await page.click("Try again")
    assert ports.reloads == 1


@pytest.mark.parametrize("server", [None, a_server(), a_server(SignedIn(protocol=PROTOCOL))])
async def test_a_browser_that_lets_nothing_be_kept_is_told_before_any_work_begins(
    server: Server | None,
) -> None:
    ports = FakePorts(server=server)
    ports.no_storage = StorageProblem("The browser keeps nothing for this page.", "blocked")
    page = await visit(ports)
    if server is not None and server.signed_in.person is None:
        await page.sign_in("anna@example.org", "right")
    assert "Limner cannot start" in page.text
    assert "The browser keeps nothing for this page." in page.text
    assert not find_all(page.page, "article")


@pytest.mark.parametrize(("count", "words"), [(1, "1 change was restored"), (12, "12 changes were")])
async def test_work_that_was_brought_back_is_told_until_the_person_hides_it(count: int, words: str) -> None:
    ports = FakePorts()
    ports.brought_back = count
    page = await labeling(ports)
    assert words in text_of(find(page.page, "div", class_="banner"))
    await page.click("Hide")
    assert "restored" not in page.text


async def test_an_answer_that_makes_no_sense_is_told() -> None:
    server = a_server()
    server.trouble = SyncProblem("The server's answer makes no sense.")
    assert "The server's answer makes no sense." in (await visit(FakePorts(server=server))).text


async def test_a_dataset_that_the_server_withholds_does_not_hide_the_projects() -> None:
    server = a_server()
    server.withheld["d1"] = SyncProblem("You may not see this dataset.")
    page = await visit(FakePorts(server=server))
    assert "– images" in text_of(find(page.page, "article", data_project="p1"))
    await page.go("#/project/p1/0")
    assert "You may not see this dataset." in page.text


async def test_when_the_sign_in_has_ended_the_same_person_signs_in_over_the_work() -> None:
    ports = FakePorts(server=a_server())
    page = await labeling(ports)
    server, sync = ports.sync_server, ports.sync
    assert server is not None and sync is not None
    server.trouble = SignedOut("Your sign-in has ended.")
    await page.draw((10, 10), (30, 25))
    await sync.run_once()
    assert "Your session has expired. 2 changes are saved on this computer" in page.text
    await page.fire(find(find(page.page, class_="banner"), "button", text="Sign in"), "click")
    server.trouble = None
    await page.sign_in("anna@example.org", "right")
    await sync.run_once()
    assert save_text(page) == "Synced"
    assert "1 annotation" in page.text
    assert not find_all(page.page, class_="banner")


async def test_when_somebody_else_signs_in_over_the_work_the_page_starts_anew_as_that_person() -> None:
    machine, server = Machine(), a_server()
    bert = SignedIn(protocol=PROTOCOL, person="bert", name="Bert", role="annotator")
    server.accounts["bert@example.org", "right"] = bert
    ports = FakePorts(machine, server)
    page = await labeling(ports)
    await page.draw((10, 10), (30, 25))
    page.app.open_sign_in()
    await page.sign_in("bert@example.org", "right")
    assert ports.reloads == 1
    again = await labeling(FakePorts(machine, server))
    assert "0 annotations" in again.text
    assert again.app.state.session.person == "bert"


async def test_while_somebody_else_is_signed_in_a_page_neither_sends_nor_reads() -> None:
    machine, server = Machine(), a_server()
    server.accounts["bert@example.org", "right"] = BERT
    anna = await labeling(FakePorts(machine, server))
    assert anna.ports.sync is not None
    await anna.ports.sync.run_once()
    bert = await visit(FakePorts(machine, server))
    bert.app.open_sign_in()
    await bert.sign_in("bert@example.org", "right")
    asked = len(server.requests)
    await anna.draw((10, 10), (30, 25))
    await anna.ports.sync.run_once()
    assert len(server.requests) == asked
    assert "Your session has expired. 2 changes are saved on this computer" in anna.text
    await anna.fire(find(find(anna.page, class_="banner"), "button", text="Sign in"), "click")
    await anna.sign_in("anna@example.org", "right")
    await anna.ports.sync.run_once()
    await anna.settle()
    assert save_text(anna) == "Synced"
    assert {op.table for request in server.requests[asked:] for op in request.ops} == {
        "assignment",
        "annotation",
    }


async def test_signing_out_of_a_page_leaves_somebody_else_signed_in() -> None:
    machine, server = Machine(), a_server()
    anna = await visit(FakePorts(machine, server))
    server.signed_in = BERT
    await anna.click("Sign out")
    assert server.signed_in is BERT
    assert anna.ports.reloads == 1


async def test_a_solo_workspace_opens_without_network_too() -> None:
    machine = Machine()
    await visit(FakePorts(machine))
    later = FakePorts(machine)
    later.offline = True
    assert "Pets" in (await visit(later)).text


async def test_two_people_on_one_machine_have_stores_of_their_own() -> None:
    machine, server = Machine(), a_server()
    anna = await labeling(FakePorts(machine, server))
    await anna.draw((10, 10), (30, 30))
    server.signed_in = SignedIn(protocol=PROTOCOL, person="bert", name="Bert", role="annotator")
    await labeling(FakePorts(machine, server))
    scope = project_scope("p1")
    assert machine.disks["anna"].scope(scope).outbox
    assert not machine.disks["bert"].scope(scope).outbox


async def test_signing_out_forgets_the_person_on_this_machine() -> None:
    machine = Machine()
    ports = FakePorts(machine, a_server())
    page = await visit(ports)
    await page.click("Sign out")
    assert ports.reloads == 1
    later = FakePorts(machine, a_server())
    later.offline = True
    assert "The server cannot be reached" in (await visit(later)).text


def a_shell(mode: Mode, sync: SyncState) -> ShellState:
    state = ShellState()
    state.mode, state.sync_state = mode, sync
    return state


@pytest.mark.parametrize(
    ("mode", "status", "sync", "kind", "text"),
    [
        ("solo", SaveStatus(), "idle", "saved", "Saved on this computer"),
        ("solo", SaveStatus(unsaved=1), "idle", "saving", "Saving…"),
        ("server", SaveStatus(), "idle", "synced", "Synced"),
        ("server", SaveStatus(), "online", "synced", "Synced"),
        ("server", SaveStatus(), "syncing", "synced", "Synced"),
        ("server", SaveStatus(unsaved=2, unsynced=1), "idle", "saving", "Saving…"),
        ("server", SaveStatus(unsynced=3), "idle", "unsynced", "3 not synced"),
        ("server", SaveStatus(unsynced=3), "offline", "unsynced", "Offline · 3 not synced"),
        ("server", SaveStatus(), "offline", "saved", "Saved on this computer"),
        ("server", SaveStatus(), "signed_out", "saved", "Saved on this computer"),
        ("server", SaveStatus(), "outdated", "saved", "Saved on this computer"),
        ("server", SaveStatus(), "trouble", "saved", "Saved on this computer"),
        ("server", SaveStatus(quarantined=1, unsaved=1), "idle", "trouble", "1 unreadable"),
        ("server", SaveStatus(refused=2, quarantined=1), "idle", "trouble", "2 refused"),
        ("server", SaveStatus(storage_problem="Full.", refused=2), "idle", "trouble", "Not saved"),
        ("server", SaveStatus(overwritten=4), "idle", "synced", "Synced"),
    ],
)
def test_the_save_display_tells_the_worst_news(
    mode: Mode, status: SaveStatus, sync: SyncState, kind: str, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ShellState, "status", property(lambda self: status))
    shown = save_state(a_shell(mode, sync))
    assert (shown.kind, shown.text) == (kind, text)
    assert shown.help


@pytest.mark.parametrize(
    ("sync", "words"),
    [
        ("offline", "cannot be reached"),
        ("signed_out", "Sign in again"),
        ("outdated", "Reload"),
        ("trouble", "has a problem"),
        ("syncing", "being sent"),
    ],
)
def test_waiting_changes_say_what_they_wait_for(
    sync: SyncState, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ShellState, "status", property(lambda self: SaveStatus(unsynced=1)))
    assert words in save_state(a_shell("server", sync)).help


async def test_nobody_waits_for_the_numbers_of_other_projects_before_an_image() -> None:
    server = a_server()
    setup = server.records[SETUP]
    setup["dataset", "d2"] = {"id": "d2", "name": "More photos"}
    setup["project", "p2"] = {**setup["project", "p1"], "id": "p2", "name": "More", "dataset": "d2"}
    ports = FakePorts(server=server)
    may_count = asyncio.Event()
    ask = ports.server.asset_page

    async def asset_page(dataset: str, start: int) -> AssetPage:
        if dataset == "d2":
            await may_count.wait()
        return await ask(dataset, start)

    ports.server.asset_page = asset_page
    page = Visitor(ports)
    async with asyncio.timeout(10):
        await page.app.start("#/project/p1/0")
    assert not page.workbench.viewport.loading
    assert "d2" not in page.app.state.totals
    may_count.set()
    await page.settle()
    assert page.app.state.totals["d2"] == 0
