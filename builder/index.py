"""The machine's package index, by pip's settings, for the one client that does not read them itself."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

DEFAULT_INDEX = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"


def pip_settings() -> dict[str, str]:
    """Settings of pip by their plain names; one of the environment wins over one of a file."""
    done = _python("-m", "pip", "config", "list", "--disable-pip-version-check")
    settings: dict[str, str] = {}
    for line in sorted(done.splitlines(), key=lambda line: line.startswith(":env:")):
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in ("global", "download", ":env:"):
            settings[name] = str(ast.literal_eval(value))
    return settings


def finder_flags(settings: dict[str, str]) -> list[str]:
    """The same index, extra indexes, folders and trusted hosts as flags of ``unearth``."""
    indexes = [settings.get("index-url") or _python("-c", DEFAULT_INDEX).strip()]
    indexes += settings.get("extra-index-url", "").split()
    flags: list[str] = []
    for flag, values in (
        ("--index-url", indexes),
        ("--find-link", settings.get("find-links", "").split()),
        ("--trusted-host", settings.get("trusted-host", "").split()),
    ):
        for value in values:
            flags += [flag, value]
    return flags


def finder_environment(settings: dict[str, str]) -> dict[str, str]:
    """The environment for ``unearth``: what pip was told about proxies and certificates."""
    environment = dict(os.environ)
    if "cert" in settings:
        environment["SSL_CERT_FILE"] = settings["cert"]
    if "proxy" in settings:
        environment |= {"HTTPS_PROXY": settings["proxy"], "HTTP_PROXY": settings["proxy"]}
    return environment


def _python(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False).stdout
