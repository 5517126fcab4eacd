"""The annotations of the image at hand: decoded once, and the same objects while nothing about them changes.

What is drawn, hit and listed compares objects; so an annotation that stays as it is must stay the same one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import is_
from typing import TYPE_CHECKING

from webapp.py.domain.model import Annotation, Fields, Invalid, decode
from webapp.py.domain.ops import make_op
from webapp.py.workspace.context import AnnotationView
from webapp.py.workspace.editing import refused

if TYPE_CHECKING:
    from webapp.py.workspace.image_session import ImageSession

FEW = 32
"""Annotations that may change at once without all of them being gone through."""


class ImageAnnotations:
    """What a session shows of the records.

    Parameters
    ----------
    session
        Whose image it is.
    """

    def __init__(self, session: ImageSession) -> None:
        self._session = session
        self._revision = 0
        self.forget()

    def forget(self) -> None:
        """Begin anew, with another image."""
        self._views: tuple[AnnotationView, ...] = ()
        self._fields: list[Fields] = []
        self._stale, self._was_closed = True, False
        self._decoded: dict[str, tuple[Fields, Annotation]] = {}
        self._seen: dict[str, tuple[Fields, tuple[bool, bool, bool], AnnotationView]] = {}

    def records_changed(self) -> None:
        """Take note that the store has changed."""
        self._stale = True

    @property
    def views(self) -> tuple[AnnotationView, ...]:
        """The annotations, bottom to top."""
        labeling, asset = self._session.labeling, self._session.asset
        if self._stale or self._revision != labeling.revision:
            found = self._session.records.of_asset("annotation", asset.ordinal) if asset is not None else ()
            fields = list(found) if labeling.draws else []
            closed = self._session.closed is not None
            same = self._revision == labeling.revision and closed == self._was_closed
            self._was_closed = closed
            views = self._replaced(fields) if same else None
            self._views = self._viewed(fields) if views is None else views
            self._fields, self._stale, self._revision = fields, False, labeling.revision
        return self._views

    def of(self, asset: int) -> tuple[AnnotationView, ...]:
        """Return the annotations of an image of the stack, bottom to top."""
        here = self._session.asset
        if here is not None and asset == here.ordinal:
            return self.views
        return self._viewed(self._session.records.of_asset("annotation", asset))

    def record(self, annotation_id: str) -> Annotation | None:
        """Return an annotation with everything that is stored of it."""
        fields = self._session.records.get("annotation", annotation_id)
        return self._record(fields) if fields else None

    # --- inside

    def _viewed(self, fields: Iterable[Fields]) -> tuple[AnnotationView, ...]:
        found = [self._record(one) for one in fields]
        shown = sorted((one for one in found if one is not None), key=lambda one: (one.order, one.id))
        return tuple(self._view(one) for one in shown)

    def _record(self, fields: Fields) -> Annotation | None:
        known = self._decoded.get(fields["id"])
        if known is not None and known[0] is fields:
            return known[1]
        try:
            record = decode("annotation", fields)
        except Invalid:
            return None  # the store has put it aside and shows it
        assert isinstance(record, Annotation)
        if known is not None and known[0].get("shape") == fields.get("shape"):
            record.shape = known[1].shape  # the same object, so that nothing is drawn anew
        self._decoded[record.id] = (fields, record)
        return record

    def _replaced(self, fields_now: Sequence[Fields]) -> tuple[AnnotationView, ...] | None:
        """Return the annotations with the few that changed replaced; None where more than that happened."""
        if len(fields_now) != len(self._fields):
            return None
        others = [fields_now[at] for at, same in enumerate(map(is_, fields_now, self._fields)) if not same]
        if len(others) > FEW:
            return None
        replaced: dict[str, AnnotationView] = {}
        for fields in others:
            before, now = self._decoded.get(fields["id"]), self._record(fields)
            if before is None or now is None or before[1].order != now.order:
                return None
            replaced[now.id] = self._view(now)
        return tuple(replaced.get(view.id, view) for view in self._views) if replaced else self._views

    def _view(self, record: Annotation) -> AnnotationView:
        """Return an annotation as tools see it: the same object while nothing about it has changed."""
        labeling, fields = self._session.labeling, self._decoded[record.id][0]
        flags = record.id in labeling.locked, record.id in labeling.hidden, self._was_closed
        known = self._seen.get(record.id)
        if known is None or known[0] is not fields or known[1] != flags:
            locked = not self._mine(record.id)
            view = AnnotationView(
                record.id, record.shape, record.class_id, locked, flags[1], record.object_id
            )
            known = self._seen[record.id] = fields, flags, view
        return known[2]

    def _mine(self, annotation_id: str) -> bool:
        if annotation_id in self._session.labeling.locked:
            return False
        return refused(self._session, make_op("annotation", annotation_id, {})) is None
