"""The list of annotations at the right, topmost first; only rows in sight are drawn."""

from __future__ import annotations

from typing import Any

from webapp.py.pages.workbench.panel.labels import CLASS_GONE, ROW_HEIGHT, summary_of
from webapp.py.pages.workbench.panel.scope import PanelScope
from webapp.py.ui.parts import icon, icon_button, plural
from webapp.py.ui.tree import Event, Node, classes, h
from webapp.py.workspace.figures import NEUTRAL
from webapp.py.workspace.tool import AnnotationView

_KINDS = {
    "box": "Box",
    "polygon": "Polygon",
    "polyline": "Line",
    "points": "Points",
    "mask": "Mask",
    "other": "Other",
}
_STEPS = {"ArrowUp": -1, "ArrowDown": 1, "Home": -(10**9), "End": 10**9}


def label_list(scope: PanelScope) -> Node:
    """Return the list of annotations with its head."""
    annotations = scope.session.annotations
    first, rows = scope.labels.rows()
    selected = set(scope.session.selected)
    # One row is a stop of the Tab key; the arrows go on from there.
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
        nothing = h("p", {"class": "empty"}, "Nothing labeled on this image yet. Choose a class and draw.")
        return h("section", {"class": "panel-fill labels"}, _head(scope), h("div", body, nothing))
    body |= {
        "role": "grid",
        "aria-label": "Annotations",
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
    return h("section", {"class": "panel-fill labels"}, _head(scope), h("div", body, rows_in_sight))


def _head(scope: PanelScope) -> Node:
    annotations, labeling = scope.session.annotations, scope.labeling
    hidden = bool(annotations) and all(view.hidden for view in annotations)
    pinned = bool(annotations) and all(view.locked for view in annotations)
    names = [view.id for view in annotations]
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
                "aria-label": "Opacity of masks",
                "title": "Opacity of masks",
                "style": "width:84px",
                "on_input": lambda event: scope.display.change_opacity(float(event.value) / 100),
            },
        ),
        icon_button(
            "eye-off" if hidden else "eye",
            "Show all" if hidden else "Hide all",
            lambda: labeling.hide(names, not hidden),
            side="left",
            disabled=not annotations,
        ),
        icon_button(
            "lock" if pinned else "lock-open",
            "Unlock all" if pinned else "Lock all",
            lambda: labeling.lock(names, not pinned),
            side="left",
            disabled=not annotations,
        ),
    )


def _row(scope: PanelScope, view: AnnotationView, place: int, chosen: bool, stop: bool) -> Node:
    session, labels = scope.session, scope.labels
    known = session.label_class(view.class_id)
    owed = session.questionnaire.missing(view.id)
    name = known.name if known else CLASS_GONE
    number = summary_of(session.annotations).numbers[view.id]

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
                h("span", {"class": "kind"}, _KINDS.get(str(view.shape.__struct_config__.tag), "")),
                _owed(owed[0].name) if owed else None,
            )
        ),
        _controls(scope, view, view.id in scope.labeling.locked, f"{name} {number}"),
    )


def _controls(scope: PanelScope, view: AnnotationView, pinned: bool, name: str) -> list[Node]:
    eye = icon_button(
        "eye-off" if view.hidden else "eye",
        "Show" if view.hidden else "Hide",
        lambda: scope.labeling.toggle_hidden(view.id),
        side="left",
        extra=classes(view.hidden and "stays"),
    )
    pin = icon_button(
        "lock" if pinned else "lock-open",
        "Unlock" if pinned else "Lock",
        lambda: scope.labeling.toggle_locked(view.id),
        side="left",
        extra=classes(pinned and "stays"),
    )
    bin_ = icon_button(
        "trash-2", f"Delete {name}", lambda: scope.labels.delete(view.id), side="left", disabled=view.locked
    )
    return [_cell(control) for control in (eye, pin, bin_)]


def _cell(control: Node) -> Node:
    return h("span", {"class": "cell", "role": "gridcell"}, control)


def _owed(question: str) -> Node:
    text = f"“{question}” needs an answer"
    return h(
        "span", {"class": "owed", "role": "img", "aria-label": text, "title": text}, icon("circle-alert")
    )
