"""Reference lines and the crosshair between viewports."""

from __future__ import annotations

import numpy as np

from tests.support.axial_stack import (
    COLUMNS,
    CORONAL,
    WINDOW,
    an_axial_folder,
    at,
    captions,
    stages,
)
from tests.support.fake_ports import FakePorts
from tests.support.fake_server import a_server
from tests.support.visitor import Visitor, labeling
from webapp.py.domain.model import Asset
from webapp.py.imaging.dicom_header import Header
from webapp.py.imaging.scalar_image import ScalarImage
from webapp.py.pages.workbench.viewports.texts import (
    NO_LINKED_VIEWPORT,
)
from webapp.py.ui.tree import find, find_all, text_of
from webapp.py.workspace.tool import Aim


async def beside_a_coronal_stack(space: str = "1.2.3") -> Visitor:
    server = a_server()
    ports = FakePorts(server=server)
    server.assets["d1"] = an_axial_folder(ports, [0.0, 3.0, 6.0])
    for place in range(4):
        url = f"mr/{place}.dcm"
        header = Header(
            rows=10, columns=COLUMNS, series="mr", frame_of_reference=space, orientation=CORONAL,
            position=(0.0, 5.0 * (place + 1), 20.0), spacing=(4.0, 0.5), windows=[WINDOW],
        )  # fmt: skip
        ports.scans[url] = header, ScalarImage(np.zeros((10, COLUMNS), np.int16), WINDOW)
        server.assets["d1"].append(Asset(ordinal=3 + place, name=url, folder="mr", url=url))
    page = await labeling(ports)
    await page.click("Layout 1 × 2")
    await page.settle()
    page.workbench.layouts.toggle_linked()
    return page


async def test_viewports_of_one_patient_show_where_they_cross() -> None:
    page = await beside_a_coronal_stack()
    axial, coronal = stages(page)
    order = [
        viewport.session.asset.name for viewport in page.workbench.viewports.all if viewport.session.asset
    ]
    assert order[0] == "ct/0.dcm"
    # Its rows are 0.5 mm high: the coronal slice at y = 5 mm is row 10.
    wanted = 5.0 * (int(order[1][3]) + 1) / 0.5 + 0.5
    assert [(line.name, line.start, line.end) for line in axial.references] == [
        ("2", (0.0, wanted), (50.0, wanted))
    ]
    # z = 0 lies 5 rows of 4 mm below the first one.
    assert [(line.name, line.start, line.end) for line in coronal.references] == [
        ("1", (0.0, 5.5), (50.0, 5.5))
    ]
    assert captions(page) == ["1ct/0.dcm", f"2{order[1]}"]
    axial.events.wheel_turned(1)
    assert [line.start for line in coronal.references] == [(0.0, 4.75)]  # 3 mm higher


async def test_the_crosshair_brings_the_other_viewport_to_the_place() -> None:
    page = await beside_a_coronal_stack()
    axial, _ = stages(page)
    await page.press("j")
    axial.move_camera(Aim(20.5, 31.5))  # y = 15.5 mm: nearest is the coronal slice at 15 mm
    assert at(page, 1) == "mr/2.dcm"
    assert at(page, 0) == "ct/0.dcm"


async def test_viewports_of_different_spaces_have_no_lines_and_the_crosshair_says_so() -> None:
    page = await beside_a_coronal_stack("9.9")
    axial, coronal = stages(page)
    assert list(axial.references) == list(coronal.references) == []
    axial.move_camera(Aim(20.5, 31.5))
    assert NO_LINKED_VIEWPORT in page.text


async def test_the_menu_switches_the_lines() -> None:
    page = await beside_a_coronal_stack()
    boxes = [one for one in find_all(page.page, "label") if text_of(one).startswith("Reference lines")]
    await page.fire(find(boxes[0], "input"), "change")
    assert not any(canvas.overlay_options.references for canvas in stages(page))
