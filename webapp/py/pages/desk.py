"""Labeling: opens a project and its images, and does what the workspace's buttons and keys ask for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from webapp.py.domain.model import Asset, Instruction, Invalid, Project, Status, decode
from webapp.py.domain.wire import MOST_ASSETS, AssetPage, project_scope
from webapp.py.pages.asset_list import ASSET_HEIGHT, FOLDER_HEIGHT, in_sight, rows_of
from webapp.py.pages.edges import ImageTrouble, Picture, StageLike
from webapp.py.pages.state import Problem, Route, State, Work, write_route
from webapp.py.store.local import Key as RecordKey
from webapp.py.store.store import Store
from webapp.py.store.sync import Offline, SyncProblem
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.registry import Registry
from webapp.py.workspace.session import Session
from webapp.py.workspace.settings import Value

if TYPE_CHECKING:
    from webapp.py.pages.app import App

AHEAD = 2
"""Images fetched before they are asked for."""
MOST_PAGES = 20
"""Pages of a dataset that are listed; the list of larger datasets ends there."""
TOAST_SECONDS = 6.0
_DARK_STAGE, _LIGHT_STAGE = (0.047, 0.055, 0.071), (0.851, 0.871, 0.902)


class Desk:
    """Does what the workspace asks for; what it shows lies in `State.work`."""

    def __init__(self, app: App, registry: Registry) -> None:
        self.app = app
        self.edges = app.edges
        self.registry = registry
        self.stage: StageLike | None = None
        self._status: Any = None
        self._list: Any = None
        self._picture: Picture | None = None
        self._asked: set[str] = set()
        self._unsubscribe: Callable[[], None] = lambda: None
        self._turn = 0
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
            work.loading = False
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
        self._turn += 1
        if self.state.work is not None:
            self.app.unwatch(self.state.work.store)
            self._unsubscribe()
        if self.stage is not None:
            self.stage.destroy()
        self._put_away()
        self.state.work = self.stage = None

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
        session = Session(store, actor, project_id, instruction, self.registry, self._session_changed)
        return Work(project, store, session)

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
        """Go to the next image, or another number of images on; stops at both ends."""
        ordinals = [asset.ordinal for asset in self.work.assets]
        if self.work.ordinal in ordinals:
            place = ordinals.index(self.work.ordinal) + by
            if 0 <= place < len(ordinals):
                self.open_asset(ordinals[place])
            else:
                self.app.notify("This is the last image." if by > 0 else "This is the first image.")

    def reload_image(self) -> None:
        """Try once more to load the image at hand."""
        asset = self.work.session.asset
        if asset is not None:
            self.edges.spawn(self._show(asset))

    async def _show(self, asset: Asset) -> None:
        work = self.work
        self._turn += 1
        turn = self._turn
        if self.stage is not None:
            self.stage.gestures.cancel()
            self.stage.clear()
        self._put_away()
        work.loading, work.problem = True, None
        work.session.open(asset)
        self._bring_into_sight(asset)
        try:
            picture = await self.edges.picture(asset.url)
        except ImageTrouble as trouble:
            if turn == self._turn:
                work.loading, work.problem = False, trouble.problem
                self.edges.render()
            return
        if turn != self._turn:
            picture.close()  # another image was asked for meanwhile
            return
        self._picture = picture
        work.loading = False
        work.session.set_size(picture.width, picture.height)
        if self.stage is not None:
            self.stage.show(picture.bitmap, picture.width, picture.height)
        self._fetch_ahead(asset)

    def _put_away(self) -> None:
        picture, self._picture = self._picture, None
        if picture is not None:
            picture.close()

    def _fetch_ahead(self, asset: Asset) -> None:
        following = [one for one in self.work.assets if asset.ordinal < one.ordinal <= asset.ordinal + AHEAD]
        self.edges.prefetch([one.url for one in following])

    # --- what the page hands over

    def attach_stage(self, element: Any) -> None:
        """Take the viewport's element when it is on the page, and let go of it when it has gone."""
        if self.stage is not None:
            self.stage.destroy()
            self.stage = None
        if element is None or self.state.work is None:
            return
        session = self.work.session
        self.stage = self.edges.stage(
            element, lambda stage: Gestures(session, stage), self.app.notify, self._report
        )
        self.paint_theme()
        if self.stage.problem:
            self.work.problem = Problem("Images cannot be shown", self.stage.problem)
        if self._picture is not None:
            self.stage.show(self._picture.bitmap, self._picture.width, self._picture.height)

    def attach_status(self, element: Any) -> None:
        """Take the element that shows where the pointer is."""
        self._status = element

    def attach_list(self, element: Any) -> None:
        """Take the list of images, to scroll it."""
        self._list = element
        if element is not None and self.state.work is not None:
            self.work.list_height = float(element.clientHeight or 600)

    def paint_theme(self) -> None:
        """Give the viewport the page's colours."""
        if self.stage is not None:
            self.stage.set_background(_DARK_STAGE if self.state.dark else _LIGHT_STAGE)

    def _report(self, point: tuple[float, float] | None, zoom: float) -> None:
        if self._status is None:
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
        if self.stage is not None:
            self.stage.opacity = opacity
            self.stage.invalidate()

    def select(self, annotation_id: str) -> None:
        """Select an annotation of the list, with the tool that edits it."""
        session = self.work.session
        session.choose_tool("select")
        session.select([annotation_id])

    def toggle_hidden(self, annotation_id: str) -> None:
        """Hide an annotation, or show it again."""
        self.work.session.toggle_hidden(annotation_id)

    def toggle_locked(self, annotation_id: str) -> None:
        """Lock an annotation, or unlock it."""
        self.work.session.toggle_locked(annotation_id)

    def delete(self, annotation_id: str) -> None:
        """Delete an annotation of the list."""
        session = self.work.session
        session.select([annotation_id])
        session.delete_selected()

    def undo(self) -> None:
        """Take the last step on this image back."""
        self._end_gesture()
        if not self.work.session.undo():
            self.app.notify("There is nothing to undo on this image.")

    def redo(self) -> None:
        """Make the step that was taken back again."""
        self._end_gesture()
        if not self.work.session.redo():
            self.app.notify("There is nothing to redo on this image.")

    def submit(self) -> None:
        """Submit the image and go on."""
        self._end_gesture()
        if self._become("submitted"):
            self.step(1)

    def skip(self) -> None:
        """Skip the image and go on."""
        self._end_gesture()
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

    def _end_gesture(self) -> None:
        if self.stage is not None:
            self.stage.gestures.cancel()

    # --- changes from elsewhere

    def _records_changed(self, keys: frozenset[RecordKey]) -> None:
        work = self.state.work
        if work is None:
            return
        if keys:
            work.session.records_changed()
        self._session_changed()

    def _session_changed(self) -> None:
        if self.stage is not None:
            self.stage.invalidate()
        self.edges.render()
