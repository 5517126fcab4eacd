"""Labeling: opens a project and its images, and does what the workspace's buttons and keys ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from webapp.py.domain.model import Asset, AssignmentStatus, Instruction, Invalid, Project, decode
from webapp.py.domain.wire import project_scope
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.shell.state import AppState, Route, Work, write_route
from webapp.py.pages.workbench.images.image_list import ImageList
from webapp.py.pages.workbench.menu.context_menu import ContextMenu
from webapp.py.pages.workbench.panel.labels import Labels
from webapp.py.pages.workbench.timekeeper import Timekeeper
from webapp.py.pages.workbench.viewports.display import Display
from webapp.py.pages.workbench.viewports.layouts import Layouts
from webapp.py.pages.workbench.viewports.multiplanar import Multiplanar, ReformatView
from webapp.py.pages.workbench.viewports.reference_lines import ReferenceLines
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.stacks import Stacks
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.store.local import RecordKey
from webapp.py.store.store import Store
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.settings import Value

if TYPE_CHECKING:
    from webapp.py.pages.shell.app import App

AHEAD = 2
"""Images fetched before they are asked for."""
TOAST_SECONDS = 6.0


class Workbench:
    """Does what the workspace asks for; what it shows lies in `AppState.work`."""

    def __init__(self, app: App, registry: Registry) -> None:
        self.app = app
        self.ports = app.ports
        self.registry = registry
        self.labels: Labels = Labels(self)
        self.menu: ContextMenu = ContextMenu(self)
        self.display: Display = Display(self)
        self.layouts: Layouts = Layouts(self)
        self.scrolling: Scrolling = Scrolling(self)
        self.stacks: Stacks = Stacks(self.ports, self.scrolling.slices_changed)
        self.multiplanar: Multiplanar = Multiplanar(self)
        self.references: ReferenceLines = ReferenceLines(self)
        self._status: Any = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._opening = asyncio.Lock()
        self.time = Timekeeper(self)

    @property
    def state(self) -> AppState:
        """What the pages show."""
        return self.app.state

    @property
    def work(self) -> Work:
        """The project at hand; only called while there is one."""
        assert self.state.work is not None
        return self.state.work

    @property
    def canvas(self) -> ViewportCanvas | None:
        """The stage of the active viewport; None while it is not on the page."""
        return self.state.work.viewport.canvas if self.state.work is not None else None

    @property
    def views(self) -> list[Viewport | ReformatView]:
        """Everything on screen that shows an image: the viewports, and the cuts beside the first one."""
        return [*self.work.viewports, *self.multiplanar.views] if self.state.work is not None else []

    # --- opening and closing

    async def open_project(self, project_id: str, ordinal: int) -> None:
        """Open a project at an image, or go to that image where the project is open already."""
        async with self._opening:
            work = await self._open(project_id, ordinal)
        if work is None:
            return
        asset = await work.image_list.asset(ordinal) or work.image_list.index.first()
        route = self.state.route
        if work is not self.state.work or (route.project, route.ordinal) != (project_id, ordinal):
            return  # the person went elsewhere meanwhile
        if asset is None:
            work.viewport.loading = False
            self.ports.render()
        elif work.session.asset is None or work.session.asset.ordinal != asset.ordinal:
            await self.show(asset)

    async def _open(self, project_id: str, ordinal: int) -> Work | None:
        work = self.state.work
        if work is not None and work.project.id == project_id:
            return work
        self.close()
        work = await self._work_on(project_id)
        if work is not None:
            self.state.work = work
            self._unsubscribe = work.store.subscribe(self._records_changed)
            self.app.watch(work.store)
            self.time.recover()
            work.image_list.on_images = self._images_listed
            await work.image_list.open(ordinal)
        return work

    def close(self) -> None:
        """Leave the project; its records stay on this machine."""
        self.time.leave()
        work, self.state.work = self.state.work, None
        if work is not None:
            self.app.unwatch(work.store)
            self._unsubscribe()
            work.image_list.close()
            self.ports.images.prefetch([])
            for viewport in work.viewports:
                viewport.close()
            self.multiplanar.close()

    async def _work_on(self, project_id: str) -> Work | None:
        setup = self.state.setup
        fields = setup.get("project", project_id) if setup else None
        if setup is None or fields is None:
            self.app.fail("This project is not here: it was deleted, or you are not a member.")
            return None
        try:
            project = decode("project", fields)
            assert isinstance(project, Project)
            instruction = decode("instruction", setup.get("instruction", project.instruction) or {})
        except Invalid as invalid:
            self.app.fail(
                f"This project cannot be opened: {invalid}. Ask an admin to correct its instruction."
            )
            return None
        assert isinstance(instruction, Instruction)
        local = self.app.local
        assert local is not None
        store = await Store.open(local, project_scope(project_id), solo=self.state.mode == "solo")
        actor = self.state.actor(project_id)
        labeling = LabelingState(store, actor, project_id, instruction, self.registry, self._changed)
        labeling.on_refusal = self.app.notify
        image_list = ImageList(
            *(project_id, project.dataset, actor.person),
            *(store, local, self.ports),
            server=self.state.mode == "server",
            totals=self.state.totals,
            fail=self.app.fail,
        )
        return Work(project, store, labeling, image_list, [Viewport(self, labeling)])

    # --- images

    def open_asset(self, ordinal: int) -> None:
        """Go to an image."""
        self.ports.window.go(write_route(Route("label", self.work.project.id, ordinal)))

    def step(self, by: int) -> None:
        """Go to the next image of the folder or slice of the stack, or further; stops at both ends.

        Linked viewports go along, each through its own folder.
        """
        self.work.image_list.direction = 1 if by > 0 else -1
        if self.work.viewport.place is not None:
            if not self.scrolling.go(self.work.viewport, by):
                self.app.notify(f"This is the {'last' if by > 0 else 'first'} slice of the stack.")
            return
        self.ports.machine.spawn(self._step(self.work, self.work.viewport, by))

    async def _step(self, work: Work, viewport: Viewport, by: int) -> None:
        following = await self._following(work, viewport, by)
        if work is not self.state.work:
            return
        if following is None:
            end = "last" if by > 0 else "first"
            which = (
                "that the filter lists in this folder"
                if work.image_list.index.filter.active
                else "of the folder"
            )
            self.app.notify(f"This is the {end} image {which}.")
            return
        for other in work.viewports if work.linked else ():
            beside = await self._following(work, other, by) if other is not viewport else None
            if beside is not None:
                self.ports.machine.spawn(self.show(beside, other))
        self.open_asset(following.ordinal)

    async def _following(self, work: Work, viewport: Viewport, by: int) -> Asset | None:
        asset = viewport.session.asset
        return None if asset is None else await work.image_list.following(asset.ordinal, by)

    def go_to_index(self) -> None:
        """Go to the image of the folder whose number was typed."""
        image_list = self.work.image_list
        text, (_, count) = image_list.asked_for or "", image_list.place()
        asset = image_list.asset_at(int(text)) if text.strip().isdecimal() else None
        if asset is not None:
            image_list.type_index(None)
            self.open_asset(asset.ordinal)
        elif text.strip():
            self.app.notify(
                f"There is no image {text.strip()} in this list: type a number from 1 to {count}."
            )

    def reload_image(self, viewport: Viewport) -> None:
        """Try once more to load the image of a viewport."""
        asset = viewport.session.asset
        if asset is not None:
            if viewport.slices is not None:
                viewport.slices.try_again(asset.ordinal)
            self.ports.machine.spawn(self.show(asset, viewport))

    async def show(self, asset: Asset, viewport: Viewport | None = None) -> None:
        """Show an image in a viewport, the active one by default, and fetch what comes next."""
        viewport = viewport or self.work.viewport
        image_list = self.work.image_list
        if viewport is self.work.viewport:
            image_list.show(asset.ordinal)
            image_list.thumbnails.hold()
        shown = await viewport.show(asset)
        image_list.thumbnails.release()
        if shown:
            self.display.align()
            if viewport.place is not None and viewport is self.work.viewport:
                self.scrolling.follow_links(viewport)
            self._fetch_ahead()

    def _fetch_ahead(self) -> None:
        work = self.state.work
        shown = [viewport.session.asset for viewport in work.viewports] if work is not None else []
        if work is not None:
            following = [work.image_list.ahead(asset.ordinal, AHEAD) for asset in shown if asset is not None]
            self.ports.images.prefetch([asset.url for assets in following for asset in assets])

    # --- what the page hands over

    def attach_status(self, element: Any) -> None:
        """Take the element that shows where the pointer is."""
        self._status = element

    def paint_theme(self) -> None:
        """Give the viewports the page's colors."""
        for view in self.views:
            view.paint_theme(self.state.dark)

    def report(self, viewport: Viewport, point: tuple[float, float] | None, zoom: float) -> None:
        """Show zoom and pointer of a viewport in the status line."""
        if self._status is None or self.state.work is None or viewport is not self.work.viewport:
            return
        where = f"   x {point[0] // 1:.0f}  y {point[1] // 1:.0f}" if point is not None else ""
        value = viewport.canvas.reading.partition("\n")[2] if viewport.canvas is not None else ""
        self._status.textContent = f"{zoom * 100:.0f} %{where}   {value}".rstrip()

    # --- labels

    def choose_class(self, class_id: str) -> None:
        """Make a class active; what is selected keeps its own."""
        self.work.session.choose_class(class_id)

    def choose_tool(self, tool_id: str) -> None:
        """Make a tool active."""
        self.work.session.choose_tool(tool_id)

    def change_setting(self, tool_id: str, name: str, value: Value) -> None:
        """Set a setting of a tool."""
        self.work.session.change_setting(tool_id, name, value)

    def toggle_hidden(self, annotation_id: str) -> None:
        """Hide an annotation, or show it again."""
        self.work.labeling.toggle_hidden(annotation_id)

    def toggle_locked(self, annotation_id: str) -> None:
        """Lock an annotation, or unlock it."""
        self.work.labeling.toggle_locked(annotation_id)

    def delete(self, annotation_id: str) -> None:
        """Delete an annotation of the list."""
        session = self.work.session
        session.select([annotation_id])
        session.delete_selected()

    def undo(self) -> None:
        """Take the last step on this image back, and go to the slice that it was about."""
        self.work.viewport.end_gesture()
        assets = self.work.session.undo()
        if not assets:
            self.app.notify(self.work.session.closed or "There is nothing to undo on this image.")
        self._go_where_it_was(assets)

    def redo(self) -> None:
        """Make the step that was taken back again, and go to the slice that it was about."""
        self.work.viewport.end_gesture()
        assets = self.work.session.redo()
        if not assets:
            self.app.notify(self.work.session.closed or "There is nothing to redo on this image.")
        self._go_where_it_was(assets)

    def _go_where_it_was(self, assets: set[int]) -> None:
        viewport = self.work.viewport
        place = viewport.place
        if place is not None and assets and place.order[place.index] not in assets:
            near = [at for at, one in enumerate(place.order) if one in assets]
            if near:
                self.scrolling.go_to(viewport, min(near, key=lambda at: abs(at - place.index)))

    def settle(self) -> None:
        """Make what is being typed an answer."""
        for viewport in self.state.work.viewports if self.state.work is not None else ():
            viewport.session.questionnaire.commit()

    def submit(self) -> None:
        """Submit the image and go on, once every required question is answered."""
        self.work.viewport.end_gesture()
        closed = self.work.session.closed is not None  # then it is told why, and not what lacks an answer
        if (closed or self.labels.may_submit()) and self._become("submitted"):
            self._go_on()

    def skip(self) -> None:
        """Skip the image and go on."""
        self.work.viewport.end_gesture()
        if self._become("skipped"):
            self._go_on()

    def _go_on(self) -> None:
        """Go to the next image; behind a stack, which was dealt with as a whole, to what follows it."""
        if self.work.viewport.place is None:
            self.step(1)
            return
        following = self.work.image_list.index.after(self.work.session.assets)
        if following is not None:
            self.open_asset(following.ordinal)
        else:
            self.app.notify("This is the last image of the list.")

    def reopen(self) -> None:
        """Go on working on an image that was submitted."""
        self._become("started")

    def _become(self, status: AssignmentStatus) -> bool:
        reason = self.work.session.set_status(status)
        if reason is not None:
            self.app.notify(reason)
        self.time.flush()
        return reason is None

    # --- changes from elsewhere

    def _images_listed(self) -> None:
        for viewport in self.state.work.viewports if self.state.work is not None else ():
            viewport.folder_grew()

    def _records_changed(self, keys: frozenset[RecordKey]) -> None:
        work = self.state.work
        if work is None:
            return
        self.time.changed(keys)
        self.multiplanar.records_changed()
        work.image_list.records_changed(keys)
        if keys:
            for viewport in work.viewports:
                viewport.session.records_changed()
        self._changed()

    def _changed(self) -> None:
        self.time.look()
        for view in self.views:
            if view.canvas is not None:
                view.canvas.invalidate()
        if not self.scrolling.moving:
            self.ports.render()
