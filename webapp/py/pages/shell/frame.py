"""The frame around every page: top bar, save display and banners."""

from __future__ import annotations

from typing import Protocol

from webapp.py.pages.ports.shell import Page
from webapp.py.pages.shell import texts
from webapp.py.pages.shell.closed_projects import project_name
from webapp.py.pages.shell.save_display import SaveActions, save_display
from webapp.py.pages.shell.state import ShellState
from webapp.py.pages.shell.user_menu import UserActions, user_menu
from webapp.py.ui.parts import banner, button, icon, icon_button
from webapp.py.ui.tree import Node, h, part


class FrameActions(SaveActions, UserActions, Protocol):
    """What the buttons of the frame do."""

    def retry_storage(self) -> None:
        """Try failed writes again."""

    def open_sign_in(self) -> None:
        """Open the dialog to sign in again."""

    def reload(self) -> None:
        """Reload the page."""

    def hide_recovered(self) -> None:
        """Hide the banner that says that work was restored."""

    def hide_missing(self) -> None:
        """Hide the banner about missing browser features."""

    def hide_problem(self) -> None:
        """Hide the banner that says what went wrong."""


def frame(state: ShellState, actions: FrameActions, page: Page) -> Node:
    """Return a page and everything around it."""
    return h(
        "div",
        {"class": "frame", "data-page": state.route.page},
        part(_top, state, actions, page),
        part(_banners, state, actions),
        part(_content, page),
    )


def _content(page: Page) -> Node:
    return page.view()


def _banners(state: ShellState, actions: FrameActions) -> Node:
    return h("div", None, banners(state, actions))


def brand() -> Node:
    """Return the logo and name, a link to all projects."""
    return h(
        "a",
        {"class": "brand", "href": "#/", "aria-label": texts.ALL_PROJECTS},
        h(
            "svg",
            {"viewBox": "0 0 24 24", "fill": "none", "stroke": "currentColor", "stroke-width": "2"},
            h("path", {"d": "M4 20c6-1 12-5 16-16-9 3-14 8-15 13"}),
            h("path", {"d": "M4 20c3-6 6-8 9-10"}),
        ),
        h("span", None, texts.BRAND),
    )


def banners(state: ShellState, actions: FrameActions) -> list[Node]:
    """Return a banner for everything that the person should know right now."""
    lines: list[Node] = []
    if state.status.storage_problem:
        lines.append(
            banner(
                texts.not_saved(state.status.storage_problem),
                button(texts.TRY_AGAIN, actions.retry_storage),
                bad=True,
                key="storage",
            )
        )
    if state.mode == "server" and state.sync_state == "signed_out":
        lines.append(
            banner(
                texts.session_expired(state.status.unsynced),
                button(texts.SIGN_IN, actions.open_sign_in, kind="primary"),
                key="signed-out",
            )
        )
    lines += [
        banner(
            texts.project_rejected(project_name(state, store.scope), state.rejected[store.scope]),
            button(texts.SHOW, actions.open_saved),
            key=f"rejected-{store.scope}",
        )
        for store in state.kept
        if store.scope in state.rejected
    ]
    if state.sync_state == "outdated":
        lines.append(
            banner(
                texts.OUTDATED,
                button(texts.RELOAD, actions.reload, kind="primary"),
                key="outdated",
            )
        )
    if state.update_ready:
        lines.append(banner(texts.UPDATE_READY, button(texts.RELOAD, actions.reload), key="update"))
    if state.recovered:
        lines.append(
            banner(
                texts.restored(state.recovered),
                icon_button("x", texts.HIDE, actions.hide_recovered, side="end"),
                key="recovered",
            )
        )
    if state.missing and not state.missing_hidden:
        lines.append(
            banner(
                " ".join(state.missing),
                icon_button("x", texts.HIDE, actions.hide_missing, side="end"),
                key="missing",
            )
        )
    if state.problem:
        hide = icon_button("x", texts.HIDE, actions.hide_problem, side="end")
        lines.append(banner(state.problem, hide, bad=True, key="problem"))
    return lines


def _top(state: ShellState, actions: FrameActions, page: Page) -> Node:
    crumb = page.title
    return h(
        "header",
        {"class": "top"},
        brand(),
        h("h1", {"class": "crumb"}, h("span", None, crumb)) if crumb else None,
        h("div", {"class": "grow"}),
        part(_toolbar, page),
        part(save_display, state, actions) if state.signed_in and state.mode != "starting" else None,
        h("div", {"class": "group"}, user_menu(state, actions)),
    )


def starting() -> Node:
    """Return what is shown until Limner knows who is signed in."""
    return h(
        "div",
        {"class": "sign-in"},
        h("div", {"class": "waiting"}, h("span", {"class": "spinner"}), texts.STARTING),
    )


def start_failed(state: ShellState, actions: FrameActions) -> Node:
    """Return what is shown when Limner cannot start: no server at the first visit, or no storage."""
    return h(
        "div",
        {"class": "sign-in"},
        h(
            "div",
            {"class": "card"},
            icon("triangle-alert"),
            h("h2", None, texts.CANNOT_START),
            h("p", {"class": "muted"}, state.problem),
            button(texts.TRY_AGAIN, actions.reload, kind="primary"),
        ),
    )


def _toolbar(page: Page) -> Node:
    return page.toolbar() or h("div")
