"""The two servers of the checkout, and what scripts send to them while data is made."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

SITE = "http://localhost:18731/"
"""The site's address in the browser. Stored data belongs to this address, including its port.

Nothing listens there. The browser maps it to a free port of this computer.
"""
IMAGES = "http://localhost:18732/"
"""The same for the images, whose addresses are in the data."""
PEOPLE = ("admin", "annotator", "reviewer")


class Servers:
    """Both servers, and the accounts on them.

    Parameters
    ----------
    home
        Folder of the database and the logs.
    files
        Folder with the images.
    """

    def __init__(self, home: Path, files: Path) -> None:
        self.home, self.files = home, files
        self.database = home / "server"
        self.ports: dict[str, int] = {}
        self.passwords: dict[str, str] = {}
        self.ids: dict[str, str] = {}
        self.api_key = ""

    @contextlib.contextmanager
    def running(self, assets: Path) -> Iterator[None]:
        """Run both servers of the checkout, with its demo over the small images."""
        from builder.paths import DIST, ROOT
        from tests.browser.servers import Process, free_port

        line = ["-m", "sync_server.demo", "--home", str(self.database)]
        line += ["--datasets-url", IMAGES, "--assets", str(assets)]
        said = subprocess.run(
            [sys.executable, "-B", *line], cwd=ROOT, capture_output=True, text=True, check=True
        )
        self.passwords = dict(re.findall(r"(\w+)@limner\.local\s+(?:password:\s+)?(\S+)", said.stdout))
        sync, images = free_port(), free_port()
        self.sync = Process(
            ["sync_server", "--home", str(self.database), "--site", str(DIST), "--port", str(sync)],
            sync,
            "health",
            self.home / "sync.log",
        )
        datasets = Process(
            ["datasets_server", "--root", str(self.files), "--port", str(images)],
            images,
            "-/health",
            self.home / "datasets.log",
        )
        self.ports = {SITE: sync, IMAGES: images}
        datasets.start()
        self.sync.start()
        try:
            yield
        finally:
            self.sync.stop()
            datasets.stop()

    def as_person(self, name: str) -> httpx.Client:
        """Sign in with the password."""
        client = httpx.Client(base_url=self.sync.url, headers={"X-Limner": "1"}, timeout=60)
        sign_in = {"email": f"{name}@limner.local", "password": self.passwords[name]}
        session = client.post("/api/session", json=sign_in)
        session.raise_for_status()
        self.ids[name] = session.json()["person"]
        return client

    def send(self, client: httpx.Client, scope: str, *ops: dict[str, Any]) -> None:
        """Send ops, which must all be accepted."""
        from webapp.py.domain.wire import PROTOCOL

        body = {"protocol": PROTOCOL, "client_id": "script", "scope": scope, "cursor": "", "ops": list(ops)}
        reply = client.post("/api/sync", json=body).raise_for_status().json()
        assert reply["refused"] == [], reply["refused"]

    def set_up(self) -> None:
        """Create a project with the slices, memberships, and an API key."""
        for name in PEOPLE:
            client = self.as_person(name)
            if name != "admin":
                continue
            records = {
                "dataset": {"id": "slices", "name": "Slices"},
                "project": {
                    "id": "stack",
                    "name": "A stack",
                    "dataset": "slices",
                    "instruction": "demo-instruction",
                },
            }
            ops = [
                {"op_id": f"set-up-{table}", "table": table, "id": fields["id"], "fields": fields}
                for table, fields in records.items()
            ]
            self.send(client, "setup", *ops)
            assets = [
                {"name": path.name, "folder": "ct", "url": f"{IMAGES}ct/{path.name}"}
                for path in sorted((self.files / "ct").iterdir())
            ]
            client.post("/api/datasets/slices/assets", json={"start": 0, "assets": assets}).raise_for_status()
            self.api_key = client.post("/api/keys", json={"name": "scripts"}).raise_for_status().json()["key"]
        admin = self.as_person("admin")
        for name in PEOPLE[1:]:
            place = f"/api/projects/demo-project/members/{self.ids[name]}"
            admin.put(place, json={"role": name}).raise_for_status()
