"""The questionnaire: about the selected annotations, or about the image where nothing is selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from webapp.py.domain.model import Answers, Attribute, LabelClass
from webapp.py.pages.workbench.panel.labels import CLASS_GONE, summary_of
from webapp.py.pages.workbench.panel.scope import PanelScope
from webapp.py.ui.parts import button, does, icon_button
from webapp.py.ui.tree import Event, Node, classes, h
from webapp.py.workspace.figures import NEUTRAL
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.messages import KeyPress
from webapp.py.workspace.questionnaire import MOST_TEXT, Merged, merged
from webapp.py.workspace.questionnaire_session import IMAGE, Subject
from webapp.py.workspace.z_order import Move

_VARIOUS = "Various answers"
_MOVES: tuple[tuple[Move, str, str], ...] = (
    ("front", "arrow-up-to-line", "Bring to the front"),
    ("forward", "arrow-up", "Bring forward"),
    ("backward", "arrow-down", "Send backward"),
    ("back", "arrow-down-to-line", "Send to the back"),
)


@dataclass(frozen=True, slots=True)
class _Form:
    """What all parts of the form need, found once: thousands of annotations may be selected."""

    session: ImageSession
    scope: PanelScope
    subject: Subject
    answers: Sequence[Answers]
    open: bool


def label_form(scope: PanelScope) -> Node | None:
    """Return the questionnaire; None where nothing is selected and nothing asked about the image."""
    session = scope.session
    subject = session.selected
    if subject == IMAGE and not session.questionnaire.image_questions:
        return None
    questionnaire = session.questionnaire
    form = _Form(session, scope, subject, questionnaire.answers(subject), questionnaire.open(subject))
    return h(
        "section",
        {
            # Other annotations get fields of their own: no caret and no half-typed text goes over to them.
            "key": hash((id(session), session.asset.ordinal if session.asset else -1, subject)),
            "class": "form",
            "aria-label": "Questions about the image" if subject == IMAGE else "Selected annotation",
        },
        _head(form),
        h(
            "div",
            {"class": "panel-body fields", "on_keydown": partial(_field_key, scope)},
            [_question(form, one) for one in scope.labels.questions(subject)],
        ),
        _foot(form),
    )


def _head(form: _Form) -> Node:
    session, subject = form.session, form.subject
    if subject == IMAGE:
        return h("div", {"class": "panel-head"}, h("h2", None, "Image"))
    wanted = set(subject)
    found = {view.class_id for view in session.annotations if view.id in wanted}
    known = session.label_class(next(iter(found))) if len(found) == 1 else None
    number = summary_of(session.annotations).numbers[subject[0]]
    return h(
        "div",
        {"class": "panel-head", "style": f"--color:{known.color if known else NEUTRAL}"},
        h("span", {"class": "swatch"}),
        _class_field(form, known, len(found) > 1),
        h(
            "span",
            {"class": "number", "title": f"{len(subject)} selected" if len(subject) > 1 else None},
            number if len(subject) == 1 else f"× {len(subject)}",
        ),
        [
            icon_button(
                icon_name,
                label,
                partial(session.reorder, move),
                side="left",
                disabled=not form.open,
            )
            for move, icon_name, label in _MOVES
        ],
    )


def _foot(form: _Form) -> Node:
    return h(
        "div",
        {"class": "form-foot"},
        None
        if form.subject == IMAGE
        else button(
            "Delete",
            form.session.delete_selected,
            kind="danger",
            icon_name="trash-2",
            disabled=not form.open,
        ),
        h("span", {"style": "flex:1"}),
        h(
            "span",
            {
                "data-tip": "Confirm, and go on to what lacks an answer",
                "data-keys": form.scope.actions.keys("save"),
                "data-tip-side": "end",
            },
            button("Save", form.scope.labels.save),
        ),
    )


def _class_field(form: _Form, known: LabelClass | None, various: bool) -> Node:
    session = form.session
    offered = session.instruction.classes

    def change(event: Event) -> None:
        if event.value.isdecimal():
            session.reclassify(offered[int(event.value)].id)

    return h(
        "select",
        {
            "aria-label": "Class",
            "title": "Class of the selection",
            "prop:value": "" if known is None else str(offered.index(known)),
            "disabled": not form.open,
            "on_change": change,
        },
        h("option", {"value": "", "hidden": True}, "Various" if various else CLASS_GONE)
        if known is None
        else None,
        [h("option", {"value": place}, one.name) for place, one in enumerate(offered)],
    )


# --- questions


def _question(form: _Form, attribute: Attribute) -> Node:
    questionnaire, labels, subject = form.session.questionnaire, form.scope.labels, form.subject
    shown = merged(attribute, form.answers)
    owed = labels.owes(subject, attribute)
    return h(
        "fieldset",
        {
            "key": attribute.id,
            "class": classes("question", owed and "owing"),
            # Two names for one animation: the other one begins it anew.
            "data-flash": labels.flashes % 2 if owed else None,
            "disabled": not form.open,
            "role": "radiogroup" if attribute.kind == "radio" else "group",
            "aria-invalid": owed or None,
            "aria-required": attribute.required if attribute.kind == "radio" else None,
        },
        h(
            "legend",
            {"class": "asks"},
            attribute.name,
            h("span", {"class": "required", "title": "Must be answered"}, "*")
            if attribute.required
            else None,
        ),
        icon_button(
            "x",
            f"Clear the answer to “{attribute.name}”",
            lambda: questionnaire.answer(subject, attribute, ""),
            side="left",
            extra="clear",
        )
        if attribute.kind == "radio" and (shown.text or shown.mixed)
        else None,
        _FIELDS[attribute.kind](form, attribute, shown),
        h("p", {"class": "hint"}, _VARIOUS) if shown.mixed and attribute.kind != "text" else None,
        h("p", {"class": "hint"}, f"Answered before: {', '.join(shown.stale)} (no longer offered)")
        if shown.stale
        else None,
        h("p", {"class": "field-error", "role": "alert"}, "This needs an answer.") if owed else None,
    )


def _text_field(form: _Form, attribute: Attribute, shown: Merged) -> Node:
    questionnaire, subject = form.session.questionnaire, form.subject
    typed = questionnaire.text(subject, attribute)

    def typing(event: Event) -> None:
        form.scope.labels.typed(subject, attribute, event.value)

    def done(event: Event) -> None:
        questionnaire.write(subject, attribute, event.value)
        questionnaire.commit()

    def pressed(event: Event) -> None:
        event.stop()
        if event.key == "Enter" and not (event.shift or event.ctrl) and not _composing(event):
            event.prevent()
            questionnaire.commit()
        elif event.key == "Escape":
            _leave(event)
        elif form.scope.actions.take_key(_key(event), typing=True):
            event.prevent()

    return h(
        "textarea",
        {
            "rows": 1,
            "maxlength": MOST_TEXT,
            "aria-label": attribute.name,
            "aria-required": attribute.required,
            "placeholder": _VARIOUS if shown.mixed else None,
            "prop:value": shown.text if typed is None else typed,
            "ref": form.scope.labels.focus_of((form.subject, attribute.id)),
            "on_input": typing,
            "on_change": done,
            "on_keydown": pressed,
        },
    )


def _choice_field(form: _Form, attribute: Attribute, shown: Merged) -> Node:
    options = attribute.options

    def change(event: Event) -> None:
        if event.value != "various":
            chosen = options[int(event.value)] if event.value.isdecimal() else ""
            form.session.questionnaire.answer(form.subject, attribute, chosen)

    return h(
        "select",
        {
            "aria-label": attribute.name,
            "aria-required": attribute.required,
            "prop:value": "various" if shown.mixed else str(options.index(shown.text)) if shown.text else "",
            "ref": form.scope.labels.focus_of((form.subject, attribute.id)),
            "on_change": change,
        },
        h("option", {"value": "various", "hidden": True}, _VARIOUS) if shown.mixed else None,
        h("option", {"value": ""}, "—"),
        [h("option", {"value": n}, option) for n, option in enumerate(options)],
    )


def _radio_field(form: _Form, attribute: Attribute, shown: Merged) -> Node:
    questionnaire, subject = form.session.questionnaire, form.subject
    group = f"q-{hash((id(form.session), subject, attribute.id))}"
    first = next((one for one in attribute.options if one == shown.text), attribute.options[0])
    return h(
        "div",
        {"class": "options"},
        [
            h(
                "label",
                {"key": place},
                h(
                    "input",
                    {
                        "type": "radio",
                        "name": group,
                        "prop:checked": option == shown.text,
                        "ref": form.scope.labels.focus_of((form.subject, attribute.id))
                        if option == first
                        else None,
                        "on_change": does(partial(questionnaire.answer, subject, attribute, option)),
                    },
                ),
                option,
            )
            for place, option in enumerate(dict.fromkeys(attribute.options))
        ],
    )


def _tick_field(form: _Form, attribute: Attribute, shown: Merged) -> Node:
    def tick(option: str, event: Event) -> None:
        form.session.questionnaire.tick(form.subject, attribute, option, event.checked)

    options = list(dict.fromkeys(attribute.options))
    return h(
        "div",
        {"class": "options"},
        [
            h(
                "label",
                {"key": place},
                h(
                    "input",
                    {
                        "type": "checkbox",
                        "prop:checked": option in shown.ticked,
                        "prop:indeterminate": option in shown.partly,
                        "ref": form.scope.labels.focus_of((form.subject, attribute.id))
                        if place == 0
                        else None,
                        "on_change": partial(tick, option),
                    },
                ),
                option,
            )
            for place, option in enumerate(options)
        ],
    )


_FIELDS = {
    "text": _text_field,
    "checkboxes": _tick_field,
    "dropdown": _choice_field,
    "radio": _radio_field,
}


# --- keys in the form


def _field_key(scope: PanelScope, event: Event) -> None:
    """Keep plain keys to the fields, for arrows and letters choose there; those with Ctrl work."""
    if event.key == "Escape":
        _leave(event)
    elif event.ctrl and scope.actions.take_key(_key(event)):
        event.prevent()
    event.stop()


def _key(event: Event) -> KeyPress:
    return KeyPress(event.key, shift=event.shift, ctrl=event.ctrl, alt=event.alt)


def _composing(event: Event) -> bool:
    """Whether Enter ends a word that is being composed, as in Japanese."""
    return bool(getattr(event.raw, "isComposing", False))


def _leave(event: Event) -> None:
    target: Any = getattr(event.raw, "target", None)
    if target is not None:
        target.blur()
    event.stop()
