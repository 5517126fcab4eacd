"""An axial stack on the page, in three planes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.support.fake_ports import FakePorts
from tests.support.fake_server import a_server
from tests.support.fake_viewport_canvas import FakeViewportCanvas
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.model import Asset
from webapp.py.imaging.dicom_header import Header, Window
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.pages.workbench.viewports.volumes import ReformatPicture
from webapp.py.ui.tree import find_all, text_of

ROWS, COLUMNS, SLICES = 40, 50, 8
AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
CORONAL = (1.0, 0.0, 0.0, 0.0, 0.0, -1.0)
WINDOW = Window(40.0, 400.0)
VALUES: NDArray[np.int16] = np.arange(SLICES * ROWS * COLUMNS, dtype=np.int16).reshape(SLICES, ROWS, COLUMNS)


def an_axial_folder(ports: FakePorts, places: list[float], **fields: Any) -> list[Asset]:
    """Slices of 3 mm, listed from the head to the feet: the first of the list is the last of the stack."""
    made = []
    for at, place in enumerate(places):
        url = f"ct/{at}.dcm"
        known: dict[str, Any] = {
            "position": (0.0, 0.0, place),
            "orientation": AXIAL,
            "spacing": (0.5, 0.5),
        }
        header = Header(
            rows=ROWS, columns=COLUMNS, series="ct", frame_of_reference="1.2.3", windows=[WINDOW],
            **{**known, **fields},
        )  # fmt: skip
        ports.scans[url] = header, ScalarImage(VALUES[round(place / 3) % SLICES], WINDOW, unit="HU")
        made.append(Asset(ordinal=at, name=url, folder="ct", url=url))
    return made


async def at_an_axial_stack(places: list[float] | None = None, **fields: Any) -> Visitor:
    server = a_server()
    ports = FakePorts(server=server)
    order = [3.0 * step for step in reversed(range(SLICES))] if places is None else places
    server.assets["d1"] = an_axial_folder(ports, order, **fields)
    server.assets["d1"].append(Asset(ordinal=len(order), name="photo.png", folder="photos", url="photo.png"))
    page = await labeling(ports)
    await page.settle()
    return page


def stages(page: Visitor) -> list[FakeViewportCanvas]:
    """What is on the page, in its order."""
    assert page.page
    shown = [view.canvas for view in page.workbench.viewports.views]
    assert all(isinstance(one, FakeViewportCanvas) for one in shown)
    return shown  # type: ignore[return-value]


async def in_three_planes(page: Visitor) -> tuple[FakeViewportCanvas, FakeViewportCanvas, FakeViewportCanvas]:
    await page.press("5", alt=True)
    await page.settle()
    slices, sagittal, coronal = stages(page)
    return slices, sagittal, coronal


def values(canvas: FakeViewportCanvas) -> NDArray[np.int16]:
    assert isinstance(canvas.picture, ReformatPicture)
    return canvas.picture.scalars.values


def at(page: Visitor, viewport: int = 0) -> str:
    asset = page.workbench.viewports.all[viewport].session.asset
    return asset.name if asset is not None else ""


def captions(page: Visitor) -> list[str]:
    return [text_of(node) for node in find_all(page.page, "div", class_="caption")]
