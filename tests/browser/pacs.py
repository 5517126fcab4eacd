"""A real PACS: Orthanc with its DICOMweb plugin, behind an nginx as docs/dicom.md describes it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path

from pydicom import Dataset

from builder.paths import ROOT
from builder.system import need
from tests.browser.servers import READY_SECONDS, certify, free_port

PLUGIN = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"
PACKAGES = {"Orthanc": "orthanc", PLUGIN: "orthanc-dicomweb", "nginx": "nginx"}
TOKEN = "pacs-token-7f3a"
USER, PASSWORD = "radiologist", "pacs-password-9c2e"


class Pacs:
    """Orthanc and nginx on free ports of this machine, with everything that they write in one folder.

    nginx offers the same service in several ways: ``open`` to everybody, ``bearer`` to whoever has the token,
    ``basic`` to whoever has user and password, ``closed`` without a word on CORS, ``moved`` elsewhere;
    all of them also over TLS, with a certificate that nobody trusts.
    """

    def __init__(self, folder: Path, elsewhere: str = "http://localhost:9/") -> None:
        self._programs = need(PACKAGES, "the tests with a PACS")
        self._folder = folder
        self._orthanc_port, self.port, self.tls_port = free_port(), free_port(), free_port()
        self._elsewhere = elsewhere
        self._running: list[subprocess.Popen[bytes]] = []

    def base(self, way: str = "open") -> str:
        """The http address of the service, in one of the ways."""
        return f"http://localhost:{self.port}/{way}/dicom-web"

    def address(self, way: str = "open") -> str:
        """The ``dicomweb://`` address of the service."""
        return self.base(way).replace("http://", "dicomweb://")

    def secure_address(self, way: str = "open") -> str:
        """The ``dicomwebs://`` address of the service."""
        return f"dicomwebs://localhost:{self.tls_port}/{way}/dicom-web"

    def start(self) -> None:
        """Start both and wait until they answer."""
        storage = self._folder / "storage"
        storage.mkdir(parents=True)
        settings = {
            "StorageDirectory": str(storage),
            "IndexDirectory": str(storage),
            "HttpPort": self._orthanc_port,
            "DicomServerEnabled": False,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "Plugins": [PLUGIN],
            "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
        }
        (self._folder / "orthanc.json").write_text(json.dumps(settings))
        self._certificate, self._key = certify(self._folder)
        (self._folder / "nginx.conf").write_text(self._nginx())
        (self._folder / "passwords").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        self._run("Orthanc", str(self._folder / "orthanc.json"))
        self._run("nginx", "-p", str(self._folder), "-e", "nginx.log", "-c", str(self._folder / "nginx.conf"))
        self._wait(f"{self.base()}/studies")

    def stop(self) -> None:
        """Stop both."""
        for process in self._running:
            process.send_signal(signal.SIGTERM)
        for process in self._running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._running.clear()

    def keep(self, data: Dataset) -> None:
        """Store a DICOM data set."""
        content = BytesIO()
        data.save_as(content, enforce_file_format=True)
        file = content.getvalue()
        url = f"http://localhost:{self._orthanc_port}/instances"
        with urllib.request.urlopen(urllib.request.Request(url, file, method="POST"), timeout=60) as answer:
            assert json.load(answer)["Status"] == "Success"

    def ask(self, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Ask as no browser does: status, headers and body."""
        request = urllib.request.Request(url, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, dict(refused.headers), refused.read()

    def _run(self, program: str, *arguments: str) -> None:
        line = [str(self._programs[program]), *arguments]
        with (self._folder / f"{program}.log").open("ab") as log:
            self._running.append(subprocess.Popen(line, stdout=log, stderr=subprocess.STDOUT))

    def _wait(self, url: str) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                if self.ask(url)[0] == 200:
                    return
            except OSError:
                pass
            if any(one.poll() is not None for one in self._running) or time.monotonic() > deadline:
                logs = "\n".join(log.read_text() for log in self._folder.glob("*.log"))
                self.stop()
                raise RuntimeError(f"the PACS did not start:\n{logs[-3000:]}")
            time.sleep(0.05)

    def _nginx(self) -> str:
        cors = snippet("nginx")
        inside = (
            f"proxy_pass http://127.0.0.1:{self._orthanc_port}/dicom-web/; proxy_set_header Host $http_host;"
        )
        ways = {
            "open": f"{cors} {inside}",
            "bearer": f'{cors} if ($http_authorization != "Bearer {TOKEN}") {{ return 401; }} {inside}',
            "basic": f"{cors} auth_basic pacs; auth_basic_user_file passwords; {inside}",
            "closed": inside,
            "moved": f"{cors} return 307 {self._elsewhere};",
        }
        locations = "\n".join(f"location /{way}/dicom-web/ {{ {rules} }}" for way, rules in ways.items())
        temporary = " ".join(
            f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        return (
            "daemon off; master_process off; pid nginx.pid; error_log nginx.log;\n"
            f"events {{}}\nhttp {{ access_log access.log; {temporary}\n"
            f"ssl_certificate {self._certificate}; ssl_certificate_key {self._key};\n"
            f"server {{ listen 127.0.0.1:{self.port}; listen 127.0.0.1:{self.tls_port} ssl;\n"
            f"{locations}\n}} }}\n"
        )


def snippet(language: str) -> str:
    """Return what docs/dicom.md tells to put into a server's configuration, for pages of any origin."""
    paper = (ROOT / "docs" / "dicom.md").read_text()
    (found,) = re.findall(rf"```{language}\n(.*?)```", paper, re.DOTALL)
    text: str = found
    return text.replace("https://label.example", "$http_origin")
