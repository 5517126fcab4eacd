"""The WebAssembly wheels of the site compute in a real Chromium what native scikit-image computes."""

from __future__ import annotations

import base64
import json
import urllib.request

import numpy as np
import pytest
import skimage.data
from playwright.sync_api import Page
from skimage import measure, morphology, segmentation

START = """async (root) => {
    const { loadPyodide } = await import(root + "pyodide.mjs");
    window.python = await loadPyodide({ indexURL: root, packageBaseUrl: root });
    await python.loadPackage(["scikit-image"]);
}"""

RUN = """([photo, code]) => {
    const bytes = Uint8Array.from(atob(photo), (c) => c.charCodeAt(0));
    python.globals.set("given", bytes);
    return python.runPython(code);
}"""

PREPARE = """
import base64, json
import numpy as np
from skimage import measure, morphology, segmentation
photo = np.frombuffer(given.to_bytes(), np.uint8).reshape(512, 512, 3)
gray = photo[..., 1]
def packed(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()
"""


@pytest.fixture(scope="module")
def python_page(browser, static_site: str) -> Page:
    """A bare page of the site's address with scikit-image loaded from the site alone."""
    page = browser.new_page()
    refused: list[str] = []
    page.on("request", lambda request: request.url.startswith(static_site) or refused.append(request.url))
    page.route("**/bare.html", lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
    page.goto(static_site + "bare.html")
    with urllib.request.urlopen(static_site + "site.json") as answer:
        site = json.load(answer)
    page.evaluate(START, static_site + site["pyodide"])
    assert refused == []
    yield page
    page.close()


def in_browser(page: Page, expression: str, dtype: str) -> np.ndarray:
    photo = base64.b64encode(skimage.data.astronaut().tobytes()).decode()
    answer = page.evaluate(RUN, [photo, PREPARE + f"packed(({expression}).astype({dtype!r}))"])
    return np.frombuffer(base64.b64decode(answer), dtype)


def test_superpixels_of_a_photo_equal_native_scikit_image(python_page: Page) -> None:
    call = "segmentation.slic(photo, n_segments=250, compactness=10.0, start_label=1, channel_axis=-1)"
    photo = skimage.data.astronaut()
    native = segmentation.slic(photo, n_segments=250, compactness=10.0, start_label=1, channel_axis=-1)
    labels = in_browser(python_page, call, "int64").reshape(512, 512)
    assert native.max() > 100
    np.testing.assert_array_equal(labels, native)


def test_a_flood_from_a_pixel_equals_native_scikit_image(python_page: Page) -> None:
    call = "segmentation.flood(gray, (20, 20), tolerance=30)"
    native = segmentation.flood(skimage.data.astronaut()[..., 1], (20, 20), tolerance=30)
    assert 0 < native.sum() < native.size
    np.testing.assert_array_equal(in_browser(python_page, call, "uint8").reshape(512, 512), native)


def test_contours_and_skeletons_equal_native_scikit_image(python_page: Page) -> None:
    scalars = skimage.data.astronaut()[..., 1]
    contours = np.concatenate(measure.find_contours(scalars, 128))
    np.testing.assert_array_equal(
        in_browser(python_page, "np.concatenate(measure.find_contours(gray, 128))", "float64").reshape(-1, 2),
        contours,
    )
    # Lee's method is one of the extensions that are C++.
    skeleton = morphology.skeletonize(scalars > 128, method="lee")
    found = in_browser(python_page, "morphology.skeletonize(gray > 128, method='lee')", "uint8")
    np.testing.assert_array_equal(found.reshape(512, 512), skeleton.astype("uint8"))
