"""The state of one person who labels one project, across all viewports.

The active class and tool, the settings of tools, what is hidden or locked, and the undo histories belong to
the person, not to a viewport: each viewport has an `ImageSession` on the same `LabelingState`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from webapp.py.domain.model import Instruction, LabelClass
from webapp.py.domain.permissions import Actor
from webapp.py.workspace.copying import Clipboard
from webapp.py.workspace.history import History
from webapp.py.workspace.interpolating import Interpolation
from webapp.py.workspace.labeling_scope import Records
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.settings import Value, values
from webapp.py.workspace.tool import Tool

FALLBACK_TOOL = "select"
PLAINEST_TOOL = "pan"


class Drawing(Protocol):
    """What may be drawn in a viewport right now."""

    @property
    def session(self) -> object:
        """The image session of the viewport."""

    @property
    def busy(self) -> bool:
        """Whether a gesture is in progress."""

    @property
    def can_undo(self) -> bool:
        """Whether Undo takes back a point, or brings back a dropped drawing."""

    @property
    def can_redo(self) -> bool:
        """Whether Redo sets a point again."""

    def finish(self) -> None:
        """End the gesture because the person turns to something else."""


class LabelingState:
    """The person, the project, and what the person has chosen.

    Parameters
    ----------
    records
        The project's store.
    actor
        The person, with their role in the project.
    project
        The project's id.
    instruction
        What to label.
    registry
        All tools.
    on_change
        Called without arguments when something that is shown changes.
    """

    def __init__(
        self,
        records: Records,
        actor: Actor,
        project: str,
        instruction: Instruction,
        registry: Registry,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.records = records
        self.actor = actor
        self.project = project
        self.instruction = instruction
        self.registry = registry
        self.on_change = on_change
        self.on_refusal: Callable[[str], None] = lambda reason: None
        """Called with the reason when a person tries something that they are not permitted to do."""
        self.class_id: str | None = None
        self.drawings: list[Drawing] = []
        """What is drawn in the viewports that are open."""
        self._picked = False
        self.tool_id = self._fallback
        self.adding_to: str | None = None
        """The mask that every stroke adds to while it is selected, even where a stroke does not touch it."""
        self.hidden: set[str] = set()
        self.locked: set[str] = set()
        self.revision = 0
        self.clipboard = Clipboard()
        self.interpolation = Interpolation()
        self.switched_off: dict[str, str] = {tool.id: tool.reason for tool in registry.broken}
        self._settings: dict[str, dict[str, Value]] = {}
        self._histories: dict[int, History] = {}
        self._sharing: dict[int, int] = {}
        if instruction.classes and self.draws:
            self.choose_class(instruction.classes[0].id)

    @property
    def draws(self) -> bool:
        """Whether objects are drawn; if not, there are only questions about the image."""
        return self.instruction.work != "classification"

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools for this kind of work."""
        return tuple(tool for tool in self.registry.tools if self.draws or not tool.edits)

    def instruct(self, instruction: Instruction) -> None:
        """Switch to another version of the instruction; annotations of removed classes stay."""
        self.instruction = instruction
        if not self._usable(self.tool_id):
            self._use(self._fallback)
        if self.label_class(self.class_id) is None:
            self.class_id = None
            if instruction.classes:
                self.choose_class(instruction.classes[0].id)
        self.revision += 1
        self.on_change()

    def label_class(self, class_id: str | None) -> LabelClass | None:
        """Return a class of the instruction, or None if it has none with that id."""
        return next((one for one in self.instruction.classes if one.id == class_id), None)

    def choose_class(self, class_id: str) -> None:
        """Make a class the active one.

        What is being drawn continues in that class. Otherwise its tool becomes the active tool, unless the
        person chose one that draws the same kind of shape.
        """
        chosen = self.label_class(class_id)
        if chosen is None or not self.draws:
            return
        self.class_id = class_id
        wanted = chosen.tool if self._usable(chosen.tool) else self._fallback
        suits = self._picked and self._draw_alike(self.tool_id, wanted)
        if not suits and not any(one.busy for one in self.drawings):
            self._picked = False
            self._use(wanted)
        self.on_change()

    def activate_class(self, class_id: str) -> None:
        """Make a class the active one, and keep the tool."""
        if self.label_class(class_id) is not None and self.draws:
            self.class_id = class_id
            self.on_change()

    def choose_tool(self, tool_id: str) -> None:
        """Make a tool the active one, unless it is turned off."""
        if self._usable(tool_id):
            self._picked = True
            self._use(tool_id)
            self.on_change()

    def add_to(self, annotation_id: str | None) -> None:
        """Let every stroke add to a mask while it is selected; None: only strokes that touch it."""
        self.adding_to = annotation_id
        self.on_change()

    def finish_drawings(self) -> None:
        """End what is being drawn because the person turns to something else; complete drawings are kept."""
        for one in tuple(self.drawings):
            one.finish()

    def switch_off(self, tool_id: str, reason: str) -> None:
        """Turn off a tool that failed; the work stays."""
        self.switched_off[tool_id] = reason
        if self.tool_id == tool_id:
            self._use(self._fallback if tool_id != self._fallback else PLAINEST_TOOL)
        self.on_change()

    @property
    def tool(self) -> Tool:
        """The active tool."""
        return self.registry.tool(self.tool_id)

    def settings_of(self, tool_id: str) -> dict[str, Value]:
        """Return the current settings of a tool."""
        return values(self.registry.tool(tool_id).settings, dict(self._settings.get(tool_id, {})))

    def change_setting(self, tool_id: str, name: str, value: Value) -> None:
        """Change a setting of a tool and the same setting of its siblings: brush and eraser share a radius.

        Values are clamped to the range of the setting.
        """
        chosen = next(one for one in self.registry.tool(tool_id).settings if one.name == name)
        for tool in self.registry.tools:
            if chosen in tool.settings:
                self._settings.setdefault(tool.id, {})[name] = chosen.clean(value)
        self.on_change()

    def toggle_hidden(self, annotation_id: str) -> None:
        """Hide an annotation on this page, or show it again."""
        self._set(self.hidden, [annotation_id], annotation_id not in self.hidden)

    def toggle_locked(self, annotation_id: str) -> None:
        """Lock an annotation on this page, or unlock it."""
        self._set(self.locked, [annotation_id], annotation_id not in self.locked)

    def hide(self, annotation_ids: Iterable[str], on: bool) -> None:
        """Hide several annotations on this page, or show them again."""
        self._set(self.hidden, annotation_ids, on)

    def lock(self, annotation_ids: Iterable[str], on: bool) -> None:
        """Lock several annotations on this page, or unlock them."""
        self._set(self.locked, annotation_ids, on)

    def history_of(self, asset: int) -> History:
        """Return the undo history of an image, which all viewports that show it share."""
        return self._histories.setdefault(self._sharing.get(asset, asset), History())

    def join_histories(self, assets: Sequence[int]) -> None:
        """Let images share one undo history, so that an edit across slices of a stack is one step."""
        owner = min(assets)
        if all(self._sharing.get(asset) == owner for asset in assets):
            return
        shared = self._histories.setdefault(owner, History())
        for other in sorted({self._sharing.get(asset, asset) for asset in assets} - {owner}):
            shared.take_over(self._histories.pop(other, History()))
        self._sharing |= dict.fromkeys(assets, owner)

    def _set(self, members: set[str], names: Iterable[str], on: bool) -> None:
        if on:
            members.update(names)
        else:
            members.difference_update(names)
        self.revision += 1
        self.on_change()

    def _use(self, tool_id: str) -> None:
        if tool_id != self.tool_id:
            self.finish_drawings()
            self.tool_id = tool_id

    def _draw_alike(self, one: str, other: str) -> bool:
        """Return whether two tools draw the same kind of shape."""
        return not {*self.registry.tool(one).draws}.isdisjoint(self.registry.tool(other).draws)

    @property
    def _fallback(self) -> str:
        return FALLBACK_TOOL if self.draws else PLAINEST_TOOL

    def _usable(self, tool_id: str) -> bool:
        known = {tool.id for tool in self.tools}
        return tool_id in known and tool_id not in self.switched_off
