"""The page that labels the images of a project."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from webapp.py.pages.ports.shell import Command, Page, Presence, Route, Shell
from webapp.py.pages.workbench.opening import open_workbench
from webapp.py.pages.workbench.palette_commands import palette_commands
from webapp.py.pages.workbench.toolbar import workbench_toolbar
from webapp.py.pages.workbench.view import workbench_view
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.ui.reactive import reactive
from webapp.py.ui.tree import Node, h
from webapp.py.workspace.messages import KeyPress

ROUTE = "project/{project}/{ordinal?}"


def page(shell: Shell) -> Page:
    """Return the page."""
    return LabelPage(shell)


class LabelPage(Page):
    """A workbench for the project that the address names."""

    workbench = reactive[Workbench | None](None)
    """The workbench of the open project."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._wanted = ""
        self._opening = asyncio.Lock()

    @property
    def title(self) -> str:  # type: ignore[override]
        """The project's name."""
        return self.workbench.project.name if self.workbench is not None else ""

    @property
    def subject(self) -> str:  # type: ignore[override]
        """The image's name."""
        asset = self.workbench.session.asset if self.workbench is not None else None
        return asset.name if asset is not None else ""

    @property
    def presence(self) -> Presence | None:  # type: ignore[override]
        """What records working time."""
        return self.workbench.time if self.workbench is not None else None

    async def open(self, route: Route) -> None:
        """Open the project at an image. If the project is already open, go to that image."""
        project, text = route.value(0), route.value(1)
        ordinal = int(text) if text.isdecimal() else 0
        self._wanted = project
        async with self._opening:
            if self._wanted != project:
                return  # the person has opened another page in the meantime
            if self.workbench is None or self.workbench.project.id != project:
                await self._open(project, ordinal)
        if self._wanted == project and self.workbench is not None:
            await self.workbench.go_to_image(ordinal)
            if text and not text.isdecimal():
                self._go_to(project, ordinal)

    async def _open(self, project: str, ordinal: int) -> None:
        self._leave()

        workbench = await open_workbench(self._shell, project, partial(self._go_to, project))
        if self._wanted != project:
            return
        self.workbench = workbench
        await workbench.open(ordinal)

    def _go_to(self, project: str, ordinal: int) -> None:
        self._shell.go(Route("label", (project, str(ordinal))))

    def close(self) -> None:
        """Leave the project."""
        self._wanted = ""
        self._leave()

    def _leave(self) -> None:
        workbench, self.workbench = self.workbench, None
        if workbench is not None:
            workbench.close()

    def view(self) -> Node:
        """Return the workbench."""
        if self.workbench is None:
            return h("div", {"class": "sign-in"}, h("span", {"class": "spinner"}))
        return workbench_view(self.workbench)

    def toolbar(self) -> Node | None:
        """Return the buttons of the top bar."""
        return workbench_toolbar(self.workbench) if self.workbench is not None else None

    def commands(self, query: str) -> Iterable[Command]:
        """Return the commands that match a query."""
        return palette_commands(self.workbench, query) if self.workbench is not None else ()

    def key(self, key: KeyPress, *, typing: bool = False) -> bool:
        """Handle a key. Space pans while it is held. Return whether the page used it."""
        if self.workbench is None:
            return False
        if self.workbench.actions.take_key(key, typing=typing):
            return True
        if key.key == " " and not typing:
            self.workbench.display.hold_space(True)
            return True
        return False

    def key_up(self, key: str) -> None:
        """Stop panning when Space is released."""
        if self.workbench is not None and key in (" ", ""):
            self.workbench.display.hold_space(False)

    def commit(self) -> None:
        """Save what is being drawn, and what is being typed as an answer."""
        if self.workbench is not None:
            self.workbench.labeling.finish_drawings()
            self.workbench.commit()
