"""DICOM images in a real browser: read in the worker, shown through windows, labeled like any image."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Browser, Page, expect
from pydicom import dcmread
from pydicom.uid import JPEGBaseline8Bit
from scipy.ndimage import label
from skimage.segmentation import slic

from datasets_server.demo.phantom import hu_volume
from tests.browser.pages import color_at, run_python
from tests.browser.servers import World, add_project
from tests.browser.sites import Server
from tests.browser.workspace import Workspace
from webapp.py.compute.dicom_images import dicom_image
from webapp.py.compute.frame_answers import Frame, Unreadable
from webapp.py.domain.shapes import Mask
from webapp.py.geometry.masks import decode_into
from webapp.py.imaging.dicom_header import Window
from webapp.py.imaging.windows import shades

SLICE = "ct/abdomen/slice-030.dcm"
CORPUS = Path(pydicom.__file__).parent / "data" / "test_files"


@pytest.fixture(scope="module")
def scans(world: World, demo_files: Path, browser: Browser) -> list[str]:
    """A project over DICOM files, by what each holds."""
    (demo_files / "odd").mkdir(exist_ok=True)
    for name in ("reportsi.dcm", "MR_truncated.dcm", "examples_overlay.dcm"):
        (demo_files / "odd" / name).write_bytes((CORPUS / name).read_bytes())
    found = [SLICE, "odd/reportsi.dcm", "odd/MR_truncated.dcm", "odd/examples_overlay.dcm"]
    add_project(world, browser, "scans", [(path.split("/")[0], path) for path in found])
    return found


@pytest.fixture
def open_scan(
    world: World, scans: list[str], person_page: Callable[..., Page]
) -> Iterator[Callable[[str], Workspace]]:
    """Open one of the files, as an admin."""
    page = person_page("admin")

    def open_one(path: str) -> Workspace:
        page.goto(f"{world.sync.url}#/project/scans/{scans.index(path)}")
        return Workspace(page)

    yield open_one


def shade_at(work: Workspace, x: float, y: float) -> int:
    """Return the shade of gray that the screen shows at an image point, from a screenshot."""
    red, green, blue = color_at(work.page, *work.at(x, y))
    assert red == green == blue
    return red


def set_window(page: Page, middle: float, width: float) -> None:
    for name, value in (("Level", middle), ("Width", width)):
        field = page.get_by_label(name, exact=True)
        field.fill(f"{value:g}")
        field.press("Tab")


def test_a_ct_slice_shows_the_shades_of_its_window(open_scan: Callable[[str], Workspace]) -> None:
    work = open_scan(SLICE).wait()
    page = work.page
    hu = hu_volume()[29]
    assert work.size() == (512, 512)
    page.get_by_label("Layout and display").first.click()
    set_window(page, 40, 400)
    page.keyboard.press("Escape")
    for x, y in ((256, 256), (180, 250), (300, 330), (20, 20)):
        # The whole image is reduced on screen: shades are averages of neighbors.
        near = hu[y - 1 : y + 2, x - 1 : x + 2].astype(float)
        shade = np.clip((near - 39.5) / 399 + 0.5, 0, 1) * 255
        assert shade.min() - 2 <= shade_at(work, x + 0.5, y + 0.5) <= shade.max() + 2


def test_presets_and_white_for_black_change_the_shades_and_nothing_else(
    open_scan: Callable[[str], Workspace],
) -> None:
    work = open_scan(SLICE).wait()
    page = work.page
    page.get_by_label("Layout and display").first.click()
    page.get_by_label("Window preset").select_option("Lung")
    expect(page.get_by_label("Level", exact=True)).to_have_value("-600")
    air = shade_at(work, 20.5, 20.5)  # -1000 HU: (−1000 + 600.5) / 1499 + 0.5
    assert air == pytest.approx(255 * ((-1000 + 600.5) / 1499 + 0.5), abs=8)
    page.get_by_label("Invert").check()
    assert shade_at(work, 20.5, 20.5) == pytest.approx(255 - air, abs=8)


def test_the_probe_tells_hounsfield_units(open_scan: Callable[[str], Workspace]) -> None:
    work = open_scan(SLICE).wait()
    work.page.keyboard.press("x")
    hu = int(hu_volume()[29][250, 180])
    work.page.mouse.move(*work.at(180.5, 250.5))
    expect(work.page.locator(".readout")).to_contain_text(f"HU {hu}")


def test_a_box_on_a_slice_is_saved_like_on_any_image(open_scan: Callable[[str], Workspace]) -> None:
    work = open_scan(SLICE).wait()
    before = work.page.locator(".label").count()
    work.draw_box(100, 120, 200, 220)
    work.expect_annotations(before + 1)
    work.reload()
    work.expect_annotations(before + 1)


def last_mask(work: Workspace) -> np.ndarray:
    """Return the pixels of the topmost mask of the project."""
    shape = [one for one in work.shapes() if one["kind"] == "mask"][-1]
    mask = Mask(**{name: shape[name] for name in ("x", "y", "width", "height", "runs")})
    return decode_into(mask, 512, 512) > 0


def test_superpixels_see_the_window_and_growth_the_values(open_scan: Callable[[str], Workspace]) -> None:
    work = open_scan(SLICE).wait()
    page = work.page
    page.get_by_label("Layout and display").first.click()
    set_window(page, 100, 300)
    page.keyboard.press("Escape")
    work.choose("Animal")
    work.count_answers()
    page.keyboard.press("s")
    work.wait_for_answers(1)
    before = page.locator(".label").count()
    work.click((180.5, 250.5))
    work.expect_annotations(before + 1)
    seen = shades(hu_volume()[29], Window(center=100.0, width=300.0))
    count = round(seen.size / 24**2)
    labels = slic(np.stack([seen] * 3, -1), n_segments=count, compactness=10, sigma=0, start_label=1)
    assert np.array_equal(last_mask(work), labels == labels[250, 180])
    # Growth on the same slice, which is in no stack, goes by the values, whatever the window.
    page.keyboard.press("Escape")
    page.keyboard.press("u")
    work.click((381.5, 298.5))
    work.expect_annotations(before + 2)
    hu = hu_volume()[29].astype(int)
    parts, _ = label(np.abs(hu - hu[298, 381]) <= 30)
    assert np.array_equal(last_mask(work), parts == parts[298, 381])


@pytest.mark.parametrize(
    ("name", "words"),
    [("odd/reportsi.dcm", "structured report"), ("odd/MR_truncated.dcm", "cut off")],
)
def test_a_file_without_an_image_says_what_it_is(
    open_scan: Callable[[str], Workspace], name: str, words: str
) -> None:
    work = open_scan(name)
    expect(work.page.locator(".message .card")).to_contain_text(words)


READ = """
import base64, json, js
import numpy as np
from webapp.py.compute.frame_answers import NeedsCodecs, Unreadable, read_frame_answer
answers = {}
for name in names:
    content = np.frombuffer((await (await js.fetch("corpus/" + name)).arrayBuffer()).to_bytes(), np.uint8)
    question = {"address": name, "content": content}
    found = read_frame_answer(await boot.compute.call("dicom_image", question))
    if isinstance(found, NeedsCodecs):
        await boot.compute.call("load_codecs", {})
        found = read_frame_answer(await boot.compute.call("dicom_image", question))
    if isinstance(found, Unreadable):
        answers[name] = found.message
    else:
        values = found.values
        answers[name] = [
            str(values.dtype), list(values.shape), base64.b64encode(values.tobytes()).decode()
        ]
json.dumps(answers)
"""
ONCE = """
import asyncio, json
from webapp.py.browser.images.loader import ImageLoader
from webapp.py.pages.ports.images import ImageRef

calls = []
async def compute(function, arguments):
    calls.append(function)
    return await boot.compute.call(function, arguments)

loader, ref = ImageLoader(compute, build="test"), ImageRef(url)
first, second = await asyncio.gather(loader.load(ref), loader.load(ref, keep_decoded=True))
third = await loader.load(ref)
shared = first.scalars is second.scalars is third.scalars
for picture in (first, second, third):
    picture.close()
await loader.cache.written()
again = await loader.load(ref)
same = (again.scalars.values == first.scalars.values).all() and again.header == first.header
json.dumps([shared, calls, bool(same), again.scalars is not first.scalars])
"""
SPREAD = 3.0
"""Mean difference in steps of lossy colors: the browser's Pillow has another build of libjpeg, which spreads
colors of reduced resolution over the pixels in its own way; the corpus has bars of the sharpest colors."""


@pytest.fixture
def corpus(harness: Page, harness_site: Server) -> Iterator[dict[str, Path]]:
    """The files of the corpus by name, which the harness finds under ``corpus/``."""
    files = {path.name: path for path in sorted(CORPUS.rglob("*.dcm")) if path.is_file()}
    place = f"{harness_site.url}corpus/"
    harness.route(f"{place}*", lambda route: route.fulfill(path=files[route.request.url[len(place) :]]))
    yield files
    harness.unroute(f"{place}*")


def test_every_file_of_the_corpus_has_the_same_pixels_in_the_browser(
    harness: Page, corpus: dict[str, Path]
) -> None:
    answers = json.loads(run_python(harness, READ, names=list(corpus)))
    shown = 0
    for path in corpus.values():
        # What the same reader gives natively is held to other decoders by tests of its own.
        native = dicom_image(path.name, np.frombuffer(path.read_bytes(), np.uint8))
        if isinstance(native, Unreadable):
            assert answers[path.name] == native.message
            continue
        assert isinstance(native, Frame)
        shown += 1
        assert isinstance(answers[path.name], list), (path.name, answers[path.name])
        kind, shape, data = answers[path.name]
        values = np.frombuffer(base64.b64decode(data), kind).reshape(shape)
        assert values.dtype == native.values.dtype
        differences = np.abs(values.astype(np.float64) - native.values)
        syntax = dcmread(path, force=True, stop_before_pixels=True).file_meta.get("TransferSyntaxUID")
        if syntax == JPEGBaseline8Bit:
            assert differences.mean() <= SPREAD, path.name
        else:
            assert differences.max() == 0, path.name
    assert shown >= 59


def test_an_image_that_several_want_is_decoded_once_and_kept_for_the_next_visit(
    harness: Page, harness_site: Server, corpus: dict[str, Path]
) -> None:
    assert "CT_small.dcm" in corpus
    answer = json.loads(run_python(harness, ONCE, url=f"{harness_site.url}corpus/CT_small.dcm"))
    assert answer == [True, ["dicom_image"], True, True]
