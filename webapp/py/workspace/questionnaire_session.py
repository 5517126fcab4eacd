"""Answering the questions of an instruction, about the image at hand and about its annotations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.py.domain.model import Answers, Attribute
from webapp.py.domain.ops import Op, make_op
from webapp.py.workspace import questionnaire
from webapp.py.workspace.history import Step

if TYPE_CHECKING:
    from webapp.py.workspace.image_session import ImageSession

Subject = tuple[str, ...]
"""What a question is about: annotations by id, or the whole image where there is none."""
IMAGE: Subject = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is typing; it becomes an answer when they go on to something else."""

    subject: Subject
    attribute: Attribute
    text: str


@dataclass(frozen=True, slots=True)
class Missing:
    """A required question without an answer; ``annotation`` is None where it is about the image."""

    annotation: str | None
    attribute: Attribute


class QuestionnaireSession:
    """The questions and answers of one session. Each answer is one undo step.

    Parameters
    ----------
    session
        Whose image and selection the questions are about; it calls `commit` before either changes.
    """

    def __init__(self, session: ImageSession) -> None:
        self._session = session
        self.draft: Draft | None = None
        self._begun: Step | None = None

    # --- what is asked, and what was said

    @property
    def image_questions(self) -> list[Attribute]:
        """What is asked about the image."""
        instruction = self._session.instruction
        return [] if instruction.work == "segmentation" else questionnaire.asked(instruction.image_attributes)

    def questions(self, class_id: str) -> list[Attribute]:
        """Return what is asked about an annotation of a class; nothing where the class is gone."""
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
        """Return what is being typed as the answer, None when nothing is."""
        draft = self.draft
        matches = draft is not None and (draft.subject, draft.attribute.id) == (subject, attribute.id)
        return draft.text if draft is not None and matches else None

    def open(self, subject: Subject) -> bool:
        """Whether the person may answer."""
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
        """Return the first required answer that this person owes the image: annotations come first."""
        self.commit()
        for name in self._session.own():
            for attribute in self.missing(name):
                return Missing(name, attribute)
        return next((Missing(None, attribute) for attribute in self.missing_of_image()), None)

    # --- answering

    def write(self, subject: Subject, attribute: Attribute, text: str) -> None:
        """Take what has been typed so far."""
        if self.text(subject, attribute) is None:
            self.commit()
        self.draft = Draft(subject, attribute, text)

    def commit(self) -> None:
        """Make what has been typed the answer."""
        self.keep()
        self.draft = self._begun = None

    def keep(self) -> None:
        """Make what has been typed so far the answer; typing goes on, and all of it is one undo step."""
        draft, self.draft = self.draft, None
        if draft is None:
            return
        history = self._session.history
        begun, before = self._begun, history.last
        self.answer(draft.subject, draft.attribute, draft.text)
        if history.last is not before:
            if begun is not None and begun is before:
                history.join()
            self._begun = history.last
        self.draft = draft

    def answer(self, subject: Subject, attribute: Attribute, answer: object) -> None:
        """Answer a question, for all annotations that it is about; ``""`` takes the answer away."""
        self._change(subject, lambda before: questionnaire.with_answer(before, attribute, answer))

    def tick(self, subject: Subject, attribute: Attribute, option: str, on: bool) -> None:
        """Tick an option of a question, or untick it; other ticks of each annotation stay."""
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
