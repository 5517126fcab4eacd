"""The state of the context menu; `context_menu_view` draws it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from webapp.py.geometry.shapes import bounds
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports.layouts import Layouts
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.ui.reactive import reactive
from webapp.py.workspace.operations import OPERATIONS, Operation, Operator
from webapp.py.workspace.settings import Value, values

_LINES = ".menu > button, .menu-classes > button"
_SETTINGS = ".menu-settings input, .menu-settings button"


class ContextMenu:
    """The context menu: where it is open, and the settings of its operations.

    Parameters
    ----------
    viewports
        The viewports in which it opens.
    layouts
        Makes the viewport in which it opens the active one.
    ports
        Compute, machine and window.
    say
        Shows a toast.
    """

    viewport = reactive[Viewport | None](None)
    """The viewport in which it is open; None while it is closed."""
    x = reactive(0.0)
    y = reactive(0.0)
    unfolded = reactive[Operation | None](None)
    """The operation whose settings are shown."""
    _parameters = reactive[Mapping[str, Mapping[str, Value]]](factory=dict)

    def __init__(
        self, viewports: ViewportSet, layouts: Layouts, ports: Ports, say: Callable[[str], None]
    ) -> None:
        self._viewports, self._layouts, self._ports, self._say = viewports, layouts, ports, say

    def open(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """Open it at a point of a viewport's image, and select the annotation there."""
        canvas = viewport.canvas
        if canvas is None or canvas.view is None:
            return
        self._layouts.activate(viewport)
        viewport.end_gesture()
        session = viewport.session
        under = session.context(canvas.view.scale).at(point)
        if under is not None and under.id not in session.selected:
            session.select([under.id])
        self.viewport, self.unfolded = viewport, None
        self.x, self.y = canvas.view.to_view(*point)

    def open_at_selection(self) -> None:
        """Open it at the selection, or in the middle of the view; for the keyboard."""
        viewport = self._viewports.current
        if viewport.canvas is None or viewport.canvas.view is None:
            return
        chosen = [view for view in viewport.session.annotations if view.id in viewport.session.selected]
        box = bounds(chosen[-1].shape) if chosen else None
        view = viewport.canvas.view
        self.open(viewport, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else (view.x, view.y))

    def close(self) -> None:
        """Close it."""
        if self.viewport is not None:
            self.viewport = self.unfolded = None

    def unfold(self, operation: Operation) -> None:
        """Show or hide the settings of an operation, or run it if it has none."""
        if not operation.settings:
            self.run(operation)
            return
        self.unfolded = None if self.unfolded is operation else operation

    def parameters(self, operation: Operation) -> dict[str, Value]:
        """Return the values of an operation's settings: the last ones, or the defaults."""
        return values(operation.settings, dict(self._parameters.get(operation.id, {})))

    def change(self, operation: Operation, name: str, value: float) -> None:
        """Change a setting of an operation."""
        before = self._parameters
        self._parameters = {**before, operation.id: {**before.get(operation.id, {}), name: value}}

    def run(self, operation: Operation) -> None:
        """Run an operation and close the menu."""
        self._ports.machine.spawn(self._operator().run(operation, self.parameters(operation)))
        self.close()

    def usable(self) -> list[Operation]:
        """Return the operations that are available for the selection."""
        operator = self._operator()
        return [one for one in OPERATIONS if operator.refusal(one) is None]

    def attach(self, element: Any) -> None:
        """Focus the first line of the menu when it is on the page."""
        if element is not None:
            self.step(0)

    def attach_settings(self, element: Any) -> None:
        """Focus the first setting when the settings are on the page."""
        if element is not None:
            self._ports.window.step_focus(_SETTINGS, 0)

    def step(self, by: int, *, settings: bool = False) -> None:
        """Move the focus by lines, or by lines and settings."""
        self._ports.window.step_focus(f"{_LINES}, {_SETTINGS}" if settings else _LINES, by)

    def _operator(self) -> Operator:
        return Operator(self._viewports.session, self._ports.compute.call, self._say)
