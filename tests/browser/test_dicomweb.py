"""Pixels from a PACS in a real browser: Orthanc behind nginx, and a server that fails in every way."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page
from pydicom import Dataset, dcmread
from pydicom.pixels import apply_color_lut

from tests.browser.bad_pacs import FILE, BadPacs
from tests.browser.pacs import TOKEN, Pacs
from tests.browser.pacs_data import CORPUS, address_of, hounsfield, of_many_frames, place_of
from tests.browser.pages import run_python, wait_for_boot
from tests.browser.servers import secure_site

READ = """
import base64, json, js
from webapp.py.browser.dicomweb import Dicomweb
from webapp.py.browser.images.loader import ImageLoader
from webapp.py.imaging.dicomweb_access import read_servers
from webapp.py.imaging.sources import ImageProblem
from webapp.py.pages.ports.images import ImageRef

async def servers():
    return read_servers(known)

answers = []
for address, frame, most_whole, patience in wanted:
    dicomweb = Dicomweb(boot.compute.call, servers, most_whole=most_whole, patience=patience)
    try:
        image = await ImageLoader(boot.compute.call, dicomweb).load(ImageRef(address, frame))
    except ImageProblem as problem:
        answers.append([problem.code, problem.message])
        continue
    values = image.pixels()[..., :3].copy() if image.scalars is None else image.scalars.values
    answers.append([str(values.dtype), list(values.shape), base64.b64encode(values.tobytes()).decode()])
json.dumps(answers)
"""


@pytest.fixture
def read(harness: Page) -> Callable[..., list[Any]]:
    """Read addresses on the page: (address, frame, most bytes of what is fetched whole, patience) each."""

    def read_all(wanted: list[tuple[str, int, int, float]], known: list[dict[str, str]]) -> list[Any]:
        answers: list[Any] = json.loads(run_python(harness, READ, wanted=wanted, known=known))
        return answers

    return read_all


def values_of(answer: list[Any]) -> np.ndarray[Any, Any]:
    assert len(answer) == 3, answer
    return np.frombuffer(base64.b64decode(answer[2]), answer[0]).reshape(answer[1])


def test_pixels_from_a_pacs_are_those_of_its_files(
    read: Callable[..., list[Any]], pacs: Pacs, patient: list[Dataset], harness: Page
) -> None:
    many = of_many_frames(64, 5)
    names = ("MR_small_jp2klossless.dcm", "SC_rgb_rle_16bit_2frame.dcm", "rtdose.dcm", "image_dfl.dcm")
    lossless, colors, dose, deflated = (dcmread(CORPUS / name) for name in names)
    for data in (many, lossless, colors, dose, deflated):
        pacs.keep(data)
    asked: list[str] = []
    harness.on("request", lambda request: asked.append(request.url))
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
    browser: Browser, pacs: Pacs, patient: list[Dataset], harness_folder: Path, tmp_path: Path
) -> None:
    table = dcmread(CORPUS / "examples_palette.dcm")
    pacs.keep(table)
    secure = secure_site(harness_folder, tmp_path)
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
        "no-part": ("dicomweb", "contains no image"),
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
