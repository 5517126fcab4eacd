"""The ops that edits become: new annotations, and assignments that start with the first edit."""

from __future__ import annotations

from collections.abc import Iterable

from webapp.py.domain.ids import new_id
from webapp.py.domain.model import Annotation, Assignment, AssignmentStatus, Fields, encode
from webapp.py.domain.ops import Op, create, make_op
from webapp.py.workspace import texts
from webapp.py.workspace.history import History, Step
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
    """Return why the person cannot change the current image (any more), or None if they can."""
    own = scope.assignment()
    if own is None:
        return None
    return scope.refusal(image_op(scope, {})) or texts.DONE.get(own.get("status", ""))


def can_reopen(scope: LabelingScope) -> bool:
    """Return whether the person is done with the current image and may go on with it all the same."""
    own = scope.assignment()
    done = own is not None and own.get("status") in texts.DONE
    return done and scope.refusal(image_op(scope, {"status": "started"})) is None


def takes_back_status(scope: LabelingScope, step: Step | None) -> bool:
    """Return whether undoing a step takes back that the person submitted or skipped the current image."""
    return bool(step) and can_reopen(scope) and all("status" in op.fields for op in step or ())


def start_assignments(scope: LabelingScope, assets: Iterable[int]) -> list[Op]:
    """Return the ops that start the person's assignments on images where work has not started."""
    return [op for asset in assets if (op := _start_assignment(scope, asset)) is not None]


def set_status(
    scope: LabelingScope, history: History, status: AssignmentStatus, skip_reason: str = ""
) -> str | None:
    """Set the person's status on the current image (its stack); being done with it is an undo step.

    Returns why they cannot, or None if it is done. Slices where they cannot are left out.
    """
    if scope.asset is None:
        return None
    own = scope.assignment()
    reason = scope.refusal(image_op(scope, {"status": status})) if own is not None else None
    if reason is None:
        # What Undo takes back is the status alone, because nobody but an admin may delete an assignment.
        scope.records.edit(start_assignments(scope, scope.assets))
        ops = _set_statuses(scope, status, skip_reason)
        # An image is reopened on purpose, so Undo never submits it again.
        undoable = status in texts.DONE
        scope.records.edit(history.record(ops, scope.records.get_deleted) if undoable else ops)
    return reason


def _set_statuses(scope: LabelingScope, status: AssignmentStatus, skip_reason: str) -> list[Op]:
    ops: list[Op] = []
    for asset in scope.assets:
        own = scope.assignment_id(asset)
        before = scope.records.get("assignment", own) or {}
        told = skip_reason or before.get("skip_reason")
        op = make_op("assignment", own, {"status": status} | ({"skip_reason": skip_reason} if told else {}))
        ops += [op] if scope.refusal(op) is None else []
    return ops


def _start_assignment(scope: LabelingScope, asset: int) -> Op | None:
    own = scope.assignment_id(asset)
    fields = scope.records.get("assignment", own)
    started = {"status": "started", "width": scope.width, "height": scope.height}
    if fields is None:
        record = Assignment(id=own, project=scope.project, asset=asset, person=scope.actor.person)
        return create("assignment", {**encode(record), **started})
    return make_op("assignment", own, started) if fields.get("status") == "queued" else None
