"""The workbench: shows the images of one project, and does what buttons and keys ask for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from webapp.py.domain.model import Asset, AssignmentStatus, Fields, Instruction, Invalid, Project, decode
from webapp.py.pages.ports.images import ImageRef
from webapp.py.pages.ports.shell import Shell
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench.action_buttons import ActionRunner
from webapp.py.pages.workbench.images.image_list import ImageList
from webapp.py.pages.workbench.interpolation import ObjectsOverSlices
from webapp.py.pages.workbench.menu.context_menu import ContextMenu
from webapp.py.pages.workbench.panel.labels import Labels
from webapp.py.pages.workbench.timekeeper import Timekeeper
from webapp.py.pages.workbench.viewports.display import Display, remembered_options
from webapp.py.pages.workbench.viewports.layouts import Layouts
from webapp.py.pages.workbench.viewports.multiplanar import Multiplanar
from webapp.py.pages.workbench.viewports.reference_lines import ReferenceLines
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.stacks import FolderSlices, Stacks
from webapp.py.pages.workbench.viewports.style import ViewportStyle
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.store.local import RecordKey
from webapp.py.store.store import Store
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState

AHEAD = 2
"""Images fetched before they are asked for."""


class Workbench:
    """What shows and labels the images of one project, put together of its parts.

    Parameters
    ----------
    shell
        What the app offers.
    project, store, instruction
        What is labeled, where its records are, and what to label.
    go_to
        Goes to the address of another image.
    make_actions
        Makes what does the actions of this workbench.
    """

    def __init__(
        self,
        shell: Shell,
        project: Project,
        store: Store,
        instruction: Instruction,
        go_to: Callable[[int], None],
        make_actions: Callable[[Workbench], ActionRunner],
    ) -> None:
        ports = shell.ports
        self.project, self.store, self.ports, self.shell = project, store, ports, shell
        self.open_asset = go_to
        self.say = shell.say
        self.addressed = 0
        """The image that the page's address names."""
        actor = shell.person.actor(project.id)
        self.labeling = LabelingState(store, actor, project.id, instruction, shell.tools)
        self.image_list = ImageList(
            *(project.id, project.dataset, actor.person, store, shell.local, ports),
            server=not shell.person.solo,
            totals=shell.totals,
            fail=shell.fail,
        )
        self.style = ViewportStyle(remembered_options(ports.machine), shell.dark)
        self.stacks = Stacks(ports, self._slices_changed)
        self.viewports = ViewportSet(self.make_viewport())
        self.scrolling = Scrolling(self.viewports, ports.machine, self._rested)
        self.multiplanar = Multiplanar(self.viewports, self.labeling, self.scrolling, self.style, ports, self)
        self.references = ReferenceLines(self.viewports, self.scrolling, self.say)
        self.display = Display(self.viewports, self.style, ports, self.multiplanar.look_changed)
        self.layouts = Layouts(self.viewports, self.multiplanar, ports, self)
        self.labels = Labels(self.viewports, self.scrolling, ports, self.say)
        self.menu = ContextMenu(self.viewports, self.layouts, ports, self.say)
        self.objects = ObjectsOverSlices(self.viewports, ports, self.say)
        self.time = Timekeeper(store, self.labeling, self.viewports, ports.machine, ports.window.visible())
        self.actions = make_actions(self)
        self._status: Any = None
        self._followed: Fields | None = None
        self._stops: list[Callable[[], None]] = []
        self.labeling.on_change = self._changed
        self.labeling.on_refusal = self.say

    async def open(self, ordinal: int) -> None:
        """Begin: keep the records up to date, and bring the list of images, those around one first."""
        self._stops = [
            self.store.subscribe(self._records_changed),
            self.shell.setup.subscribe(lambda _keys: self._follow_instruction()),
            self.shell.keep_synced(self.store),
        ]
        self.time.recover()
        self.image_list.on_images = self._images_listed
        await self.image_list.open(ordinal)

    def close(self) -> None:
        """Leave the project; its records stay on this machine."""
        self.time.leave()
        for stop in self._stops:
            stop()
        self.image_list.close()
        self.ports.images.prefetch([])
        for viewport in self.viewports.all:
            viewport.close()
        self.multiplanar.close()

    # --- what is shown

    @property
    def viewport(self) -> Viewport:
        """The viewport that buttons and keys act on."""
        return self.viewports.current

    @property
    def session(self) -> ImageSession:
        """What the active viewport shows."""
        return self.viewports.session

    @property
    def canvas(self) -> ViewportCanvas | None:
        """What draws the active viewport; None while it is not on the page."""
        return self.viewports.canvas

    def make_viewport(self) -> Viewport:
        """Return another viewport, which is not on the page yet."""
        return Viewport(self.labeling, self.ports, self.stacks, self.style, self, self.say)

    # --- images

    async def go_to_image(self, ordinal: int) -> None:
        """Show the image that the address names, or the first one where there is no such image."""
        self.addressed = ordinal
        asset = await self.image_list.asset(ordinal) or self.image_list.index.first()
        if self.addressed != ordinal:
            return  # the person went elsewhere meanwhile
        if asset is None:
            self.viewport.loading = False
            self.ports.render()
        elif self.session.asset is None or self.session.asset.ordinal != asset.ordinal:
            await self.show(asset)

    def step(self, by: int) -> None:
        """Go to the next image of the folder or slice of the stack, or further; stops at both ends.

        Linked viewports go along, each through its own folder.
        """
        self.image_list.direction = 1 if by > 0 else -1
        if self.viewport.place is not None:
            if not self.scrolling.go(self.viewport, by):
                self.say(f"This is the {'last' if by > 0 else 'first'} slice of the stack.")
            return
        self.ports.machine.spawn(self._step(self.viewport, by))

    async def _step(self, viewport: Viewport, by: int) -> None:
        following = await self._following(viewport, by)
        if following is None:
            end = "last" if by > 0 else "first"
            filtered = self.image_list.index.filter.active
            which = "that the filter lists in this folder" if filtered else "of the folder"
            self.say(f"This is the {end} image {which}.")
            return
        for other in self.viewports.all if self.viewports.linked else ():
            beside = await self._following(other, by) if other is not viewport else None
            if beside is not None:
                self.ports.machine.spawn(self.show(beside, other))
        self.open_asset(following.ordinal)

    async def _following(self, viewport: Viewport, by: int) -> Asset | None:
        asset = viewport.session.asset
        return None if asset is None else await self.image_list.following(asset.ordinal, by)

    def go_to_index(self) -> None:
        """Go to the image of the folder whose number was typed."""
        text, (_, count) = self.image_list.asked_for or "", self.image_list.place()
        asset = self.image_list.asset_at(int(text)) if text.strip().isdecimal() else None
        if asset is not None:
            self.image_list.type_index(None)
            self.open_asset(asset.ordinal)
        elif text.strip():
            self.say(f"There is no image {text.strip()} in this list: type a number from 1 to {count}.")

    def reload_image(self, viewport: Viewport) -> None:
        """Try once more to load the image of a viewport."""
        asset = viewport.session.asset
        if asset is not None:
            if viewport.slices is not None:
                viewport.slices.try_again(asset.ordinal)
            self.ports.machine.spawn(self.show(asset, viewport))

    async def show(self, asset: Asset, viewport: Viewport | None = None) -> None:
        """Show an image in a viewport, the active one by default, and fetch what comes next."""
        viewport = viewport or self.viewport
        if viewport is self.viewport:
            self.image_list.show(asset.ordinal)
            self.image_list.thumbnails.hold()
        shown = await viewport.show(asset)
        self.image_list.thumbnails.release()
        if shown:
            self.display.align()
            if viewport.place is not None and viewport is self.viewport:
                self.scrolling.follow_links(viewport)
            self._fetch_ahead()

    def _fetch_ahead(self) -> None:
        shown = [viewport.session.asset for viewport in self.viewports.all]
        following = [self.image_list.ahead(asset.ordinal, AHEAD) for asset in shown if asset is not None]
        self.ports.images.prefetch([ImageRef.of(asset) for assets in following for asset in assets])

    # --- what viewports tell and ask

    def image_left(self, viewport: Viewport) -> None:
        """Close the menu: a viewport stops to show its image."""
        self.menu.close()

    def image_shown(self, viewport: Viewport) -> None:
        """Let reformats and reference lines follow a viewport that shows another image."""
        self.multiplanar.slice_shown()
        self.references.refresh()

    def canvas_ready(self, viewport: Viewport) -> None:
        """Let reference lines and linked cameras follow a viewport that is on the page now."""
        self.references.refresh()
        self.display.align()

    def camera_moved(self, viewport: Viewport, camera: Camera) -> None:
        """Let linked viewports follow a camera."""
        self.display.camera_moved(viewport, camera)

    def appearance_changed(self) -> None:
        """Show the numbers of another window."""
        self.display.appearance_changed()

    def menu_asked(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """Open the menu."""
        self.menu.open(viewport, point)

    def wheel_turned(self, viewport: Viewport, steps: int) -> bool:
        """Scroll a stack; tells whether the viewport shows one."""
        return self.scrolling.wheel(viewport, steps)

    def aimed(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """Have the other views show a point of an image."""
        if self.multiplanar.views:
            self.multiplanar.aim(None, point)
        else:
            self.references.aim(viewport, point)

    def pointed(self, viewport: Viewport, point: tuple[float, float] | None, zoom: float) -> None:
        """Show zoom and pointer of the active viewport in the status line."""
        if self._status is None or viewport is not self.viewport:
            return
        where = f"   x {point[0] // 1:.0f}  y {point[1] // 1:.0f}" if point is not None else ""
        value = viewport.canvas.reading.partition("\n")[2] if viewport.canvas is not None else ""
        self._status.textContent = f"{zoom * 100:.0f} %{where}   {value}".rstrip()

    def folder_of(self, ordinal: int) -> tuple[str, Sequence[Asset]]:
        """Return the folder of an image, and its images as far as they are listed."""
        return self.image_list.index.beside(ordinal)

    def planes_moved(self) -> None:
        """Let reference lines follow a view that shows another plane."""
        self.references.refresh()

    def first_beside(self, ordinals: Sequence[int]) -> Asset | None:
        """Return the first image of the folder after those of these images."""
        return self.image_list.index.first_beside(list(ordinals))

    def activated(self, viewport: Viewport) -> None:
        """Let time, list and address follow the viewport that is the active one now."""
        self.time.look()
        asset = viewport.session.asset
        if asset is not None:
            self._number(viewport)
            self.image_list.show(asset.ordinal)
            self.open_asset(asset.ordinal)

    def laid_out(self) -> None:
        """Let reference lines and cameras follow another layout."""
        self.references.refresh()
        self.display.align()

    def attach_status(self, element: Any) -> None:
        """Take the element that shows where the pointer is."""
        self._status = element

    def paint_theme(self) -> None:
        """Give the viewports the page's colors."""
        self.style.dark = self.shell.dark
        for view in self.viewports.views:
            view.paint_theme()

    # --- slices

    def _rested(self) -> None:
        """Let the page follow the slice at which the scrolling rests."""
        asset = self.session.asset
        if asset is not None:
            self._number(self.viewport)
            self.image_list.show(asset.ordinal)
            if self.addressed != asset.ordinal:
                self.open_asset(asset.ordinal)
        self.ports.render()

    def _number(self, viewport: Viewport) -> None:
        """Have the list count slices where the active viewport shows a stack."""
        if viewport is self.viewport:
            self.image_list.stack = viewport.place.order if viewport.place is not None else ()

    def _slices_changed(self, folder: FolderSlices) -> None:
        for viewport in self.viewports.all:
            if viewport.slices is folder:
                viewport.slices_changed()
                self._number(viewport)
        self.multiplanar.slices_changed()
        self.ports.render()

    # --- undo, and how far the image is

    def undo(self) -> None:
        """Undo the last step on this image, and go to the slice that it was about."""
        self.viewport.end_gesture()
        assets = self.session.undo()
        if not assets:
            self.say(self.session.closed or "There is nothing to undo on this image.")
        self._go_where_it_was(assets)

    def redo(self) -> None:
        """Redo the step that was undone, and go to the slice that it was about."""
        self.viewport.end_gesture()
        assets = self.session.redo()
        if not assets:
            self.say(self.session.closed or "There is nothing to redo on this image.")
        self._go_where_it_was(assets)

    def _go_where_it_was(self, assets: set[int]) -> None:
        place = self.viewport.place
        if place is not None and assets and place.order[place.index] not in assets:
            near = [at for at, one in enumerate(place.order) if one in assets]
            if near:
                self.scrolling.go_to(self.viewport, min(near, key=lambda at: abs(at - place.index)))

    def commit(self) -> None:
        """Make what is being typed an answer."""
        for viewport in self.viewports.all:
            viewport.session.questionnaire.commit()

    def submit(self) -> None:
        """Submit the image and go on, once every required question is answered."""
        self.viewport.end_gesture()
        closed = self.session.closed is not None  # then the reason is shown, and not what lacks an answer
        if (closed or self.labels.may_submit()) and self._become("submitted"):
            self._go_on()

    def skip(self) -> None:
        """Skip the image and go on."""
        self.viewport.end_gesture()
        if self._become("skipped"):
            self._go_on()

    def _go_on(self) -> None:
        """Go to the next image; behind a stack, which was dealt with as a whole, to what follows it."""
        if self.viewport.place is None:
            self.step(1)
            return
        following = self.image_list.index.after(self.session.assets)
        if following is not None:
            self.open_asset(following.ordinal)
        else:
            self.say("This is the last image of the list.")

    def reopen(self) -> None:
        """Go on working on an image that was submitted."""
        self._become("started")

    def _become(self, status: AssignmentStatus) -> bool:
        reason = self.session.set_status(status)
        if reason is not None:
            self.say(reason)
        self.time.flush()
        return reason is None

    # --- changes from elsewhere

    def _follow_instruction(self) -> None:
        """Go on by the instruction as it is now; one that cannot be read changes nothing."""
        fields = self.shell.setup.get("instruction", self.project.instruction)
        if fields is None or fields is self._followed:
            return
        self._followed = fields
        try:
            instruction = decode("instruction", fields)
        except Invalid:
            return
        if isinstance(instruction, Instruction) and instruction != self.labeling.instruction:
            self.commit()
            self.labeling.instruct(instruction)
            for viewport in self.viewports.all:
                viewport.session.records_changed()

    def _images_listed(self) -> None:
        for viewport in self.viewports.all:
            viewport.folder_grew()

    def _records_changed(self, keys: frozenset[RecordKey]) -> None:
        self.time.changed(keys)
        self.multiplanar.records_changed()
        self.image_list.records_changed(keys)
        if keys:
            for viewport in self.viewports.all:
                viewport.session.records_changed()
        self._changed()

    def _changed(self) -> None:
        self.time.look()
        for view in self.viewports.views:
            if view.canvas is not None:
                view.canvas.invalidate()
        if not self.scrolling.moving:
            self.ports.render()
