"""The ops that edits become: new annotations, and assignments that start with the first edit."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.py.domain.ids import new_id
from webapp.py.domain.model import Annotation, Assignment, AssignmentStatus, Fields, encode
from webapp.py.domain.ops import Op, create, make_op
from webapp.py.workspace.labeling_scope import LabelingScope
from webapp.py.workspace.messages import Create


def create_annotation(scope: LabelingScope, edit: Create, active_class: str | None) -> Op | None:
    """Return the op that creates an annotation on top of the others, or None if it has no class."""
    class_id = edit.class_id or active_class
    if class_id is None or scope.asset is None:
        return None
    asset = scope.asset if edit.asset is None else edit.asset
    others = scope.records.of_asset("annotation", asset)
    model = scope.records.get("annotation", edit.like) if edit.like is not None else None
    record = Annotation(
        id=new_id(),
        project=scope.project,
        asset=asset,
        assignment=scope.assignment_id(asset),
        author=scope.actor.person,
        class_id=class_id,
        shape=edit.shape,
        attributes=model.get("attributes", {}) if model is not None else {},
        object_id=edit.object_id or new_id(),
        order=max((fields.get("order", 0) for fields in others), default=-1) + 1,
    )
    return create("annotation", encode(record))


def image_op(scope: LabelingScope, fields: Fields) -> Op:
    """Return the op that sets fields of the person's assignment on the current image (its stack)."""
    return make_op("assignment", scope.assignment_id(scope.anchor), fields)


def read_only_reason(scope: LabelingScope) -> str | None:
    """Return why the person can no longer change the current image, or None if they can."""
    return scope.refusal(image_op(scope, {})) if scope.assignment() is not None else None


def start_assignments(scope: LabelingScope, assets: Iterable[int]) -> list[Op]:
    """Return the ops that start the person's assignments on images where work has not started."""
    return [op for asset in assets if (op := _start_assignment(scope, asset)) is not None]


def set_statuses(scope: LabelingScope, assets: Iterable[int], status: AssignmentStatus) -> list[Op]:
    """Return the ops that set the status of images, leaving out those where the person cannot."""
    ops: list[Op] = []
    for asset in assets:
        own = scope.assignment_id(asset)
        op = make_op("assignment", own, {"status": status})
        if scope.records.get("assignment", own) is None or scope.refusal(op) is None:
            ops += [*start_assignments(scope, [asset]), op]
    return ops


def _start_assignment(scope: LabelingScope, asset: int) -> Op | None:
    own = scope.assignment_id(asset)
    fields = scope.records.get("assignment", own)
    started = {"status": "started", "width": scope.width, "height": scope.height}
    if fields is None:
        record = Assignment(id=own, project=scope.project, asset=asset, person=scope.actor.person)
        return create("assignment", {**encode(record), **started})
    return make_op("assignment", own, started) if fields.get("status") == "queued" else None
