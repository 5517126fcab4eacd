"""Read pixels."""

from __future__ import annotations

from webapp.py.workspace.tool import Context, Cursor, Drafts, Gesture, Pointer, Readout, Tool


class ProbeTool(Tool):
    """Writes place and value of the pixel under the pointer beside it."""

    id = "probe"
    title = "Probe"
    key = "x"
    icon = "pipette"
    order = 86
    edits = False
    help = "Point at a pixel to read its place and its value."

    def gesture(self, press: Pointer, ctx: Context) -> Gesture:
        """Go on reading until the release, for those who point with a finger."""
        event = yield [Readout(), Cursor("cross")]
        while event.kind != "release":
            event = yield [Readout(), Cursor("cross")]
        return []

    def cursor(self, ctx: Context, pointer: Pointer) -> Drafts:
        """Read the pixel under the pointer."""
        return [Readout(), Cursor("cross")]
