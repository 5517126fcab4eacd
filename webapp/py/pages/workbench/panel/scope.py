"""What the right panel shows and changes."""

from __future__ import annotations

from typing import Protocol

from webapp.py.pages.workbench.action_buttons import ActionRunner
from webapp.py.pages.workbench.panel.labels import Labels
from webapp.py.pages.workbench.viewports.display import Display
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState


class PanelScope(Protocol):
    """The parts of the workbench that the right panel uses."""

    labeling: LabelingState
    labels: Labels
    display: Display
    actions: ActionRunner

    @property
    def session(self) -> ImageSession:
        """What the active viewport shows."""

    def skip(self) -> None:
        """Skip the image and go on."""

    def submit(self) -> None:
        """Submit the image and go on."""

    def reopen(self) -> None:
        """Go on working on an image that was submitted."""
