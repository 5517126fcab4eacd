"""The session of a reformatted plane: a read-only view of the stack that another session labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from webapp.py.domain.ops import Op
from webapp.py.workspace import texts
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import PLAINEST_TOOL, LabelingState
from webapp.py.workspace.tool import Create, Delete, Edit, Tool, Update

CROSSHAIR = "crosshair"
"""The tool that replaces those that change annotations."""
MEASURING = ("length", "angle")
"""Tools that stay available; their rulers are not saved."""


class ReformatSession(ImageSession):
    """Shows the objects that a reformatted plane intersects.

    The crosshair replaces tools that change annotations; measuring tools stay.

    Parameters
    ----------
    labeling
        Class, tool and settings, shared with all viewports.
    objects
        Returns the objects that the plane intersects, as masks of its pixels, and the ids of selected ones.
    """

    def __init__(
        self,
        labeling: LabelingState,
        objects: Callable[[], tuple[tuple[AnnotationView, ...], tuple[str, ...]]],
    ) -> None:
        self._objects = objects
        super().__init__(labeling)

    @property
    def ready(self) -> bool:
        """Whether the size of the plane is known."""
        return self.width > 0

    @property
    def annotations(self) -> tuple[AnnotationView, ...]:
        """The objects that the plane intersects."""
        views, self.selected = self._objects()
        return views

    @property
    def tool_id(self) -> str:
        """The id of the active tool, or of the crosshair if that tool changes annotations."""
        return self.tool.id

    @property
    def tool(self) -> Tool:
        """The active tool, or the crosshair if that tool changes annotations."""
        chosen = self.labeling.tool
        if not chosen.edits or chosen.id in MEASURING:
            return chosen
        usable = [one for one in self.labeling.tools if one.id not in self.labeling.switched_off]
        crosshair = next((one for one in usable if one.id == CROSSHAIR), None)
        return crosshair or self.registry.tool(PLAINEST_TOOL)

    def make(self, edits: Sequence[Edit]) -> None:
        """Change nothing; report a refusal if an edit would change an annotation."""
        if any(isinstance(edit, Create | Update | Delete) for edit in edits):
            self.labeling.on_refusal(texts.REFORMATS_ARE_READ_ONLY)

    def do(self, ops: Sequence[Op]) -> None:
        """Change nothing."""
