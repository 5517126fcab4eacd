"""The frame around every page: top bar, save display, and the lines that say what is not as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from webapp.py.pages.shell.state import AppState, save_state
from webapp.py.ui.parts import banner, button, does, icon, icon_button, plural
from webapp.py.ui.tree import Node, h

if TYPE_CHECKING:
    from webapp.py.pages.shell.app import App


def frame(state: AppState, app: App, *content: Any, crumb: str = "", middle: Any = None) -> Node:
    """Return a whole page: top bar, banners, content."""
    return h(
        "div",
        {"class": "frame", "data-page": state.route.page},
        _top(state, app, crumb, middle),
        h("div", None, banners(state, app)),
        *content,
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


def banners(state: AppState, app: App) -> list[Node]:
    """Return a line for each thing that the person should know about the page as a whole."""
    lines: list[Node] = []
    if state.status.storage_problem:
        lines.append(
            banner(
                f"Changes are not saved on this machine: {state.status.storage_problem}",
                button("Try again", app.retry_storage),
                bad=True,
                key="storage",
            )
        )
    if state.mode == "server" and state.sync_state == "signed_out":
        waiting = f" {state.status.unsynced} changes wait on this machine." if state.status.unsynced else ""
        lines.append(
            banner(
                f"Your sign-in has ended.{waiting}",
                button("Sign in", lambda: app.open_sheet("sign-in"), kind="primary"),
                key="signed-out",
            )
        )
    if state.sync_state == "outdated":
        lines.append(
            banner("The server has a newer version. Reload to go on syncing; nothing is lost.",
                   button("Reload", app.reload, kind="primary"), key="outdated")
        )  # fmt: skip
    if state.update_ready:
        lines.append(banner("An update is ready.", button("Reload", app.reload), key="update"))
    if state.recovered:
        back = f"{plural(state.recovered, 'change')} {'was' if state.recovered == 1 else 'were'} brought back"
        lines.append(
            banner(
                f"This browser had lost its database. {back} from the second copy on this machine.",
                icon_button("x", "Hide", app.hide_recovered, side="end"),
                key="recovered",
            )
        )
    if state.missing and not state.missing_hidden:
        lines.append(
            banner(
                " ".join(state.missing),
                icon_button("x", "Hide", app.hide_missing, side="end"),
                key="missing",
            )
        )
    if state.problem:
        hide = icon_button("x", "Hide", app.hide_problem, side="end")
        lines.append(banner(state.problem, hide, bad=True, key="problem"))
    return lines


def _top(state: AppState, app: App, crumb: str, middle: Any) -> Node:
    return h(
        "header",
        {"class": "top"},
        brand(),
        h("h1", {"class": "crumb"}, h("span", None, crumb)) if crumb else None,
        h("div", {"class": "grow"}),
        middle,
        save_display(state, app) if state.signed_in and state.mode != "starting" else None,
        h(
            "div",
            {"class": "group"},
            icon_button(
                "sun" if state.dark else "moon",
                "Light colors" if state.dark else "Dark colors",
                app.toggle_theme,
                side="end",
            ),
            icon_button("log-out", f"Sign out {state.session.name}", app.sign_out, side="end")
            if state.mode == "server" and state.session.person
            else None,
        ),
    )


def save_display(state: AppState, app: App) -> Node:
    """Return the button that says how safe the work is, and opens the details.

    It keeps the room of its longest text: what stands beside it must not move under the pointer at each save.
    """
    shown = save_state(state)
    made = h(
        "button",
        {
            "type": "button",
            "class": "save-state",
            "data-state": shown.kind,
            "data-tip": shown.help,
            "data-tip-side": "end",
            "on_click": does(lambda: app.open_sheet("saved")),
        },
        h("span", {"class": "dot"}),
        h("span", {"role": "status", "class": "number"}, shown.text),
    )
    return h("div", {"class": "save-room"}, made)


def starting() -> Node:
    """Return what is shown while it is not known yet who is here."""
    return h(
        "div",
        {"class": "sign-in"},
        h("div", {"class": "waiting"}, h("span", {"class": "spinner"}), "Starting…"),
    )


def stranded(state: AppState, app: App) -> Node:
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
            button("Try again", app.reload, kind="primary"),
        ),
    )
