"""The menu of the person: who they are, the theme, and signing out; and the titles of the window."""

from __future__ import annotations

import pytest

from tests.support.fake_ports import FakePorts
from tests.support.fake_server import a_server
from tests.support.visitor import Visitor, labeling, visit
from webapp.py.domain.wire import PROTOCOL, SignedIn
from webapp.py.ui.tree import Node, find, find_all, text_of

NOBODY = SignedIn(protocol=PROTOCOL)


def menu(page: Visitor) -> Node:
    return find(page.page, id="user-menu")


async def choose(page: Visitor, theme: str) -> None:
    label = next(one for one in find_all(menu(page), "label") if text_of(one) == theme)
    await page.fire(find(label, "input"), "change")


async def test_the_menu_says_who_works_here_and_in_which_role() -> None:
    ada = SignedIn(
        protocol=PROTOCOL,
        person="anna",
        name="Anna",
        email="anna@example.org",
        role="annotator",
        projects={"p1": "reviewer"},
    )
    page = await visit(FakePorts(server=a_server(ada)))
    assert page.button("Account of Anna").attrs["popovertarget"] == "user-menu"
    assert all(words in text_of(menu(page)) for words in ("Anna", "anna@example.org", "Annotator"))
    await page.go("#/project/p1/0")
    assert "Reviewer" in text_of(menu(page))


async def test_a_solo_workspace_has_the_theme_and_nobody_to_sign_out() -> None:
    page = await visit()
    assert "Same as system" in text_of(menu(page))
    assert "Sign out" not in text_of(menu(page))


async def test_colors_follow_the_system_until_others_are_chosen() -> None:
    page = await labeling()
    assert page.ports.dark is True
    page.ports.system_dark(False)
    await page.settle()
    assert page.ports.dark is False
    await choose(page, "Dark")
    assert page.ports.dark is True
    again = await labeling(FakePorts(page.ports.computer))
    again.ports.system_dark(False)
    assert again.ports.dark is True
    await again.press("D", shift=True)
    assert again.ports.dark is False
    again.ports.system_dark(True)
    assert again.ports.dark is False
    await choose(again, "Same as system")
    assert again.ports.dark is True


@pytest.mark.parametrize(("kept", "dark"), [("light", False), ("dark", True)])
async def test_a_theme_that_an_older_build_kept_stays(kept: str, dark: bool) -> None:
    ports = FakePorts()
    ports.remember("limner.theme", kept)
    page = await visit(ports)
    ports.system_dark(not dark)
    assert page.ports.dark is dark


async def test_the_title_of_the_window_says_what_is_shown() -> None:
    page = await visit(FakePorts(server=a_server(NOBODY)))
    assert page.ports.title == "Sign in · Limner"
    await page.sign_in("anna@example.org", "right")
    assert page.ports.title == "Projects · Limner"
    await page.go("#/project/p1/0")
    assert page.ports.title == "a.png · Pets · Limner"
    await page.press("ArrowRight")
    assert page.ports.title == "b.png · Pets · Limner"


async def test_signing_in_starts_in_the_first_field_that_is_empty() -> None:
    page = await visit(FakePorts(server=a_server(NOBODY)))
    assert page.focused.attributes["name"] == "email"
    known = FakePorts(server=a_server())
    await visit(known)
    known.sync_server.signed_in = NOBODY  # type: ignore[union-attr]
    again = await visit(FakePorts(known.computer, known.sync_server))
    assert again.focused.attributes["name"] == "password"
