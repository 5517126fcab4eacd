"""The head of the questionnaire: tabs for selection and image; class and order of the selection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from webapp.py.domain.model import Answers, LabelClass
from webapp.py.pages.workbench.panel import texts
from webapp.py.pages.workbench.panel.scope import PanelScope
from webapp.py.ui.parts import does, icon
from webapp.py.ui.tree import Event, Node, h
from webapp.py.workspace.figures import NEUTRAL
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.naming import numbers_of
from webapp.py.workspace.questionnaire_session import IMAGE, Subject
from webapp.py.workspace.z_order import Move

_MOVES: tuple[tuple[Move, str, str], ...] = (
    ("front", "arrow-up-to-line", texts.BRING_TO_FRONT),
    ("forward", "arrow-up", texts.BRING_FORWARD),
    ("backward", "arrow-down", texts.SEND_BACKWARD),
    ("back", "arrow-down-to-line", texts.SEND_TO_BACK),
)


@dataclass(frozen=True, slots=True)
class Form:
    """What all parts of the form need, computed once because thousands of annotations may be selected."""

    session: ImageSession
    scope: PanelScope
    subject: Subject
    answers: Sequence[Answers]
    open: bool


def form_tabs(form: Form) -> Node | None:
    """Return the tabs for selection and image; None if the image has no questions."""
    session, labels = form.session, form.scope.labels
    if not session.questionnaire.image_questions:
        return None
    if not session.labeling.draws:
        return h("div", {"class": "panel-head"}, h("h2", None, texts.IMAGE))
    on_image = form.subject == IMAGE
    owes, selected = labels.owes_answer, session.selected
    return h(
        "div",
        {"class": "tabs", "role": "tablist", "aria-label": texts.QUESTIONS_ABOUT},
        _tab(texts.SELECTION, not on_image, bool(selected) and owes(selected), labels.show_selection,
             disabled=not selected),
        _tab(texts.IMAGE, on_image, owes(IMAGE), labels.show_image),
    )  # fmt: skip


def _tab(
    title: str, chosen: bool, owing: bool, choose: Callable[[], None], *, disabled: bool = False
) -> Node:
    return h(
        "button",
        {
            "type": "button",
            "role": "tab",
            "key": title,
            "aria-selected": chosen,
            "disabled": disabled,
            "title": texts.TAB_OWES if owing else None,
            "on_click": does(choose),
        },
        title,
        h("i", {"class": "owes", "role": "img", "aria-label": texts.TAB_OWES}) if owing else None,
    )


def form_head(form: Form) -> Node:
    """Return class, number and drawing order of the selection."""
    session, subject = form.session, form.subject
    wanted = set(subject)
    found = {view.class_id for view in session.annotations if view.id in wanted}
    known = session.label_class(next(iter(found))) if len(found) == 1 else None
    number = numbers_of(session.annotations)[subject[0]]
    return h(
        "div",
        {"class": "panel-head", "style": f"--color:{known.color if known else NEUTRAL}"},
        h("span", {"class": "swatch"}),
        _class_field(form, known, len(found) > 1),
        h(
            "span",
            {"class": "number", "title": texts.count_selected(len(subject)) if len(subject) > 1 else None},
            number if len(subject) == 1 else texts.times(len(subject)),
        ),
        *_order_menu(form),
    )


def _order_menu(form: Form) -> list[Node]:
    """Return the button and the menu that move the selection in the drawing order."""
    return [
        h(
            "button",
            {
                "type": "button",
                "class": "tool",
                "popovertarget": "order-menu",
                "aria-label": texts.DRAWING_ORDER,
                "data-tip": texts.DRAWING_ORDER,
                "data-tip-side": "end",
                "disabled": not form.open,
            },
            icon("layers"),
        ),
        h(
            "div",
            {
                "id": "order-menu",
                "popover": "auto",
                "class": "popover more",
                "aria-label": texts.DRAWING_ORDER,
            },
            [
                h(
                    "button",
                    {
                        "type": "button",
                        "class": "plain",
                        "key": move,
                        "aria-label": label,
                        "popovertarget": "order-menu",
                        "popovertargetaction": "hide",
                        "disabled": not form.open,
                        "on_click": does(partial(form.session.reorder, move)),
                    },
                    icon(icon_name, small=True),
                    h("span", None, label),
                    h("kbd", None, form.scope.actions.keys(move)),
                )
                for move, icon_name, label in _MOVES
            ],
        ),
    ]


def _class_field(form: Form, known: LabelClass | None, mixed: bool) -> Node:
    session = form.session
    offered = session.instruction.classes

    def change(event: Event) -> None:
        if event.value.isdecimal():
            session.reclassify(offered[int(event.value)].id)

    return h(
        "select",
        {
            "aria-label": texts.CLASS,
            "title": texts.CLASS_OF_SELECTION,
            "prop:value": "" if known is None else str(offered.index(known)),
            "disabled": not form.open,
            "on_change": change,
        },
        h("option", {"value": "", "hidden": True}, texts.MIXED if mixed else texts.CLASS_GONE)
        if known is None
        else None,
        [h("option", {"value": place}, one.name) for place, one in enumerate(offered)],
    )
