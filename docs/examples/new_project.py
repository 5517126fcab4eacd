"""Create a project on a sync server from the images of a datasets server. Needs nothing but Python.

python3 new_project.py http://localhost:8000/photos/ --name "My photos" --classes Cat:polygon Dog:brush

The password comes from the variable LIMNER_PASSWORD, or you are asked for it.
"""

import argparse
import getpass
import json
import os
import uuid
from collections.abc import Iterator
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener, urlopen

IMAGES = (".avif", ".bmp", ".dcm", ".gif", ".jpeg", ".jpg", ".png", ".webp")
COLORS = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#0072B2", "#D55E00", "#F0E442")
BATCH = 1_000  # the most images that one request can add


class Server:
    """A sync server on which an admin has signed in."""

    def __init__(self, address: str, email: str, password: str) -> None:
        self.address = address.rstrip("/")
        self.opener = build_opener(HTTPCookieProcessor(CookieJar()))
        self.post("/api/session", {"email": email, "password": password})

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON and return the JSON that comes back."""
        headers = {"Content-Type": "application/json", "X-Limner": "1", "Origin": self.address}
        request = Request(self.address + path, json.dumps(body).encode(), headers)
        try:
            with self.opener.open(request) as reply:
                return json.load(reply)
        except HTTPError as error:
            raise SystemExit(f"{path}: {error.read().decode()}") from error


def find_images(address: str, folder: str = "") -> Iterator[dict[str, str]]:
    """Yield the images of a folder of the datasets server and of all folders in it."""
    page: str | None = "?format=json"
    while page:
        with urlopen(urljoin(address, page)) as reply:
            listing = json.load(reply)
        for entry in listing["entries"]:
            name, url = entry["name"], urljoin(address, entry["url"])
            if entry["kind"] == "folder":
                yield from find_images(url, f"{folder}/{name}".strip("/"))
            elif name.lower().endswith(IMAGES) or "." not in name:  # DICOM files often have no extension
                yield {"name": name, "folder": folder, "url": url}
        page = listing["next"]


def label_classes(wanted: list[str]) -> list[dict[str, Any]]:
    """Return label classes for texts such as ``Cat:polygon``."""
    made = []
    for number, text in enumerate(wanted):
        name, _, tool = text.partition(":")
        made.append(
            {
                "id": f"class-{number + 1}",
                "name": name,
                "color": COLORS[number % len(COLORS)],
                "tool": tool or "polygon",
                "shortcut": f"SHIFT+{number + 1}" if number < 9 else "",
            }
        )
    return made


def create_project(
    server: Server, name: str, classes: list[dict[str, Any]], images: list[dict[str, str]]
) -> str:
    """Create dataset, instruction, and project, add the images, and return the id of the project."""
    dataset, instruction, project = (str(uuid.uuid4()) for _ in range(3))
    records: dict[str, dict[str, Any]] = {
        "dataset": {"id": dataset, "name": name},
        "instruction": {"id": instruction, "name": name, "work": "segmentation", "classes": classes},
        "project": {"id": project, "name": name, "dataset": dataset, "instruction": instruction},
    }
    ops = [
        {"op_id": str(uuid.uuid4()), "table": table, "id": fields["id"], "fields": fields}
        for table, fields in records.items()
    ]
    sync = {"protocol": 1, "client_id": "new-project", "scope": "setup", "cursor": "", "ops": ops}
    refused = server.post("/api/sync", sync)["refused"]
    if refused:
        raise SystemExit(refused[0]["reason"])
    for start in range(0, len(images), BATCH):
        batch = {"start": start, "assets": images[start : start + BATCH]}
        server.post(f"/api/datasets/{dataset}/assets", batch)
    return project


def main() -> None:
    """Read the command line and create the project."""
    parser = argparse.ArgumentParser(description="Create a project from the images of a datasets server.")
    parser.add_argument("images", help="address of a folder on the datasets server; it ends with /")
    parser.add_argument("--name", required=True, help="name of the project")
    parser.add_argument("--classes", nargs="+", default=["Object:box"], metavar="NAME:TOOL",
                        help="classes, each with the id of its tool (box, polygon, brush, …)")  # fmt: skip
    parser.add_argument("--server", default="http://localhost:8090", help="address of the sync server")
    parser.add_argument("--email", default="admin@limner.local", help="e-mail address of an admin")
    given = parser.parse_args()
    images = list(find_images(given.images))
    if not images:
        raise SystemExit(f"There are no images at {given.images}.")
    password = os.environ.get("LIMNER_PASSWORD") or getpass.getpass(f"Password of {given.email}: ")
    server = Server(given.server, given.email, password)
    project = create_project(server, given.name, label_classes(given.classes), images)
    print(f"{given.name}: {len(images)} images")
    print(f"{server.address}/#/project/{project}/0")


if __name__ == "__main__":
    try:
        main()
    except HTTPError as error:
        raise SystemExit(f"{error.url}: {error.reason}") from error
    except URLError as error:
        raise SystemExit(f"A server could not be reached: {error.reason}") from error
