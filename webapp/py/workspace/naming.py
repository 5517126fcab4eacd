"""What annotations are called: their class and a number, such as "Cat 2"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from webapp.py.geometry.memory import remembered
from webapp.py.workspace import texts
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.image_session import ImageSession


@remembered(most=8)
def numbers_of(annotations: Sequence[AnnotationView]) -> Mapping[str, int]:
    """Return the numbers of the annotations of an image by id; the oldest is 1."""
    # Ids start with the time at which they were made.
    return {name: number for number, name in enumerate(sorted(view.id for view in annotations), 1)}


def name_of(session: ImageSession, annotation_id: str) -> str:
    """Return the name of an annotation: its class and number."""
    view = next((one for one in session.annotations if one.id == annotation_id), None)
    known = session.label_class(view.class_id if view else None)
    number = numbers_of(session.annotations).get(annotation_id, 0)
    return texts.annotation_name(known.name if known else None, number)


def names_of(session: ImageSession) -> Mapping[str, str]:
    """Return the names of all annotations of the image by id."""
    classes = {one.id: one.name for one in session.instruction.classes}
    numbers = numbers_of(session.annotations)
    return {
        view.id: texts.annotation_name(classes.get(view.class_id), numbers[view.id])
        for view in session.annotations
    }
