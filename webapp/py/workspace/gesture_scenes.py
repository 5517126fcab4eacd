"""The scene of a viewport, made of its session and of what the current gesture shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from webapp.py.domain.shapes import Box, Polygon, Polyline, Shape
from webapp.py.workspace.figures import NEUTRAL, NO_NAMES, Versions
from webapp.py.workspace.gesture_context import GestureCanvas, values_of
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.measuring import Measuring, size_label
from webapp.py.workspace.naming import name_of, names_of
from webapp.py.workspace.scene import MaskDraft, Scene, SceneStyle, build_scene
from webapp.py.workspace.tool import Draft, Handles, Label, Outlines, Preview


class GestureScenes:
    """Makes the scenes of one viewport, and caches what stays the same from frame to frame.

    Parameters
    ----------
    session
        The image and its annotations.
    canvas
        Has the values of the image measured.
    """

    def __init__(self, session: ImageSession, canvas: GestureCanvas) -> None:
        self.measures = True
        """Whether to show area and values next to the region that is drawn or selected."""
        self.names = False
        """Whether to show the names of all annotations; the one under the pointer always has its name."""
        self._named: tuple[tuple[object, ...], tuple[Mapping[str, str], str]] | None = None
        self._session, self._canvas = session, canvas
        self._versions = Versions()
        self._measuring = Measuring(canvas)
        self._outlines: Outlines | None = None

    def scene(
        self,
        drafts: Sequence[Draft],
        mask_draft: MaskDraft | None,
        handles: Handles | None,
        outlines: Outlines | None,
        hovered: str | None,
        opacity: float,
        *,
        busy: bool = False,
    ) -> Scene:
        """Return what to draw now.

        Parameters
        ----------
        drafts
            What the gesture, the idle tool, or an earlier gesture shows.
        mask_draft
            The mask that is being painted.
        handles, outlines
            What the idle tool shows.
        hovered
            The annotation under the pointer.
        opacity
            The opacity of masks, from 0 to 1.
        busy
            Whether a gesture runs, so that nothing under the pointer is named.
        """
        session = self._session
        colors = {one.id: one.color for one in session.instruction.classes}
        asset = session.asset.ordinal if session.asset is not None else -1
        suggested = session.labeling.interpolation.on(asset)
        style = SceneStyle(
            colors,
            session.width,
            session.height,
            colors.get(session.class_id or "", NEUTRAL),
            opacity,
            hovered,
            (suggested[0], colors.get(suggested[1], NEUTRAL)) if suggested is not None else None,
            *self._names(hovered if not busy else None),
        )
        measured = self._measured(drafts, painting=mask_draft is not None)
        return build_scene(
            session.annotations,
            session.selected,
            [*drafts, *([measured] if measured is not None else ())],
            mask_draft,
            handles,
            style,
            self._versions,
            self._same(outlines),
        )

    def forget(self) -> None:
        """Forget what was measured."""
        self._measuring.forget()

    def _measured(self, drafts: Sequence[Draft], *, painting: bool) -> Label | None:
        """Return the size of the box that is drawn, and in a medical image the measurements of a region.

        The region is the one that is drawn, or selected alone.
        """
        session = self._session
        if any(isinstance(draft, Label) for draft in drafts):
            return None
        changed = {draft.id: draft.shape for draft in drafts if isinstance(draft, Preview)}
        drawn: Shape | None = next(
            (draft for draft in drafts if isinstance(draft, Box | Polygon | Polyline)), None
        )
        box = drawn if drawn is not None else next(iter(changed.values()), None)
        size = size_label(box) if isinstance(box, Box) else None
        if not self.measures or (session.scalars is None and session.pixel.unit == "px"):
            return size
        shape = drawn
        if shape is None and len(session.selected) == 1 and not painting:
            name = session.selected[0]
            view = next((view for view in session.annotations if view.id == name and not view.hidden), None)
            shape = changed.get(name, view.shape) if view is not None else None
        if shape is None:
            return size
        values = values_of(session, self._canvas)
        measured = self._measuring.label(shape, session.pixel, session.scalars, values)
        if size is None or measured is None:
            return measured or size
        return Label(measured.points, f"{size.text}\n{measured.text}")

    def _names(self, hovered: str | None) -> tuple[Mapping[str, str], str]:
        """Return the names of all annotations if they are shown, else that of the one under the pointer."""
        if not self.names and hovered is None:
            return NO_NAMES, ""
        session = self._session
        wanted = None if self.names else hovered
        given = (session.annotations, session.instruction, wanted)
        if self._named is None or any(
            one is not other for one, other in zip(self._named[0], given, strict=True)
        ):
            found = (NO_NAMES, name_of(session, wanted)) if wanted is not None else (names_of(session), "")
            self._named = given, found
        return self._named[1]

    def _same(self, shown: Outlines | None) -> Outlines | None:
        """Return the outlines of the last frame if they are the same, so that they stay cached."""
        last = self._outlines
        if shown is None or last is None or shown.levels is not last.levels or shown.rect != last.rect:
            self._outlines = shown
        return self._outlines
