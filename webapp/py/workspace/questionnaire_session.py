"""Answering the questions of an instruction, about the current image and its annotations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from webapp.py.domain.model import Annotation, Answers, Attribute, Fields, Instruction, LabelClass
from webapp.py.domain.ops import Op, make_op
from webapp.py.workspace import questionnaire
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.history import History, Step

Subject = tuple[str, ...]
"""What a question is about: annotations by id, or the whole image if there are none."""
IMAGE: Subject = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person is typing; it becomes an answer when they move on."""

    subject: Subject
    attribute: Attribute
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A required question without an answer; ``annotation`` is None if it is about the image."""

    annotation: str | None
    attribute: Attribute


class QuestionnaireHost(Protocol):
    """What a questionnaire needs of the image session."""

    @property
    def instruction(self) -> Instruction:
        """What to label and ask."""

    @property
    def ready(self) -> bool:
        """Whether an image is open and can be labeled."""

    @property
    def closed(self) -> str | None:
        """Why the person can no longer change the image; None if they can."""

    @property
    def assignment(self) -> Fields | None:
        """The person's assignment on the image, or None before work starts."""

    @property
    def annotations(self) -> Sequence[AnnotationView]:
        """The annotations of the image."""

    @property
    def history(self) -> History:
        """The undo history of the image."""

    def label_class(self, class_id: str | None) -> LabelClass | None:
        """Return a class of the instruction."""

    def record(self, annotation_id: str) -> Annotation | None:
        """Return an annotation with everything that is stored about it."""

    def own(self) -> list[str]:
        """Return the person's own annotations, the oldest first."""

    def begin(self) -> None:
        """Start the person's assignment, unless it has started."""

    def image_op(self, fields: Fields) -> Op:
        """Return the op that sets fields of the assignment."""

    def do(self, ops: Sequence[Op]) -> None:
        """Apply ops as one undo step."""


class QuestionnaireSession:
    """The questions and answers of one image session. Each answer is one undo step.

    Parameters
    ----------
    session
        The image and selection that the questions are about. It calls `commit` before either changes.
    """

    def __init__(self, session: QuestionnaireHost) -> None:
        self._session = session
        self.draft: Draft | None = None
        self._typed: Step | None = None

    # --- questions and answers

    @property
    def image_questions(self) -> list[Attribute]:
        """The questions about the image."""
        instruction = self._session.instruction
        return [] if instruction.work == "segmentation" else questionnaire.asked(instruction.image_attributes)

    def questions(self, class_id: str) -> list[Attribute]:
        """Return the questions about an annotation of a class; none if the class no longer exists."""
        known = self._session.label_class(class_id)
        return questionnaire.asked(known.attributes) if known else []

    def answers(self, subject: Subject) -> list[Answers]:
        """Return the answers of each annotation, or those about the image."""
        session = self._session
        if subject == IMAGE:
            return [(session.assignment or {}).get("answers") or {}]
        records = [session.record(name) for name in subject]
        return [record.attributes for record in records if record is not None]

    def text(self, subject: Subject, attribute: Attribute) -> str | None:
        """Return what is being typed as the answer, or None."""
        draft = self.draft
        matches = draft is not None and (draft.subject, draft.attribute.id) == (subject, attribute.id)
        return draft.text if draft is not None and matches else None

    def open(self, subject: Subject) -> bool:
        """Whether the person can answer."""
        session = self._session
        if subject == IMAGE:
            return session.ready and session.closed is None
        return bool(self._changeable(subject))

    def missing(self, annotation_id: str) -> list[Attribute]:
        """Return the required questions about an annotation that are not answered."""
        record = self._session.record(annotation_id)
        known = self._session.label_class(record.class_id) if record else None
        return questionnaire.missing(known.attributes, record.attributes) if record and known else []

    def missing_of_image(self) -> list[Attribute]:
        """Return the required questions about the image that are not answered."""
        return questionnaire.missing(self.image_questions, self.answers(IMAGE)[0])

    def first_missing(self) -> Missing | None:
        """Return the first required question without an answer: annotations first, then the image."""
        self.commit()
        for name in self._session.own():
            for attribute in self.missing(name):
                return Missing(name, attribute)
        return next((Missing(None, attribute) for attribute in self.missing_of_image()), None)

    # --- answering

    def write(self, subject: Subject, attribute: Attribute, text: str) -> None:
        """Set what has been typed so far."""
        if self.text(subject, attribute) is None:
            self.commit()
        self.draft = Draft(subject, attribute, text)

    def commit(self) -> None:
        """Save what has been typed as the answer."""
        self.keep()
        self.draft = self._typed = None

    def keep(self) -> None:
        """Save what has been typed so far; typing continues, and all of it is one undo step."""
        draft, self.draft = self.draft, None
        if draft is None:
            return
        history = self._session.history
        typed, before = self._typed, history.last
        self.answer(draft.subject, draft.attribute, draft.text)
        if history.last is not before:
            if typed is not None and typed is before:
                history.join()
            self._typed = history.last
        self.draft = draft

    def answer(self, subject: Subject, attribute: Attribute, answer: object) -> None:
        """Answer a question for all annotations in ``subject``; ``""`` removes the answer."""
        self._change(subject, lambda before: questionnaire.with_answer(before, attribute, answer))

    def tick(self, subject: Subject, attribute: Attribute, option: str, on: bool) -> None:
        """Check or clear an option of a question; the other options of each annotation stay as they are."""
        self._change(subject, lambda before: questionnaire.with_tick(before, attribute, option, on))

    def _change(self, subject: Subject, change: Callable[[Answers], Answers]) -> None:
        self.commit()
        session = self._session
        if subject == IMAGE:
            before = self.answers(IMAGE)[0]
            after = change(before)
            if after != before and self.open(IMAGE):
                session.begin()
                session.do([session.image_op({"answers": after})])
            return
        ops: list[Op] = []
        for name in self._changeable(subject):
            record = session.record(name)
            if record is not None:
                ops.append(make_op("annotation", name, {"attributes": change(record.attributes)}))
        session.do(ops)

    def _changeable(self, subject: Subject) -> Sequence[str]:
        asked_about = set(subject)
        return [view.id for view in self._session.annotations if view.id in asked_about and not view.locked]
