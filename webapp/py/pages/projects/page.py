"""The projects that a person may work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.py.domain.model import Instruction, Project, decode
from webapp.py.pages.shell.frame import frame
from webapp.py.pages.shell.state import AppState, Route, write_route
from webapp.py.ui.parts import button, icon, plural
from webapp.py.ui.tree import Node, h

if TYPE_CHECKING:
    from webapp.py.pages.shell.app import App

_ROLES = {"admin": "Admin", "reviewer": "Reviewer", "annotator": "Annotator", None: "No role"}


def projects_page(state: AppState, app: App) -> Node:
    """Return the list of projects, with what there is to do in each."""
    records = state.setup.records("project") if state.setup else {}
    found = [
        project for fields in records.values() if isinstance(project := decode("project", fields), Project)
    ]
    found.sort(key=lambda project: project.name.casefold())
    return frame(
        state,
        app,
        h(
            "main",
            {"class": "page"},
            h(
                "div",
                {"class": "inner"},
                h(
                    "div",
                    {"class": "page-head"},
                    h("div", {"class": "grow"}, h("h1", None, "Projects"), _lead(state, len(found))),
                    button("DICOMweb servers", app.access.open, icon_name="server"),
                    h(
                        "a",
                        {"class": "button", "href": write_route(Route("dicomweb"))},
                        icon("plus", small=True),
                        "New from DICOMweb",
                    )
                    if app.dicomweb.allowed
                    else None,
                    button(
                        state.busy or "Import…",
                        app.import_project,
                        icon_name="upload",
                        disabled=bool(state.busy),
                    )
                    if state.mode == "solo"
                    else None,
                ),
                h("div", {"class": "cards"}, [_card(state, app, project) for project in found])
                if found
                else _nothing(state),
            ),
            h("div", {"class": "toast", "style": "position:fixed", "role": "status"}, state.toast)
            if state.toast
            else None,
        ),
    )


def _lead(state: AppState, count: int) -> Node:
    if state.mode == "solo":
        text = "Solo workspace: everything is kept in this browser, on this machine only."
    else:
        text = f"{plural(count, 'project')} for {state.session.name or state.session.email}"
    return h("p", {"class": "muted"}, text)


def _nothing(state: AppState) -> Node:
    text = (
        "Import a project that was exported from Limner, or reload to get the demo project."
        if state.mode == "solo"
        else "You are not a member of a project yet. Ask an admin to add you."
    )
    return h(
        "div",
        {"class": "card"},
        icon("folder"),
        h("h2", None, "No projects yet"),
        h("p", {"class": "muted"}, text),
    )


def _card(state: AppState, app: App, project: Project) -> Node:
    fields = state.setup.get("instruction", project.instruction) if state.setup else None
    instruction = decode("instruction", fields) if fields else None
    classes = instruction.classes if isinstance(instruction, Instruction) else []
    total = state.totals.get(project.dataset)
    return h(
        "article",
        {"class": "card", "key": project.id, "data-project": project.id},
        h("h2", None, project.name),
        h("p", {"class": "muted"}, project.description) if project.description else None,
        h(
            "div",
            {"class": "facts number"},
            h("span", None, h("b", None, str(total) if total is not None else "–"), " images"),
            h("span", None, h("b", None, str(len(classes))), " classes"),
            h("span", None, _ROLES[state.role_in(project.id)]),
        ),
        h("div", {"class": "swatches"}, [_chip(one.name, one.color) for one in classes]),
        h(
            "div",
            {"class": "row"},
            h(
                "a",
                {"class": "button primary", "href": write_route(Route("label", project.id))},
                icon("pencil", small=True),
                "Label",
            ),
        ),
    )


def _chip(name: str, color: str) -> Node:
    return h("span", {"class": "chip"}, h("i", {"class": "swatch", "style": f"--color:{color}"}), name)
