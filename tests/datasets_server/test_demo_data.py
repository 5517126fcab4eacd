"""The demo data: real pictures in folders, and a CT series whose organs are known."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
import pytest
from PIL import Image, ImageOps

from datasets_server import texts
from datasets_server.demo.layout import MARKER, lay_out
from datasets_server.demo.phantom import ORGANS, Organ, organ_mask

REPOSITORY = Path(__file__).parents[2]


def quiet(what: str, done: int, total: int) -> None:
    pass


def fingerprint(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("demo") / "data"
    assert lay_out(target, False, quiet)
    return target


@pytest.fixture(scope="module")
def series(demo: Path) -> list[pydicom.FileDataset]:
    return [pydicom.dcmread(path) for path in sorted((demo / "ct").rglob("*.dcm"))]


@pytest.fixture(scope="module")
def hu(series: list[pydicom.FileDataset]) -> npt.NDArray[np.float64]:
    return np.stack(
        [slice_.pixel_array * float(slice_.RescaleSlope) + slice_.RescaleIntercept for slice_ in series]
    )


def test_every_listed_photo_is_there_with_the_size_people_see(demo: Path) -> None:
    assets = json.loads((demo / "assets.json").read_text())
    assert len(assets) >= 15
    for asset in assets:
        file = demo / asset["path"]
        assert asset["path"] == f"{asset['folder']}/{asset['name']}"
        assert file.stat().st_size == asset["bytes"]
        with Image.open(file) as picture:
            assert picture.format in ("JPEG", "PNG")
            assert ImageOps.exif_transpose(picture).size == (asset["width"], asset["height"])
    folders = [asset["folder"] for asset in assets]
    assert len(set(folders)) >= 5
    assert all(folder.count("/") == 1 for folder in folders)
    listed = {asset["path"] for asset in assets}
    assert listed == {str(p.relative_to(demo)) for p in (demo / "photos").rglob("*") if p.is_file()}


def test_the_sideways_cat_stands_upright_once_its_orientation_is_applied(demo: Path) -> None:
    upright = Image.open(demo / "photos/animals/cat.jpg")
    stored = Image.open(demo / "photos/animals/cat-held-sideways.jpg")
    assert stored.getexif()[0x0112] == 6
    assert stored.size == (upright.size[1], upright.size[0])
    # Orientation 6 says: the first stored row is the right side of what is seen, so turn clockwise.
    shown = np.rot90(np.asarray(stored, np.int16), -1)
    assert np.abs(shown - np.asarray(upright, np.int16)).mean() < 3


def test_dicom_json_lists_every_dicom_file(demo: Path) -> None:
    listed = json.loads((demo / "dicom.json").read_text())
    assert {entry["path"] for entry in listed} == {str(p.relative_to(demo)) for p in demo.rglob("*.dcm")}
    by_path = {entry["path"]: entry for entry in listed}
    video = by_path["dicom/ultrasound/examples_ybr_color.dcm"]
    assert (video["width"], video["height"], video["frames"], video["modality"]) == (320, 240, 30, "US")
    assert len({entry["series"] for entry in listed if entry["folder"].startswith("ct/")}) == 1


def test_the_series_is_a_proper_ct_volume(series: list[pydicom.FileDataset]) -> None:
    assert len(series) == 60
    assert len({slice_.SOPInstanceUID for slice_ in series}) == 60
    for name in ("StudyInstanceUID", "SeriesInstanceUID", "FrameOfReferenceUID"):
        assert len({slice_[name].value for slice_ in series}) == 1
        assert series[0][name].value.is_valid
    for number, slice_ in enumerate(series, 1):
        assert (slice_.Modality, slice_.Rows, slice_.Columns, slice_.InstanceNumber) == (
            "CT",
            512,
            512,
            number,
        )
        assert slice_.file_meta.MediaStorageSOPInstanceUID == slice_.SOPInstanceUID
        assert list(slice_.PixelSpacing) == [0.8, 0.8]
        assert list(slice_.ImageOrientationPatient) == [1, 0, 0, 0, 1, 0]
    positions = np.array([slice_.ImagePositionPatient for slice_ in series], float)
    assert np.allclose(np.diff(positions, axis=0), [0, 0, 2.5])
    assert np.allclose(positions.mean(axis=0), [-255.5 * 0.8, -255.5 * 0.8, 0])


@pytest.mark.parametrize("organ", ORGANS, ids=[organ.name for organ in ORGANS])
def test_an_organ_has_its_hu_value_with_mild_noise(organ: Organ, hu: npt.NDArray[np.float64]) -> None:

    inside = hu[organ_mask(organ.name)]
    assert inside.size > 1000
    assert inside.mean() == pytest.approx(organ.hu, abs=1)
    assert 6 < inside.std() < 10


def test_organs_lie_where_they_do_in_a_patient(series: list[pydicom.FileDataset]) -> None:
    def centre(name: str) -> npt.NDArray[np.float64]:
        z, y, x = (axis.mean() for axis in np.nonzero(organ_mask(name)))
        origin: npt.NDArray[np.float64] = np.array(series[0].ImagePositionPatient, float)
        shift: npt.NDArray[np.float64] = np.array([x * 0.8, y * 0.8, z * 2.5])
        return origin + shift

    # DICOM patient axes: x grows to the patient's left, y to the back, z to the head.
    assert centre("liver")[0] < 0 < centre("spleen")[0]
    assert centre("right kidney")[0] < 0 < centre("left kidney")[0]
    assert centre("spine")[1] > centre("aorta")[1] > centre("stomach")[1]
    assert centre("left lung")[2] > centre("liver")[2] > centre("right kidney")[2]
    assert centre("liver lesion") == pytest.approx([-88, -24, -6], abs=0.3)


def test_an_organ_that_nothing_covers_has_the_volume_of_its_ellipsoid() -> None:
    exact = 4 / 3 * math.pi * 14 * 12 * 11
    assert organ_mask("liver lesion").sum() * 0.8 * 0.8 * 2.5 == pytest.approx(exact, rel=0.02)


def test_no_voxel_belongs_to_two_organs(hu: npt.NDArray[np.float64]) -> None:
    counts = sum(organ_mask(organ.name).astype(np.uint8) for organ in ORGANS)
    assert isinstance(counts, np.ndarray)
    assert counts.max() == 1
    assert hu[counts == 0].mean() == pytest.approx(-1000, abs=1)


def test_the_layout_is_the_same_every_time_and_stays_small(demo: Path, tmp_path: Path) -> None:
    assert lay_out(tmp_path, False, quiet)
    again = fingerprint(tmp_path)
    assert again == fingerprint(demo)
    assert sum(path.stat().st_size for path in demo.rglob("*") if path.is_file()) < 40e6
    assert all(not path.name.endswith(".part") for path in demo.rglob("*"))


def test_a_second_run_touches_nothing_and_an_interrupted_one_is_made_good(tmp_path: Path) -> None:
    assert lay_out(tmp_path, True, quiet)
    whole = fingerprint(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert not lay_out(tmp_path, True, quiet)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == times
    (tmp_path / MARKER).write_text("{half a mark")
    (tmp_path / "photos/animals/cat.jpg").write_bytes(b"half")
    assert lay_out(tmp_path, True, quiet)
    assert fingerprint(tmp_path) == whole


def test_photos_alone_grow_into_the_whole(tmp_path: Path, demo: Path) -> None:
    command = [sys.executable, "-m", "datasets_server.demo", "--target", str(tmp_path / "new" / "place")]
    for flags, wants_dicom in ((["--photos-only"], False), ([], True), (["--photos-only"], True)):
        run = subprocess.run([*command, *flags], cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
        assert (run.returncode, run.stderr) == (0, "")
        assert (tmp_path / "new/place/dicom.json").exists() is wants_dicom
    assert texts.DEMO_PRESENT in run.stdout
    assert fingerprint(tmp_path / "new/place") == fingerprint(demo)


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = [sys.executable, "-m", "datasets_server.demo", "--target", str(tmp_path / "file")]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120)
    assert run.returncode == 1
    assert run.stderr.startswith(f"Error: {texts.demo_failed('')}")
    assert "Traceback" not in run.stderr
