"""What one person has at hand while labeling one project, whichever viewports are open.

The active class and tool, the settings of tools, what is hidden or locked, and the undo histories belong to
the person and not to a viewport: each viewport is a `Session` on the same `LabelingState`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from webapp.py.domain.model import Fields, Instruction, LabelClass
from webapp.py.domain.ops import Op
from webapp.py.domain.permissions import Actor
from webapp.py.workspace.copying import Clipboard
from webapp.py.workspace.history import History
from webapp.py.workspace.interpolating import Interpolation
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.settings import Value, values
from webapp.py.workspace.tool import Tool

FALLBACK_TOOL = "select"
PLAINEST_TOOL = "pan"


class Records(Protocol):
    """What labeling needs of the store."""

    def get(self, table: str, record_id: str) -> Fields | None:
        """Return the fields of a record, or None when there is none or it is deleted."""

    def get_deleted(self, table: str, record_id: str) -> Fields | None:
        """Return the fields of a record, deleted or not."""

    def of_asset(self, table: str, asset: int) -> Iterable[Fields]:
        """Return the records of a table that are about an asset, deleted ones left out."""

    def edit(self, ops: Sequence[Op]) -> None:
        """Apply ops to the view at once and keep them durably."""


class LabelingState:
    """The person, the project, and what they have chosen.

    Parameters
    ----------
    records
        The project's store.
    actor
        Who labels, with their role in the project.
    project
        The project's id.
    instruction
        What to label.
    registry
        The tools there are.
    on_change
        Called without arguments whenever something that is shown has changed.
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
        """Told why nothing was changed, when somebody tried what they may not."""
        self.class_id: str | None = None
        self.tool_id = self._fallback
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
        """Whether objects are drawn here; if not, the questions about the image are all there is."""
        return self.instruction.work != "classification"

    @property
    def tools(self) -> tuple[Tool, ...]:
        """The tools that the work at hand needs."""
        return tuple(tool for tool in self.registry.tools if self.draws or not tool.edits)

    def instruct(self, instruction: Instruction) -> None:
        """Go on by another version of the instruction; annotations of classes that it lacks stay."""
        self.instruction = instruction
        if not self._usable(self.tool_id):
            self.tool_id = self._fallback
        if self.label_class(self.class_id) is None:
            self.class_id = None
            if instruction.classes:
                self.choose_class(instruction.classes[0].id)
        self.revision += 1
        self.on_change()

    def label_class(self, class_id: str | None) -> LabelClass | None:
        """Return a class of the instruction, or None where it has none of that id."""
        return next((one for one in self.instruction.classes if one.id == class_id), None)

    def choose_class(self, class_id: str) -> None:
        """Make a class the active one, and its tool the active tool."""
        chosen = self.label_class(class_id)
        if chosen is None or not self.draws:
            return
        self.class_id = class_id
        self.tool_id = chosen.tool if self._usable(chosen.tool) else self._fallback
        self.on_change()

    def choose_tool(self, tool_id: str) -> None:
        """Make a tool the active one, unless it is switched off."""
        if self._usable(tool_id):
            self.tool_id = tool_id
            self.on_change()

    def switch_off(self, tool_id: str, reason: str) -> None:
        """Take a tool that failed out of use; the work stays."""
        self.switched_off[tool_id] = reason
        if self.tool_id == tool_id:
            self.tool_id = self._fallback if tool_id != self._fallback else PLAINEST_TOOL
        self.on_change()

    @property
    def tool(self) -> Tool:
        """The active tool."""
        return self.registry.tool(self.tool_id)

    def settings_of(self, tool_id: str) -> dict[str, Value]:
        """Return the settings of a tool, as they are set or by default."""
        return values(self.registry.tool(tool_id).settings, dict(self._settings.get(tool_id, {})))

    def change_setting(self, tool_id: str, name: str, value: Value) -> None:
        """Set a setting of a tool, and the equal one of its siblings: brush and eraser share their radius.

        Values out of range are brought into it.
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
        """Protect an annotation from edits on this page, or release it."""
        self._set(self.locked, [annotation_id], annotation_id not in self.locked)

    def hide(self, annotation_ids: Iterable[str], on: bool) -> None:
        """Hide several annotations on this page, or show them again."""
        self._set(self.hidden, annotation_ids, on)

    def lock(self, annotation_ids: Iterable[str], on: bool) -> None:
        """Protect several annotations from edits on this page, or release them."""
        self._set(self.locked, annotation_ids, on)

    def history_of(self, asset: int) -> History:
        """Return the undo history of an image, the same one in every viewport that shows it."""
        return self._histories.setdefault(self._sharing.get(asset, asset), History())

    def join_histories(self, assets: Sequence[int]) -> None:
        """Let images share one undo history from now on: what spans slices of a stack is one step."""
        first = min(assets)
        if all(self._sharing.get(asset) == first for asset in assets):
            return
        shared = self._histories.setdefault(first, History())
        for owner in sorted({self._sharing.get(asset, asset) for asset in assets} - {first}):
            shared.take_over(self._histories.pop(owner, History()))
        self._sharing |= dict.fromkeys(assets, first)

    def _set(self, members: set[str], names: Iterable[str], on: bool) -> None:
        if on:
            members.update(names)
        else:
            members.difference_update(names)
        self.revision += 1
        self.on_change()

    @property
    def _fallback(self) -> str:
        return FALLBACK_TOOL if self.draws else PLAINEST_TOOL

    def _usable(self, tool_id: str) -> bool:
        known = {tool.id for tool in self.tools}
        return tool_id in known and tool_id not in self.switched_off
