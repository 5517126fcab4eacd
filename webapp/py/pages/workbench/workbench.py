"""The workbench: shows the images of one project, and runs the commands of buttons and keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from webapp.py.domain.model import Asset, Fields, Instruction, Invalid, Project, decode
from webapp.py.pages.ports.images import ImageRef
from webapp.py.pages.ports.shell import Shell
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench import texts
from webapp.py.pages.workbench.action_buttons import ActionRunner
from webapp.py.pages.workbench.choices import Choices
from webapp.py.pages.workbench.finishing import Finishing
from webapp.py.pages.workbench.images.image_list import ImageList
from webapp.py.pages.workbench.interpolation import ObjectsOverSlices
from webapp.py.pages.workbench.menu.context_menu import ContextMenu
from webapp.py.pages.workbench.navigation import Navigation
from webapp.py.pages.workbench.panel.labels import Labels
from webapp.py.pages.workbench.panels import Panels
from webapp.py.pages.workbench.strip import Strip
from webapp.py.pages.workbench.timekeeper import Timekeeper
from webapp.py.pages.workbench.viewports.display import Display, remembered_options
from webapp.py.pages.workbench.viewports.layouts import Layouts
from webapp.py.pages.workbench.viewports.multiplanar import Multiplanar
from webapp.py.pages.workbench.viewports.reference_lines import ReferenceLines
from webapp.py.pages.workbench.viewports.retrying import Retrying
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.stacks import FolderSlices, Stacks
from webapp.py.pages.workbench.viewports.style import ViewportStyle
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.store.local import RecordKey
from webapp.py.store.store import Store
from webapp.py.ui.reactive import Signal, effect
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.labeling_state import LabelingState

AHEAD = 2
"""Images that are loaded ahead of time."""


class Workbench:
    """Shows and labels the images of one project; builds the parts of the workbench and connects them.

    Parameters
    ----------
    shell
        The services of the app.
    project, store, instruction
        The project, its records, and what to label.
    go_to
        Navigates to the address of another image.
    make_actions
        Makes the object that runs the actions of this workbench.
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
        self.say = shell.say
        self.addressed = 0
        """The image in the address of the page."""
        actor = shell.person.actor(project.id)
        self._labeling = LabelingState(store, actor, project.id, instruction, shell.tools)
        self._changes = Signal(0, "image sessions")
        self.image_list = ImageList(
            *(project.id, project.dataset, actor.person, store, shell.local, ports),
            server=not shell.person.solo,
            set_total=shell.set_total,
            fail=shell.fail,
        )
        self.style = ViewportStyle(remembered_options(ports.machine), shell.dark)
        self.stacks = Stacks(ports, self._slices_changed)
        self.viewports = ViewportSet(self.make_viewport())
        self.scrolling = Scrolling(self.viewports, ports.machine, self._scrolling_paused)
        self.navigation = Navigation(
            *(self.viewports, self.scrolling, self.image_list, ports.machine, self.show, go_to, self.say)
        )
        self.multiplanar = Multiplanar(
            self.viewports, self._labeling, self.scrolling, self.style, ports, self, self._changes
        )
        self.references = ReferenceLines(self.viewports, self.scrolling, self.say)
        self.display = Display(self.viewports, self.style, ports, self.multiplanar.window_changed)
        self.layouts = Layouts(self.viewports, self.multiplanar, ports, self)
        self.panels = Panels(ports.window, ports.machine)
        self.labels = Labels(self.viewports, self.scrolling, ports, shell, self.panels)
        self.strip = Strip(ports.window)
        self.menu = ContextMenu(self.viewports, self.layouts, ports, self.say)
        self.objects = ObjectsOverSlices(self.viewports, ports, self.say)
        self.time = Timekeeper(store, self._labeling, self.viewports, ports.machine, ports.window.visible())
        self.finishing = Finishing(self.viewports, self.labels, self.navigation, self.time, shell)
        self.actions = make_actions(self)
        self._status: Any = None
        self._instruction_fields: Fields | None = None
        self._stops: list[Callable[[], None]] = []
        self._choices = Choices(self._labeling, ports.machine)
        self._choices.restore()
        self._labeling.on_change = self._changed
        self._labeling.on_refusal = self.say

    async def open(self, ordinal: int) -> None:
        """Start syncing the records, and load the list of images, those around ``ordinal`` first."""
        self._stops = [
            self.store.subscribe(self._records_changed),
            self.shell.setup.subscribe(lambda _keys: self._update_instruction()),
            self.shell.keep_synced(self.store),
            effect(self.image_list.want_thumbnails).stop,
            effect(self._follow_theme).stop,
            Retrying(self.viewports, self.ports, self.reload_image).start(),
        ]
        self.time.recover()
        self.image_list.on_images = self._images_listed
        await self.image_list.open(ordinal)

    def close(self) -> None:
        """Close the project; its records stay on this computer."""
        self.time.leave()
        self.panels.close()
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
    def labeling(self) -> LabelingState:
        """Class, tool, settings and undo histories; reading this subscribes to changes."""
        self._changes.get()
        return self._labeling

    def sessions_changed(self) -> None:
        """Redraw what shows image sessions."""
        self._changes.set(self._changes.value + 1)

    @property
    def session(self) -> ImageSession:
        """The image session of the active viewport."""
        return self.viewports.session

    @property
    def canvas(self) -> ViewportCanvas | None:
        """The canvas of the active viewport; None while it is not on the page."""
        return self.viewports.canvas

    def make_viewport(self) -> Viewport:
        """Return a new viewport, which is not on the page yet."""
        return Viewport(self._labeling, self.ports, self.stacks, self.style, self, self.say, self._changes)

    # --- images

    async def go_to_image(self, ordinal: int) -> None:
        """Show the image in the address, or the first one if there is no such image."""
        self.addressed = ordinal
        asset = await self.image_list.asset(ordinal) or self.image_list.index.first()
        if self.addressed != ordinal:
            return  # another image was opened in the meantime
        if asset is None:
            self.viewport.loading = False
        elif self.session.asset is None or self.session.asset.ordinal != asset.ordinal:
            await self.show(asset)
        total = self.image_list.pages.total
        if asset is not None and total is not None and ordinal >= total:
            self.say(texts.no_such_image(ordinal + 1, total))
            self.navigation.open_asset(asset.ordinal)

    def reload_image(self, viewport: Viewport) -> None:
        """Try again to load the image of a viewport."""
        asset = viewport.session.asset
        if asset is not None:
            if viewport.slices is not None:
                viewport.slices.try_again(asset.ordinal)
            self.ports.machine.spawn(self.show(asset, viewport))

    async def show(self, asset: Asset, viewport: Viewport | None = None) -> None:
        """Show an image in a viewport, the active one by default, and load the next images ahead."""
        viewport = viewport or self.viewport
        if viewport is self.viewport:
            self.image_list.show(asset.ordinal)
            self.image_list.thumbnails.hold()
        if asset.ordinal not in viewport.session.assets:
            self.labels.forget_missing()
        shown = await viewport.show(asset)
        self.image_list.thumbnails.release()
        if shown:
            self.display.align()
            if viewport.place is not None and viewport is self.viewport:
                self.scrolling.follow_links(viewport)
            self._load_ahead()

    def _load_ahead(self) -> None:
        shown = [viewport.session.asset for viewport in self.viewports.all]
        following = [self.image_list.ahead(asset.ordinal, AHEAD) for asset in shown if asset is not None]
        self.ports.images.prefetch([ImageRef.of(asset) for assets in following for asset in assets])

    # --- events of viewports

    def image_left(self, viewport: Viewport) -> None:
        """Close the menu because a viewport no longer shows its image."""
        self.menu.close()

    def image_shown(self, viewport: Viewport) -> None:
        """Update reformats and reference lines for a viewport that shows another image."""
        self.panels.hide_drawer("left")
        self.multiplanar.slice_shown()
        self.references.refresh()

    def canvas_ready(self, viewport: Viewport) -> None:
        """Update reference lines and linked cameras for a viewport that is now on the page."""
        self.references.refresh()
        self.display.align()

    def camera_moved(self, viewport: Viewport, camera: Camera) -> None:
        """Move the cameras of linked viewports."""
        self.display.camera_moved(viewport, camera)

    def appearance_changed(self) -> None:
        """Update what shows window, brightness and contrast."""
        self.display.appearance_changed()

    def menu_asked(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """Open the context menu, unless a drawing uses the right-click."""
        if viewport.canvas is None or not viewport.canvas.gestures.right_click():
            self.menu.open(viewport, point)

    def wheel_turned(self, viewport: Viewport, steps: int) -> bool:
        """Scroll a stack; return whether the viewport shows one."""
        return self.scrolling.wheel(viewport, steps)

    def aimed(self, viewport: Viewport, point: tuple[float, float]) -> None:
        """Show a point of an image in the other views."""
        if self.multiplanar.views:
            self.multiplanar.aim(None, point)
        else:
            self.references.aim(viewport, point)

    def pointed(self, viewport: Viewport, point: tuple[float, float] | None, zoom: float) -> None:
        """Show zoom and pointer of the active viewport in the status line."""
        if self._status is None or viewport is not self.viewport:
            return
        value = viewport.canvas.reading.partition("\n")[2] if viewport.canvas is not None else ""
        self._status.textContent = texts.pointer_place(zoom, point, value)

    def folder_of(self, ordinal: int) -> tuple[str, Sequence[Asset]]:
        """Return the folder of an image, and its images that are listed so far."""
        return self.image_list.index.same_folder(ordinal)

    def planes_moved(self) -> None:
        """Update reference lines for a view that shows another plane."""
        self.references.refresh()

    def next_to_show(self, ordinals: Sequence[int]) -> Asset | None:
        """Return what a viewport beside these images shows: the next image, or another folder's stack."""
        if self.viewport.slices is not None:
            return self.image_list.index.first_of_other_folder(list(ordinals))
        return self.image_list.steps.beside(ordinals)

    def activated(self, viewport: Viewport) -> None:
        """Update time, list and address for the viewport that is now active."""
        self.time.update()
        self.labels.forget_missing()
        asset = viewport.session.asset
        if asset is not None:
            self._count_slices(viewport)
            self.image_list.show(asset.ordinal)
            self.navigation.open_asset(asset.ordinal)

    def laid_out(self) -> None:
        """Update reference lines and cameras for another layout."""
        self.references.refresh()
        self.display.align()

    def attach_status(self, element: Any) -> None:
        """Keep the element that shows where the pointer is."""
        self._status = element

    def _follow_theme(self) -> None:
        self.style.dark = self.shell.dark

    # --- slices

    def _scrolling_paused(self) -> None:
        """Update the page for the slice at which scrolling paused."""
        asset = self.session.asset
        if asset is not None:
            self._count_slices(self.viewport)
            self.image_list.show(asset.ordinal)
            if self.addressed != asset.ordinal:
                self.navigation.open_asset(asset.ordinal)
        self.sessions_changed()

    def _count_slices(self, viewport: Viewport) -> None:
        """Let the list count slices if the active viewport shows a stack."""
        if viewport is self.viewport:
            self.image_list.stack = viewport.place.order if viewport.place is not None else ()

    def _slices_changed(self, folder: FolderSlices) -> None:
        for viewport in self.viewports.all:
            if viewport.slices is folder:
                viewport.slices_changed()
                self._count_slices(viewport)
        self.multiplanar.slices_changed()
        self.sessions_changed()

    # --- undo and status

    def undo(self) -> None:
        """Undo the last point of a drawing, or the last step on this image; go to the slice it changed."""
        if self.canvas is not None and self.canvas.gestures.undo():
            return
        self.viewport.end_gesture()
        assets = self.session.undo()
        if not assets:
            self.say(self.session.closed or texts.NOTHING_TO_UNDO)
        self._go_to_slice_of(assets)

    def redo(self) -> None:
        """Redo the point or step that was undone, and go to the slice that it changed."""
        if self.canvas is not None and self.canvas.gestures.redo():
            return
        self.viewport.end_gesture()
        assets = self.session.redo()
        if not assets:
            self.say(self.session.closed or texts.NOTHING_TO_REDO)
        self._go_to_slice_of(assets)

    def _go_to_slice_of(self, assets: set[int]) -> None:
        place = self.viewport.place
        if place is not None and assets and place.order[place.index] not in assets:
            near = [at for at, one in enumerate(place.order) if one in assets]
            if near:
                self.scrolling.go_to(self.viewport, min(near, key=lambda at: abs(at - place.index)))

    def commit(self) -> None:
        """Save the answers that are being typed."""
        for viewport in self.viewports.all:
            viewport.session.questionnaire.commit()

    # --- changes of records

    def _update_instruction(self) -> None:
        """Use the current version of the instruction; ignore one that is not valid."""
        fields = self.shell.setup.get("instruction", self.project.instruction)
        if fields is None or fields is self._instruction_fields:
            return
        self._instruction_fields = fields
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
            viewport.folder_extended()

    def _records_changed(self, keys: frozenset[RecordKey]) -> None:
        self.time.changed(keys)
        self.multiplanar.records_changed()
        self.image_list.records_changed(keys)
        if keys:
            for viewport in self.viewports.all:
                viewport.session.records_changed()
        self._changed()

    def _changed(self) -> None:
        self.time.update()
        self.labels.class_chosen()
        self._choices.keep()
        if not self.scrolling.moving:
            self.sessions_changed()
