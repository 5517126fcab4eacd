"""What the right panel needs from the workbench."""

from __future__ import annotations

from typing import Protocol

from webapp.py.pages.workbench.action_buttons import ActionRunner
from webapp.py.pages.workbench.panel.labels import Labels
from webapp.py.pages.workbench.panels import Panels
from webapp.py.pages.workbench.viewports.display import Display
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState


class PanelScope(Protocol):
    """The parts of the workbench that the right panel shows and changes."""

    labels: Labels
    display: Display
    actions: ActionRunner
    panels: Panels

    @property
    def labeling(self) -> LabelingState:
        """The person, project, class and tool."""

    @property
    def session(self) -> ImageSession:
        """The image session of the active viewport."""
