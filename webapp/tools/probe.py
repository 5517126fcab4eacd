"""Read pixel values."""

from __future__ import annotations

from webapp.py.workspace.tool import Context, Cursor, Drafts, Gesture, Pointer, Readout, Tool


class ProbeTool(Tool):
    """Shows position and value of the pixel under the pointer."""

    id = "probe"
    title = "Probe"
    key = "x"
    icon = "pipette"
    order = 86
    group = "measure"
    edits = False
    hint = "Point to read values"
    help = "Point at a pixel to read its position and value."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Keep reading until the release, for touch."""
        event = yield [Readout(), Cursor("cross")]
        while event.kind != "release":
            event = yield [Readout(), Cursor("cross")]
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Read the pixel under the pointer."""
        return [Readout(), Cursor("cross")]
