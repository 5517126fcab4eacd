"""The ops that edits become: new annotations, and assignments that begin with the first edit."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from webapp.py.domain.ids import assignment_id, new_id
from webapp.py.domain.model import Annotation, Assignment, AssignmentStatus, encode
from webapp.py.domain.ops import Op, create, make_op
from webapp.py.domain.permissions import refusal, work_of
from webapp.py.workspace.messages import Create

if TYPE_CHECKING:
    from webapp.py.workspace.image_session import ImageSession


def creation(session: ImageSession, edit: Create) -> Op | None:
    """Return the op that makes a new annotation, on top of the others; None where it has no class."""
    class_id = edit.class_id or session.class_id
    if class_id is None or session.asset is None:
        return None
    asset = session.asset.ordinal if edit.asset is None else edit.asset
    beside = session.records.of_asset("annotation", asset)
    model = session.records.get("annotation", edit.like) if edit.like is not None else None
    record = Annotation(
        id=new_id(),
        project=session.project,
        asset=asset,
        assignment=assignment_id(session.project, asset, session.actor.person),
        author=session.actor.person,
        class_id=class_id,
        shape=edit.shape,
        attributes=model.get("attributes", {}) if model is not None else {},
        object_id=edit.object_id or new_id(),
        order=max((fields.get("order", 0) for fields in beside), default=-1) + 1,
    )
    return create("annotation", encode(record))


def beginnings(session: ImageSession, assets: Iterable[int]) -> list[Op]:
    """Return the ops that begin the person's assignments on images where they have not begun."""
    return [op for asset in assets if (op := _beginning(session, asset)) is not None]


def refused(session: ImageSession, op: Op) -> str | None:
    """Return why the person may not make this change, None when they may."""
    record = session.records.get_deleted(op.table, op.id)
    own = work_of(op, record)
    work = session.records.get_deleted("assignment", own) if own is not None else None
    return refusal(session.actor, op, record, work)


def statuses(session: ImageSession, assets: Iterable[int], status: AssignmentStatus) -> list[Op]:
    """Return the ops that say how far the person is with images, those left out where they may not say so."""
    ops: list[Op] = []
    for asset in assets:
        own = assignment_id(session.project, asset, session.actor.person)
        op, fields = make_op("assignment", own, {"status": status}), session.records.get("assignment", own)
        if fields is None or refused(session, op) is None:
            ops += [*beginnings(session, [asset]), op]
    return ops


def _beginning(session: ImageSession, asset: int) -> Op | None:
    own = assignment_id(session.project, asset, session.actor.person)
    fields = session.records.get("assignment", own)
    begun = {"status": "started", "width": session.width, "height": session.height}
    if fields is None:
        record = Assignment(id=own, project=session.project, asset=asset, person=session.actor.person)
        return create("assignment", {**encode(record), **begun})
    return make_op("assignment", own, begun) if fields.get("status") == "queued" else None
