"""What the pages need of the world outside, as protocols that the browser room fulfils."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from webapp.py.compute.protocol import Progress
from webapp.py.domain.model import Asset, Fields
from webapp.py.domain.wire import AssetPage, Session
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.dicomweb import Found, Resource
from webapp.py.imaging.grey import Grey
from webapp.py.pages.state import Problem
from webapp.py.store.local import LocalStore, News
from webapp.py.store.sync import Sync
from webapp.py.workspace.appearance import Appearance
from webapp.py.workspace.gestures import Gestures
from webapp.py.workspace.key_pointer import KeyPointer
from webapp.py.workspace.marks import Extras
from webapp.py.workspace.messages import Camera, Key
from webapp.py.workspace.references import Reference
from webapp.py.workspace.viewport import Viewport


class NoServer(Exception):
    """The site lies on a host without a sync server: this is a solo workspace."""


class SignInRefused(Exception):
    """The server did not accept e-mail and password; the text says why."""


class ImageTrouble(Exception):
    """An image could not be shown."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.text)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo project of a site: one record of each set-up table, and the images."""

    records: Mapping[str, Fields]
    assets: list[Asset]


class Picture(Protocol):
    """A decoded image."""

    @property
    def width(self) -> int:
        """Width in pixels, as displayed."""

    @property
    def height(self) -> int:
        """Height in pixels, as displayed."""

    @property
    def bitmap(self) -> Any:
        """What the viewport draws."""

    @property
    def overview(self) -> Any:
        """A reduced copy that the viewport shows first, None where it needs none."""

    @property
    def header(self) -> Header | None:
        """What a DICOM file says of itself; None for other images."""

    @property
    def grey(self) -> Grey | None:
        """The values of a grey DICOM image; None for other images."""

    @property
    def overlay(self) -> NDArray[np.uint8] | None:
        """What a DICOM file has drawn over its image, above 0 where something is; None for nothing."""

    @property
    def frame(self) -> int:
        """Which frame of its file it is, from 0."""

    def close(self) -> None:
        """Free its memory."""


class StageLike(Protocol):
    """The viewport on the page."""

    opacity: float
    gestures: Gestures
    problem: str | None
    reading: str
    """What a tool reads under the pointer: the place, and in a second line the value; or nothing."""
    on_camera: Callable[[Viewport], None]
    on_appearance: Callable[[], None]
    on_menu: Callable[[tuple[float, float]], None]
    on_scroll: Callable[[int], bool]
    """Told how many slices on the wheel asks for; answers whether there are slices."""
    on_aim: Callable[[tuple[float, float]], None]
    """Told the point of the image that other views are to show."""

    @property
    def appearance(self) -> Appearance:
        """Brightness and contrast of the image, or the window that its values are shown through."""

    def set_appearance(self, appearance: Appearance) -> None:
        """Show the image so; tells nobody."""

    def set_extras(self, extras: Extras) -> None:
        """Show what lies over the image beside annotations, or hide it."""

    def set_references(self, lines: Sequence[Reference]) -> None:
        """Show where the images of other viewports cross this one."""

    def say_place(self, stands: str) -> None:
        """Say in the banner where the image stands among others; empty for nowhere."""

    @property
    def view(self) -> Viewport | None:
        """The camera; None while no image is shown."""

    def move_camera(self, move: Camera) -> None:
        """Move the camera, in image pixels."""

    def set_view(self, view: Viewport) -> None:
        """Take over a camera; tells nobody."""

    def turn(self, quarters: int) -> None:
        """Turn the view clockwise by quarters."""

    def flip(self, way: Literal["horizontal", "vertical"]) -> None:
        """Mirror the view."""

    def show(self, picture: Picture, seen: tuple[Viewport, Appearance] | None = None) -> None:
        """Show an image, fitted, as its file wants it to be seen; or as one of its size was seen before."""

    def clear(self) -> None:
        """Show nothing."""

    def set_background(self, color: tuple[float, float, float]) -> None:
        """Set the colour around the image."""

    def invalidate(self) -> None:
        """Draw at the next frame."""

    def zoom(self, change: Literal["in", "out", "fit", "actual"]) -> None:
        """Change the camera."""

    def hold_space(self, down: bool) -> None:
        """Pan while the space bar is held."""

    @property
    def key_pointer(self) -> KeyPointer:
        """The pointer that keys move."""

    def key(self, key: Key) -> None:
        """Give a key to the gesture or to the idle tool."""

    def destroy(self) -> None:
        """Let go of everything."""


class Edges(Protocol):
    """Everything that touches browser, network or disk."""

    async def session(self) -> Session:
        """Ask the server who is signed in. Raises `NoServer`, or `Offline` of the store's sync."""

    async def sign_in(self, email: str, password: str) -> Session:
        """Sign in. Raises `SignInRefused` or `Offline`."""

    async def sign_out(self) -> None:
        """Sign out; raises `Offline`."""

    async def open_local(
        self, person: str, heard: Callable[[News], None], recovered: Callable[[int], None]
    ) -> LocalStore:
        """Open the durable store of a person on this machine; ``heard`` is told what other tabs write.

        ``recovered`` is told how many changes were brought back, whenever the browser has lost its database.
        """

    async def start_sync(self, local: LocalStore) -> Sync:
        """Start sending and receiving for a person; runs until the page goes."""

    async def asset_page(self, dataset: str, start: int) -> AssetPage:
        """Fetch a page of a dataset from the server; raises `Offline`."""

    async def add_assets(self, dataset: str, start: int, assets: Sequence[Asset]) -> int:
        """Append images to a dataset on the server, at the place where it ends; returns how many it has now.

        Raises `SyncProblem`.
        """

    async def demo(self) -> Demo:
        """Fetch the demo project of the site; raises `Offline`."""

    async def picture(self, url: str, frame: int = 0) -> Picture:
        """Load an image; raises `ImageTrouble`."""

    async def slice(self, url: str, frame: int = 0) -> Picture:
        """Load a DICOM image as a slice of a stack; raises `ImageTrouble`."""

    async def dicomweb_list(
        self, place: Resource, offset: int = 0, limit: int = 100, **matching: str
    ) -> list[Found]:
        """Return what a DICOMweb server lists in a place; raises `ImageProblem`."""

    async def thumbnail(self, url: str) -> str:
        """Return an address of a small copy of an image, for ``<img>``; raises `ImageTrouble`."""

    def forget_thumbnail(self, address: str) -> None:
        """Free the memory of a small copy."""

    def prefetch(self, urls: list[str]) -> None:
        """Load these images ahead, quietly, and none of those that were asked for before."""

    def stage(
        self,
        element: Any,
        gestures_of: Callable[[Any], Gestures],
        notify: Callable[[str], None],
        report: Callable[[tuple[float, float] | None, float], None],
    ) -> StageLike:
        """Make a viewport in an element."""

    async def compute(
        self,
        function: str,
        arguments: Mapping[str, Any],
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Any:
        """Have the compute worker do something."""

    def recall(self, key: str) -> str | None:
        """Return a small text kept on this machine."""

    def remember(self, key: str, value: str | None) -> None:
        """Keep a small text on this machine, or forget it."""

    def go(self, fragment: str) -> None:
        """Change the address's fragment."""

    def reload(self) -> None:
        """Load the page anew."""

    def paint_theme(self, dark: bool) -> None:
        """Give the page dark or light colours."""

    def save_file(self, name: str, content: bytes, media_type: str) -> None:
        """Offer a file for download."""

    async def pick_file(self, accept: str) -> bytes | None:
        """Let the person choose a file; None when they do not."""

    def move_focus(self, parts: Sequence[str], by: int) -> None:
        """Move the focus to the next part of the page, or the one ``by`` further; parts are CSS selectors."""

    def step_focus(self, lines: str, by: int) -> None:
        """Move the focus among the elements that a CSS selector finds; 0 goes to the first one."""

    def now_ms(self) -> int:
        """Return the time in integer milliseconds UTC since the Unix epoch."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> Callable[[], object]:
        """Run something beside; what it raises is reported. Returns how to call it off."""

    def watch_size(self, element: Any, heard: Callable[[float], None]) -> Callable[[], None]:
        """Tell the height of an element whenever its size changes; returns how to stop that."""

    def later(self, seconds: float, call: Callable[[], None]) -> Callable[[], None]:
        """Call something later; returns how to call that off."""

    def render(self) -> None:
        """Show the state at the next frame."""
