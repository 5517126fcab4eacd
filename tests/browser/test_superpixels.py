"""Superpixels and region growing in a real browser: the worker's segments under the person's pointer."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect
from scipy import ndimage
from skimage import data
from skimage.color import deltaE_cie76, rgb2lab
from skimage.segmentation import slic

from builder.paths import DIST
from tests.browser.pages import Console, settle
from tests.browser.workspace import Workspace
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import decode_into

GRAY = 1
"""Number of a demo image that is a PNG, which every decoder decodes alike."""


def photo(name: str = "people/photographer.png") -> NDArray[np.uint8]:
    return np.asarray(Image.open(DIST / "demo" / "photos" / name).convert("RGB"))


def cut(image: NDArray[np.uint8], size: float, compactness: float = 10) -> NDArray[np.intp]:
    count = round(image.shape[0] * image.shape[1] / size**2)
    labels: NDArray[np.intp] = slic(image, n_segments=count, compactness=compactness, sigma=0, start_label=1)
    return labels


def pixels(shape: dict[str, Any], image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    mask = Mask(**{name: shape[name] for name in ("x", "y", "width", "height", "runs")})
    return decode_into(mask, image.shape[1], image.shape[0]).astype(bool)


@pytest.fixture
def photographer(start: Callable[..., Page], static_site: str) -> Iterator[Workspace]:
    """The gray image with the tool for superpixels, its segments computed."""
    page = start(static_site, f"#/project/demo-project/{GRAY}")
    console = Console(page)
    workspace = Workspace(page).wait()
    workspace.count_answers()
    workspace.choose("Animal")
    page.keyboard.press("s")
    workspace.wait_for_answers(1)
    yield workspace
    assert [line for line in console.problems() if line.startswith("failure:")] == []


def test_clicks_and_drags_fill_and_clear_the_segments_of_scikit_image(photographer: Workspace) -> None:
    page, image = photographer.page, photo()
    labels = cut(image, 24)
    photographer.click((200.5, 250.5))
    photographer.expect_annotations(1)
    on = labels == labels[250, 200]
    assert np.array_equal(pixels(photographer.shapes()[0], image), on)
    photographer.drag((40.5, 40.5), (460.5, 40.5))
    crossed = np.isin(labels, labels[40, 40:461])
    assert np.array_equal(pixels(photographer.shapes()[0], image), on | crossed)
    page.get_by_role("button", name="Erase", exact=True).click()
    photographer.click((200.5, 250.5))
    assert np.array_equal(pixels(photographer.shapes()[0], image), crossed)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert np.array_equal(pixels(photographer.shapes()[0], image), on)


def test_other_settings_cut_anew_and_only_the_last_of_them_counts(photographer: Workspace) -> None:
    page, image = photographer.page, photo()
    page.get_by_label("Segment size").fill("60")
    page.get_by_label("Segment size").fill("40")
    page.get_by_label("Compactness").fill("20")
    photographer.wait_for_answers(2)
    assert page.evaluate("window.answers") == 2
    photographer.click((200.5, 250.5))
    photographer.expect_annotations(1)
    labels = cut(image, 40, 20)
    assert np.array_equal(pixels(photographer.shapes()[0], image), labels == labels[250, 200])


def test_the_borders_of_segments_are_seen_and_go_with_the_tool(photographer: Workspace) -> None:
    page = photographer.page
    settle(page)
    with_borders = page.locator(".view").screenshot()
    page.keyboard.press("h")
    expect(page.get_by_role("button", name="Pan", exact=True)).to_have_attribute("aria-pressed", "true")
    settle(page)
    plain = page.locator(".view").screenshot()
    assert with_borders != plain
    page.keyboard.press("s")
    page.wait_for_function("window.answers >= 1 && document.querySelector('.view').ariaBusy === 'false'")
    assert page.evaluate("window.answers") == 1


def test_a_region_grows_over_like_colors_and_with_a_drag(photographer: Workspace) -> None:
    page, image = photographer.page, photo()
    page.keyboard.press("g")
    page.get_by_label("Tolerance").fill("4")
    photographer.click((60.5, 60.5))
    photographer.expect_annotations(1)
    lab = rgb2lab(image)
    parts, _ = ndimage.label(deltaE_cie76(lab, lab[60, 60]) <= 4)
    assert np.array_equal(pixels(photographer.shapes()[0], image), parts == parts[60, 60])
    page.keyboard.press("Control+z")
    photographer.expect_annotations(0)
    x, y = photographer.at(60.5, 60.5)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=8)
    page.mouse.up()
    photographer.expect_annotations(1)
    expect(page.get_by_label("Tolerance")).to_have_value("8")
    parts, _ = ndimage.label(deltaE_cie76(lab, lab[60, 60]) <= 8)
    assert np.array_equal(pixels(photographer.shapes()[0], image), parts == parts[60, 60])


def test_a_color_photo_is_cut_by_its_colors_also_when_another_was_at_hand_before(
    start: Callable[..., Page], static_site: str
) -> None:
    colors: NDArray[np.uint8] = data.astronaut()[:300, 100:500]  # type: ignore[no-untyped-call]
    file = io.BytesIO()
    Image.fromarray(colors).save(file, "PNG")
    assets = json.loads((DIST / "demo/assets.json").read_text())
    assets[0].update(name="colors.png", path="photos/colors.png", width=400, height=300)

    def prepare(page: Page) -> None:
        page.route("**/demo/assets.json", lambda route: route.fulfill(json=assets))
        page.route("**/demo/photos/colors.png", lambda route: route.fulfill(body=file.getvalue()))

    page = start(static_site, f"#/project/demo-project/{GRAY}", prepare=prepare)
    workspace = Workspace(page).wait()
    workspace.count_answers()
    workspace.choose("Animal")
    page.keyboard.press("s")
    workspace.wait_for_answers(1)
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("application", name="colors.png")).to_be_visible()
    workspace.wait()
    workspace.wait_for_answers(2)
    workspace.click((210.5, 120.5))
    workspace.expect_annotations(1)
    labels = cut(colors, 24)
    assert np.array_equal(pixels(workspace.shapes()[0], colors), labels == labels[120, 210])
