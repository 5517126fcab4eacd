"""The state of the menu at a point of the image; `context_menu` draws it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from webapp.py.geometry.shapes import bounds
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.workbench.viewports.layouts import Layouts
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.workspace.operations import OPERATIONS, Operation, Operator
from webapp.py.workspace.settings import Value, values

_LINES = ".menu > button, .menu-classes > button"
_SETTINGS = ".menu-settings input, .menu-settings button"


class ContextMenu:
    """The menu of the workspace: where it is open, and what is chosen in it.

    Parameters
    ----------
    viewports
        The viewports that it opens in.
    layouts
        Makes the viewport that it opens in the active one.
    ports
        The world outside.
    say
        Shows a sentence to the person.
    """

    def __init__(
        self, viewports: ViewportSet, layouts: Layouts, ports: Ports, say: Callable[[str], None]
    ) -> None:
        self._viewports, self._layouts, self._ports, self._say = viewports, layouts, ports, say
        self.viewport: Viewport | None = None
        self.x = self.y = 0.0
        self.unfolded: Operation | None = None
        self._parameters: dict[str, dict[str, Value]] = {}

    def open(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """Open it at a point of a viewport's image; what lies there is selected, unless it is already."""
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
        self._ports.render()

    def open_at_selection(self) -> None:
        """Open it where the selection is, or in the middle of the view; for the keyboard."""
        viewport = self._viewports.current
        if viewport.canvas is None or viewport.canvas.view is None:
            return
        chosen = [view for view in viewport.session.annotations if view.id in viewport.session.selected]
        box = bounds(chosen[-1].shape) if chosen else None
        view = viewport.canvas.view
        self.open(viewport, ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) if box else (view.x, view.y))

    def close(self) -> None:
        """Close it, and give the keyboard back to the viewport."""
        if self.viewport is not None:
            self.viewport = self.unfolded = None
            self._ports.render()

    def unfold(self, operation: Operation) -> None:
        """Show the settings of an operation, or carry it out where it has none."""
        if not operation.settings:
            self.run(operation)
            return
        self.unfolded = None if self.unfolded is operation else operation
        self._ports.render()

    def parameters(self, operation: Operation) -> dict[str, Value]:
        """Return the values of an operation's settings, as set last or by default."""
        return values(operation.settings, dict(self._parameters.get(operation.id, {})))

    def change(self, operation: Operation, name: str, value: float) -> None:
        """Set a setting of an operation."""
        self._parameters.setdefault(operation.id, {})[name] = value
        self._ports.render()

    def run(self, operation: Operation) -> None:
        """Carry an operation out and close."""
        self._ports.machine.spawn(self._operator().run(operation, self.parameters(operation)))
        self.close()

    def usable(self) -> list[Operation]:
        """Return the operations that the selection allows."""
        operator = self._operator()
        return [one for one in OPERATIONS if operator.refusal(one) is None]

    def attach(self, element: Any) -> None:
        """Put the keyboard's focus on the first line of the menu that has come onto the page."""
        if element is not None:
            self.step(0)

    def attach_settings(self, element: Any) -> None:
        """Put the keyboard's focus on the first setting of those that have come onto the page."""
        if element is not None:
            self._ports.window.step_focus(_SETTINGS, 0)

    def step(self, by: int, *, settings: bool = False) -> None:
        """Move the keyboard's focus by lines, or by lines and settings."""
        self._ports.window.step_focus(f"{_LINES}, {_SETTINGS}" if settings else _LINES, by)

    def _operator(self) -> Operator:
        return Operator(self._viewports.session, self._ports.compute.call, self._say)
