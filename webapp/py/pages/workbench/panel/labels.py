"""What the right panel asks for: select in the list, answer, save, and be told what is still owed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.py.domain.model import Attribute
from webapp.py.geometry.memory import remembered
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.questionnaire_session import IMAGE, Missing, Subject
from webapp.py.workspace.tool import AnnotationView

ROW_HEIGHT = 34
"""CSS pixels of a row of the list."""
PAUSE_SECONDS = 0.6
"""After so long without a key what has been typed is saved."""
_ABOVE, _BELOW = 8, 18
"""Rows drawn above and below those in sight; the list grows downwards when the form above it goes."""
CLASS_GONE = "Class no longer in the instruction"


@dataclass(frozen=True, slots=True)
class Summary:
    """What the panel says of all annotations of an image: numbers by id, the oldest 1; ids by class."""

    numbers: dict[str, int]
    members: dict[str, list[AnnotationView]]


@remembered(most=8)
def summary_of(annotations: Sequence[AnnotationView]) -> Summary:
    """Return what the panel says of all annotations of an image."""
    members: dict[str, list[AnnotationView]] = {}
    for view in annotations:
        members.setdefault(view.class_id, []).append(view)
    # Ids begin with the time at which they were made.
    oldest_first = sorted(view.id for view in annotations)
    return Summary({name: number for number, name in enumerate(oldest_first, 1)}, members)


def name_of(session: ImageSession, annotation_id: str) -> str:
    """Return what an annotation is called: its class and number."""
    view = next((one for one in session.annotations if one.id == annotation_id), None)
    known = session.label_class(view.class_id if view else None)
    number = summary_of(session.annotations).numbers.get(annotation_id, 0)
    return f"{known.name if known else 'Annotation'} {number}"


def picked(
    order: Sequence[str], selected: Sequence[str], anchor: str | None, name: str, *, more: bool, through: bool
) -> list[str]:
    """Return what is selected after a click on a row.

    ``more`` (Ctrl) adds the row or takes it away, ``through`` (Shift) selects from the ``anchor`` to it.

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


class Labels:
    """Does what the right panel asks for.

    Parameters
    ----------
    viewports
        The panel is about the active one.
    scrolling
        Goes to the slice that an annotation is on.
    ports
        The world outside.
    say
        Shows a sentence to the person.
    """

    def __init__(
        self, viewports: ViewportSet, scrolling: Scrolling, ports: Ports, say: Callable[[str], None]
    ) -> None:
        self._viewports, self._scrolling, self._ports, self._say = viewports, scrolling, ports, say
        self._list: Any = None
        self._anchor: str | None = None
        self._focus: tuple[Subject, str] | str | None = None
        self.scroll, self.height = 0.0, 600.0
        self._pause: Callable[[], None] = lambda: None
        self.flashing: Missing | None = None
        self.flashes = 0

    @property
    def _session(self) -> ImageSession:
        return self._viewports.session

    # --- the list

    def attach_list(self, element: Any) -> None:
        """Take the list of annotations, to scroll it."""
        self._list = element
        if element is not None:
            self.scroll, self.height = 0.0, float(element.clientHeight or 600)

    def scrolled(self, top: float, height: float) -> None:
        """Take note of what part of the list is in sight."""
        self.scroll, self.height = top, height
        self._ports.render()

    def rows(self) -> tuple[int, Sequence[AnnotationView]]:
        """Return the rows to draw, topmost annotation first, and the place of the first of them."""
        annotations = self._session.annotations
        total = len(annotations)
        if self._list is not None:
            self.height = float(self._list.clientHeight or self.height)
        first = min(max(int(self.scroll // ROW_HEIGHT) - _ABOVE, 0), total)
        last = min(int((self.scroll + self.height) // ROW_HEIGHT) + 1 + _BELOW, total)
        return first, annotations[total - last : total - first][::-1]

    def pick(self, annotation_id: str, *, more: bool = False, through: bool = False) -> None:
        """Select a row, with the tool that edits it."""
        session = self._session
        order = [view.id for view in reversed(session.annotations)]
        if annotation_id not in order:
            return
        chosen = picked(order, session.selected, self._anchor, annotation_id, more=more, through=through)
        if not through:
            self._anchor = annotation_id
        session.choose_tool("select")
        session.select(chosen)

    def go(self, by: int) -> None:
        """Select the row above or below, and show it."""
        session = self._session
        order = [view.id for view in reversed(session.annotations)]
        if not order:
            return
        at_hand = session.selected[-1] if session.selected else None
        place = order.index(at_hand) + by if at_hand in order else 0
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

    # --- answers

    def typed(self, subject: Subject, attribute: Attribute, text: str) -> None:
        """Take what has been typed so far; at a pause it is saved, and typing goes on."""
        questionnaire = self._session.questionnaire
        questionnaire.write(subject, attribute, text)
        self._pause()
        self._pause = self._ports.machine.later(PAUSE_SECONDS, questionnaire.keep)

    def save(self) -> None:
        """Confirm the answers about the selection, and go on to the next annotation that lacks one."""
        session = self._session
        session.questionnaire.commit()
        for name in session.selected:
            for attribute in session.questionnaire.missing(name):
                self._flash(Missing(name, attribute))
                return
        owed = session.questionnaire.first_missing()
        if owed is None:
            session.select(())
            self._say("Every question about this image is answered.")
        elif session.selected:
            self._go_to(owed)
        else:
            self._flash(owed)

    def may_submit(self) -> bool:
        """Whether every required answer of the image is given; if not, the first that is missing flashes."""
        owed = self._session.questionnaire.first_missing()
        if owed is None:
            return True
        self._flash(owed)
        about = name_of(self._session, owed.annotation) if owed.annotation else "The image"
        self._say(f"Not submitted yet. {about}: “{owed.attribute.name}” needs an answer.")
        return False

    def answer_questions(self) -> None:
        """Go to the first question about the selection, or about the image where nothing is selected."""
        session = self._session
        subject = session.selected or IMAGE
        questions = self.questions(subject)
        if questions:
            self._focus = (subject, questions[0].id)
            self._ports.render()

    def questions(self, subject: Subject) -> list[Attribute]:
        """Return what is asked about annotations of one class, or about the image."""
        session = self._session
        if subject == IMAGE:
            return session.questionnaire.image_questions
        wanted = set(subject)
        asked_of = {view.class_id for view in session.annotations if view.id in wanted}
        return session.questionnaire.questions(asked_of.pop()) if len(asked_of) == 1 else []

    def owes(self, subject: Subject, attribute: Attribute) -> bool:
        """Whether the question flashed and is still not answered for all that it is about."""
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
        """Return the ``ref`` of the field or row that shall have the focus, None for all others."""
        return self._take_focus if place == self._focus else None

    def _flash(self, owed: Missing) -> None:
        self.flashing = owed
        self.flashes += 1
        self._go_to(owed)

    def _go_to(self, owed: Missing) -> None:
        session = self._session
        if owed.annotation is not None:
            self._show_slice_of(owed.annotation)
        together = owed.annotation in session.selected and bool(self.questions(session.selected))
        if owed.annotation is None:
            session.select(())
        elif not together:
            session.select([owed.annotation])
        if owed.annotation is not None:
            self.reveal(owed.annotation)
        self._focus = (session.selected, owed.attribute.id)
        self._ports.render()

    def _show_slice_of(self, annotation_id: str) -> None:
        """In a stack go to the slice on which an annotation lies."""
        session, viewport = self._session, self._viewports.current
        asset = (session.records.get("annotation", annotation_id) or {}).get("asset")
        if viewport.place is not None and asset in viewport.place.order:
            self._scrolling.go_to(viewport, viewport.place.order.index(asset))

    def _take_focus(self, element: Any) -> None:
        if element is not None:
            self._focus = None
            element.focus()
            self._ports.render()
