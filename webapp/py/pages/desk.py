"""Labeling: opens a project and its images, and does what the workspace's buttons and keys ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from webapp.py.domain.model import Asset, Instruction, Invalid, Project, Status, decode
from webapp.py.domain.wire import project_scope
from webapp.py.pages.display import Display
from webapp.py.pages.edges import StageLike
from webapp.py.pages.labels import Labels
from webapp.py.pages.listing import Listing
from webapp.py.pages.menu import ContextMenu
from webapp.py.pages.multiplanar import CutView, Multiplanar
from webapp.py.pages.pane import Pane
from webapp.py.pages.references import References
from webapp.py.pages.scrolling import Scrolling
from webapp.py.pages.stacks import Stacks
from webapp.py.pages.state import Route, State, Work, write_route
from webapp.py.pages.timekeeper import Timekeeper
from webapp.py.pages.viewports import Viewports
from webapp.py.store.local import Key as RecordKey
from webapp.py.store.store import Store
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.settings import Value
from webapp.py.workspace.workplace import Workplace

if TYPE_CHECKING:
    from webapp.py.pages.app import App

AHEAD = 2
"""Images fetched before they are asked for."""
TOAST_SECONDS = 6.0


class Desk:
    """Does what the workspace asks for; what it shows lies in `State.work`."""

    def __init__(self, app: App, registry: Registry) -> None:
        self.app = app
        self.edges = app.edges
        self.registry = registry
        self.labels: Labels = Labels(self)
        self.menu: ContextMenu = ContextMenu(self)
        self.display: Display = Display(self)
        self.viewports: Viewports = Viewports(self)
        self.scrolling: Scrolling = Scrolling(self)
        self.stacks: Stacks = Stacks(self.edges, self.scrolling.slices_changed)
        self.multiplanar: Multiplanar = Multiplanar(self)
        self.references: References = References(self)
        self._status: Any = None
        self._unsubscribe: Callable[[], None] = lambda: None
        self._opening = asyncio.Lock()
        self.time = Timekeeper(self)

    @property
    def state(self) -> State:
        """What the pages show."""
        return self.app.state

    @property
    def work(self) -> Work:
        """The project at hand; only called while there is one."""
        assert self.state.work is not None
        return self.state.work

    @property
    def stage(self) -> StageLike | None:
        """The stage of the active viewport; None while it is not on the page."""
        return self.state.work.pane.stage if self.state.work is not None else None

    @property
    def views(self) -> list[Pane | CutView]:
        """Everything on screen that shows an image: the viewports, and the cuts beside the first one."""
        return [*self.work.panes, *self.multiplanar.views] if self.state.work is not None else []

    # --- opening and closing

    async def open_project(self, project_id: str, ordinal: int) -> None:
        """Open a project at an image, or go to that image where the project is open already."""
        async with self._opening:
            work = await self._open(project_id, ordinal)
        if work is None:
            return
        asset = await work.listing.asset(ordinal) or work.listing.index.first()
        route = self.state.route
        if work is not self.state.work or (route.project, route.ordinal) != (project_id, ordinal):
            return  # the person went elsewhere meanwhile
        if asset is None:
            work.pane.loading = False
            self.edges.render()
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
            work.listing.on_images = self._images_listed
            await work.listing.open(ordinal)
        return work

    def close(self) -> None:
        """Leave the project; its records stay on this machine."""
        self.time.leave()
        work, self.state.work = self.state.work, None
        if work is not None:
            self.app.unwatch(work.store)
            self._unsubscribe()
            work.listing.close()
            self.edges.prefetch([])
            for pane in work.panes:
                pane.close()
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
        workplace = Workplace(store, actor, project_id, instruction, self.registry, self._changed)
        workplace.on_refusal = self.app.notify
        listing = Listing(
            *(project_id, project.dataset, actor.person),
            *(store, local, self.edges),
            server=self.state.mode == "server",
            totals=self.state.totals,
            fail=self.app.fail,
        )
        return Work(project, store, workplace, listing, [Pane(self, workplace)])

    # --- images

    def open_asset(self, ordinal: int) -> None:
        """Go to an image."""
        self.edges.go(write_route(Route("label", self.work.project.id, ordinal)))

    def step(self, by: int) -> None:
        """Go to the next image of the folder or slice of the stack, or further; stops at both ends.

        Linked viewports go along, each through its own folder.
        """
        self.work.listing.direction = 1 if by > 0 else -1
        if self.work.pane.place is not None:
            if not self.scrolling.go(self.work.pane, by):
                self.app.notify(f"This is the {'last' if by > 0 else 'first'} slice of the stack.")
            return
        self.edges.spawn(self._step(self.work, self.work.pane, by))

    async def _step(self, work: Work, pane: Pane, by: int) -> None:
        following = await self._following(work, pane, by)
        if work is not self.state.work:
            return
        if following is None:
            end = "last" if by > 0 else "first"
            which = (
                "that the filter lists in this folder"
                if work.listing.index.filter.active
                else "of the folder"
            )
            self.app.notify(f"This is the {end} image {which}.")
            return
        for other in work.panes if work.linked else ():
            beside = await self._following(work, other, by) if other is not pane else None
            if beside is not None:
                self.edges.spawn(self.show(beside, other))
        self.open_asset(following.ordinal)

    async def _following(self, work: Work, pane: Pane, by: int) -> Asset | None:
        asset = pane.session.asset
        return None if asset is None else await work.listing.following(asset.ordinal, by)

    def go_to_index(self) -> None:
        """Go to the image of the folder whose number was typed."""
        listing = self.work.listing
        text, (_, count) = listing.asked_for or "", listing.place()
        asset = listing.asset_at(int(text)) if text.strip().isdecimal() else None
        if asset is not None:
            listing.type_index(None)
            self.open_asset(asset.ordinal)
        elif text.strip():
            self.app.notify(
                f"There is no image {text.strip()} in this list: type a number from 1 to {count}."
            )

    def reload_image(self, pane: Pane) -> None:
        """Try once more to load the image of a viewport."""
        asset = pane.session.asset
        if asset is not None:
            if pane.slices is not None:
                pane.slices.try_again(asset.ordinal)
            self.edges.spawn(self.show(asset, pane))

    async def show(self, asset: Asset, pane: Pane | None = None) -> None:
        """Show an image in a viewport, the active one by default, and fetch what comes next."""
        pane = pane or self.work.pane
        listing = self.work.listing
        if pane is self.work.pane:
            listing.show(asset.ordinal)
            listing.thumbnails.hold()
        shown = await pane.show(asset)
        listing.thumbnails.release()
        if shown:
            self.display.align()
            if pane.place is not None and pane is self.work.pane:
                self.scrolling.follow_links(pane)
            self._fetch_ahead()

    def _fetch_ahead(self) -> None:
        work = self.state.work
        shown = [pane.session.asset for pane in work.panes] if work is not None else []
        if work is not None:
            following = [work.listing.ahead(asset.ordinal, AHEAD) for asset in shown if asset is not None]
            self.edges.prefetch([asset.url for assets in following for asset in assets])

    # --- what the page hands over

    def attach_status(self, element: Any) -> None:
        """Take the element that shows where the pointer is."""
        self._status = element

    def paint_theme(self) -> None:
        """Give the viewports the page's colours."""
        for view in self.views:
            view.paint_theme(self.state.dark)

    def report(self, pane: Pane, point: tuple[float, float] | None, zoom: float) -> None:
        """Show zoom and pointer of a viewport in the status line."""
        if self._status is None or self.state.work is None or pane is not self.work.pane:
            return
        where = f"   x {point[0] // 1:.0f}  y {point[1] // 1:.0f}" if point is not None else ""
        value = pane.stage.reading.partition("\n")[2] if pane.stage is not None else ""
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
        self.work.workplace.toggle_hidden(annotation_id)

    def toggle_locked(self, annotation_id: str) -> None:
        """Lock an annotation, or unlock it."""
        self.work.workplace.toggle_locked(annotation_id)

    def delete(self, annotation_id: str) -> None:
        """Delete an annotation of the list."""
        session = self.work.session
        session.select([annotation_id])
        session.delete_selected()

    def undo(self) -> None:
        """Take the last step on this image back, and go to the slice that it was about."""
        self.work.pane.end_gesture()
        assets = self.work.session.undo()
        if not assets:
            self.app.notify(self.work.session.closed or "There is nothing to undo on this image.")
        self._go_where_it_was(assets)

    def redo(self) -> None:
        """Make the step that was taken back again, and go to the slice that it was about."""
        self.work.pane.end_gesture()
        assets = self.work.session.redo()
        if not assets:
            self.app.notify(self.work.session.closed or "There is nothing to redo on this image.")
        self._go_where_it_was(assets)

    def _go_where_it_was(self, assets: set[int]) -> None:
        pane = self.work.pane
        place = pane.place
        if place is not None and assets and place.order[place.index] not in assets:
            near = [at for at, one in enumerate(place.order) if one in assets]
            if near:
                self.scrolling.go_to(pane, min(near, key=lambda at: abs(at - place.index)))

    def settle(self) -> None:
        """Make what is being typed an answer."""
        for pane in self.state.work.panes if self.state.work is not None else ():
            pane.session.answering.settle()

    def submit(self) -> None:
        """Submit the image and go on, once every required question is answered."""
        self.work.pane.end_gesture()
        closed = self.work.session.closed is not None  # then it is told why, and not what lacks an answer
        if (closed or self.labels.may_submit()) and self._become("submitted"):
            self._go_on()

    def skip(self) -> None:
        """Skip the image and go on."""
        self.work.pane.end_gesture()
        if self._become("skipped"):
            self._go_on()

    def _go_on(self) -> None:
        """Go to the next image; behind a stack, which was dealt with as a whole, to what follows it."""
        if self.work.pane.place is None:
            self.step(1)
            return
        following = self.work.listing.index.after(self.work.session.assets)
        if following is not None:
            self.open_asset(following.ordinal)
        else:
            self.app.notify("This is the last image of the list.")

    def reopen(self) -> None:
        """Go on working on an image that was submitted."""
        self._become("started")

    def _become(self, status: Status) -> bool:
        reason = self.work.session.set_status(status)
        if reason is not None:
            self.app.notify(reason)
        self.time.flush()
        return reason is None

    # --- changes from elsewhere

    def _images_listed(self) -> None:
        for pane in self.state.work.panes if self.state.work is not None else ():
            pane.folder_grew()

    def _records_changed(self, keys: frozenset[RecordKey]) -> None:
        work = self.state.work
        if work is None:
            return
        self.time.changed(keys)
        self.multiplanar.records_changed()
        work.listing.records_changed(keys)
        if keys:
            for pane in work.panes:
                pane.session.records_changed()
        self._changed()

    def _changed(self) -> None:
        self.time.look()
        for view in self.views:
            if view.stage is not None:
                view.stage.invalidate()
        if not self.scrolling.moving:
            self.edges.render()
