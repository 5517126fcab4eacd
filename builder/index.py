"""The machine's package index from pip's settings, for the one client that doesn't read them itself."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

DEFAULT_INDEX = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"


def pip_settings() -> dict[str, str]:
    """Return pip's settings by name. Environment variables win over files."""
    done = _python("-m", "pip", "config", "list", "--disable-pip-version-check")
    settings: dict[str, str] = {}
    for line in sorted(done.splitlines(), key=lambda line: line.startswith(":env:")):
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in ("global", "download", ":env:"):
            settings[name] = str(ast.literal_eval(value))
    return settings


def finder_flags(settings: dict[str, str]) -> list[str]:
    """Return the index, extra indexes, folders and trusted hosts as flags for ``unearth``."""
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
    """Return environment variables for ``unearth`` with pip's proxy and certificate settings."""
    environment = dict(os.environ)
    if "cert" in settings:
        environment["SSL_CERT_FILE"] = settings["cert"]
    if "proxy" in settings:
        environment |= {"HTTPS_PROXY": settings["proxy"], "HTTP_PROXY": settings["proxy"]}
    return environment


def _python(*arguments: str) -> str:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False).stdout
