"""The frame around every page: top bar, save display, and the lines that say what is not as it should be."""

from __future__ import annotations

from typing import Any, Protocol

from webapp.py.pages.shell.save_display import SaveActions, save_display
from webapp.py.pages.shell.state import ShellState
from webapp.py.ui.parts import banner, button, icon, icon_button, plural
from webapp.py.ui.tree import Node, h


class FrameActions(SaveActions, Protocol):
    """What the buttons of the frame ask for."""

    def retry_storage(self) -> None:
        """Try failed writes again."""

    def open_sign_in(self) -> None:
        """Open the dialog to sign in again."""

    def reload(self) -> None:
        """Reload the page."""

    def hide_recovered(self) -> None:
        """Hide that work was restored."""

    def hide_missing(self) -> None:
        """Hide what this browser or address lacks."""

    def hide_problem(self) -> None:
        """Hide what went wrong."""

    def toggle_theme(self) -> None:
        """Change between dark and light colors."""

    async def sign_out(self) -> None:
        """Sign out."""


def frame(
    state: ShellState, actions: FrameActions, content: Any, *, crumb: str = "", middle: Any = None
) -> Node:
    """Return a whole page: top bar, banners, content."""
    return h(
        "div",
        {"class": "frame", "data-page": state.route.page},
        _top(state, actions, crumb, middle),
        h("div", None, banners(state, actions)),
        content,
    )


def brand() -> Node:
    """Return the product's mark and name."""
    return h(
        "a",
        {"class": "brand", "href": "#/", "aria-label": "Limner, all projects"},
        h(
            "svg",
            {"viewBox": "0 0 24 24", "fill": "none", "stroke": "currentColor", "stroke-width": "2"},
            h("path", {"d": "M4 20c6-1 12-5 16-16-9 3-14 8-15 13"}),
            h("path", {"d": "M4 20c3-6 6-8 9-10"}),
        ),
        h("span", None, "Limner"),
    )


def banners(state: ShellState, actions: FrameActions) -> list[Node]:
    """Return a line for each thing that the person should know about the page as a whole."""
    lines: list[Node] = []
    if state.status.storage_problem:
        lines.append(
            banner(
                f"Changes are not saved on this machine: {state.status.storage_problem}",
                button("Try again", actions.retry_storage),
                bad=True,
                key="storage",
            )
        )
    if state.mode == "server" and state.sync_state == "signed_out":
        waiting = f" {state.status.unsynced} changes wait on this machine." if state.status.unsynced else ""
        lines.append(
            banner(
                f"Your sign-in has ended.{waiting}",
                button("Sign in", actions.open_sign_in, kind="primary"),
                key="signed-out",
            )
        )
    if state.sync_state == "outdated":
        lines.append(
            banner("The server has a newer version. Reload to go on syncing; nothing is lost.",
                   button("Reload", actions.reload, kind="primary"), key="outdated")
        )  # fmt: skip
    if state.update_ready:
        lines.append(banner("An update is ready.", button("Reload", actions.reload), key="update"))
    if state.recovered:
        back = f"{plural(state.recovered, 'change')} {'was' if state.recovered == 1 else 'were'} brought back"
        lines.append(
            banner(
                f"This browser had lost its database. {back} from the second copy on this machine.",
                icon_button("x", "Hide", actions.hide_recovered, side="end"),
                key="recovered",
            )
        )
    if state.missing and not state.missing_hidden:
        lines.append(
            banner(
                " ".join(state.missing),
                icon_button("x", "Hide", actions.hide_missing, side="end"),
                key="missing",
            )
        )
    if state.problem:
        hide = icon_button("x", "Hide", actions.hide_problem, side="end")
        lines.append(banner(state.problem, hide, bad=True, key="problem"))
    return lines


def _top(state: ShellState, actions: FrameActions, crumb: str, middle: Any) -> Node:
    return h(
        "header",
        {"class": "top"},
        brand(),
        h("h1", {"class": "crumb"}, h("span", None, crumb)) if crumb else None,
        h("div", {"class": "grow"}),
        middle,
        save_display(state, actions) if state.signed_in and state.mode != "starting" else None,
        h(
            "div",
            {"class": "group"},
            icon_button(
                "sun" if state.dark else "moon",
                "Light colors" if state.dark else "Dark colors",
                actions.toggle_theme,
                side="end",
            ),
            icon_button("log-out", f"Sign out {state.session.name}", actions.sign_out, side="end")
            if state.mode == "server" and state.session.person
            else None,
        ),
    )


def starting() -> Node:
    """Return what is shown while it is not known yet who is here."""
    return h(
        "div",
        {"class": "sign-in"},
        h("div", {"class": "waiting"}, h("span", {"class": "spinner"}), "Starting…"),
    )


def stranded(state: ShellState, actions: FrameActions) -> Node:
    """Return what is shown when there is no way to start: no server at the first visit, or no storage."""
    return h(
        "div",
        {"class": "sign-in"},
        h(
            "div",
            {"class": "card"},
            icon("triangle-alert"),
            h("h2", None, "Limner cannot start"),
            h("p", {"class": "muted"}, state.problem),
            button("Try again", actions.reload, kind="primary"),
        ),
    )
