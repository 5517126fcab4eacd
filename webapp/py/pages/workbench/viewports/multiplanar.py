"""Three planes: the stack of a viewport, with reformats in the other two directions beside it.

Reformats are read-only; you draw on the slices. They are computed on the page from the values of the slices
that are in memory.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from numpy.typing import NDArray

from webapp.py.domain.shapes import Point
from webapp.py.imaging.planes import Plane
from webapp.py.imaging.reslicing import SLICE, Kind, Reformat, Voxel, reformat_plane, reslice
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.pages.ports.ports import Ports
from webapp.py.pages.ports.viewport import ViewportCanvas
from webapp.py.pages.workbench.viewports import texts
from webapp.py.pages.workbench.viewports.following import follow
from webapp.py.pages.workbench.viewports.scrolling import Scrolling
from webapp.py.pages.workbench.viewports.stacks import FolderSlices, Place
from webapp.py.pages.workbench.viewports.style import ViewportStyle
from webapp.py.pages.workbench.viewports.viewport import Viewport
from webapp.py.pages.workbench.viewports.viewport_set import ViewportSet
from webapp.py.pages.workbench.viewports.volumes import ReformatPicture, Volume, header_of, steps_between
from webapp.py.ui.reactive import Signal, reactive
from webapp.py.workspace.annotation_view import AnnotationView
from webapp.py.workspace.camera import Camera
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.labeling_state import LabelingState
from webapp.py.workspace.measuring import pixel_size
from webapp.py.workspace.reformat_objects import ReformatObjects
from webapp.py.workspace.reformat_session import ReformatSession

KINDS: tuple[Kind, ...] = ("axial", "sagittal", "coronal")
MOST_STEPS = 8_192
"""Most steps of the usual distance from the first slice of a stack to the last."""
RETRY_SECONDS = 0.3
"""Seconds after which a view that could not be redrawn during a gesture is redrawn."""


class PlaneEvents(Protocol):
    """Handles events of the three planes."""

    def planes_moved(self) -> None:
        """Handle that a view shows another plane."""

    def appearance_changed(self) -> None:
        """Handle that a drag has changed the window."""

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show a toast."""


class ReformatView:
    """A reformat beside the slices.

    Parameters
    ----------
    planes
        The three planes that it belongs to.
    kind
        The direction of the reformat.
    """

    canvas = reactive[ViewportCanvas | None](None)
    """Its canvas; None while it is not on the page."""
    kind = reactive[Kind]()

    def __init__(self, planes: Multiplanar, kind: Kind) -> None:
        self.kind = kind
        self.index = 0
        self._planes = planes
        self._stop_following: Callable[[], None] = lambda: None
        self.session = ReformatSession(planes.labeling, self._shown_objects)
        self._cached_objects: tuple[object, tuple[tuple[AnnotationView, ...], tuple[str, ...]]] | None = None

    @property
    def reformat(self) -> Reformat | None:
        """The shape and direction of the reformat; None while there is no volume."""
        volume = self._planes.volume
        return volume.reformats[self.kind] if volume is not None else None

    @property
    def plane(self) -> Plane | None:
        """The position of the reformat in the patient."""
        volume, reformat = self._planes.volume, self.reformat
        if volume is None or reformat is None:
            return None
        return reformat_plane(volume.first, reformat, self.index)

    def attach(self, element: Any) -> None:
        """Make a canvas in the view's element, or release the canvas when the element is removed (None)."""
        self.close()
        if element is None:
            return
        self.canvas = self._planes.ports.viewports.make_canvas(
            element,
            lambda canvas: Gestures(self.session, canvas),
            self,
        )
        self._stop_following = follow(self.canvas, self._planes.style, self._planes.changes)
        self.show()
        self._planes.events.planes_moved()

    def show(self) -> None:
        """Show the current plane; camera and window stay the same."""
        reformat, plane, canvas = self.reformat, self.plane, self.canvas
        source = self._planes.source
        header, appearance = source.header, source.canvas.appearance if source.canvas is not None else None
        if canvas is None or reformat is None or plane is None or header is None:
            return
        if appearance is None or appearance.window is None:
            return
        values = reslice(self._planes.values, reformat, self.index, self._planes.lowest)
        window = appearance.initial_window or appearance.window
        scalars = ScalarImage(values, window, appearance.inverted, header.unit)
        own_header = header_of(header, plane, reformat)
        picture = ReformatPicture(reformat.width, reformat.height, own_header, scalars)
        # Not with set_size, so that scrolling a reformat doesn't redraw the page.
        self.session.width, self.session.height = reformat.width, reformat.height
        self.session.pixel = pixel_size(picture.header)
        canvas.show(picture, (canvas.view, appearance) if canvas.view is not None else None)
        canvas.set_appearance(appearance)
        canvas.show_position(texts.reformat_position(self.kind, self.index + 1, reformat.count))

    def go_to(self, index: int) -> bool:
        """Go to another plane of this direction; return whether it has changed."""
        reformat = self.reformat
        if reformat is None:
            return False
        chosen = min(max(index, 0), reformat.count - 1)
        changed, self.index = chosen != self.index, chosen
        if changed:
            self.show()
        return changed

    def close(self) -> None:
        """Release the canvas."""
        self._stop_following()
        if self.canvas is not None:
            self.canvas.destroy()
            self.canvas = None

    # --- events of its canvas

    def say(self, text: str, undo: Callable[[], object] | None = None) -> None:
        """Show a toast."""
        self._planes.events.say(text, undo)

    def pointed(self, point: Point | None, zoom: float) -> None:
        """Do nothing, because the status line shows the active viewport."""

    def camera_moved(self, camera: Camera) -> None:
        """Do nothing, because cameras of reformats are not linked."""

    def appearance_changed(self) -> None:
        """Show the slices and the other reformat with the same window."""
        self._planes.window_changed(self)

    def menu_asked(self, point: Point) -> None:
        """Do nothing, because a reformat is read-only and has no menu."""

    def wheel_turned(self, steps: int) -> bool:
        """Scroll by steps of the wheel; return True because a reformat is part of a volume."""
        if steps and self.go_to(self.index + steps):
            self._planes.plane_moved()
        return True

    def aimed(self, point: Point) -> None:
        """Show a point in the other views."""
        self._planes.aim(self, point)

    def _shown_objects(self) -> tuple[tuple[AnnotationView, ...], tuple[str, ...]]:
        """Return the objects that the plane crosses, and the ids of those that are selected."""
        volume, reformat, planes = self._planes.volume, self.reformat, self._planes
        if volume is None or reformat is None:
            return (), ()
        chosen = planes.source.session.selected
        version = planes.version, planes.labeling.revision, volume
        state = version, self.index, chosen
        if self._cached_objects is None or self._cached_objects[0] != state:
            views = planes.objects.views(volume.assets, reformat, self.index, version)
            records = planes.labeling.records
            names = {str((records.get("annotation", one) or {}).get("object_id") or one) for one in chosen}
            self._cached_objects = state, (views, tuple(view.id for view in views if view.id in names))
        return self._cached_objects[1]


class Multiplanar:
    """The stack of the viewport in three directions, while that layout is active.

    Parameters
    ----------
    viewports
        The viewports; the first one shows the slices.
    labeling
        Has the annotations that the reformats show.
    scrolling
        Moves the viewport to a slice.
    style
        What all viewports share.
    ports
        Makes canvases, and has the timer.
    events
        Is notified of changes.
    changes
        Counts the changes of what image sessions show.
    """

    views = reactive[tuple[ReformatView, ...]](())
    volume = reactive[Volume | None](None)
    problem = reactive("")
    """Why no reformats are shown; empty if they are."""
    values = reactive[Sequence[NDArray[Any] | None]](())

    def __init__(
        self,
        viewports: ViewportSet,
        labeling: LabelingState,
        scrolling: Scrolling,
        style: ViewportStyle,
        ports: Ports,
        events: PlaneEvents,
        changes: Signal[int],
    ) -> None:
        self.labeling, self.style, self.ports, self.events = labeling, style, ports, events
        self.changes = changes
        self._viewports, self._scrolling = viewports, scrolling
        self.lowest = 0.0
        self.version = 0
        """Increases with each change of annotations."""

    @property
    def source(self) -> Viewport:
        """The viewport that shows the slices."""
        return self._viewports.all[0]

    def open(self) -> None:
        """Show the stack of the viewport in three directions."""
        self.objects = ReformatObjects(self.labeling)
        self.views = (ReformatView(self, "sagittal"), ReformatView(self, "coronal"))
        self._viewports.reformats = self.views
        self.slice_shown()

    def close(self) -> None:
        """Remove the reformats."""
        for view in self.views:
            view.close()
        self.views, self.volume, self.values = (), None, ()
        self._viewports.reformats = ()

    def slice_shown(self) -> None:
        """Handle that the viewport shows another slice, another stack, or no stack."""
        if not self.views:
            return
        viewport = self.source
        place, stack = viewport.place, viewport.slices
        known = self.volume
        if known is None or place is None or known.order != place.order or self.problem:
            self._begin(place, stack)
        self.events.planes_moved()

    def slices_changed(self) -> None:
        """Handle that more or fewer slices are in memory."""
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
        """Handle changed annotations."""
        self.version += 1

    def window_changed(self, leader: ReformatView | None = None) -> None:
        """Show slices and reformats with the same window: that of ``leader``, or that of the slices."""
        views = self._viewports.views if self.views else []
        canvases = [view.canvas for view in views if view.canvas is not None]
        first = leader.canvas if leader is not None else self.source.canvas
        for canvas in canvases:
            if first is not None and canvas is not first and canvas.view is not None:
                canvas.set_appearance(
                    replace(first.appearance, initial_window=canvas.appearance.initial_window)
                )
        if leader is not None:
            self.events.appearance_changed()

    @property
    def missing(self) -> int:
        """How many slices of the stack are not in memory; their rows are empty."""
        assets = self.volume.assets if self.volume is not None else []
        return sum(
            one is not None and values is None for one, values in zip(assets, self.values, strict=True)
        )

    # --- the crosshair

    def aim(self, view: ReformatView | None, point: Point) -> None:
        """Show a point of a reformat, or of the slice (None), in all views."""
        volume = self.volume
        if volume is None:
            return
        reformat = volume.reformats[view.kind if view is not None else volume.kind]
        inside = min(max(point[0], 0.0), reformat.width), min(max(point[1], 0.0), reformat.height)
        if view is not None:
            self._go(reformat.to_voxel(inside, view.index), view)
        else:
            asset = self.source.session.asset
            step = volume.step_of(asset.ordinal) if asset is not None else 0
            self._go((step + 0.5, inside[1], inside[0]), None)

    def plane_moved(self) -> None:
        """Handle that a reformat shows another plane."""
        self.events.planes_moved()

    # --- inside

    def _go(self, voxel: Voxel, leader: ReformatView | None) -> None:
        volume = self.volume
        assert volume is not None
        for view in self.views:
            if view is not leader and view.reformat is not None:
                view.go_to(math.floor(voxel[view.reformat.along]))
        place = self.source.place
        asset = volume.asset_at(min(math.floor(voxel[SLICE]), len(volume.assets) - 1))
        if leader is not None and place is not None and place.order[place.index] != asset:
            self._scrolling.go_to(self.source, place.order.index(asset))
        self.events.planes_moved()

    def _begin(self, place: Place | None, slices: FolderSlices | None) -> None:
        """Reformat another stack, or say why that is not possible."""
        self.volume, self.values = None, ()
        first = slices.plane(place.order[0]) if place is not None and slices is not None else None
        header, scalars = self.source.header, self.source.scalars
        if place is None or slices is None:
            loading = self.source.loading if slices is None else not slices.table.complete
            self.problem = texts.READING if loading else texts.NO_STACK
        elif not slices.table.complete:
            self.problem = texts.READING
        elif first is None or not place.stack.distance > 0:
            self.problem = texts.NO_POSITIONS
        elif not steps_between(place.stack) <= MOST_STEPS:
            self.problem = texts.TOO_FAR_APART
        elif header is None or scalars is None:
            self.problem = texts.IN_COLOR if header is not None and header.color else texts.READING
        else:
            self.problem = ""
            self.volume = Volume(slices, place, first)
            self.values, self.lowest = self.volume.values, float(scalars.values.min())
            others = [kind for kind in KINDS if kind != self.volume.kind]
            for view, kind in zip(self.views, others, strict=True):
                view.kind, view.index = kind, self.volume.reformats[kind].count // 2
        self._show()

    def _show(self) -> None:
        shown = [view for view in self.views if view.canvas is not None]
        busy = any(view.canvas.gestures.busy for view in shown if view.canvas is not None)
        if busy and self.volume is not None:
            self.ports.machine.later(RETRY_SECONDS, self._show)  # another picture would end the gesture
            return
        for view in shown:
            if view.canvas is not None and self.volume is None:
                view.canvas.clear()
            else:
                view.show()
