"""Questions and answers, as pure functions: what counts as an answer, and what is missing or shared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.py.domain.model import Answer, Answers, Attribute

MOST_TEXT = 20_000
"""The maximum length of a text answer, in characters."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The answers of one or more annotations to one question.

    ``text`` is the answer they share, as text or as the chosen option, or ``""``. ``ticked`` are the options
    checked on all of them, ``partly`` those checked on some, and ``stale`` options that were chosen but are
    no longer offered. ``mixed`` says that the answers differ.
    """

    text: str = ""
    ticked: frozenset[str] = frozenset()
    partly: frozenset[str] = frozenset()
    stale: tuple[str, ...] = ()
    mixed: bool = False


def asked(attributes: Sequence[Attribute]) -> list[Attribute]:
    """Return the questions that can be asked: each id once, without choices that have no options.

    Examples
    --------
    >>> asked([Attribute(id="a", name="Why?"), Attribute(id="a", name="How?")])[0].name
    'Why?'
    """
    known: dict[str, Attribute] = {}
    for attribute in attributes:
        if attribute.kind == "text" or attribute.options:
            known.setdefault(attribute.id, attribute)
    return list(known.values())


def clean(attribute: Attribute, answer: object) -> Answer | None:
    """Return ``answer`` as a valid answer to the question, or None if it is not one.

    Text is stripped; only options that the question offers are kept, in its order.

    Examples
    --------
    >>> marks = Attribute(id="m", name="Marks", kind="checkboxes", options=["Text", "Scratch"])
    >>> clean(marks, ["Scratch", "Dent", "Text"]), clean(marks, "Dent")
    (['Text', 'Scratch'], None)
    """
    given = answer if isinstance(answer, list) else [answer]
    if attribute.kind == "text":
        # A text field can contain half a character, which cannot be stored.
        words = answer.encode("utf-8", "replace").decode() if isinstance(answer, str) else ""
        return words.strip()[:MOST_TEXT] or None
    found = [option for option in dict.fromkeys(attribute.options) if option in given]
    if attribute.kind == "checkboxes":
        return found or None
    return found[0] if len(found) == 1 else None


def missing(attributes: Sequence[Attribute], answers: Mapping[str, object]) -> list[Attribute]:
    """Return the required questions without an answer, in order."""
    return [
        attribute
        for attribute in asked(attributes)
        if attribute.required and clean(attribute, answers.get(attribute.id)) is None
    ]


def with_answer(answers: Answers, attribute: Attribute, answer: object) -> Answers:
    """Return ``answers`` with one answer replaced; answers to other questions stay, asked or not."""
    others = {name: kept for name, kept in answers.items() if name != attribute.id}
    given = clean(attribute, answer)
    return others if given is None else {**others, attribute.id: given}


def with_tick(answers: Answers, attribute: Attribute, option: str, on: bool) -> Answers:
    """Return ``answers`` with one option of a question checked or cleared; its other options stay."""
    before = clean(attribute, answers.get(attribute.id))
    ticks = [one for one in before if one != option] if isinstance(before, list) else []
    return with_answer(answers, attribute, [*ticks, option] if on else ticks)


def merged(attribute: Attribute, each: Sequence[Mapping[str, object]]) -> Merged:
    """Return what the form shows for the answers of several annotations to one question."""
    given = [clean(attribute, answers.get(attribute.id)) for answers in each]
    stale = tuple(dict.fromkeys(one for answers in each for one in _stale(attribute, answers)))
    mixed = any(one != given[0] for one in given[1:])
    if attribute.kind == "checkboxes":
        ticks = [frozenset(one) if isinstance(one, list) else frozenset[str]() for one in given]
        common = frozenset.intersection(*ticks) if ticks else frozenset[str]()
        return Merged("", common, frozenset[str]().union(*ticks) - common, stale, mixed)
    first = given[0] if given and not mixed else None
    return Merged(first if isinstance(first, str) else "", stale=stale, mixed=mixed)


def _stale(attribute: Attribute, answers: Mapping[str, object]) -> list[str]:
    """Return the options that were chosen but are no longer offered."""
    answer = answers.get(attribute.id)
    if attribute.kind == "text" or not answer:
        return []
    given = answer if isinstance(answer, list) else [answer]
    return [one for one in given if isinstance(one, str) and one not in attribute.options]
