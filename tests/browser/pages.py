"""What tests do with a page, as the person in front of it; they wait for states, never for time."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

PATIENCE_MS = 90_000
"""Longest wait for a state of the page: a first start on a machine that does other things too."""
with_offline_copy = pytest.mark.browser_context_args(service_workers="allow")
"""Marks tests, or the files of them, whose browser keeps a copy of the site on this machine."""


WITHOUT_WEBGL2 = """
const { getContext } = HTMLCanvasElement.prototype;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
    return kind === "webgl2" ? null : getContext.call(this, kind, ...more);
};
"""
"""Runs before a page whose browser has no WebGL2, as with remote desktops and without a graphics driver."""


class Console:
    """The page's console and its failures, from now on."""

    def __init__(self, page: Page) -> None:
        self.lines: list[str] = []
        page.on("console", lambda message: self.lines.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.lines.append(f"failure: {error}"))

    def problems(self) -> list[str]:
        return [line for line in self.lines if line.startswith(("error:", "failure:"))]


def state(page: Page, name: str) -> str | None:
    """What the page says of itself: ``boot``, ``how``, ``offline``, ``compute``."""
    found: str | None = page.evaluate("name => document.body.dataset[name] ?? null", name)
    return found


def wait_for_state(page: Page, name: str, *values: str) -> str:
    """Wait until the page is in one of these states, and say in which."""
    page.wait_for_function(
        "([name, values]) => values.includes(document.body?.dataset[name])", arg=[name, list(values)]
    )
    found = state(page, name)
    assert found is not None
    return found


def wait_for_boot(page: Page) -> None:
    """Wait until the app is there; a start that failed fails the test with what the page says."""
    if wait_for_state(page, "boot", "ready", "failed") == "failed":
        raise AssertionError(f"{page.inner_text('#boot main')}\n{page.text_content('#boot pre')}")


def wait_until_offline_ready(page: Page) -> None:
    """Wait until this version works without a network."""
    wait_for_state(page, "offline", "ready")


def settle(page: Page) -> None:
    """Wait until what was asked for is drawn: two frames."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def picture_of(page: Page, left: float, top: float, width: float, height: float) -> NDArray[np.uint8]:
    """What a part of the page shows once all that was asked for is drawn: rows, columns, channels."""
    settle(page)
    png = page.screenshot(clip={"x": left, "y": top, "width": width, "height": height})
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def color_at(page: Page, left: float, top: float) -> tuple[int, int, int]:
    """The color at a place of the page once all that was asked for is drawn."""
    red, green, blue = picture_of(page, left - 1, top - 1, 3, 3)[1, 1].tolist()
    return red, green, blue


def run_python(page: Page, code: str, **names: Any) -> Any:
    """Run Python on a page of the harness: names get JSON values, the last line's value is returned."""
    given = "".join(
        f"{name} = __import__('json').loads({json.dumps(value)!r})\n" for name, value in names.items()
    )
    return page.evaluate("code => window.python(code)", given + code)


def sign_in(page: Page, email: str, password: str) -> None:
    """Sign in as a person does."""
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.locator("form").get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Password")).to_have_count(0)


def wait_until(page: Page, question: str, patience_ms: int = 60_000) -> None:
    """Wait until an async function on the page answers true (``wait_for_function`` does not wait for it)."""
    page.evaluate(
        """async ([question, patience]) => {
            const ask = eval(question), end = performance.now() + patience;
            while (!(await ask())) {
                if (performance.now() > end) throw new Error(`still not: ${question}`);
                await new Promise((resolve) => setTimeout(resolve, 20));
            }
        }""",
        [f"({question})", patience_ms],
    )


def wait_until_python(page: Page, expression: str) -> None:
    """Wait until a Python expression holds on a page of the harness."""
    wait_until(page, f"() => window.python({json.dumps(expression)})")
