"""The list of annotations in the right panel, topmost first; only visible rows are drawn."""

from __future__ import annotations

from typing import Any

from webapp.py.pages.workbench.panel import texts
from webapp.py.pages.workbench.panel.labels import ROW_HEIGHT
from webapp.py.pages.workbench.panel.scope import PanelScope
from webapp.py.ui.parts import icon, icon_button, plural
from webapp.py.ui.tree import Event, Node, classes, h
from webapp.py.workspace.figures import NEUTRAL
from webapp.py.workspace.naming import numbers_of
from webapp.py.workspace.texts import KINDS, annotation_name
from webapp.py.workspace.tool import AnnotationView

MOST_ROWS = 8
"""The list claims room for up to this many rows beside classes and questions, and takes what is free."""
_STEPS = {"ArrowUp": -1, "ArrowDown": 1, "Home": -(10**9), "End": 10**9}


def label_list(scope: PanelScope) -> Node:
    """Return the list of annotations with its heading."""
    annotations = scope.session.annotations
    first, rows = scope.labels.rows()
    selected = set(scope.session.selected)
    # Tab stops at one row; arrow keys move from there.
    stop = next((view.id for view in rows if view.id in selected), rows[0].id if rows else None)

    def scrolled(event: Event) -> None:
        target = event.raw.currentTarget
        scope.labels.scrolled(float(target.scrollTop), float(target.clientHeight))

    def pressed(event: Event) -> None:
        if event.key in _STEPS and not (event.ctrl or event.alt):
            event.prevent()
            event.stop()
            scope.labels.go(_STEPS[event.key])

    body: dict[str, Any] = {
        "class": "panel-body",
        "ref": scope.labels.attach_list,
        "on_scroll": scrolled,
        "on_keydown": pressed,
    }
    if not annotations:
        nothing = h("p", {"class": "empty"}, texts.NO_ANNOTATIONS)
        return h("section", {"class": "labels", "style": "--rows:1"}, _head(scope), h("div", body, nothing))
    body |= {
        "role": "grid",
        "aria-label": texts.ANNOTATIONS,
        "aria-multiselectable": True,
        "aria-rowcount": len(annotations),
    }
    rows_in_sight = h(
        "div",
        {"role": "none", "style": f"position:relative;height:{len(annotations) * ROW_HEIGHT}px"},
        [
            _row(scope, view, first + place, view.id in selected, view.id == stop)
            for place, view in enumerate(rows)
        ],
    )
    style = f"--rows:{min(len(annotations), MOST_ROWS)}"
    return h("section", {"class": "labels", "style": style}, _head(scope), h("div", body, rows_in_sight))


def _head(scope: PanelScope) -> Node:
    annotations, labeling = scope.session.annotations, scope.labeling
    hidden = bool(annotations) and all(view.hidden for view in annotations)
    names = [view.id for view in annotations]
    locked = bool(names) and labeling.locked.issuperset(names)
    return h(
        "div",
        {"class": "panel-head"},
        h("h2", None, plural(len(annotations), "annotation")),
        h(
            "input",
            {
                "type": "range",
                "min": 0,
                "max": 100,
                "prop:value": str(round(scope.display.opacity * 100)),
                "aria-label": texts.MASK_OPACITY,
                "title": texts.MASK_OPACITY,
                "on_input": lambda event: scope.display.change_opacity(float(event.value) / 100),
            },
        ),
        icon_button(
            "eye-off" if hidden else "eye",
            texts.SHOW_ALL if hidden else texts.HIDE_ALL,
            lambda: labeling.hide(names, not hidden),
            side="left",
            disabled=not annotations,
        ),
        icon_button(
            "lock" if locked else "lock-open",
            texts.UNLOCK_ALL if locked else texts.LOCK_ALL,
            lambda: labeling.lock(names, not locked),
            side="left",
            disabled=not annotations,
        ),
    )


def _row(scope: PanelScope, view: AnnotationView, place: int, chosen: bool, stop: bool) -> Node:
    session, labels = scope.session, scope.labels
    known = session.label_class(view.class_id)
    missing = session.questionnaire.missing(view.id)
    name = known.name if known else texts.CLASS_GONE
    number = numbers_of(session.annotations)[view.id]

    def clicked(event: Event) -> None:
        labels.pick(view.id, more=event.ctrl, through=event.shift)

    return h(
        "div",
        {
            "key": view.id,
            "class": classes("label", view.hidden and "hidden"),
            "role": "row",
            "aria-selected": chosen,
            "aria-rowindex": place + 1,
            "style": f"top:{place * ROW_HEIGHT}px;--color:{known.color if known else NEUTRAL}",
        },
        _cell(
            h(
                "button",
                {
                    "type": "button",
                    "class": "pick",
                    "tabindex": "0" if stop else "-1",
                    "ref": labels.focus_of(view.id),
                    "on_click": clicked,
                },
                h("span", {"class": "swatch"}),
                h("span", {"class": "number"}, str(number)),
                h("span", {"class": classes("name", known is None and "gone")}, name),
                h("span", {"class": "kind"}, KINDS.get(str(view.shape.__struct_config__.tag), "")),
                _missing(missing[0].name) if missing else None,
            )
        ),
        _controls(scope, view, view.id in scope.labeling.locked, annotation_name(name, number)),
    )


def _controls(scope: PanelScope, view: AnnotationView, locked: bool, name: str) -> list[Node]:
    eye = icon_button(
        "eye-off" if view.hidden else "eye",
        texts.SHOW if view.hidden else texts.HIDE,
        lambda: scope.labeling.toggle_hidden(view.id),
        side="left",
        extra=classes(view.hidden and "stays"),
    )
    lock = icon_button(
        "lock" if locked else "lock-open",
        texts.UNLOCK if locked else texts.LOCK,
        lambda: scope.labeling.toggle_locked(view.id),
        side="left",
        extra=classes(locked and "stays"),
    )
    delete = icon_button(
        "trash-2",
        texts.delete_annotation(name),
        lambda: scope.labels.delete(view.id),
        side="left",
        disabled=view.locked,
    )
    return [_cell(control) for control in (eye, lock, delete)]


def _cell(control: Node) -> Node:
    return h("span", {"class": "cell", "role": "gridcell"}, control)


def _missing(question: str) -> Node:
    text = texts.needs_answer(question)
    return h(
        "span", {"class": "owed", "role": "img", "aria-label": text, "title": text}, icon("circle-alert")
    )
