"""The right panel: classes with color and count, the questionnaire, and the annotations of the image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from webapp.py.domain.model import LabelClass
from webapp.py.pages.shell.state import Work
from webapp.py.pages.workbench.panel.label_form import label_form
from webapp.py.pages.workbench.panel.label_list import label_list
from webapp.py.pages.workbench.panel.labels import summary_of
from webapp.py.ui.parts import button, does, icon_button, plural
from webapp.py.ui.tree import Node, classes, h
from webapp.py.workspace.actions import normalized, shown
from webapp.py.workspace.tool import AnnotationView

if TYPE_CHECKING:
    from webapp.py.pages.workbench.workbench import Workbench


def class_panel(work: Work, workbench: Workbench) -> Node:
    """Return the right panel: what the instruction asks, and nothing else."""
    draws = work.labeling.draws
    form = label_form(work, workbench)
    return h(
        "aside",
        {"class": classes("panel", "right", not draws and "asks-only"), "aria-label": "Labels"},
        _classes(work, workbench) if draws else None,
        form,
        label_list(work, workbench) if draws else None,
        h("p", {"class": "empty"}, "The instruction of this project asks nothing.")
        if not draws and form is None
        else None,
        _foot(work, workbench),
    )


def _classes(work: Work, workbench: Workbench) -> Node:
    members = summary_of(work.session.annotations).members
    return h(
        "section",
        {"class": "classes"},
        h("div", {"class": "panel-head"}, h("h2", None, "Classes")),
        h(
            "div",
            {"class": "panel-body"},
            [
                _class(work, workbench, one, members.get(one.id, ()))
                for one in work.session.instruction.classes
            ],
        ),
    )


def _class(work: Work, workbench: Workbench, one: LabelClass, members: Sequence[AnnotationView]) -> Node:
    keys = shown(normalized(one.shortcut))
    return h(
        "div",
        {"class": "class-row"},
        h(
            "button",
            {
                "key": one.id,
                "type": "button",
                "class": "class",
                "style": f"--color:{one.color}",
                "aria-pressed": one.id == work.session.class_id,
                "aria-keyshortcuts": keys or None,
                "on_click": does(lambda: workbench.choose_class(one.id)),
            },
            h("span", {"class": "swatch"}),
            h("span", {"class": "name"}, one.name),
            h("kbd", None, keys) if keys else None,
            h(
                "span",
                {"class": "count number", "aria-label": plural(len(members), "annotation")},
                len(members),
            ),
        ),
        _class_tools(work, one.name, members) if members else None,
    )


def _class_tools(work: Work, name: str, members: Sequence[AnnotationView]) -> Node:
    hidden = all(view.hidden for view in members)
    pinned = all(view.locked for view in members)
    names = [view.id for view in members]
    return h(
        "div",
        {"class": "tools"},
        icon_button(
            "eye-off" if hidden else "eye",
            f"Show all of {name}" if hidden else f"Hide all of {name}",
            lambda: work.labeling.hide(names, not hidden),
            side="left",
            extra=classes(hidden and "stays"),
        ),
        icon_button(
            "lock" if pinned else "lock-open",
            f"Unlock all of {name}" if pinned else f"Lock all of {name}",
            lambda: work.labeling.lock(names, not pinned),
            side="left",
            extra=classes(pinned and "stays"),
        ),
    )


def _foot(work: Work, workbench: Workbench) -> Node:
    status = work.session.assignment.get("status") if work.session.assignment else None
    done = status in ("submitted", "accepted")
    if work.session.closed is not None:
        return h("p", {"class": "panel-foot", "role": "status"}, work.session.closed)
    return h(
        "div",
        {"class": "panel-foot"},
        button("Skip", workbench.skip, disabled=not work.session.ready),
        h("span", {"style": "flex:1"}),
        button("Open again", workbench.reopen)
        if done
        else button(
            "Submit", workbench.submit, kind="primary", icon_name="check", disabled=not work.session.ready
        ),
    )
