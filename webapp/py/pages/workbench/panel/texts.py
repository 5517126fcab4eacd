"""The sentences and labels of the right panel that people read: classes, annotations and questions."""

from __future__ import annotations

from collections.abc import Sequence

LABELS = "Labels"
NOTHING_ASKED = "This project's instruction has no classes and no questions."
SKIP = "Skip"
SUBMIT = "Submit"
REOPEN = "Reopen to edit"


def skipped_because(reason: str) -> str:
    """Return why the image was skipped."""
    return f"Reason: {reason}"


# --- classes

CLASSES = "Classes"
CLASS = "Class"
FIND_CLASS = "Find a class"
CLEAR = "Clear"
NO_CLASS = "No class has this in its name."
CLASS_GONE = "Class no longer in the instruction"
"""Shown for an annotation whose class was removed from the instruction."""


def show_class(name: str) -> str:
    """Return the button that shows the hidden annotations of a class."""
    return f"Show all {name} annotations"


def hide_class(name: str) -> str:
    """Return the button that hides the annotations of a class."""
    return f"Hide all {name} annotations"


def unlock_class(name: str) -> str:
    """Return the button that unlocks the annotations of a class."""
    return f"Unlock all {name} annotations"


def lock_class(name: str) -> str:
    """Return the button that locks the annotations of a class."""
    return f"Lock all {name} annotations"


# --- the list of annotations

ANNOTATIONS = "Annotations"
NO_ANNOTATIONS = "No annotations yet. Choose a class and draw."
MASK_OPACITY = "Mask opacity"
SHOW = "Show"
HIDE = "Hide"
LOCK = "Lock"
UNLOCK = "Unlock"
SHOW_ALL = "Show all"
HIDE_ALL = "Hide all"
LOCK_ALL = "Lock all"
UNLOCK_ALL = "Unlock all"


def delete_annotation(name: str) -> str:
    """Return the button that deletes an annotation."""
    return f"Delete {name}"


# --- questions

QUESTIONS_ABOUT = "Questions about"
SELECTION = "Selection"
IMAGE = "Image"
TAB_OWES = "A required answer is missing"
DRAWING_ORDER = "Drawing order"
IMAGE_QUESTIONS = "Questions about the image"
SELECTED_ANNOTATION = "Selected annotation"
CLASS_OF_SELECTION = "Class of the selection"
MIXED = "Mixed"
"""Shown where the selected annotations have different classes."""
MIXED_ANSWERS = "Mixed answers"
NO_ANSWER = "—"
BRING_TO_FRONT = "Bring to front"
BRING_FORWARD = "Bring forward"
SEND_BACKWARD = "Send backward"
SEND_TO_BACK = "Send to back"
DELETE = "Delete"
NEXT_OPEN = "Next open question"
NEXT_OPEN_TIP = "Answers are saved at once. Go to the next question that needs one"
REQUIRED = "Required"
QUESTION_NEEDS_ANSWER = "This question needs an answer."
ALL_ANSWERED = "All questions about this image are answered."


def count_selected(count: int) -> str:
    """Return how many annotations are selected."""
    return f"{count} selected"


def times(count: int) -> str:
    """Return how many annotations are selected, in the place of a number."""
    return f"× {count}"


def clear_answer(question: str) -> str:
    """Return the button that clears the answer to a question."""
    return f"Clear the answer to “{question}”"


def previous_answers(answers: Sequence[str]) -> str:
    """Return the hint for answers that the instruction no longer offers."""
    return f"Previous answer: {', '.join(answers)} (no longer an option)"


def needs_answer(question: str) -> str:
    """Return the mark of an annotation that has no answer to a required question."""
    return f"“{question}” needs an answer"


def not_submitted(annotation: str, question: str) -> str:
    """Return the message for a missing answer; ``annotation`` is empty for a question about the image."""
    return f"Not submitted. {annotation or 'The image'} needs an answer to “{question}”."
