"""Projects from a PACS, as a person creates and labels them, and what stays private on the way."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from pydicom import Dataset

from datasets_server.demo.phantom import hu_volume
from tests.browser.bad_pacs import BadPacs
from tests.browser.pacs import PASSWORD, TOKEN, USER, Pacs
from tests.browser.pacs_data import SECRETS, SLICES
from tests.browser.servers import World
from tests.browser.workspace import Workspace


def add_server(page: Page, address: str, name: str, sign_in: str = "none", **secrets: str) -> None:
    """Enter a server in the dialog, as a person does."""
    page.get_by_role("button", name="DICOMweb servers").first.click()
    dialog = page.get_by_role("dialog")
    add, entry = (
        dialog.get_by_role("button", name="Add a server"),
        dialog.get_by_role("textbox", name="Address"),
    )
    expect(add.or_(entry)).to_be_visible()
    if add.is_visible():
        add.click()
    entry.fill(address)
    dialog.get_by_role("textbox", name="Name", exact=True).fill(name)
    dialog.get_by_label("Sign-in").first.select_option(sign_in)
    for field, value in secrets.items():
        dialog.get_by_role("textbox", name=field).fill(value)
    dialog.get_by_role("button", name="Save").click()


def close_dialog(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def create_project(page: Page, name: str, images: int) -> None:
    page.locator(".project-form").get_by_role("textbox", name="Name").fill(name)
    page.get_by_role("button", name="Create project").click()
    card = page.locator("article", has_text=name)
    expect(card).to_contain_text(f"{images} images")
    card.get_by_role("link", name="Label").click()


def choose_series_of_patient(page: Page) -> None:
    """Search the patient and tick the one series, with the keyboard."""
    page.get_by_label("Patient name", exact=True).fill("zzyzx quentinella")
    page.get_by_label("Patient name", exact=True).press("Enter")
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
    start: Callable[..., Page], static_site: str, pacs: Pacs, patient: list[Dataset]
) -> None:
    page = start(static_site)
    add_server(page, pacs.base("closed"), "Closed")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text(
        f"Access-Control-Allow-Origin: {static_site.rstrip('/')}"
    )
    close_dialog(page)
    add_server(page, pacs.base("basic"), "Archive")
    expect(dialog.get_by_role("alert")).to_contain_text("requires you to sign in (401)")
    dialog.get_by_role("button", name="Edit Archive").click()
    dialog.get_by_label("Sign-in").first.select_option("basic")
    dialog.get_by_role("textbox", name="Username").fill(USER)
    dialog.get_by_role("textbox", name="Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Connected to Archive.")
    close_dialog(page)
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
    start: Callable[..., Page], static_site: str, bad_pacs: BadPacs
) -> None:
    page = start(static_site, "#/dicomweb")
    page.locator("summary", has_text="Paste addresses").click()
    page.locator(".project-form textarea").fill(f"{bad_pacs.instance('slow')}\n{bad_pacs.instance('html')}")
    create_project(page, "Bad ones", 2)
    patience = page.locator(".patience")
    expect(patience).to_have_text(
        "0.0 of 10.0 MB downloaded so far. You can go to another image in the meantime."
    )
    page.evaluate("document.querySelector('.patience').getAnimations().forEach((one) => one.finish())")
    expect(patience).to_be_visible()
    page.locator(".asset").nth(1).click()
    expect(page.locator(".message .card")).to_contain_text("web page instead of DICOM")


# --- privacy


def test_nothing_of_a_patient_and_no_secret_reaches_the_sync_server(
    person_page: Callable[..., Page], world: World, pacs: Pacs, patient: list[Dataset]
) -> None:
    page = person_page("admin")
    sent: list[str | bytes] = []

    def note(request: Any) -> None:
        if request.url.startswith(world.sync.url):
            sent.append(request.url)
            sent.append(json.dumps(request.headers))
            sent.append(request.post_data_buffer or b"")

    page.on("request", note)
    add_server(page, pacs.base("bearer"), "Radiology", "bearer", Token=TOKEN)
    expect(page.get_by_role("dialog")).to_contain_text("Connected to Radiology.")
    close_dialog(page)
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
