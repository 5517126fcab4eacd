"""A CT series: a later visit to one of its slices, beside OHIF's where it is at hand; scrolling; memory."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Page
from pydicom import dcmread

from tests.bench.chrome import profile
from tests.bench.figures import Budget, Figure, median_of, percentile_of
from tests.bench.registry import Effort, benchmark
from tests.bench.visits import STAY_MS, leave_when_quiet, servers, stay, visit
from tests.browser.servers import World, make_project
from tests.browser.sites import serve_folder

OHIF = "LIMNER_OHIF"
"""Names the folder with the built viewer (``dist`` of the npm package @ohif/app), where somebody has it."""
SLICES = 300
FOLDER = "ct/abdomen"

SCROLL = """async (turns) => {
    const view = document.querySelector(".view"), box = view.getBoundingClientRect();
    const place = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true };
    const frame = () => new Promise(requestAnimationFrame), events = [];
    await frame();
    const began = performance.now();
    for (let turn = 0; turn < turns; turn++) {
        const deltaY = turn % 50 < 25 ? 100 : -100, at = performance.now();
        view.dispatchEvent(new WheelEvent("wheel", { ...place, deltaY, cancelable: true }));
        events.push(performance.now() - at);
        await frame();
    }
    return [(1000 * turns) / (performance.now() - began), events];
}"""
"""Turns the wheel once a frame; answers frames a second and the milliseconds of each event."""

OHIF_MARKS = """addEventListener("CORNERSTONE_IMAGE_RENDERED", () => {
    window.benchFirst ??= performance.now();
}, true)"""
METADATA = (
    *("Columns", "Rows", "InstanceNumber", "SOPClassUID", "PhotometricInterpretation", "BitsAllocated"),
    *("BitsStored", "PixelRepresentation", "SamplesPerPixel", "PixelSpacing", "HighBit", "Modality"),
    *("ImageOrientationPatient", "ImagePositionPatient", "FrameOfReferenceUID", "SOPInstanceUID"),
    *("SeriesInstanceUID", "StudyInstanceUID", "WindowCenter", "WindowWidth", "RescaleSlope"),
    "RescaleIntercept",
)
"""What OHIF is told of each slice."""
OHIF_CONFIG = """window.config = {
    routerBasename: "/", extensions: [], modes: [], showStudyList: false,
    showWarningMessageForCrossOrigin: false,
    defaultDataSourceName: "dicomjson",
    dataSources: [{
        namespace: "@ohif/extension-default.dataSourcesModule.dicomjson", sourceName: "dicomjson",
        configuration: { friendlyName: "json", name: "json" },
    }],
};"""


def long_series(folder: Path, like: Path, count: int) -> list[str]:
    """Write a series of ``count`` slices, whose pixels are those of another one in turn; return its names."""
    folder.mkdir(parents=True)
    models = [dcmread(path) for path in sorted(like.iterdir())]
    names = []
    for at in range(count):
        image = models[at % len(models)]
        image.InstanceNumber, image.SOPInstanceUID = at + 1, f"1.2.826.0.1.3680043.8.498.7.{at + 1}"
        image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
        image.ImagePositionPatient = [0, 0, 2.5 * at]
        written = BytesIO()
        image.save_as(written)
        names.append(f"{at:03d}.dcm")
        (folder / names[-1]).write_bytes(written.getvalue())
    return names


def _loaded(page: Page, count: int) -> None:
    page.wait_for_function(
        "count => document.querySelector('.slices input')?.dataset.loaded == count", arg=count
    )


@contextmanager
def _viewer(dist: str | None, files: Path, address: str) -> Iterator[str]:
    """Serve the built viewer with one series; give the page that shows it, nothing without a viewer."""
    if not dist:
        yield ""
        return
    with tempfile.TemporaryDirectory() as folder:
        _lay_out(Path(folder), Path(dist), _study(files, address))
        server = serve_folder(Path(folder))
        try:
            yield f"{server.url}viewer/?url={quote(server.url)}study.json"
        finally:
            server.stop()


def _lay_out(folder: Path, dist: Path, study: dict[str, Any]) -> None:
    for path in dist.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "app-config.js").unlink()
    (folder / "app-config.js").write_text(OHIF_CONFIG)
    (folder / "study.json").write_text(json.dumps({"studies": [study]}, default=float))
    # Its page at "viewer" is the same file as its first one.
    (folder / "viewer").mkdir()
    (folder / "viewer" / "index.html").write_bytes((dist / "index.html").read_bytes())


def _study(files: Path, address: str) -> dict[str, Any]:
    """Return the study that a folder of slices is, in OHIF's own JSON."""
    first = dcmread(next(iter(sorted(files.iterdir()))), stop_before_pixels=True)
    instances = []
    for path in sorted(files.iterdir()):
        image = dcmread(path, stop_before_pixels=True)
        metadata = {
            name: (list(value) if isinstance(value, (list, tuple)) or hasattr(value, "append") else value)
            for name in [
                "Columns",
                "Rows",
                "InstanceNumber",
                "SOPClassUID",
                "PhotometricInterpretation",
                "BitsAllocated",
                "BitsStored",
                "PixelRepresentation",
                "SamplesPerPixel",
                "PixelSpacing",
                "HighBit",
                "ImageOrientationPatient",
                "ImagePositionPatient",
                "FrameOfReferenceUID",
                "Modality",
                "SOPInstanceUID",
                "SeriesInstanceUID",
                "StudyInstanceUID",
                "WindowCenter",
                "WindowWidth",
                "RescaleSlope",
                "RescaleIntercept",
            ]
            if (value := image.get(name)) is not None
        }
        instances.append({"metadata": metadata, "url": f"dicomweb:{address}{quote(path.name)}"})
    series = {
        "SeriesInstanceUID": first.SeriesInstanceUID, "SeriesNumber": 1, "Modality": "CT",
        "instances": instances,
    }  # fmt: skip
    return {
        "StudyInstanceUID": first.StudyInstanceUID, "StudyDate": "20240501", "PatientName": "Phantom",
        "PatientID": "1", "NumInstances": len(instances), "Modalities": "CT", "series": [series],
    }  # fmt: skip


def _ohif_visits(context: BrowserContext, address: str, times: int, stay_ms: float = 0) -> list[float]:
    found = []
    for _ in range(times):
        page = context.new_page()
        page.add_init_script(OHIF_MARKS)
        page.goto(address)
        page.wait_for_function("() => window.benchFirst !== undefined")
        found.append(float(page.evaluate("window.benchFirst")))
        page.wait_for_timeout(stay_ms)
        page.close()
    return found


@benchmark("series", "A CT series of 60 slices: a later visit, scrolling; memory of 300 slices")
def series(effort: Effort) -> list[Figure]:
    dist, times = os.environ.get(OHIF), effort.times(5, 2)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as home, servers(Path(home)) as world:
        files = Path(home) / "files"
        names = [path.name for path in sorted((files / FOLDER).iterdir())]
        long = long_series(files / "ct" / "long", files / FOLDER, SLICES)
        with profile(Path(home) / "profile") as context:
            _make_projects(context, world, names, long)
            page, _ = visit(context, f"{world.sync.url}#/project/ct/30")
            _loaded(page, len(names))
            leave_when_quiet(page)
            stay(context, f"{world.sync.url}#/project/ct/30")
            here, there = [], []
            with _viewer(dist, files / FOLDER, f"{world.datasets.url}{FOLDER}/") as other:
                if other:
                    _ohif_visits(context, other, 2, STAY_MS)
                for _ in range(times):
                    page, marks = visit(context, f"{world.sync.url}#/project/ct/30")
                    here.append(marks["painted"])
                    page.close()
                    there += _ohif_visits(context, other, 1) if other else []
            budget = Budget("≤", sorted(there)[len(there) // 2]) if there else None
            figures.append(median_of("later visit to a slice", here, "ms", budget))
            if there:
                figures.append(median_of("later visit to a slice, OHIF", there, "ms"))
            figures += _scrolled(context, world, len(names), effort.times(200, 50))
            page, _ = visit(context, f"{world.sync.url}#/project/long/150")
            _loaded(page, SLICES)
            page.get_by_label("Layout and display").first.click()
            said = page.locator("section", has=page.get_by_label("Memory for slices")).inner_text()
            used = float(said.split("MB in use")[0].split()[-1])
            figures.append(
                median_of(f"values of {SLICES} slices in the page", [used], "MB", Budget("≤", 512))
            )
    return figures


def _make_projects(context: BrowserContext, world: World, names: list[str], long: list[str]) -> None:
    for project, folder, files in (("ct", FOLDER, names), ("long", "ct/long", long)):
        make_project(world, context.request, project, [(folder, f"{folder}/{name}") for name in files])


def _scrolled(context: BrowserContext, world: World, count: int, turns: int) -> list[Figure]:
    page, _ = visit(context, f"{world.sync.url}#/project/ct/10")
    _loaded(page, count)
    page.evaluate(SCROLL, 20)
    rate, events = page.evaluate(SCROLL, turns)
    page.close()
    return [
        median_of("scrolling, frames a second", [rate], "1/s", Budget("≥", 30)),
        percentile_of("scrolling, event", events, 95, "ms"),
    ]
