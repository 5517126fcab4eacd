"""The right panel: classes with color and count, the questionnaire, and the list of annotations."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from webapp.py.domain.model import LabelClass
from webapp.py.pages.workbench.panel import texts
from webapp.py.pages.workbench.panel.label_form import label_form, leave
from webapp.py.pages.workbench.panel.label_list import label_list
from webapp.py.pages.workbench.panel.labels import MANY, members_of
from webapp.py.pages.workbench.panel.scope import PanelScope
from webapp.py.pages.workbench.panels_view import panel_button, splitter
from webapp.py.ui.parts import button, does, icon, icon_button, plural, with_tip
from webapp.py.ui.tree import Event, Node, classes, h, part
from webapp.py.workspace.actions import action, class_keys, shown
from webapp.py.workspace.tool import AnnotationView


def class_panel(scope: PanelScope) -> Node:
    """Return the right panel: only what the instruction asks for."""
    draws = scope.labeling.draws
    form = label_form(scope)
    return h(
        "aside",
        {"class": classes("panel", "right", not draws and "asks-only"), "aria-label": texts.LABELS},
        h(
            "div",
            {"class": "panel-head"},
            h("h2", None, texts.CLASSES if draws else texts.LABELS),
            panel_button(scope.panels, "right", scope.actions.keys("panel-right")),
        ),
        h(
            "div",
            {"class": "sections"},
            _classes(scope) if draws else None,
            form,
            label_list(scope) if draws else None,
            h("p", {"class": "empty"}, texts.NOTHING_ASKED) if not draws and form is None else None,
        ),
        _foot(scope),
        part(splitter, scope.panels, "right"),
    )


def _classes(scope: PanelScope) -> Node:
    members, listed = members_of(scope.session.annotations), scope.labels.listed_classes()
    return h(
        "section",
        {"class": "classes", "aria-label": texts.CLASSES, "style": f"--rows:{len(listed)}"},
        _find_class(scope) if len(scope.session.instruction.classes) >= MANY else None,
        h(
            "div",
            {"class": "panel-body"},
            [_class(scope, one, members.get(one.id, ())) for one in listed],
            h("p", {"class": "empty"}, texts.NO_CLASS) if scope.labels.class_text and not listed else None,
        ),
    )


def _find_class(scope: PanelScope) -> Node:
    labels = scope.labels

    def pressed(event: Event) -> None:
        listed = labels.listed_classes()
        if event.key == "Enter" and listed:
            scope.session.choose_class(listed[0].id)
        elif event.key != "Escape":
            return
        labels.find_class("")
        leave(event)
        event.prevent()

    return h(
        "div",
        {"class": "find", "role": "search"},
        icon("search", small=True),
        h(
            "input",
            {
                "type": "text",
                "placeholder": texts.FIND_CLASS,
                "aria-label": texts.FIND_CLASS,
                "autocomplete": "off",
                "spellcheck": "false",
                "prop:value": labels.class_text,
                "on_input": lambda event: labels.find_class(event.value),
                "on_keydown": pressed,
            },
        ),
        icon_button("x", texts.CLEAR, partial(labels.find_class, ""), side="end")
        if labels.class_text
        else None,
    )


def _class(scope: PanelScope, one: LabelClass, members: Sequence[AnnotationView]) -> Node:
    keys = shown("".join(class_keys(scope.session.instruction, scope.session.registry, one.id)[:1]))
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
                "aria-pressed": one.id == scope.session.class_id,
                "ref": scope.labels.reveal_class if one.id == scope.session.class_id else None,
                "aria-keyshortcuts": keys or None,
                "on_click": does(lambda: scope.session.choose_class(one.id)),
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
        _class_tools(scope, one.name, members) if members else None,
    )


def _class_tools(scope: PanelScope, name: str, members: Sequence[AnnotationView]) -> Node:
    hidden = all(view.hidden for view in members)
    names = [view.id for view in members]
    locked = scope.labeling.locked.issuperset(names)
    return h(
        "div",
        {"class": "tools"},
        icon_button(
            "eye-off" if hidden else "eye",
            texts.show_class(name) if hidden else texts.hide_class(name),
            lambda: scope.labeling.hide(names, not hidden),
            side="left",
            extra=classes(hidden and "stays"),
        ),
        icon_button(
            "lock" if locked else "lock-open",
            texts.unlock_class(name) if locked else texts.lock_class(name),
            lambda: scope.labeling.lock(names, not locked),
            side="left",
            extra=classes(locked and "stays"),
        ),
    )


def _foot(scope: PanelScope) -> Node:
    session = scope.session
    if session.closed is not None:
        return _done(scope, session.closed)
    act, ready = scope.actions.act, session.ready
    return h(
        "div",
        {"class": "panel-foot"},
        with_tip(
            button(texts.SKIP, partial(act, "skip"), disabled=not ready),
            action("skip").title,
            scope.actions.keys("skip"),
            side="above",
        ),
        h("span", {"style": "flex:1"}),
        with_tip(
            button(
                texts.SUBMIT, partial(act, "submit"), kind="primary", icon_name="check", disabled=not ready
            ),
            action("submit").title,
            scope.actions.keys("submit"),
            side="above-end",
        ),
    )


def _done(scope: PanelScope, why: str) -> Node:
    """Return the foot for an image that is read-only."""
    assignment = scope.session.assignment or {}
    reason = assignment.get("skip_reason") if assignment.get("status") == "skipped" else ""
    reopen = with_tip(
        button(texts.REOPEN, partial(scope.actions.act, "reopen")),
        action("reopen").title,
        scope.actions.keys("reopen"),
        side="above-end",
    )
    return h(
        "div",
        {"class": "panel-foot done"},
        h(
            "div",
            {"class": "why", "role": "status"},
            h("p", None, why),
            h("p", {"class": "muted"}, texts.skipped_because(reason)) if reason else None,
        ),
        reopen if scope.actions.can("reopen") else None,
    )
