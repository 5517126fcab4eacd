"""The first call of Python on the page."""

from __future__ import annotations

import js

from webapp.py.browser.boot import BootInfo
from webapp.py.browser.worker import ComputeWorker


async def begin() -> None:
    """Start the app; ``boot.js`` calls this and takes the skeleton away when it returns."""
    # Only here: the snapshot holds everything but the first module of the page, which a test may replace.
    from webapp.py.browser.main import start

    raw = js.limnerBoot
    site = raw.site.to_py()
    base = str(raw.base)
    boot = BootInfo(
        build=site["build"],
        base=base,
        demo=site.get("demo"),
        how="snapshot" if raw.how == "snapshot" else "plain",
        site=site,
        compute=ComputeWorker(site, base, str(raw.script)),
        step=raw.onStep,
    )
    await start(boot)
    boot.compute.warm()
