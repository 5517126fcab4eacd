"""Images on a PACS in a real browser: Orthanc behind nginx, and a server that goes wrong in every way."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Browser, Page, expect
from pydicom import Dataset, dcmread
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_color_lut, get_encoder
from pydicom.uid import RLELossless, generate_uid

from datasets_server.demo.phantom import encode_slices, hu_volume
from tests.browser.bad_pacs import FILE, BadPacs
from tests.browser.pacs import PASSWORD, TOKEN, USER, Pacs
from tests.browser.pages import run_python, wait_for_boot
from tests.browser.servers import World, secure_site
from tests.browser.sites import SiteCopy, serve_folder
from tests.browser.workspace import Workspace

CORPUS = Path(pydicom.__file__).parent / "data" / "test_files"
SECRETS = {
    "PatientName": "Zzyzx^Quentinella",
    "PatientID": "PID-4711-XQ",
    "PatientBirthDate": "19440229",
    "InstitutionName": "Klinikum Nullmarkstein",
    "ReferringPhysicianName": "Vogelfrei^Ottokar",
    "StudyDescription": "Wanderniere linksseitig",
    "SeriesDescription": "Oberbauch nativissimo",
    "AccessionNumber": "ACC-90210-Q",
}
SLICES = (28, 29, 30, 31)


def of_patient() -> list[Dataset]:
    """Slices of the demo's CT as those of somebody about whom nobody may learn anything."""
    study, series = generate_uid(), generate_uid()
    found = []
    files = list(encode_slices())
    for number in SLICES:
        data = dcmread(BytesIO(files[number - 1][1]))
        for name, value in SECRETS.items():
            setattr(data, name, value)
        data.StudyInstanceUID, data.SeriesInstanceUID, data.SOPInstanceUID = study, series, generate_uid()
        data.SeriesNumber = 7
        found.append(data)
    return found


def of_many_frames(side: int, frames: int) -> Dataset:
    """An instance of frames that each say which it is, packed."""
    data = dcmread(CORPUS / "CT_small.dcm")
    data.StudyInstanceUID, data.SeriesInstanceUID = generate_uid(), generate_uid()
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    data.PatientName, data.Modality = "Many^Frames", "XA"
    data.Rows = data.Columns = side
    data.NumberOfFrames = frames
    data.file_meta.TransferSyntaxUID = RLELossless
    encoder = get_encoder(RLELossless)
    data.PixelData = encapsulate(
        [encoder.encode(frame_pixels(side, number), **_layout(side)) for number in range(1, frames + 1)]
    )
    data["PixelData"].VR = "OB"
    return data


def frame_pixels(side: int, number: int) -> np.ndarray[Any, Any]:
    pixels = np.zeros((side, side), np.int16)
    pixels[: side // 2] = 10 * number
    return pixels


def _layout(side: int) -> dict[str, Any]:
    return {
        "rows": side,
        "columns": side,
        "samples_per_pixel": 1,
        "number_of_frames": 1,
        "bits_allocated": 16,
        "bits_stored": 16,
        "pixel_representation": 1,
        "photometric_interpretation": "MONOCHROME2",
    }


def place_of(data: Dataset) -> str:
    return f"studies/{data.StudyInstanceUID}/series/{data.SeriesInstanceUID}/instances/{data.SOPInstanceUID}"


def address_of(pacs: Pacs, data: Dataset, way: str = "open", frame: int = 0) -> str:
    return f"{pacs.address(way)}/{place_of(data)}" + (f"/frames/{frame}" if frame else "")


@pytest.fixture(scope="module")
def patient() -> list[Dataset]:
    return of_patient()


@pytest.fixture(scope="module")
def bad_pacs() -> Iterator[BadPacs]:
    server = BadPacs()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def pacs(
    tmp_path_factory: pytest.TempPathFactory, patient: list[Dataset], bad_pacs: BadPacs
) -> Iterator[Pacs]:
    made = Pacs(tmp_path_factory.mktemp("pacs"), elsewhere=f"{bad_pacs.base('good')}/studies")
    made.start()
    for data in patient:
        made.keep(data)
    yield made
    made.stop()


# --- pixels


READ = """
import base64, json, js
from webapp.py.browser.dicomweb import Dicomweb
from webapp.py.browser.images import Images
from webapp.py.imaging.dicomweb_access import read_servers
from webapp.py.imaging.sources import ImageProblem

async def servers():
    return read_servers(known)

answers = []
for address, frame, most_whole, patience in wanted:
    dicomweb = Dicomweb(boot.compute.call, servers, most_whole=most_whole, patience=patience)
    try:
        image = await Images(boot.compute.call, dicomweb).load(address, frame)
    except ImageProblem as problem:
        answers.append([problem.code, problem.message])
        continue
    values = image.pixels()[..., :3].copy() if image.scalars is None else image.scalars.values
    answers.append([str(values.dtype), list(values.shape), base64.b64encode(values.tobytes()).decode()])
json.dumps(answers)
"""


@pytest.fixture
def read(page: Page, harness_copy: SiteCopy) -> Iterator[Callable[..., list[Any]]]:
    """Read addresses on the page: (address, frame, most bytes of what is fetched whole, patience) each."""
    server = serve_folder(harness_copy.folder)
    page.goto(server.url)
    wait_for_boot(page)

    def read_all(wanted: list[tuple[str, int, int, float]], known: list[dict[str, str]]) -> list[Any]:
        answers: list[Any] = json.loads(run_python(page, READ, wanted=wanted, known=known))
        return answers

    yield read_all
    server.stop()


def values_of(answer: list[Any]) -> np.ndarray[Any, Any]:
    assert len(answer) == 3, answer
    return np.frombuffer(base64.b64decode(answer[2]), answer[0]).reshape(answer[1])


def hounsfield(data: Dataset, frame: int = 0) -> np.ndarray[Any, Any]:
    """What pydicom and the rescale of PS3.3 C.11.1 make of a frame."""
    pixels = data.pixel_array[frame] if int(data.get("NumberOfFrames", 1)) > 1 else data.pixel_array
    return pixels * float(data.get("RescaleSlope", 1)) + float(data.get("RescaleIntercept", 0))


def test_pixels_from_a_pacs_are_those_of_its_files(
    read: Callable[..., list[Any]], pacs: Pacs, patient: list[Dataset], page: Page
) -> None:
    many = of_many_frames(64, 5)
    names = ("MR_small_jp2klossless.dcm", "SC_rgb_rle_16bit_2frame.dcm", "rtdose.dcm", "image_dfl.dcm")
    lossless, colors, dose, deflated = (dcmread(CORPUS / name) for name in names)
    for data in (many, lossless, colors, dose, deflated):
        pacs.keep(data)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    whole, alone = 2**26, 0
    known = [{"name": "b", "address": pacs.base("bearer"), "sign_in": "bearer", "secret": TOKEN}]
    wanted: list[tuple[str, Dataset, int, int]] = [
        (address_of(pacs, patient[1], "bearer"), patient[1], 0, whole),
        (address_of(pacs, lossless), lossless, 0, whole),
        (address_of(pacs, deflated), deflated, 0, whole),
        (address_of(pacs, dose, frame=11), dose, 10, whole),
        (address_of(pacs, many, "bearer", frame=4), many, 3, alone),
        (address_of(pacs, dose, "bearer", frame=15), dose, 14, alone),
        (address_of(pacs, colors, frame=2), colors, 1, alone),
        # Orthanc gives no frames of a deflated file.
        (address_of(pacs, deflated, frame=1), deflated, 0, alone),
    ]
    answers = read([(address, 0, most, 60.0) for address, _, _, most in wanted], known)
    for answer, (address, data, frame, _) in zip(answers, wanted, strict=True):
        values = values_of(answer)
        if data is colors:
            assert np.array_equal(values, data.pixel_array[frame] // 257), address
        else:
            assert np.array_equal(values, hounsfield(data, frame)), address
    assert sum(url.endswith("/frames/4") for url in asked) == 1
    assert not [url for url in asked if url.endswith(str(many.SOPInstanceUID))], "the whole was fetched, too"


def test_a_page_over_tls_reads_a_pacs_over_tls_and_says_what_one_without_it_lacks(
    browser: Browser, pacs: Pacs, patient: list[Dataset], harness_copy: SiteCopy, tmp_path: Path
) -> None:
    table = dcmread(CORPUS / "examples_palette.dcm")
    pacs.keep(table)
    secure = secure_site(harness_copy.folder, tmp_path)
    secure.start()
    context = browser.new_context(ignore_https_errors=True, service_workers="block")
    try:
        page = context.new_page()
        page.goto(secure.url)
        wait_for_boot(page)
        # Orthanc names its tables by http addresses, of the place where nginx found it.
        wanted = [(patient[1], 2**26), (patient[2], 0), (table, 0)]
        tls = [(pacs.secure_address(), data, most) for data, most in wanted]
        plain = [(pacs.address().replace("localhost", "images.limner.test"), patient[1], 2**26)]
        asked = [(f"{base}/{place_of(data)}", 0, most, 60.0) for base, data, most in [*tls, *plain]]
        first, second, colors, refused = json.loads(run_python(page, READ, wanted=asked, known=[]))
    finally:
        context.close()
        secure.stop()
    assert np.array_equal(values_of(first), hounsfield(patient[1]))
    assert np.array_equal(values_of(second), hounsfield(patient[2]))
    shown = apply_color_lut(table.pixel_array, table)
    assert np.array_equal(values_of(colors), (shown >> 8).astype(np.uint8))
    assert refused[0] == "mixed_content"
    assert "images.limner.test" in refused[1]


def test_what_a_bad_server_answers_is_called_what_it_is(
    read: Callable[..., list[Any]], bad_pacs: BadPacs, pacs: Pacs, patient: list[Dataset]
) -> None:
    expected = {
        "html": ("dicomweb", "web page"),
        "html-within": ("dicomweb", "web page"),
        "torn": ("truncated", "cut off"),
        "short": ("truncated", "incomplete"),
        "slow": ("unreachable", "has sent nothing"),
        "nothing": ("dicomweb", "is not DICOM"),
        "no-part": ("dicomweb", "no part"),
        "not-cut": ("dicomweb", "does not contain the parts"),
        "status-401": ("unauthorized", "“DICOMweb servers”"),
        "status-403": ("forbidden", "does not let you read"),
        "status-500": ("server_error", "500"),
    }
    good = ("good", "wrong-length")
    keys = [{"address": bad_pacs.base("moved"), "sign_in": "headers", "headers": "X-Api-Key: k-1234"}]
    keys += [{"address": pacs.base("moved"), "sign_in": "bearer", "secret": TOKEN}]
    first_image = address_of(pacs, patient[0])
    others = {
        bad_pacs.instance("moved"): ("dicomweb", "redirects requests to another address"),
        address_of(pacs, patient[0], "moved"): ("dicomweb", "redirects requests to another address"),
        address_of(pacs, patient[0], "closed"): ("no_cors", "Access-Control-Allow-Origin: http://localhost:"),
        first_image.rpartition("/instances/")[0]: ("address", "whole series"),
        first_image.replace(str(patient[0].SOPInstanceUID), "1.2.3"): (
            "not_found",
            "nothing at this address",
        ),
    }
    addresses = [*map(bad_pacs.instance, expected), *others, *map(bad_pacs.instance, good)]
    bad_pacs.headers.clear()
    answers = read([(one, 0, 2**26, 3.0) for one in addresses], [{"name": "n", **key} for key in keys])
    for answer, (code, words) in zip(answers, [*expected.values(), *others.values()], strict=False):
        assert answer[0] == code and words in answer[1], answer
    for answer in answers[-len(good) :]:
        assert np.array_equal(values_of(answer), hounsfield(dcmread(BytesIO(FILE))))
    told = json.dumps(bad_pacs.headers)
    assert TOKEN not in told, "the token went along to another origin"
    assert told.count("k-1234") == 1, "the key went along to another path"


# --- the pages


def add_server(page: Page, address: str, name: str, sign_in: str = "none", **secrets: str) -> None:
    """Enter a server on the sheet, as a person does."""
    page.get_by_role("button", name="DICOMweb servers").first.click()
    sheet = page.locator(".sheet")
    add, entry = (
        sheet.get_by_role("button", name="Add a server"),
        sheet.get_by_role("textbox", name="Address"),
    )
    expect(add.or_(entry)).to_be_visible()
    if add.is_visible():
        add.click()
    entry.fill(address)
    sheet.get_by_role("textbox", name="Name").fill(name)
    sheet.get_by_label("Sign-in").first.select_option(sign_in)
    for field, value in secrets.items():
        sheet.get_by_role("textbox", name=field).fill(value)
    sheet.get_by_role("button", name="Save").click()


def close_sheet(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.locator(".sheet")).to_have_count(0)


def create_project(page: Page, name: str, images: int) -> None:
    page.locator(".project-form").get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("button", name="Create project").click()
    card = page.locator("article", has_text=name)
    expect(card).to_contain_text(f"{images} images")
    card.get_by_role("link", name="Label").click()


def choose_series_of_patient(page: Page) -> None:
    """Search the patient and tick the one series, with the keyboard."""
    page.get_by_label("Patient’s name").fill("zzyzx quentinella")
    page.get_by_label("Patient’s name").press("Enter")
    study = page.locator(".study")
    expect(study).to_have_count(1)
    expect(study).to_contain_text("Zzyzx Quentinella · PID-4711-XQ")
    expect(study).to_contain_text("Wanderniere linksseitig · 2024-05-01 · CT")
    study.focus()
    page.keyboard.press("Enter")
    expect(study).to_have_attribute("aria-expanded", "true")
    expect(page.locator(".series label")).to_contain_text("CT 7Oberbauch nativissimo4 files")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator(".chosen")).to_contain_text("1 series, 4 files")


def hu_under_pointer(work: Workspace, x: float, y: float) -> int:
    work.page.mouse.move(*work.at(x, y))
    text = work.page.locator(".readout").inner_text()
    return int(text.rpartition("HU")[2].split()[0].replace("−", "-"))


def test_series_of_a_pacs_become_a_project_whose_images_open(
    page: Page, static_site: str, pacs: Pacs, patient: list[Dataset]
) -> None:
    page.goto(static_site)
    wait_for_boot(page)
    add_server(page, pacs.base("closed"), "Closed")
    sheet = page.locator(".sheet")
    expect(sheet.get_by_role("alert")).to_contain_text(
        f"Access-Control-Allow-Origin: {static_site.rstrip('/')}"
    )
    close_sheet(page)
    add_server(page, pacs.base("basic"), "Archive")
    expect(sheet.get_by_role("alert")).to_contain_text("requires you to sign in (401)")
    sheet.get_by_role("button", name="Change Archive").click()
    sheet.get_by_label("Sign-in").first.select_option("basic")
    sheet.get_by_role("textbox", name="User").fill(USER)
    sheet.get_by_role("textbox", name="Password").fill(PASSWORD)
    sheet.get_by_role("button", name="Save").click()
    expect(sheet).to_contain_text("Archive answers.")
    close_sheet(page)
    page.get_by_role("link", name="New from DICOMweb").click()
    page.locator(".server-row select").select_option(label="Archive")
    choose_series_of_patient(page)
    create_project(page, "From the archive", 4)
    work = Workspace(page).wait()
    assert work.size() == (512, 512)
    expect(page.locator(".tree")).to_contain_text("CT 7")
    page.keyboard.press("x")
    for x, y in ((180, 250), (256, 256), (300, 330)):
        assert hu_under_pointer(work, x + 0.5, y + 0.5) == int(hu_volume()[SLICES[0] - 1][y, x])
    # What was fetched stays on this machine.
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    work.reload()
    assert not [url for url in asked if url.endswith(str(patient[0].SOPInstanceUID))]


def test_a_slow_server_is_waited_for_with_progress_and_left_for_another_image(
    page: Page, static_site: str, bad_pacs: BadPacs
) -> None:
    page.goto(f"{static_site}#/dicomweb")
    wait_for_boot(page)
    page.locator("summary", has_text="Paste addresses").click()
    page.locator(".project-form textarea").fill(f"{bad_pacs.instance('slow')}\n{bad_pacs.instance('html')}")
    create_project(page, "Bad ones", 2)
    patience = page.locator(".patience")
    expect(patience).to_have_text("0.0 of 10.0 MB has come so far. You can go to another image meanwhile.")
    page.evaluate("document.querySelector('.patience').getAnimations().forEach((one) => one.finish())")
    expect(patience).to_be_visible()
    page.locator(".asset").nth(1).click()
    expect(page.locator(".message .card")).to_contain_text("web page instead of DICOM")


# --- privacy


def test_nothing_of_a_patient_and_no_secret_reaches_the_sync_server(
    signed_in_page: Callable[..., Page], world: World, pacs: Pacs, patient: list[Dataset]
) -> None:
    page = signed_in_page("admin")
    sent: list[str | bytes] = []

    def note(request: Any) -> None:
        if request.url.startswith(world.sync.url):
            sent.append(request.url)
            sent.append(json.dumps(request.headers))
            sent.append(request.post_data_buffer or b"")

    page.on("request", note)
    add_server(page, pacs.base("bearer"), "Radiology", "bearer", Token=TOKEN)
    expect(page.locator(".sheet")).to_contain_text("Radiology answers.")
    close_sheet(page)
    page.get_by_role("link", name="New from DICOMweb").click()
    choose_series_of_patient(page)
    create_project(page, "Kidneys", 4)
    work = Workspace(page).wait()
    work.draw_box(100, 120, 200, 220)
    page.keyboard.press("s")
    work.expect_saved("Synced")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("application", name="Image Image 29")).to_be_visible()
    work.wait()
    work.expect_annotations(0)
    work.draw_box(50, 60, 120, 140)
    work.expect_saved("Synced")
    kept = [path.read_bytes() for path in Path(world.sync.line[2]).rglob("*") if path.is_file()]
    log = world.sync.log.read_bytes()
    everything = [one.encode() if isinstance(one, str) else one for one in sent] + kept + [log]
    assert any(str(patient[0].SOPInstanceUID).encode() in one for one in everything), "the watch sees nothing"
    assert any(b'"kind":"box"' in one for one in everything), "the watch sees nothing"
    for words in hidden(patient):
        for one in everything:
            assert words.lower() not in one.lower(), words


def hidden(patient: list[Dataset]) -> list[bytes]:
    """Return what must not be seen: each word about the patient, the token, and pieces of the pixels."""
    words = [word for value in SECRETS.values() for word in value.replace("^", " ").split() if len(word) > 1]
    words += ["1944-02-29", TOKEN]
    row = bytes(patient[0].PixelData[512 * 2 * 250 + 400 : 512 * 2 * 250 + 460])
    encoded = [base64.b64encode(row[start:])[:40] for start in range(3)]
    return [word.encode() for word in words] + [row, *encoded]
