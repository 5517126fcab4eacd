"""An annotation as tools see it."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.py.domain.shapes import Shape


@dataclass(frozen=True, slots=True)
class AnnotationView:
    """An annotation as tools see it. A locked one can be selected but not changed; a hidden one neither.

    Annotations that share an ``object_id`` are slices of one object.
    """

    id: str
    shape: Shape
    class_id: str
    locked: bool = False
    hidden: bool = False
    object_id: str = ""
