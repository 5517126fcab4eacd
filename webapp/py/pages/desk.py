"""Labeling: opens a project and its images, and does what the workspace's buttons and keys ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from webapp.py.domain.model import Asset, Instruction, Invalid, Project, Status, decode
from webapp.py.domain.wire import MOST_ASSETS, AssetPage, project_scope
from webapp.py.pages.asset_list import ASSET_HEIGHT, FOLDER_HEIGHT, in_sight, rows_of
from webapp.py.pages.edges import ImageTrouble, StageLike
from webapp.py.pages.pane import Pane
from webapp.py.pages.state import LAYOUTS, Layout, Route, State, Work, write_route
from webapp.py.store.local import Key as RecordKey
from webapp.py.store.store import Store
from webapp.py.store.sync import Offline, SyncProblem
from webapp.py.workspace.light import Light
from webapp.py.workspace.linking import followed
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.settings import Value
from webapp.py.workspace.viewport import Viewport
from webapp.py.workspace.workplace import Workplace

if TYPE_CHECKING:
    from webapp.py.pages.app import App

AHEAD = 2
"""Images fetched before they are asked for."""
MOST_PAGES = 20
"""Pages of a dataset that are listed; the list of larger datasets ends there."""
TOAST_SECONDS = 6.0


class Desk:
    """Does what the workspace asks for; what it shows lies in `State.work`."""

    def __init__(self, app: App, registry: Registry) -> None:
        self.app = app
        self.edges = app.edges
        self.registry = registry
        self._status: Any = None
        self._list: Any = None
        self._asked: set[str] = set()
        self._unsubscribe: Callable[[], None] = lambda: None
        self._opening = asyncio.Lock()

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

    # --- opening and closing

    async def open_project(self, project_id: str, ordinal: int) -> None:
        """Open a project at an image, or go to that image where the project is open already."""
        async with self._opening:
            work = await self._open(project_id)
        if work is None:
            return
        asset = next((one for one in work.assets if one.ordinal == ordinal), None)
        asset = asset or (work.assets[0] if work.assets else None)
        if asset is None:
            work.pane.loading = False
            self.edges.render()
        elif work.session.asset is None or work.session.asset.ordinal != asset.ordinal:
            await self._show(asset)

    async def _open(self, project_id: str) -> Work | None:
        work = self.state.work
        if work is not None and work.project.id == project_id:
            return work
        self.close()
        work = await self._work_on(project_id)
        if work is not None:
            self.state.work = work
            self._unsubscribe = work.store.subscribe(self._records_changed)
            self.app.watch(work.store)
            await self._load_assets(work)
        return work

    def close(self) -> None:
        """Leave the project; its records stay on this machine."""
        work, self.state.work = self.state.work, None
        if work is not None:
            self.app.unwatch(work.store)
            self._unsubscribe()
            for pane in work.panes:
                pane.close()

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
        return Work(project, store, workplace, [Pane(self, workplace)])

    async def _load_assets(self, work: Work) -> None:
        assets: list[Asset] = []
        start = 0
        for _ in range(MOST_PAGES):
            page = await self._asset_page(work.project.dataset, start)
            if page is None:
                break
            assets += page.assets
            self.state.totals[work.project.dataset] = page.total
            start += MOST_ASSETS
            if start >= page.total:
                break
        work.assets = assets

    async def _asset_page(self, dataset: str, start: int) -> AssetPage | None:
        local = self.app.local
        assert local is not None
        if self.state.mode == "server":
            try:
                page = await self.edges.asset_page(dataset, start)
            except Offline:
                pass
            except SyncProblem as problem:
                self.app.fail(str(problem))
            else:
                await local.put_assets(page)
                return page
        return await local.get_assets(dataset, start)

    # --- images

    def open_asset(self, ordinal: int) -> None:
        """Go to an image."""
        self.edges.go(write_route(Route("label", self.work.project.id, ordinal)))

    def step(self, by: int) -> None:
        """Go to the next image of the folder, or another number of images on; stops at both ends.

        Linked viewports go along, each through its own folder.
        """
        following = self._following(self.work.pane, by)
        if following is None:
            self.app.notify(
                "This is the last image of the folder."
                if by > 0
                else "This is the first image of the folder."
            )
            return
        if self.work.linked:
            for pane in self.work.panes:
                beside = self._following(pane, by) if pane is not self.work.pane else None
                if beside is not None:
                    self.edges.spawn(self._show(beside, pane))
        self.open_asset(following.ordinal)

    def _following(self, pane: Pane, by: int) -> Asset | None:
        at_hand = pane.session.asset
        if at_hand is None:
            return None
        siblings = [asset for asset in self.work.assets if asset.folder == at_hand.folder]
        place = next((n for n, asset in enumerate(siblings) if asset.ordinal == at_hand.ordinal), 0) + by
        return siblings[place] if 0 <= place < len(siblings) else None

    def reload_image(self, pane: Pane) -> None:
        """Try once more to load the image of a viewport."""
        asset = pane.session.asset
        if asset is not None:
            self.edges.spawn(self._show(asset, pane))

    async def _show(self, asset: Asset, pane: Pane | None = None) -> None:
        pane = pane or self.work.pane
        if pane is self.work.pane:
            self._bring_into_sight(asset)
        if await pane.show(asset):
            self._fetch_ahead(asset)

    # --- viewports

    def set_layout(self, layout: Layout) -> None:
        """Show this many viewports; a new one begins with the folder after those on screen."""
        work = self.work
        wanted = LAYOUTS[layout]
        for pane in work.panes[wanted:]:
            pane.close()
        del work.panes[wanted:]
        work.layout, work.active = layout, min(work.active, wanted - 1)
        shown = [pane.session.asset for pane in work.panes if pane.session.asset is not None]
        while len(work.panes) < wanted:
            pane = Pane(self, work.workplace)
            work.panes.append(pane)
            asset = self._another(shown)
            if asset is None:
                pane.loading = False
            else:
                shown.append(asset)
                self.edges.spawn(self._show(asset, pane))
        self.edges.render()

    def _another(self, shown: Sequence[Asset]) -> Asset | None:
        """Return the first image of the first folder that is not ``shown``, else the first such image."""
        folders = {asset.folder for asset in shown}
        ordinals = {asset.ordinal for asset in shown}
        others = (asset for asset in self.work.assets if asset.ordinal not in ordinals)
        return next((asset for asset in self.work.assets if asset.folder not in folders), next(others, None))

    def activate(self, pane: Pane) -> None:
        """Make a viewport the one that keys, buttons and both panels are about."""
        work = self.work
        number = work.panes.index(pane)
        if number != work.active:
            work.active = number
            asset = pane.session.asset
            if asset is not None:
                self.open_asset(asset.ordinal)
            self.edges.render()

    def camera_moved(self, leader: Pane, view: Viewport) -> None:
        """Let the other viewports look where this one looks, when they are linked."""
        for pane in self.work.panes if self.work.linked else ():
            if pane is not leader and pane.stage is not None and pane.stage.view is not None:
                pane.stage.set_view(followed(view, pane.stage.view))

    def turn(self, quarters: int) -> None:
        """Turn the view clockwise by quarters."""
        if self.stage is not None:
            self.stage.turn(quarters)

    def flip(self, way: Literal["horizontal", "vertical"]) -> None:
        """Mirror the view."""
        if self.stage is not None:
            self.stage.flip(way)

    @property
    def light(self) -> Light:
        """Brightness and contrast of the active viewport."""
        return self.stage.light if self.stage is not None else Light()

    def set_light(self, light: Light) -> None:
        """Set brightness and contrast of the active viewport."""
        if self.stage is not None:
            self.stage.set_light(light)
            self.edges.render()

    def toggle_linked(self) -> None:
        """Let the viewports move together, or each for itself."""
        self.work.linked = not self.work.linked
        self.edges.render()

    def _fetch_ahead(self, asset: Asset) -> None:
        following = [one for one in self.work.assets if asset.ordinal < one.ordinal <= asset.ordinal + AHEAD]
        self.edges.prefetch([one.url for one in following])

    # --- what the page hands over

    def attach_status(self, element: Any) -> None:
        """Take the element that shows where the pointer is."""
        self._status = element

    def attach_list(self, element: Any) -> None:
        """Take the list of images, to scroll it."""
        self._list = element
        if element is not None and self.state.work is not None:
            self.work.list_height = float(element.clientHeight or 600)

    def paint_theme(self) -> None:
        """Give the viewports the page's colours."""
        for pane in self.state.work.panes if self.state.work is not None else ():
            pane.paint_theme(self.state.dark)

    def report(self, pane: Pane, point: tuple[float, float] | None, zoom: float) -> None:
        """Show zoom and pointer of a viewport in the status line."""
        if self._status is None or self.state.work is None or pane is not self.work.pane:
            return
        where = f"   x {point[0] // 1:.0f}  y {point[1] // 1:.0f}" if point is not None else ""
        self._status.textContent = f"{zoom * 100:.0f} %{where}"

    # --- the list

    def list_scrolled(self, top: float, height: float) -> None:
        """Take note of what part of the list is in sight."""
        self.work.scroll, self.work.list_height = top, height
        self.edges.render()

    def toggle_folder(self, folder: str) -> None:
        """Open or close a folder of the list."""
        self.work.closed_folders ^= {folder}
        self.edges.render()

    def want_thumbnails(self) -> None:
        """Ask for the thumbnails of the images in sight that are not here yet."""
        work = self.state.work
        if work is None:
            return
        for row in in_sight(rows_of(work.assets, work.closed_folders), work.scroll, work.list_height):
            if row.asset is not None and row.asset.url not in self._asked:
                self._asked.add(row.asset.url)
                self.edges.spawn(self._thumbnail(row.asset.url))

    async def _thumbnail(self, url: str) -> None:
        try:
            self.state.thumbnails[url] = await self.edges.thumbnail(url)
        except ImageTrouble:
            return  # the list shows a plain icon; opening the image says what is wrong
        self.edges.render()

    def _bring_into_sight(self, asset: Asset) -> None:
        self.work.closed_folders.discard(asset.folder)
        rows = rows_of(self.work.assets, self.work.closed_folders)
        top = next((row.top for row in rows if row.asset is asset), None)
        if top is None or self._list is None:
            return
        scroll, height = self.work.scroll, self.work.list_height
        if top - FOLDER_HEIGHT < scroll or top + ASSET_HEIGHT > scroll + height:
            self._list.scrollTop = max(top - height / 3, 0)

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

    def change_opacity(self, opacity: float) -> None:
        """Set how strongly masks cover the image."""
        self.work.opacity = opacity
        for pane in self.work.panes:
            if pane.stage is not None:
                pane.stage.opacity = opacity
                pane.stage.invalidate()

    def select(self, annotation_id: str) -> None:
        """Select an annotation of the list, with the tool that edits it."""
        session = self.work.session
        session.choose_tool("select")
        session.select([annotation_id])

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
        """Take the last step on this image back."""
        self.work.pane.end_gesture()
        if not self.work.session.undo():
            self.app.notify("There is nothing to undo on this image.")

    def redo(self) -> None:
        """Make the step that was taken back again."""
        self.work.pane.end_gesture()
        if not self.work.session.redo():
            self.app.notify("There is nothing to redo on this image.")

    def submit(self) -> None:
        """Submit the image and go on."""
        self.work.pane.end_gesture()
        if self._become("submitted"):
            self.step(1)

    def skip(self) -> None:
        """Skip the image and go on."""
        self.work.pane.end_gesture()
        if self._become("skipped"):
            self.step(1)

    def reopen(self) -> None:
        """Go on working on an image that was submitted."""
        self._become("started")

    def _become(self, status: Status) -> bool:
        reason = self.work.session.set_status(status)
        if reason is not None:
            self.app.notify(reason)
        return reason is None

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Change the camera."""
        if self.stage is not None:
            self.stage.zoom(change)

    def hold_space(self, down: bool) -> None:
        """Pan while the space bar is held."""
        if self.stage is not None:
            self.stage.hold_space(down)

    # --- changes from elsewhere

    def _records_changed(self, keys: frozenset[RecordKey]) -> None:
        work = self.state.work
        if work is None:
            return
        if keys:
            for pane in work.panes:
                pane.session.records_changed()
        self._changed()

    def _changed(self) -> None:
        for pane in self.state.work.panes if self.state.work is not None else ():
            if pane.stage is not None:
                pane.stage.invalidate()
        self.edges.render()
