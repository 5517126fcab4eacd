"""Images from real servers, good and bad: what is shown, what is said, what stays on this machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.browser.image_server import BARE_VALUES, JPEG, Handler, photo, serve_images
from tests.browser.pages import run_python, wait_for_boot
from tests.browser.servers import secure_site
from tests.browser.sites import Server

PREPARE = """
import asyncio, json
from webapp.py.browser.images.cache import ImageCache
from webapp.py.browser.images.loader import ImageLoader
from webapp.py.browser.images.prefetch import Prefetcher
from webapp.py.browser.images.thumbnails import make_thumbnail
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.ports.images import ImageRef

async def judge(function, arguments):
    if function not in ("jpeg_is_whole", "dicom_image"):
        raise RuntimeError("these images need no worker")
    return await boot.compute.call(function, arguments)

images = ImageLoader(judge)
background = asyncio.Semaphore(4)
prefetcher = Prefetcher(images, background)
1
"""
LOAD = """
try:
    image = await images.load(ImageRef(url))
    pixels = image.pixels()[..., :3].tolist()
    answer = {"width": image.width, "height": image.height, "bytes": image.file.size, "pixels": pixels}
    image.close()
    prefetcher.release(ImageRef(url))
except ImageProblem as problem:
    answer = {"code": problem.code, "message": problem.message}
json.dumps(answer)
"""


@pytest.fixture(scope="module")
def page(harness: Page) -> Page:
    """One page for all: one bad image must not spoil the next."""
    run_python(harness, PREPARE)
    return harness


@pytest.fixture
def server() -> Iterator[Server]:
    server = serve_images()
    yield server
    server.stop()


@pytest.fixture
def load(page: Page, server: Server) -> Callable[[str], dict[str, Any]]:
    """Load an address, relative to the image server, and return what came of it."""

    def ask(path: str) -> dict[str, Any]:
        url = path if "://" in path else server.url + path
        answer: dict[str, Any] = json.loads(run_python(page, LOAD, url=url))
        return answer

    return ask


def test_a_photo_arrives_pixel_by_pixel(load: Callable[[str], dict[str, Any]]) -> None:
    image = load("good.png")
    assert (image["width"], image["height"]) == (64, 48)
    assert np.array_equal(np.array(image["pixels"]), np.asarray(photo()))


def test_a_photo_stands_as_the_camera_was_held(load: Callable[[str], dict[str, Any]]) -> None:
    image = load("turned.jpg")
    assert (image["width"], image["height"]) == (48, 64)
    # Orientation 6: what was the left edge is the top edge, so red grows downwards and green to the left.
    turned = np.rot90(np.asarray(photo()), -1).astype(int)
    assert np.abs(np.array(image["pixels"]) - turned).max() < 25


def test_an_image_is_one_whatever_its_server_calls_it(load: Callable[[str], dict[str, Any]]) -> None:
    assert load("misnamed.txt")["width"] == 64


@pytest.mark.parametrize("path", ["core.bmp", "stray.jpg", "endless.jpg"])
def test_what_other_programs_open_is_shown(load: Callable[[str], dict[str, Any]], path: str) -> None:
    image = load(path)
    assert (image.get("width"), image.get("height")) == (64, 48), image
    shown = np.array(image["pixels"])
    assert np.abs(shown - np.asarray(photo()).astype(int)).max() < 25


def test_dicom_without_preamble_and_meta_header_is_shown(page: Page, server: Server) -> None:
    show = """
picture = await images.load(ImageRef(url))
values = picture.scalars.values.tolist()
picture.close()
json.dumps(values)
"""
    assert json.loads(run_python(page, show, url=server.url + "bare.dcm")) == BARE_VALUES.tolist()


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("good.png?cors=no", "no_cors", ["localhost:{port}", "Access-Control-Allow-Origin: {origin}"]),
        ("good.png?status=401", "unauthorized", ["localhost:{port}", "sign in (401)"]),
        ("good.png?status=403", "forbidden", ["refuses", "403"]),
        ("missing.png", "not_found", ["/missing.png", "404"]),
        ("good.png?status=500", "server_error", ["500"]),
        ("page.html", "not_an_image", ["web page", "text/html"]),
        ("note.png", "not_an_image", ["not an image", "image/png"]),
        ("empty.png", "truncated", ["incomplete", "0 bytes"]),
        ("good.jpg?lost=2000", "truncated", ["incomplete", "of {jpeg} bytes"]),
        ("cut.jpg", "truncated", ["incomplete"]),
        ("cut.png", "truncated", ["incomplete"]),
        ("garbled.png", "truncated", ["damaged"]),
        ("huge.png", "too_large", ["60,000 × 60,000"]),
        ("good.png?claims=20000000000", "too_large", ["20,000 MB"]),
        ("scan.tif", "unsupported", ["TIFF", "PNG or JPEG"]),
        ("deep.jpg", "unsupported", ["12-bit JPEG"]),
        ("http://localhost:9/a.png", "unreachable", ["localhost:9", "could not be reached"]),
        ("ftp://nas/a.png", "address", ["http://"]),
        ("dicomweb:https://pacs/studies", "address", ["DICOMweb"]),
    ],
)
def test_each_thing_that_can_be_wrong_is_told_apart(
    load: Callable[[str], dict[str, Any]], page: Page, server: Server, path: str, code: str, words: list[str]
) -> None:
    problem = load(path)
    assert problem.get("code") == code, problem
    origin = page.evaluate("location.origin")
    for word in words:
        assert word.format(port=server.port, origin=origin, jpeg=f"{len(JPEG):,}") in problem["message"]
    assert load("good.png")["width"] == 64, "the others stay usable"


def test_an_image_that_was_seen_is_there_without_its_server(
    load: Callable[[str], dict[str, Any]], page: Page, server: Server
) -> None:
    seen = load("good.jpg?kept")
    run_python(page, "await prefetcher.prefetch(ImageRef(url))\n1", url=server.url + "good.png?ahead")
    settle(page)
    server.stop()
    assert load("good.jpg?kept") == seen
    assert load("good.png?ahead")["width"] == 64
    assert load("good.png?never")["code"] == "unreachable"


def settle(page: Page) -> None:
    """Wait until what was loaded is written."""
    run_python(page, "await images.cache.written()\n1")


def test_a_damaged_file_is_asked_for_again(load: Callable[[str], dict[str, Any]], page: Page) -> None:
    for _ in range(2):
        assert load("garbled.png")["code"] == "truncated"
        settle(page)
    assert Handler.asked.count("garbled.png") == 2


def test_two_that_want_one_image_share_its_download(page: Page, server: Server) -> None:
    both = """
first, second = await asyncio.gather(images.load(ImageRef(url)), images.load(ImageRef(url)))
first.close(), first.close()
shown = second.pixels()[0, 0, 3] == 255 and images.opened(url) is not None
second.close()
json.dumps([bool(shown), first.bitmap == second.bitmap, images.opened(url) is None])
"""
    answer = run_python(page, both, url=server.url + "good.jpg?shared")
    assert json.loads(answer) == [True, True, True], "shown, decoded once, freed with the last"
    assert Handler.asked.count("good.jpg") == 1


def test_a_download_stops_with_the_last_who_waits_for_it(page: Page, server: Server) -> None:
    steps = """
async def result(task):
    try:
        return (await task).width
    except asyncio.CancelledError:
        return "cancelled"

tasks = [asyncio.ensure_future(images.load(ImageRef(url))) for _ in range(2)]
await asyncio.sleep(0)
tasks[0].cancel()
first = [await result(task) for task in tasks]
alone = asyncio.ensure_future(images.load(ImageRef(url + "&alone")))
await asyncio.sleep(0)
alone.cancel()
last = await result(alone)
del tasks, alone
json.dumps([first, last, images.opened(url) is None, not images._open, not images.files._downloads])
"""
    answer = json.loads(run_python(page, steps, url=server.url + "good.png?cancelled"))
    assert answer == [["cancelled", 64], "cancelled", True, True, True]


def test_a_thumbnail_is_small_and_kept(page: Page, server: Server) -> None:
    make = (
        "blob = await make_thumbnail(images, background, ImageRef(url), 100)\n"
        "bitmap = await __import__('js').createImageBitmap(blob)\n"
    )
    make += "json.dumps([bitmap.width, bitmap.height, blob.type])"
    url = server.url + "good.jpg?thumbnail"
    assert json.loads(run_python(page, make, url=url)) == [100, 75, "image/webp"]
    settle(page)
    server.stop()
    run_python(page, "await images.cache.forget(url)\n1", url=url)
    assert json.loads(run_python(page, make, url=url)) == [100, 75, "image/webp"]


def test_the_least_recently_used_make_room(page: Page) -> None:
    keep = """
import js
from pyodide.ffi import to_js
cache = ImageCache(budget=3000)
for url in list((await cache._open() and cache._uses)):
    await cache.forget(url)
def blob(size):
    return js.Blob.new(to_js([to_js(bytes(size))]))
for name in ("a", "b", "c"):
    await cache.put(name, blob(1000))
    await __import__("asyncio").sleep(0.002)
await cache.get("a")
await cache.put("d", blob(1500))
kept = [name for name in "abcd" if await cache.get(name)]
too_big = await cache.put("e", blob(3001))
again = ImageCache(budget=3000)
await again._open()
json.dumps([kept, too_big, sorted(again._uses)])
"""
    assert json.loads(run_python(page, keep)) == [["a", "d"], False, ["a", "d"]]


def test_an_image_is_shown_though_there_is_no_room_to_keep_it(
    browser: Browser, harness_site: Server, server: Server
) -> None:
    context = browser.new_context(service_workers="block")
    context.set_default_timeout(90_000)
    page = context.new_page()
    page.goto(harness_site.url)
    wait_for_boot(page)
    run_python(page, PREPARE)
    origin = {"origin": harness_site.url.rstrip("/"), "quotaSize": 0}
    context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", origin)
    answer = json.loads(run_python(page, LOAD, url=server.url + "good.png"))
    assert answer["width"] == 64
    settle(page)
    context.close()


def test_a_page_that_came_over_https_says_what_mixed_content_needs(
    browser: Browser, harness_folder: Path, server: Server, tmp_path: Path
) -> None:
    secure = secure_site(harness_folder, tmp_path)
    secure.start()
    context = browser.new_context(ignore_https_errors=True, service_workers="block")
    context.set_default_timeout(90_000)
    try:
        page = context.new_page()
        page.goto(secure.url)
        wait_for_boot(page)
        run_python(page, PREPARE)
        url = f"http://images.limner.test:{server.port}/good.png"
        problem = json.loads(run_python(page, LOAD, url=url))
        assert problem["code"] == "mixed_content"
        assert f"images.limner.test:{server.port}" in problem["message"]
        assert "certificate" in problem["message"]
        assert json.loads(run_python(page, LOAD, url=server.url + "good.png"))["width"] == 64
    finally:
        context.close()
        secure.stop()
