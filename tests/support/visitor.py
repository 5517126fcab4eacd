"""A person in front of the page, without a browser: looks, clicks, types, draws."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.support.fake_ports import FakePorts, Machine
from tests.support.fake_viewport_canvas import FakeViewportCanvas
from webapp.py.domain.shapes import Shape
from webapp.py.pages.datasets.pacs_import import PacsImport
from webapp.py.pages.datasets.page import DatasetsPage
from webapp.py.pages.label.page import LabelPage
from webapp.py.pages.shell.app import App
from webapp.py.pages.workbench.workbench import Workbench
from webapp.py.ui.plain import PlainElement, PlainPage
from webapp.py.ui.tree import Node, PlainEvent, find, find_all, text_of
from webapp.py.workspace.messages import KeyPress
from webapp.py.workspace.registry import Registry, find_tools
from webapp.py.workspace.tool import Pointer, drag


class Visitor:
    """A person in front of the page: sees what is drawn, clicks, types, draws. Made by `visit`.

    Like a person, it sees only what was drawn. Frames pass between what it does, as in a browser, but
    nothing is drawn that nobody asked for.
    """

    def __init__(self, ports: FakePorts, registry: Registry | None = None) -> None:
        self.ports = ports
        self.app = App(ports, registry or find_tools())
        self.screen = PlainPage(self.app.view)
        ports.followed = self.app.follow

    async def start(self, fragment: str = "") -> None:
        """Start the app at an address and wait until it is there."""
        self.screen.redraw()
        await self.app.start(fragment)
        await self.settle()

    @property
    def page(self) -> Node:
        """The page as it is drawn, after the next frame."""
        (page,) = self.screen.body.children
        assert isinstance(page, Node)
        return page

    @property
    def workbench(self) -> Workbench:
        """The workbench of the project that is open."""
        page = self.app.page
        assert isinstance(page, LabelPage) and page.workbench is not None
        return page.workbench

    @property
    def pacs(self) -> PacsImport:
        """What the page of DICOMweb servers shows."""
        page = self.app._page("datasets")
        assert isinstance(page, DatasetsPage)
        return page.pacs

    @property
    def dialog(self) -> str:
        """The title of the dialog that is open, empty for none."""
        shown = find_all(self.page, class_="dialog", open=True)
        return str(shown[-1].attrs["aria-label"]) if shown else ""

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        return text_of(self.page)

    @property
    def canvas(self) -> FakeViewportCanvas:
        """The viewport at hand."""
        return self.ports.stages[-1]

    @property
    def focused(self) -> Any:
        """The element that has the focus: its ``tag`` and ``attributes``."""
        self.screen.frame()
        return self.screen.document.activeElement

    def button(self, label: str) -> Node:
        """Return the one button with this label (its text or its name)."""
        found = [
            node
            for node in find_all(self.page, "button")
            if label in (text_of(node), node.attrs.get("aria-label"))
        ]
        if len(found) != 1:
            raise LookupError(f"{len(found)} buttons {label!r} on the page: {self.text!r}")
        return found[0]

    async def click(self, label: str) -> None:
        """Click a button, and wait for what it starts."""
        button = self.button(label)
        if "disabled" in button.attrs:
            raise LookupError(f"the button {label!r} is grayed out")
        await self.fire(button, "click")

    async def fire(self, node: Node, event: str, **facts: Any) -> PlainEvent:
        """Let an event happen on an element as the browser would, and wait for what it starts."""
        assert isinstance(node, PlainElement), "a person can only reach what is on the page"
        given = node.fire(event, **facts)
        await self.settle()
        return given

    async def sign_in(self, email: str, password: str) -> None:
        """Fill the form in and send it."""
        fields = SimpleNamespace(email=SimpleNamespace(value=email), password=SimpleNamespace(value=password))
        raw = SimpleNamespace(currentTarget=SimpleNamespace(elements=fields))
        (form,) = find_all(self.page, "form")
        await self.fire(form, "submit", raw=raw)

    async def draw(self, *points: tuple[float, float]) -> None:
        """Drag the pointer over the image, from point to point."""
        self.screen.frame()
        for event in drag(*points):
            self.canvas.gestures.handle(event, 1.0)
        await self.settle()

    async def tap(self, *points: tuple[float, float], **held: bool) -> None:
        """Click the image at one point after the other, moving there without a button down."""
        self.screen.frame()
        for x, y in points:
            for kind in ("hover", "press", "release"):
                self.canvas.gestures.handle(Pointer(kind, x, y, **held), 1.0)  # type: ignore[arg-type]
        await self.settle()

    async def right_click(self, x: float, y: float) -> None:
        """Click the image with the right button."""
        self.screen.frame()
        self.canvas.events.menu_asked((x, y))
        await self.settle()

    @property
    def shapes(self) -> list[Shape]:
        """The shapes of the annotations of the image, bottom to top."""
        return [view.shape for view in self.workbench.session.annotations]

    @property
    def toast(self) -> str:
        """What the toast says, empty for none."""
        return " ".join(text_of(node) for node in find_all(self.page, class_="toast"))

    async def press(
        self, key: str, *, ctrl: bool = False, shift: bool = False, alt: bool = False, repeat: bool = False
    ) -> bool:
        """Press a key on the page; True when it was for the workspace."""
        self.screen.frame()
        taken = self.app.key(KeyPress(key, ctrl=ctrl, shift=shift, alt=alt, repeat=repeat))
        await self.settle()
        return taken

    async def go(self, fragment: str) -> None:
        """Follow an address on this page."""
        self.ports.window.go(fragment)
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing runs, all writes are done and everything that was asked for is drawn."""
        is_busy = True
        while is_busy:
            await self.screen.settle()
            await self.ports.settle()
            for store in self.app.state.stores:
                await store.flushed()
            is_busy = self.screen.frame()
        await self.ports.settle()


async def visit(
    ports: FakePorts | None = None, fragment: str = "", registry: Registry | None = None
) -> Visitor:
    """Open the page at an address and wait until it is there."""
    visitor = Visitor(ports or FakePorts(), registry)
    await visitor.start(fragment)
    return visitor


async def labeling(ports: FakePorts | None = None) -> Visitor:
    """Open the demo project at its first image."""
    return await visit(ports, "#/project/p1/0")


def save_text(visitor: Visitor) -> str:
    """Return what the save display says."""
    return text_of(find(visitor.page, "button", class_="save-state"))


async def labeled(machine: Machine | None = None) -> Visitor:
    """Return somebody who has drawn a box on the first image and submitted the second without any."""
    page = await visit(FakePorts(machine), "#/project/p1/0")
    await page.draw((10, 10), (30, 25))
    await page.go("#/project/p1/1")
    await page.press("Enter", ctrl=True)
    return page


async def exported(page: Visitor, button: str = "Download JSON") -> tuple[str, bytes, str]:
    await page.click("Export")
    await page.click(button)
    return page.ports.saved[-1]


async def document_of(page: Visitor) -> bytes:
    return (await exported(page))[1]
