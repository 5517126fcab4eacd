"""The copy of the site on this machine: whole versions that work without a network, and updates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, Response, expect

from tests.browser.pages import (
    run_python,
    state,
    wait_for_boot,
    wait_for_state,
    wait_until,
    wait_until_offline_ready,
    with_offline_copy,
)
from tests.browser.servers import World
from tests.browser.sites import Server, SiteCopy

pytestmark = with_offline_copy
Serve = Callable[..., Server]
CACHES = "async () => (await caches.keys()).filter((name) => name.startsWith('limner-site-')).sort()"


def test_after_one_visit_the_app_loads_with_both_servers_stopped(page: Page, stopped_world: World) -> None:
    page.goto(stopped_world.sync.url)
    wait_for_boot(page)
    wait_until_offline_ready(page)
    stopped_world.stop()
    for _ in range(2):
        page.reload()
        wait_for_boot(page)
        assert state(page, "how") == "snapshot"
        wait_for_state(page, "compute", "ready")


def test_the_kept_copy_answers_for_the_site_and_for_nothing_else(
    page: Page, harness_copy: SiteCopy, serve: Serve
) -> None:
    page.goto(serve(harness_copy.folder).url)
    wait_for_boot(page)
    wait_until_offline_ready(page)
    kept: set[str] = set()
    passed: set[str] = set()

    def sort(response: Response) -> None:
        (kept if response.from_service_worker else passed).add(response.url.split("/", 3)[3])

    page.on("response", sort)
    page.reload()
    wait_for_boot(page)
    page.evaluate("() => fetch('api/session')")
    page.evaluate("() => fetch('site.json')")
    page.evaluate("() => fetch('assets/none.png', { method: 'POST' })")
    assert "" in kept and harness_copy.path("app") in kept
    assert passed >= {"api/session", "site.json", "assets/none.png"}
    assert not {path for path in kept if path.startswith("api/")}


def test_a_new_build_is_downloaded_whole_and_comes_with_the_next_load(
    page: Page, harness_copy: SiteCopy, serve: Serve
) -> None:
    first = harness_copy.description["build"]
    page.goto(serve(harness_copy.folder).url)
    wait_for_boot(page)
    wait_until_offline_ready(page)
    assert page.evaluate(CACHES) == [f"limner-site-{first}"]

    second = harness_copy.with_harness("second")
    page.evaluate("async () => (await navigator.serviceWorker.ready).update()")
    wait_for_state(page, "offline", "update")
    assert page.evaluate("window.reports").count("update") == 1
    expect(page.locator("#app")).to_have_text(f"Build {first}")
    assert page.evaluate(CACHES) == sorted([f"limner-site-{first}", f"limner-site-{second}"])

    page.reload()
    wait_for_boot(page)
    expect(page.locator("#app")).to_have_text(f"Build {second}")
    wait_until_offline_ready(page)
    wait_until(page, f"() => ({CACHES})().then((names) => names.length === 1)")
    assert page.evaluate(CACHES) == [f"limner-site-{second}"]


def test_an_update_that_is_not_whole_is_never_used(page: Page, harness_copy: SiteCopy, serve: Serve) -> None:
    first = harness_copy.description["build"]
    server = serve(harness_copy.folder)
    page.goto(server.url)
    wait_for_boot(page)
    wait_until_offline_ready(page)

    second = harness_copy.with_harness("second")
    path = harness_copy.path("app")
    content = harness_copy.read(path)
    harness_copy.write(path, content[: len(content) // 2])
    page.evaluate("async () => (await navigator.serviceWorker.ready).update().catch(() => {})")
    wait_for_state(page, "offline", "failed")
    server.stop()
    page.reload()
    wait_for_boot(page)
    expect(page.locator("#app")).to_have_text(f"Build {first}")

    harness_copy.write(path, content)
    serve(harness_copy.folder, server.port)
    page.reload()
    wait_for_boot(page)
    wait_for_state(page, "offline", "update")
    page.reload()
    wait_for_boot(page)
    expect(page.locator("#app")).to_have_text(f"Build {second}")


def test_a_page_that_stays_open_keeps_its_version_though_another_has_the_new_one(
    page: Page, harness_copy: SiteCopy, serve: Serve
) -> None:
    first = harness_copy.description["build"]
    url = serve(harness_copy.folder).url
    page.goto(url)
    wait_for_boot(page)
    wait_until_offline_ready(page)
    run_python(page, "boot.compute.warm()")
    wait_for_state(page, "compute", "ready")
    old_app = harness_copy.path("app")

    second = harness_copy.with_harness("second")
    page.evaluate("async () => (await navigator.serviceWorker.ready).update()")
    wait_for_state(page, "offline", "update")
    other = page.context.new_page()
    other.goto(url)
    wait_for_boot(other)
    expect(other.locator("#app")).to_have_text(f"Build {second}")
    wait_until_offline_ready(other)

    assert page.evaluate(CACHES) == sorted([f"limner-site-{first}", f"limner-site-{second}"])
    assert page.evaluate("async (path) => (await fetch(path)).status", old_app) == 200
    # The old page's worker, started anew, is the old version's too.
    count = "import numpy\nboot.compute._replace()\nimage = numpy.zeros((4, 4), 'u1')\n"
    count += "int((await boot.compute.call('superpixels', {'image': image})).max())"
    assert run_python(page, count) == 1


def test_without_a_secure_context_the_app_runs_and_says_what_it_lacks(
    page: Page, harness_copy: SiteCopy, serve: Serve
) -> None:
    server = serve(harness_copy.folder)
    page.goto(f"http://label.limner.test:{server.port}/")
    wait_for_boot(page)
    wait_for_state(page, "offline", "unsupported")
    assert state(page, "how") == "snapshot"
    said = run_python(
        page,
        "from webapp.py.browser.platform import find_missing\n'; '.join(m.message for m in find_missing())",
    )
    assert f"label.limner.test:{server.port}" in said
    assert "--tls-cert" in said
    run_python(page, "boot.compute.warm()")
    wait_for_state(page, "compute", "ready")


def test_a_disk_without_room_leaves_the_page_working(
    page: Page, harness_copy: SiteCopy, serve: Serve
) -> None:
    server = serve(harness_copy.folder)
    session = page.context.new_cdp_session(page)
    session.send(
        "Storage.overrideQuotaForOrigin", {"origin": server.url.rstrip("/"), "quotaSize": 20_000_000}
    )
    page.goto(server.url)
    wait_for_boot(page)
    wait_for_state(page, "offline", "failed")
    page.wait_for_function("window.reports.some((report) => report === 'failed storage is full')")
    assert run_python(page, "1 + 1") == 2


def test_the_site_works_below_any_path(
    page: Page, harness_copy: SiteCopy, serve: Serve, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    (root / "deep").mkdir(parents=True)
    harness_copy.folder.rename(root / "deep" / "limner")
    server = serve(root)
    page.goto(server.url + "deep/limner/index.html#somewhere")
    wait_for_boot(page)
    wait_until_offline_ready(page)
    server.stop()
    page.goto(server.url + "deep/limner/?boot=plain")
    wait_for_boot(page)
    assert state(page, "how") == "plain"
