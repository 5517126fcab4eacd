"""The session of a view that is for looking: a cut through the stack that another session labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from webapp.py.domain.ops import Op
from webapp.py.workspace.context import AnnotationView
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import PLAINEST_TOOL, LabelingState
from webapp.py.workspace.tool import Create, Delete, Edit, Tool, Update

AIMING = "crosshair"
"""The tool that stands in for those that change annotations."""
MEASURING = ("length", "angle")
"""Tools whose rulers are of use here, though nothing is kept of them."""
FOR_VIEWING = "Cuts are for viewing. Draw on the slices."


class ReformatSession(ImageSession):
    """Shows what a cut goes through. Tools that change annotations give way to the crosshair, rulers stay.

    Parameters
    ----------
    workplace
        Class, tool and settings, as everywhere.
    look
        Returns what the cut goes through, as masks of its pixels, and the ids of those that are selected.
    """

    def __init__(
        self,
        labeling: LabelingState,
        look: Callable[[], tuple[tuple[AnnotationView, ...], tuple[str, ...]]],
    ) -> None:
        self._look = look
        super().__init__(labeling)

    @property
    def ready(self) -> bool:
        """Whether the size of the cut is known."""
        return self.width > 0

    @property
    def annotations(self) -> tuple[AnnotationView, ...]:
        """What the cut goes through."""
        views, self.selected = self._look()
        return views

    @property
    def tool_id(self) -> str:
        """The id of the active tool, or of the crosshair where that one changes annotations."""
        return self.tool.id

    @property
    def tool(self) -> Tool:
        """The active tool, or the crosshair where that one changes annotations."""
        chosen = self.labeling.tool
        if not chosen.edits or chosen.id in MEASURING:
            return chosen
        usable = [one for one in self.labeling.tools if one.id not in self.labeling.switched_off]
        stand_in = next((one for one in usable if one.id == AIMING), None)
        return stand_in or self.registry.tool(PLAINEST_TOOL)

    def make(self, edits: Sequence[Edit]) -> None:
        """Leave everything as it is, and say so where something was to be changed."""
        if any(isinstance(edit, Create | Update | Delete) for edit in edits):
            self.labeling.on_refusal(FOR_VIEWING)

    def do(self, ops: Sequence[Op]) -> None:
        """Leave everything as it is."""
