"""The right panel: classes with colour and count, and the annotations of the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webapp.py.domain.model import LabelClass
from webapp.py.pages.parts import button, does, icon_button, plural
from webapp.py.pages.state import Work
from webapp.py.pages.tree import Node, classes, h
from webapp.py.workspace.actions import normalized, shown
from webapp.py.workspace.scene import NEUTRAL
from webapp.py.workspace.tool import AnnotationView

if TYPE_CHECKING:
    from webapp.py.pages.desk import Desk

_KINDS = {
    "box": "Box",
    "polygon": "Polygon",
    "polyline": "Line",
    "points": "Points",
    "mask": "Mask",
    "other": "Other",
}


def class_panel(work: Work, desk: Desk) -> Node:
    """Return the right panel."""
    session = work.session
    counts = session.counts()
    return h(
        "aside",
        {"class": "panel right", "aria-label": "Labels"},
        h(
            "section",
            None,
            h("div", {"class": "panel-head"}, h("h2", None, "Classes")),
            h(
                "div",
                {"class": "panel-body", "style": "max-height:42vh"},
                [_class(work, desk, one, counts.get(one.id, 0)) for one in session.instruction.classes],
            ),
        ),
        h(
            "section",
            {"class": "panel-fill"},
            h(
                "div",
                {"class": "panel-head"},
                h("h2", None, plural(len(session.annotations), "annotation")),
                h(
                    "input",
                    {
                        "type": "range",
                        "min": 0,
                        "max": 100,
                        "prop:value": str(round(work.opacity * 100)),
                        "aria-label": "Opacity of masks",
                        "title": "Opacity of masks",
                        "style": "width:84px",
                        "on_input": lambda event: desk.change_opacity(float(event.value) / 100),
                    },
                ),
            ),
            h(
                "div",
                {"class": "panel-body", "role": "listbox", "aria-label": "Annotations"},
                _annotations(work, desk),
            ),
        ),
        _foot(work, desk),
    )


def _class(work: Work, desk: Desk, one: LabelClass, count: int) -> Node:
    keys = shown(normalized(one.shortcut))
    return h(
        "button",
        {
            "key": one.id,
            "type": "button",
            "class": "class",
            "style": f"--color:{one.color}",
            "aria-pressed": one.id == work.session.class_id,
            "aria-keyshortcuts": keys or None,
            "on_click": does(lambda: desk.choose_class(one.id)),
        },
        h("span", {"class": "swatch"}),
        h("span", {"class": "name"}, one.name),
        h("kbd", None, keys) if keys else None,
        h("span", {"class": "count number", "aria-label": plural(count, "annotation")}, str(count)),
    )


def _annotations(work: Work, desk: Desk) -> list[Node]:
    views = list(reversed(work.session.annotations))
    if not views:
        return [h("p", {"class": "empty"}, "Nothing labeled on this image yet. Choose a class and draw.")]
    return [_annotation(work, desk, view, len(views) - place) for place, view in enumerate(views)]


def _annotation(work: Work, desk: Desk, view: AnnotationView, number: int) -> Node:
    session = work.session
    known = session.label_class(view.class_id)
    name = known.name if known else "Class no longer in the instruction"
    chosen = view.id in session.selected
    pinned = view.id in work.workplace.locked
    return h(
        "div",
        {
            "key": view.id,
            "class": "label",
            "role": "option",
            "aria-selected": chosen,
            "style": f"--color:{known.color if known else NEUTRAL}",
        },
        h(
            "button",
            {"type": "button", "class": "pick", "on_click": does(lambda: desk.select(view.id))},
            h("span", {"class": "swatch"}),
            h("span", None, name),
            h("span", {"class": "kind"}, _KINDS.get(str(view.shape.__struct_config__.tag), "")),
        ),
        icon_button(
            "eye-off" if view.hidden else "eye",
            "Show" if view.hidden else "Hide",
            lambda: desk.toggle_hidden(view.id),
            side="left",
            extra=classes(view.hidden and "stays"),
        ),
        icon_button(
            "lock" if pinned else "lock-open",
            "Unlock" if pinned else "Lock",
            lambda: desk.toggle_locked(view.id),
            side="left",
            extra=classes(pinned and "stays"),
        ),
        icon_button(
            "trash-2",
            "Delete",
            lambda: desk.delete(view.id),
            side="left",
            keys="Del" if chosen else "",
            disabled=view.locked,
        ),
    )


def _foot(work: Work, desk: Desk) -> Node:
    status = work.session.assignment.get("status") if work.session.assignment else None
    done = status in ("submitted", "accepted")
    return h(
        "div",
        {"class": "panel-foot"},
        button("Skip", desk.skip, disabled=not work.session.ready),
        h("span", {"style": "flex:1"}),
        button("Open again", desk.reopen)
        if done
        else button(
            "Submit", desk.submit, kind="primary", icon_name="check", disabled=not work.session.ready
        ),
    )
