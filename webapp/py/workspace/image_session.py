"""The image of one viewport: its annotations, the selection, and every edit.

A session holds what the page shows in addition to the records, which are in the store. All changes to
annotations go through `ImageSession.make` and `ImageSession.do`, so everything can be undone and nothing
bypasses the outbox.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from webapp.py.domain.model import (
    Annotation,
    Asset,
    AssignmentStatus,
    Fields,
    Instruction,
    LabelClass,
)
from webapp.py.domain.ops import Op, delete, make_op
from webapp.py.geometry.measures import PixelSize
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.context import Context
from webapp.py.workspace.editing import (
    create_annotation,
    image_op,
    read_only_reason,
    set_status,
    start_assignments,
    takes_back_status,
)
from webapp.py.workspace.history import History, Step
from webapp.py.workspace.image_annotations import ImageAnnotations
from webapp.py.workspace.labeling_scope import LabelingScope
from webapp.py.workspace.labeling_state import Drawing, LabelingState
from webapp.py.workspace.messages import Create, Delete, Edit, Select, Update
from webapp.py.workspace.questionnaire_session import QuestionnaireSession
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.settings import Value
from webapp.py.workspace.stack_view import StackView
from webapp.py.workspace.tool import Tool
from webapp.py.workspace.z_order import Move, reordered


class ImageSession:
    """The state of one viewport: the current image and its selection.

    Parameters
    ----------
    labeling
        Who labels what, with which tool and class; all viewports share it.
    """

    def __init__(self, labeling: LabelingState) -> None:
        self.labeling = labeling
        self.records = labeling.records
        self.asset: Asset | None = None
        self.width = self.height = 0
        self.scalars: ScalarImage | None = None
        self.pixel = PixelSize()
        self.selected: tuple[str, ...] = ()
        self.stack: StackView | None = None
        self.scope = LabelingScope(labeling.records, labeling.actor, labeling.project)
        self.questionnaire = QuestionnaireSession(self)
        self._followed: frozenset[str] = frozenset()
        self._image_annotations = ImageAnnotations(labeling, self.scope)

    # --- the current image

    def open(self, asset: Asset, stack: StackView | None = None) -> None:
        """Go to another image, or slice of a stack; call `set_size` once it is loaded.

        Within a stack the selection follows the objects that were selected last.
        """
        self.questionnaire.commit()
        if stack is None or asset.ordinal not in self.assets:
            self._followed = frozenset()
        self.asset, self.width, self.height = asset, 0, 0
        self.scalars, self.pixel = None, PixelSize()
        self.set_stack(stack)
        self.selected = ()
        self._image_annotations.forget()
        if self._followed:
            views = self.annotations
            self.selected = tuple(view.id for view in views if view.object_id in self._followed)
        self.labeling.on_change()

    def set_stack(self, stack: StackView | None) -> None:
        """Set the slices that the current image belongs to; they share one undo history and one status."""
        self.stack = None
        if stack is not None:
            self.stack = replace(stack, annotations_of=self._image_annotations.of)
            self.labeling.join_histories([one.asset for one in stack.slices])
        self._update_scope()

    def set_size(
        self, width: int, height: int, scalars: ScalarImage | None = None, pixel: PixelSize | None = None
    ) -> None:
        """Set the size of the current image in pixels as displayed, its values, and the size of a pixel."""
        self.width, self.height = width, height
        self.scalars, self.pixel = scalars, pixel or PixelSize()
        self._update_scope()
        self.labeling.on_change()

    @property
    def ready(self) -> bool:
        """Whether an image is open and its size known, so that it can be labeled."""
        return self.asset is not None and self.width > 0

    def records_changed(self) -> None:
        """Note that the store has changed."""
        self._image_annotations.records_changed()
        alive = self._image_annotations.places
        self.selected = tuple(name for name in self.selected if name in alive)
        self.labeling.on_change()

    @property
    def annotations(self) -> tuple[AnnotationView, ...]:
        """The annotations of the current image, bottom to top."""
        return self._image_annotations.views

    def record(self, annotation_id: str) -> Annotation | None:
        """Return an annotation of the current image with everything that is stored about it."""
        return self._image_annotations.record(annotation_id)

    def own(self) -> list[str]:
        """Return the person's own annotations of the current image (its stack), the oldest first."""
        scope = self.scope
        return sorted(
            fields["id"]
            for asset in (scope.assets if self.labeling.draws else ())
            for fields in self.records.of_asset("annotation", asset)
            if fields.get("assignment") == scope.assignment_id(asset)
        )

    @property
    def anchor(self) -> int:
        """The image that answers, status and time are recorded for: the current one, or one for its stack."""
        return self.scope.anchor

    @property
    def assets(self) -> tuple[int, ...]:
        """The current image, or all slices of its stack in their order."""
        return self.scope.assets

    @property
    def assignment(self) -> Fields | None:
        """The person's assignment on the current image (its stack), or None before work starts."""
        return self.scope.assignment()

    @property
    def closed(self) -> str | None:
        """Why the person cannot change the current image; None if they can."""
        return read_only_reason(self.scope)

    def status_of(self, asset: int) -> AssignmentStatus | None:
        """Return this person's status on an image, or None before work starts."""
        fields = self.records.get("assignment", self.scope.assignment_id(asset))
        return fields.get("status", "queued") if fields and not fields.get("deleted") else None

    # --- classes and tools

    @property
    def instruction(self) -> Instruction:
        """What to label."""
        return self.labeling.instruction

    @property
    def registry(self) -> Registry:
        """All tools."""
        return self.labeling.registry

    @property
    def class_id(self) -> str | None:
        """The active class."""
        return self.labeling.class_id

    @property
    def tool_id(self) -> str:
        """The id of the active tool."""
        return self.labeling.tool_id

    @property
    def tool(self) -> Tool:
        """The active tool."""
        return self.labeling.tool

    @property
    def switched_off(self) -> dict[str, str]:
        """The tools that are turned off, and why."""
        return self.labeling.switched_off

    def label_class(self, class_id: str | None) -> LabelClass | None:
        """Return a class of the instruction, or None if it has none with that id."""
        return self.labeling.label_class(class_id)

    def choose_class(self, class_id: str) -> None:
        """Make a class the active one, and its tool the active tool."""
        self.labeling.choose_class(class_id)

    def choose_tool(self, tool_id: str) -> None:
        """Make a tool the active one, unless it is turned off."""
        self.labeling.choose_tool(tool_id)

    def switch_off(self, tool_id: str, reason: str) -> None:
        """Turn off a tool that failed; the work stays."""
        self.labeling.switch_off(tool_id, reason)

    def settings_of(self, tool_id: str) -> dict[str, Value]:
        """Return the current settings of a tool."""
        return self.labeling.settings_of(tool_id)

    def change_setting(self, tool_id: str, name: str, value: Value) -> None:
        """Change a setting of a tool, and the same setting of its siblings."""
        self.labeling.change_setting(tool_id, name, value)

    def context(self, scale: float) -> Context:
        """Return the context for a tool; ``scale`` is screen pixels per image pixel."""
        return Context(
            self.width,
            self.height,
            self.annotations,
            self.selected,
            self.class_id,
            self.settings_of(self.tool_id),
            scale,
            stack=self.stack,
            pixel=self.pixel,
            adding=self.selected == (self.labeling.adding_to,),
        )

    # --- edits

    def make(self, edits: Sequence[Edit]) -> None:
        """Apply the edits that a gesture returned as one undo step, without those that are not permitted."""
        ops: list[Op] = []
        created: list[str] = []
        selected: Sequence[str] | None = None
        here = self.scope.asset
        for edit in edits:
            if isinstance(edit, Select):
                selected = edit.ids
            elif isinstance(edit, Create):
                op = create_annotation(self.scope, edit, self.class_id)
                if op is not None:
                    ops.append(op)
                    created += [op.id] if edit.asset in (None, here) else []
            elif isinstance(edit, Update):
                ops.append(make_op("annotation", edit.id, _plain(edit.fields)))
            elif isinstance(edit, Delete):
                ops.append(delete("annotation", edit.id))
        self.do(ops)
        if selected is not None or created:
            self.select(created or selected or ())

    def do(self, ops: Sequence[Op]) -> None:
        """Apply ops as one undo step; the first of them starts the person's assignments."""
        self.questionnaire.commit()
        closed = self.closed
        reasons = [closed or self.scope.refusal(op) for op in ops]
        granted = [op for op, reason in zip(ops, reasons, strict=True) if reason is None]
        if not granted and reasons and reasons[0] is not None:
            self.labeling.on_refusal(reasons[0])
        if not granted or self.asset is None:
            return
        step = self.history.record(granted, self.records.get_deleted)
        started = start_assignments(self.scope, sorted({self.anchor} | self._assets_of(step)))
        self.records.edit([*started, *step])
        self.records_changed()

    def undo(self) -> set[int]:
        """Undo the last step on this image (its stack); return the images that it changed."""
        return self._replay(self.history.undo)

    def redo(self) -> set[int]:
        """Redo the step that was undone last; return the images that it changed."""
        return self._replay(self.history.redo)

    def take_back(self, history: History, step: Step) -> None:
        """Undo a step, on whichever image it is, unless there is a later one."""
        if history.last is not step:
            return
        reasons = [self.scope.refusal(op) for op in step]
        reason = next((one for one in reasons if one is not None), None)
        if reason is not None:
            self.labeling.on_refusal(reason)
            return
        self.records.edit(history.undo(self.records.get_deleted) or ())
        self.records_changed()

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo on the current image: in a drawing, or a step."""
        if self.closed is not None:
            return takes_back_status(self.scope, self.history.last)
        return self.history.can_undo or any(one.can_undo for one in self._drawings)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo on the current image."""
        return self.closed is None and (self.history.can_redo or any(one.can_redo for one in self._drawings))

    @property
    def _drawings(self) -> list[Drawing]:
        return [one for one in self.labeling.drawings if one.session is self]

    @property
    def history(self) -> History:
        """The undo history of the current image; the slices of a stack share one."""
        return self.labeling.history_of(self.asset.ordinal if self.asset else -1)

    def select(self, ids: Iterable[str]) -> None:
        """Select these annotations and no others."""
        views, places = self.annotations, self._image_annotations.places
        chosen = tuple(name for name in ids if name in places)
        self._followed = frozenset(views[places[name]].object_id for name in chosen)
        if chosen != self.selected:
            self.questionnaire.commit()
        self.selected = chosen
        self.labeling.on_change()

    def delete_selected(self) -> None:
        """Delete the selected annotations that can be changed."""
        self.make([Delete(view.id) for view in self.context(1.0).chosen()])

    def reclassify(self, class_id: str) -> None:
        """Change the class of the selected annotations."""
        self.make([Update(view.id, {"class_id": class_id}) for view in self.context(1.0).chosen()])

    def reorder(self, move: Move) -> None:
        """Move the selected annotations to the front or back, or past the next one."""
        chosen = {view.id for view in self.annotations if view.id in set(self.selected) and not view.locked}
        records = [self.record(view.id) for view in self.annotations]
        stack = [(one.id, one.order) for one in records if one is not None]
        places = reordered(stack, chosen, move)
        self.do([make_op("annotation", name, {"order": place}) for name, place in places.items()])

    def begin(self) -> None:
        """Start the person's assignment on the current image, unless it has started."""
        started = start_assignments(self.scope, [self.anchor])
        if started:
            self.records.edit(started)

    def image_op(self, fields: Fields) -> Op:
        """Return the op that sets fields of the person's assignment on the current image (its stack)."""
        return image_op(self.scope, fields)

    def set_status(self, status: AssignmentStatus, skip_reason: str = "") -> str | None:
        """Set this person's status on the current image, or on all slices of its stack.

        Returns why they cannot, or None if it is done.
        """
        self.questionnaire.commit()
        reason = set_status(self.scope, self.history, status, skip_reason)
        self.records_changed()
        return reason

    # --- inside

    def _update_scope(self) -> None:
        here = self.asset.ordinal if self.asset is not None else None
        stack = self.stack
        if stack is not None:
            assets, anchor = tuple(one.asset for one in stack.slices), stack.anchor
        else:
            assets, anchor = ((here,), here) if here is not None else ((), -1)
        self.scope = replace(
            self.scope, asset=here, assets=assets, anchor=anchor, width=self.width, height=self.height
        )
        self._image_annotations.scope = self.scope

    def _replay(self, move: Callable[[Callable[[str, str], Fields | None]], Sequence[Op] | None]) -> set[int]:
        self.questionnaire.commit()
        allowed = self.closed is None or takes_back_status(self.scope, self.history.last)
        ops = (move(self.records.get_deleted) if allowed else None) or ()
        if ops:
            self.records.edit(ops)
            self.records_changed()
        return self._assets_of(ops)

    def _assets_of(self, ops: Iterable[Op]) -> set[int]:
        """Return the images whose annotations or assignments ops change."""
        get = self.records.get_deleted
        found = (op.fields if "asset" in op.fields else get(op.table, op.id) for op in ops)
        return {fields["asset"] for fields in found if fields is not None}


def _plain(fields: Mapping[str, Any]) -> Fields:
    plain: Fields = msgspec.to_builtins(dict(fields))
    return plain
