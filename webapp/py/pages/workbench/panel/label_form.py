"""The questionnaire: about the selected annotations, or about the image if nothing is selected."""

from __future__ import annotations

from functools import partial
from typing import Any

from webapp.py.domain.model import Attribute
from webapp.py.pages.workbench.panel import texts
from webapp.py.pages.workbench.panel.form_head import Form, form_head, form_tabs
from webapp.py.pages.workbench.panel.scope import PanelScope
from webapp.py.ui.parts import button, does, icon_button, with_tip
from webapp.py.ui.tree import Event, Node, classes, h
from webapp.py.workspace.messages import KeyPress
from webapp.py.workspace.questionnaire import MOST_TEXT, Merged, merged
from webapp.py.workspace.questionnaire_session import IMAGE


def label_form(scope: PanelScope) -> Node | None:
    """Return the questionnaire; None if nothing is selected and the image has no questions."""
    session, subject = scope.session, scope.labels.subject
    if subject == IMAGE and not session.questionnaire.image_questions:
        return None
    questionnaire = session.questionnaire
    form = Form(session, scope, subject, questionnaire.answers(subject), questionnaire.open(subject))
    return h(
        "section",
        {
            # Other annotations get new fields, without the cursor and the text of these.
            "key": hash((id(session), session.asset.ordinal if session.asset else -1, subject)),
            "class": "form",
            "aria-label": texts.IMAGE_QUESTIONS if subject == IMAGE else texts.SELECTED_ANNOTATION,
        },
        form_tabs(form),
        None if subject == IMAGE else form_head(form),
        h(
            "div",
            {"class": "panel-body fields", "on_keydown": partial(_field_key, scope)},
            [_question(form, one) for one in scope.labels.questions(subject)],
        ),
        _foot(form),
    )


def _foot(form: Form) -> Node | None:
    asks = any(one.required for one in form.scope.labels.questions(form.subject))
    if form.subject == IMAGE and not asks:
        return None
    return h(
        "div",
        {"class": "form-foot"},
        None
        if form.subject == IMAGE
        else button(
            texts.DELETE,
            form.session.delete_selected,
            kind="danger",
            icon_name="trash-2",
            disabled=not form.open,
        ),
        h("span", {"style": "flex:1"}),
        with_tip(
            button(texts.NEXT_OPEN, form.scope.labels.next_open, disabled=not form.open),
            texts.NEXT_OPEN_TIP,
            form.scope.actions.keys("next-open"),
            side="above-end",
        )
        if asks
        else None,
    )


# --- questions


def _question(form: Form, attribute: Attribute) -> Node:
    questionnaire, labels, subject = form.session.questionnaire, form.scope.labels, form.subject
    shown = merged(attribute, form.answers)
    missing = labels.is_missing(subject, attribute)
    return h(
        "fieldset",
        {
            "key": attribute.id,
            "class": classes("question", missing and "owing"),
            # The animation has two names; switching to the other one starts it again.
            "data-flash": labels.flashes % 2 if missing else None,
            "disabled": not form.open,
            "role": "radiogroup" if attribute.kind == "radio" else "group",
            "aria-invalid": missing or None,
            "aria-required": attribute.required if attribute.kind == "radio" else None,
        },
        h(
            "legend",
            {"class": "asks"},
            attribute.name,
            h("span", {"class": "required", "title": texts.REQUIRED}, "*") if attribute.required else None,
        ),
        icon_button(
            "x",
            texts.clear_answer(attribute.name),
            lambda: questionnaire.answer(subject, attribute, ""),
            side="left",
            extra="clear",
        )
        if attribute.kind == "radio" and (shown.text or shown.mixed)
        else None,
        _FIELDS[attribute.kind](form, attribute, shown),
        h("p", {"class": "hint"}, texts.MIXED_ANSWERS) if shown.mixed and attribute.kind != "text" else None,
        h("p", {"class": "hint"}, texts.previous_answers(shown.stale)) if shown.stale else None,
        h("p", {"class": "field-error", "role": "alert"}, texts.QUESTION_NEEDS_ANSWER) if missing else None,
    )


def _text_field(form: Form, attribute: Attribute, shown: Merged) -> Node:
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
            leave(event)
        elif form.scope.actions.take_key(_key(event), typing=True):
            event.prevent()

    return h(
        "textarea",
        {
            "rows": 1,
            "maxlength": MOST_TEXT,
            "aria-label": attribute.name,
            "aria-required": attribute.required,
            "placeholder": texts.MIXED_ANSWERS if shown.mixed else None,
            "prop:value": shown.text if typed is None else typed,
            "ref": form.scope.labels.focus_of((form.subject, attribute.id)),
            "on_input": typing,
            "on_change": done,
            "on_keydown": pressed,
        },
    )


def _choice_field(form: Form, attribute: Attribute, shown: Merged) -> Node:
    options = attribute.options

    def change(event: Event) -> None:
        if event.value != "mixed":
            chosen = options[int(event.value)] if event.value.isdecimal() else ""
            form.session.questionnaire.answer(form.subject, attribute, chosen)

    return h(
        "select",
        {
            "aria-label": attribute.name,
            "aria-required": attribute.required,
            "prop:value": "mixed" if shown.mixed else str(options.index(shown.text)) if shown.text else "",
            "ref": form.scope.labels.focus_of((form.subject, attribute.id)),
            "on_change": change,
        },
        h("option", {"value": "mixed", "hidden": True}, texts.MIXED_ANSWERS) if shown.mixed else None,
        h("option", {"value": ""}, texts.NO_ANSWER),
        [h("option", {"value": n}, option) for n, option in enumerate(options)],
    )


def _radio_field(form: Form, attribute: Attribute, shown: Merged) -> Node:
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


def _tick_field(form: Form, attribute: Attribute, shown: Merged) -> Node:
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
    """Leave plain keys to the fields, where arrows and letters choose; handle keys with Ctrl."""
    if event.key == "Escape":
        leave(event)
    elif event.ctrl and scope.actions.take_key(_key(event)):
        event.prevent()
    event.stop()


def _key(event: Event) -> KeyPress:
    return KeyPress(event.key, shift=event.shift, ctrl=event.ctrl, alt=event.alt)


def _composing(event: Event) -> bool:
    """Return whether Enter ends a word that is being composed, as in Japanese."""
    return bool(getattr(event.raw, "isComposing", False))


def leave(event: Event) -> None:
    """Take the focus from a field, so that the next keys are for the page."""
    target: Any = getattr(event.raw, "target", None)
    if target is not None:
        target.blur()
    event.stop()
