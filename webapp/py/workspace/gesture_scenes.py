"""The scene of a viewport, made of its session and of what the current gesture shows."""

from __future__ import annotations

from collections.abc import Sequence

from webapp.py.domain.shapes import Box, Polygon, Polyline, Shape
from webapp.py.workspace.figures import NEUTRAL, Versions
from webapp.py.workspace.gesture_context import GestureCanvas, values_of
from webapp.py.workspace.image_session import ImageSession
from webapp.py.workspace.measuring import Measuring
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
        """Return the measurements of the region of a medical image that is drawn, or selected alone."""
        session = self._session
        if not self.measures or (session.scalars is None and session.pixel.unit == "px"):
            return None
        if any(isinstance(draft, Label) for draft in drafts):
            return None
        changed = {draft.id: draft.shape for draft in drafts if isinstance(draft, Preview)}
        shape: Shape | None = next(
            (draft for draft in drafts if isinstance(draft, Box | Polygon | Polyline)), None
        )
        if shape is None and len(session.selected) == 1 and not painting:
            name = session.selected[0]
            view = next((view for view in session.annotations if view.id == name and not view.hidden), None)
            shape = changed.get(name, view.shape) if view is not None else None
        values = values_of(session, self._canvas)
        return self._measuring.label(shape, session.pixel, session.scalars, values) if shape else None

    def _same(self, shown: Outlines | None) -> Outlines | None:
        """Return the outlines of the last frame if they are the same, so that they stay cached."""
        last = self._outlines
        if shown is None or last is None or shown.levels is not last.levels or shown.rect != last.rect:
            self._outlines = shown
        return self._outlines
