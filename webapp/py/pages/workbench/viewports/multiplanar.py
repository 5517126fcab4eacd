"""The multiplanar view: the stack of a viewport, cut in the two other directions beside it, with a cross.

A cut is for looking: what is drawn is drawn on the slices. Cuts are made on the page from the values of the
slices that are in memory.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

from numpy.typing import NDArray

from webapp.py.domain.shapes import Point
from webapp.py.imaging.planes import Plane
from webapp.py.imaging.reslicing import SLICE, Kind, Reformat, Voxel, reformat_plane, reslice
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.stacks import FolderSlices, Place
from webapp.py.pages.workbench.viewports.style import ViewportStyle
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.pages.workbench.viewports.volumes import ReformatPicture, Volume, header_of, steps_between
from webapp.py.ui.reactive import reactive
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.measuring import pixel_size
from webapp.py.workspace.reformat_objects import ReformatObjects
from webapp.py.workspace.reformat_session import ReformatSession

KINDS: tuple[Kind, ...] = ("axial", "sagittal", "coronal")
NO_STACK = "This image lies in no stack of slices. Open a DICOM series to see it in three planes."
READING = "Reading the slices of this stack…"
NO_PLACE = "The files do not say where their slices lie and how far apart they are. So they cannot be cut."
IN_COLOUR = "Slices in color cannot be cut in other directions."
TOO_FAR = "Between the slices of this stack are gaps so large that it cannot be cut."
MOST_STEPS = 8_192
"""Steps of the usual distance from the first slice of a stack to its last."""
AGAIN = 0.3
"""Seconds after which a view is tried again that a gesture kept from being drawn anew."""


class PlaneEvents(Protocol):
    """Hears what happens in the multiplanar view."""

    def planes_moved(self) -> None:
        """A view shows another plane."""

    def appearance_changed(self) -> None:
        """The person dragged to another window."""

    def say(self, text: str) -> None:
        """Show a sentence to the person."""


class ReformatView:
    """One of the views beside the slices.

    Parameters
    ----------
    planes
        The multiplanar view that it belongs to.
    kind
        Its direction.
    """

    canvas = reactive[ViewportCanvas | None](None)
    """What draws it; None while it is not on the page."""
    kind = reactive[Kind]()

    def __init__(self, planes: Multiplanar, kind: Kind) -> None:
        self.kind = kind
        self.index = 0
        self._planes = planes
        self.session = ReformatSession(planes.labeling, self._look)
        self._looked: tuple[object, tuple[tuple[AnnotationView, ...], tuple[str, ...]]] | None = None

    @property
    def cut(self) -> Reformat | None:
        """How the stack is cut; None while there is nothing to cut."""
        volume = self._planes.volume
        return volume.cuts[self.kind] if volume is not None else None

    @property
    def plane(self) -> Plane | None:
        """Where the cut lies in the patient."""
        volume, cut = self._planes.volume, self.cut
        return (
            reformat_plane(volume.first, cut, self.index) if volume is not None and cut is not None else None
        )

    def attach(self, element: Any) -> None:
        """Take the view's element when it is on the page, and let go of it when it has gone."""
        self.close()
        if element is None:
            return
        self.canvas = self._planes.ports.viewports.make_canvas(
            element,
            lambda canvas: Gestures(self.session, canvas),
            self,
        )
        self.canvas.opacity = self._planes.style.opacity
        self.canvas.set_overlay_options(self._planes.style.overlay_options)
        self.paint_theme()
        self.show()
        self._planes.events.planes_moved()

    def show(self) -> None:
        """Show the cut at hand; camera and window stay."""
        cut, plane, canvas = self.cut, self.plane, self.canvas
        source = self._planes.source
        header, look = source.header, source.canvas.appearance if source.canvas is not None else None
        if canvas is None or cut is None or plane is None or header is None or look is None:
            return
        if look.window is None:
            return
        values = reslice(self._planes.values, cut, self.index, self._planes.lowest)
        scalars = ScalarImage(values, look.initial_window or look.window, look.inverted, header.unit)
        picture = ReformatPicture(cut.width, cut.height, header_of(header, plane, cut), scalars)
        # Not by set_size: a cut that is scrolled draws no page.
        self.session.width, self.session.height = cut.width, cut.height
        self.session.pixel = pixel_size(picture.header)
        seen = (canvas.view, look) if canvas.view is not None else None
        canvas.show(picture, seen)
        canvas.set_appearance(look)
        canvas.show_position(f"{self.kind.title()} {self.index + 1} of {cut.count}")

    def go_to(self, index: int) -> bool:
        """Go to another cut; tells whether it is another one."""
        cut = self.cut
        if cut is None:
            return False
        chosen = min(max(index, 0), cut.count - 1)
        changed, self.index = chosen != self.index, chosen
        if changed:
            self.show()
        return changed

    def paint_theme(self) -> None:
        """Give the view the page's colors."""
        if self.canvas is not None:
            self.canvas.set_background(self._planes.style.background)

    def close(self) -> None:
        """Let go of the stage."""
        if self.canvas is not None:
            self.canvas.destroy()
            self.canvas = None

    # --- what happens on its canvas

    def say(self, text: str) -> None:
        """Show a sentence to the person."""
        self._planes.events.say(text)

    def pointed(self, point: Point | None, zoom: float) -> None:
        """Show nothing in the status line, which is about the active viewport."""

    def camera_moved(self, camera: Camera) -> None:
        """Leave the other cameras alone."""

    def appearance_changed(self) -> None:
        """Show the slices and the other reformat through the same window."""
        self._planes.look_changed(self)

    def menu_asked(self, point: Point) -> None:
        """Open no menu: a reformat is read-only."""

    def wheel_turned(self, steps: int) -> bool:
        """Go to another plane."""
        if steps and self.go_to(self.index + steps):
            self._planes.cut_moved()
        return True

    def aimed(self, point: Point) -> None:
        """Have the other views show a point."""
        self._planes.aim(self, point)

    def _look(self) -> tuple[tuple[AnnotationView, ...], tuple[str, ...]]:
        """Return what the cut goes through, and what of it is selected."""
        volume, cut, planes = self._planes.volume, self.cut, self._planes
        if volume is None or cut is None:
            return (), ()
        chosen = planes.source.session.selected
        version = planes.version, planes.labeling.revision, volume
        state = version, self.index, chosen
        if self._looked is None or self._looked[0] != state:
            views = planes.objects.views(volume.assets, cut, self.index, version)
            records = planes.labeling.records
            names = {str((records.get("annotation", one) or {}).get("object_id") or one) for one in chosen}
            self._looked = state, (views, tuple(view.id for view in views if view.id in names))
        return self._looked[1]


class Multiplanar:
    """The stack of the one viewport, in three directions, while that layout is chosen.

    Parameters
    ----------
    viewports
        The viewports; the first one shows the slices themselves.
    labeling
        Whose annotations the reformats show.
    scrolling
        Brings the viewport to a slice.
    style
        What all viewports share of how they show images.
    ports
        The world outside.
    events
        Hears of what changes.
    """

    views = reactive[tuple[ReformatView, ...]](())
    volume = reactive[Volume | None](None)
    problem = reactive("")
    """Why nothing is shown."""
    values = reactive[Sequence[NDArray[Any] | None]](())

    def __init__(
        self,
        viewports: ViewportSet,
        labeling: LabelingState,
        scrolling: Scrolling,
        style: ViewportStyle,
        ports: Ports,
        events: PlaneEvents,
    ) -> None:
        self.labeling, self.style, self.ports, self.events = labeling, style, ports, events
        self._viewports, self._scrolling = viewports, scrolling
        self.lowest = 0.0
        self.version = 0
        """Grows with every change of annotations."""

    @property
    def source(self) -> Viewport:
        """The viewport that shows the slices themselves."""
        return self._viewports.all[0]

    def open(self) -> None:
        """Begin to show the stack of the viewport in three directions."""
        self.objects = ReformatObjects(self.labeling)
        self.views = (ReformatView(self, "sagittal"), ReformatView(self, "coronal"))
        self._viewports.reformats = self.views
        self.slice_shown()

    def close(self) -> None:
        """Go back to the slices alone."""
        for view in self.views:
            view.close()
        self.views, self.volume, self.values = (), None, ()
        self._viewports.reformats = ()

    def slice_shown(self) -> None:
        """Take note that the viewport shows a slice, or another stack, or something else."""
        if not self.views:
            return
        viewport = self.source
        place, stack = viewport.place, viewport.slices
        known = self.volume
        if known is None or place is None or known.order != place.order or self.problem:
            self._begin(place, stack)
        self.events.planes_moved()

    def slices_changed(self) -> None:
        """Take note that more slices are in memory, or fewer."""
        if not self.views:
            return
        if self.volume is None:
            self.slice_shown()
            return
        values = self.volume.values
        if [one is None for one in values] != [one is None for one in self.values]:
            self.values = values
            self._show()

    def records_changed(self) -> None:
        """Take note that annotations have changed."""
        self.version += 1

    def look_changed(self, leader: ReformatView | None = None) -> None:
        """Show slices and cuts through the same window: that of a cut, or that of the slices."""
        stages = (
            [view.canvas for view in self._viewports.views if view.canvas is not None] if self.views else []
        )
        first = leader.canvas if leader is not None else self.source.canvas
        for canvas in stages:
            if first is not None and canvas is not first and canvas.view is not None:
                canvas.set_appearance(
                    replace(first.appearance, initial_window=canvas.appearance.initial_window)
                )
        if leader is not None:
            self.events.appearance_changed()

    @property
    def missing(self) -> int:
        """How many slices of the stack are not in memory, so that their rows are empty."""
        assets = self.volume.assets if self.volume is not None else []
        return sum(one is not None and here is None for one, here in zip(assets, self.values, strict=True))

    # --- the cross

    def aim(self, view: ReformatView | None, point: Point) -> None:
        """Have all views show a point of a cut, or of the slice (None)."""
        volume = self.volume
        if volume is None:
            return
        cut = volume.cuts[view.kind if view is not None else volume.kind]
        inside = min(max(point[0], 0.0), cut.width), min(max(point[1], 0.0), cut.height)
        if view is not None:
            self._go(cut.to_voxel(inside, view.index), view)
        else:
            asset = self.source.session.asset
            step = volume.step_of(asset.ordinal) if asset is not None else 0
            self._go((step + 0.5, inside[1], inside[0]), None)

    def cut_moved(self) -> None:
        """Take note that a view shows another cut."""
        self.events.planes_moved()

    # --- inside

    def _go(self, voxel: Voxel, leader: ReformatView | None) -> None:
        volume = self.volume
        assert volume is not None
        for view in self.views:
            if view is not leader and view.cut is not None:
                view.go_to(math.floor(voxel[view.cut.along]))
        place = self.source.place
        asset = volume.asset_at(min(math.floor(voxel[SLICE]), len(volume.assets) - 1))
        if leader is not None and place is not None and place.order[place.index] != asset:
            self._scrolling.go_to(self.source, place.order.index(asset))
        self.events.planes_moved()

    def _begin(self, place: Place | None, slices: FolderSlices | None) -> None:
        """Cut another stack, or say why there is none to be cut."""
        self.volume, self.values = None, ()
        first = slices.plane(place.order[0]) if place is not None and slices is not None else None
        header, scalars = self.source.header, self.source.scalars
        if place is None or slices is None:
            reading = self.source.loading if slices is None else not slices.table.complete
            self.problem = READING if reading else NO_STACK
        elif not slices.table.complete:
            self.problem = READING
        elif first is None or not place.stack.distance > 0:
            self.problem = NO_PLACE
        elif not steps_between(place.stack) <= MOST_STEPS:
            self.problem = TOO_FAR
        elif header is None or scalars is None:
            self.problem = IN_COLOUR if header is not None and header.color else READING
        else:
            self.problem = ""
            self.volume = Volume(slices, place, first)
            self.values, self.lowest = self.volume.values, float(scalars.values.min())
            others = [kind for kind in KINDS if kind != self.volume.kind]
            for view, kind in zip(self.views, others, strict=True):
                view.kind, view.index = kind, self.volume.cuts[kind].count // 2
        self._show()

    def _show(self) -> None:
        shown = [view for view in self.views if view.canvas is not None]
        busy = any(view.canvas.gestures.busy for view in shown if view.canvas is not None)
        if busy and self.volume is not None:
            self.ports.machine.later(AGAIN, self._show)  # showing another picture would end the gesture
            return
        for view in shown:
            if view.canvas is not None and self.volume is None:
                view.canvas.clear()
            else:
                view.show()
