"""The annotations of the current image: decoded once, and the same objects while they stay the same.

Drawing, hit testing and lists compare objects, so an annotation that has not changed must be the same object.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from webapp.py.domain.model import Annotation, Fields, Invalid, decode
from webapp.py.domain.ops import make_op
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.changes import changed_places
from webapp.py.workspace.editing import read_only_reason
from webapp.py.workspace.labeling_scope import LabelingScope
from webapp.py.workspace.labeling_state import LabelingState


class ImageAnnotations:
    """The annotations that an image session shows.

    Parameters
    ----------
    labeling
        Which annotations are hidden or locked.
    scope
        Whose image it is; set `scope` when it changes.
    """

    def __init__(self, labeling: LabelingState, scope: LabelingScope) -> None:
        self.scope = scope
        self._labeling = labeling
        self._revision = 0
        self.forget()

    def forget(self) -> None:
        """Start over, with another image."""
        self._views: tuple[AnnotationView, ...] = ()
        self._places: Mapping[str, int] = {}
        self._fields: list[Fields] = []
        self._stale, self._was_read_only = True, False
        self._decoded: dict[str, tuple[Fields, Annotation]] = {}
        self._seen: dict[str, tuple[Fields, tuple[bool, bool, bool], AnnotationView]] = {}

    def records_changed(self) -> None:
        """Note that the store has changed."""
        self._stale = True

    @property
    def views(self) -> tuple[AnnotationView, ...]:
        """The annotations, bottom to top."""
        labeling = self._labeling
        if self._stale or self._revision != labeling.revision:
            scope = self.scope
            found = scope.records.of_asset("annotation", scope.asset) if scope.asset is not None else ()
            fields = list(found) if labeling.draws else []
            read_only = read_only_reason(scope) is not None
            same = self._revision == labeling.revision and read_only == self._was_read_only
            self._was_read_only = read_only
            views = self._replaced(fields) if same else None
            if views is None:
                views = self._viewed(fields)
                self._places = {view.id: place for place, view in enumerate(views)}
            self._views = views
            self._fields, self._stale, self._revision = fields, False, labeling.revision
        return self._views

    @property
    def places(self) -> Mapping[str, int]:
        """The indices of the annotations in `views`, by id."""
        return self._places if self.views else {}

    def of(self, asset: int) -> tuple[AnnotationView, ...]:
        """Return the annotations of an image of the stack, bottom to top."""
        if asset == self.scope.asset:
            return self.views
        return self._viewed(self.scope.records.of_asset("annotation", asset))

    def record(self, annotation_id: str) -> Annotation | None:
        """Return an annotation with everything that is stored about it."""
        fields = self.scope.records.get("annotation", annotation_id)
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
            return None  # the store has quarantined it and lists it
        assert isinstance(record, Annotation)
        if known is not None and known[0].get("shape") == fields.get("shape"):
            record.shape = known[1].shape  # the same object, so that it is not drawn again
        self._decoded[record.id] = (fields, record)
        return record

    def _replaced(self, fields_now: Sequence[Fields]) -> tuple[AnnotationView, ...] | None:
        """Return the annotations with a few changed ones replaced, or None if more than that changed."""
        changed = changed_places(self._fields, fields_now)
        if changed is None:
            return None
        views = list(self._views)
        for fields in (fields_now[at] for at in changed):
            before, now = self._decoded.get(fields["id"]), self._record(fields)
            place = self._places.get(fields["id"])
            if before is None or now is None or place is None or before[1].order != now.order:
                return None
            views[place] = self._view(now)
        return tuple(views) if changed else self._views

    def _view(self, record: Annotation) -> AnnotationView:
        """Return an annotation as tools see it: the same object while it has not changed."""
        labeling, fields = self._labeling, self._decoded[record.id][0]
        flags = record.id in labeling.locked, record.id in labeling.hidden, self._was_read_only
        known = self._seen.get(record.id)
        if known is None or known[0] is not fields or known[1] != flags:
            refused = flags[2] or self.scope.refusal(make_op("annotation", record.id, {})) is not None
            view = AnnotationView(
                record.id, record.shape, record.class_id, flags[0] or refused, flags[1], record.object_id
            )
            known = self._seen[record.id] = fields, flags, view
        return known[2]
