"""The state and commands of the right panel: selecting in the list, answers, and missing answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from webapp.py.domain.model import Attribute, LabelClass
from webapp.py.geometry.memory import remembered
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.panel import texts
from webapp.py.pages.workbench.panels import Panels
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.ui.reactive import reactive
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.naming import name_of
from webapp.py.workspace.questionnaire_session import IMAGE, Missing, Subject
from webapp.py.workspace.tool import AnnotationView

ROW_HEIGHT = 34
"""Height of a row of the list, in CSS pixels."""
MANY = 12
"""From this number of classes on, the panel has a field to find one."""
PAUSE_SECONDS = 0.6
"""Seconds without a key after which typed text is saved."""
_ABOVE, _BELOW = 8, 18
"""Rows drawn above and below the visible ones; the list grows downwards when the form above it closes."""


@remembered(most=8)
def members_of(annotations: Sequence[AnnotationView]) -> dict[str, list[AnnotationView]]:
    """Return the annotations of an image by class."""
    members: dict[str, list[AnnotationView]] = {}
    for view in annotations:
        members.setdefault(view.class_id, []).append(view)
    return members


def picked(
    order: Sequence[str], selected: Sequence[str], anchor: str | None, name: str, *, more: bool, through: bool
) -> list[str]:
    """Return the selection after a click on a row.

    ``more`` (Ctrl) adds or removes the row, ``through`` (Shift) selects from the ``anchor`` to it.

    Examples
    --------
    >>> picked("abcd", ["a"], "a", "c", more=False, through=True)
    ['a', 'b', 'c']
    >>> picked("abcd", ["a", "c"], "a", "c", more=True, through=False)
    ['a']
    """
    if through and anchor is not None and anchor in order:
        ends = sorted((order.index(anchor), order.index(name)))
        return list(order[ends[0] : ends[1] + 1])
    if more:
        others = [one for one in selected if one != name]
        return others if name in selected else [*others, name]
    return [name]


class Toasts(Protocol):
    """Shows toasts, as the shell does."""

    def say(self, text: str) -> None:
        """Show a sentence for some seconds."""

    def unsay(self, text: str) -> None:
        """Take a sentence back if it is still shown."""


class Labels:
    """The state and commands of the right panel.

    Parameters
    ----------
    viewports
        The panel shows the active one.
    scrolling
        Goes to the slice of an annotation.
    ports
        Window and machine.
    toasts
        Shows toasts.
    panels
        Opens the panel to show a missing answer.
    """

    scroll = reactive(0.0)
    """Scroll position of the list, in CSS pixels."""
    height = reactive(600.0)
    """Height of the visible part of the list, in CSS pixels."""
    flashing = reactive[Missing | None](None)
    """The missing answer that is marked."""
    flashes = reactive(0)
    """How often a missing answer was marked."""
    class_text = reactive("")
    """Only classes with this in their name are listed."""
    _away = reactive[Subject](())
    """The selection whose form is put away."""
    _focus = reactive[tuple[Subject, str] | str | None](None)

    def __init__(
        self,
        viewports: ViewportSet,
        scrolling: Scrolling,
        ports: Ports,
        toasts: Toasts,
        panels: Panels,
    ) -> None:
        self._viewports, self._scrolling, self._ports, self._toasts = viewports, scrolling, ports, toasts
        self._told = ""
        self._class_id: str | None = None
        self._panels = panels
        self._list: Any = None
        self._anchor: str | None = None
        self._pause: Callable[[], None] = lambda: None
        self._stop_watching: Callable[[], None] = lambda: None

    @property
    def _session(self) -> ImageSession:
        return self._viewports.session

    # --- the list

    def attach_list(self, element: Any) -> None:
        """Keep the element of the list, to scroll it."""
        self._stop_watching()
        self._list, self._stop_watching = element, lambda: None
        if element is not None:
            self.scroll, self.height = 0.0, float(element.clientHeight or 600)
            self._stop_watching = self._ports.window.watch_size(element, self._resized)

    def _resized(self, height: float) -> None:
        self.height = height or self.height

    def scrolled(self, top: float, height: float) -> None:
        """Store which part of the list is visible."""
        self.scroll, self.height = top, height

    def rows(self) -> tuple[int, Sequence[AnnotationView]]:
        """Return the index of the first row to draw, and the rows to draw, topmost annotation first."""
        annotations = self._session.annotations
        total = len(annotations)
        first = min(max(int(self.scroll // ROW_HEIGHT) - _ABOVE, 0), total)
        last = min(int((self.scroll + self.height) // ROW_HEIGHT) + 1 + _BELOW, total)
        return first, annotations[total - last : total - first][::-1]

    def pick(self, annotation_id: str, *, more: bool = False, through: bool = False) -> None:
        """Select a row, and choose the Select tool."""
        session = self._session
        order = [view.id for view in reversed(session.annotations)]
        if annotation_id not in order:
            return
        chosen = picked(order, session.selected, self._anchor, annotation_id, more=more, through=through)
        if not through:
            self._anchor = annotation_id
        session.choose_tool("select")
        session.select(chosen)
        self.show_selection()

    def go(self, by: int) -> None:
        """Select the row that is ``by`` rows further, and scroll to it."""
        session = self._session
        order = [view.id for view in reversed(session.annotations)]
        if not order:
            return
        current = session.selected[-1] if session.selected else None
        place = order.index(current) + by if current in order else 0
        name = order[min(max(place, 0), len(order) - 1)]
        self.pick(name)
        self.reveal(name)
        self._focus = name

    def delete(self, annotation_id: str) -> None:
        """Delete an annotation of the list."""
        self._session.select([annotation_id])
        self._session.delete_selected()

    def reveal(self, annotation_id: str) -> None:
        """Scroll the list to a row."""
        order = [view.id for view in reversed(self._session.annotations)]
        if self._list is None or annotation_id not in order:
            return
        top = order.index(annotation_id) * ROW_HEIGHT
        if top < self.scroll or top + ROW_HEIGHT > self.scroll + self.height:
            self.scroll = max(top - self.height / 3, 0.0)
            self._list.scrollTop = self.scroll

    # --- the form

    @property
    def subject(self) -> Subject:
        """What the form is about: the selection, unless its form was put away, or the image."""
        selected = self._session.selected
        return IMAGE if selected == self._away else selected

    def show_selection(self) -> None:
        """Show the questions about the selection."""
        self._away = ()

    def show_image(self) -> None:
        """Show the questions about the image, while the selection stays."""
        self._away = self._session.selected

    def class_chosen(self) -> None:
        """Put the form of the selection away if the person goes on with another class than it has."""
        session = self._session
        before, self._class_id = self._class_id, session.class_id
        chosen = session.class_id != before and session.label_class(before) is not None
        if chosen and session.selected:
            wanted = set(session.selected)
            of_it = {view.class_id for view in session.annotations if view.id in wanted}
            self._away = () if session.class_id in of_it else session.selected

    def owes_answer(self, subject: Subject) -> bool:
        """Return whether a required answer is missing about the image, or about any of some annotations."""
        questionnaire = self._session.questionnaire
        if subject == IMAGE:
            return bool(questionnaire.missing_of_image())
        return any(questionnaire.missing(name) for name in subject)

    # --- classes

    def reveal_class(self, element: Any) -> None:
        """Scroll to the active class, which is an element on the page now."""
        if element is not None:
            self._ports.window.reveal(element)

    def find_class(self, text: str) -> None:
        """List only classes with a text in their name."""
        self.class_text = text

    def listed_classes(self) -> list[LabelClass]:
        """Return the classes of the instruction with the text in their name."""
        found = self._session.instruction.classes
        text = self.class_text.strip().casefold()
        return [one for one in found if text in one.name.casefold()] if len(found) >= MANY else found

    # --- answers

    def typed(self, subject: Subject, attribute: Attribute, text: str) -> None:
        """Store the text typed so far; it is saved when typing pauses."""
        questionnaire = self._session.questionnaire
        questionnaire.write(subject, attribute, text)
        self._pause()
        self._pause = self._ports.machine.later(PAUSE_SECONDS, questionnaire.keep)

    def next_open(self) -> None:
        """Go to the next required question without an answer: about the selection, then any other."""
        session = self._session
        session.questionnaire.commit()
        for name in session.selected:
            for attribute in session.questionnaire.missing(name):
                self._flash(Missing(name, attribute))
                return
        missing = session.questionnaire.first_missing()
        if missing is None:
            session.select(())
            self._toasts.say(texts.ALL_ANSWERED)
        elif session.selected:
            self._go_to(missing)
        else:
            self._flash(missing)

    def may_submit(self) -> bool:
        """Return whether no required answer is missing; if one is, go to it and mark it."""
        missing = self._session.questionnaire.first_missing()
        if missing is None:
            return True
        self._flash(missing)
        about = name_of(self._session, missing.annotation) if missing.annotation else ""
        self._told = texts.not_submitted(about, missing.attribute.name)
        self._toasts.say(self._told)
        return False

    def forget_missing(self) -> None:
        """Take back the mark and the message of a missing answer, because the image is another or done."""
        self.flashing = None
        self._toasts.unsay(self._told)

    def answer_questions(self) -> None:
        """Go to the first question about the selection, or about the image if nothing is selected."""
        subject = self.subject
        questions = self.questions(subject)
        if questions:
            self._focus = (subject, questions[0].id)

    def questions(self, subject: Subject) -> list[Attribute]:
        """Return the questions about annotations of one class, or about the image."""
        session = self._session
        if subject == IMAGE:
            return session.questionnaire.image_questions
        wanted = set(subject)
        asked_of = {view.class_id for view in session.annotations if view.id in wanted}
        return session.questionnaire.questions(asked_of.pop()) if len(asked_of) == 1 else []

    def is_missing(self, subject: Subject, attribute: Attribute) -> bool:
        """Return whether the question is marked and still lacks an answer for part of ``subject``."""
        flashed, questionnaire = self.flashing, self._session.questionnaire
        if flashed is None or flashed.attribute.id != attribute.id:
            return False
        if flashed.annotation is None or subject == IMAGE:
            return (flashed.annotation is None) == (subject == IMAGE) and attribute in (
                questionnaire.missing_of_image()
            )
        return flashed.annotation in subject and any(
            attribute in questionnaire.missing(one) for one in subject
        )

    def focus_of(self, place: tuple[Subject, str] | str) -> Any:
        """Return the ``ref`` of the field or row that gets the focus, None for all others."""
        return self._take_focus if place == self._focus else None

    def _flash(self, missing: Missing) -> None:
        self.flashing = missing
        self.flashes += 1
        self._panels.reveal("right")
        self._go_to(missing)

    def _go_to(self, missing: Missing) -> None:
        session = self._session
        if missing.annotation is not None:
            self._show_slice_of(missing.annotation)
        together = missing.annotation in session.selected and bool(self.questions(session.selected))
        if missing.annotation is None:
            session.select(())
        elif not together:
            session.select([missing.annotation])
        if missing.annotation is not None:
            self.reveal(missing.annotation)
        self.show_selection()
        self._focus = (session.selected, missing.attribute.id)

    def _show_slice_of(self, annotation_id: str) -> None:
        """In a stack, go to the slice of an annotation."""
        session, viewport = self._session, self._viewports.current
        asset = (session.records.get("annotation", annotation_id) or {}).get("asset")
        if viewport.place is not None and asset in viewport.place.order:
            self._scrolling.go_to(viewport, viewport.place.order.index(asset))

    def _take_focus(self, element: Any) -> None:
        if element is not None:
            self._focus = None
            element.focus()
