"""The examples in the docstrings of store, domain, imaging and compute run."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

ROOMS = ("store", "domain", "imaging", "compute")
MODULES = [
    f"webapp.py.{room}.{info.name}"
    for room in ROOMS
    for info in pkgutil.iter_modules(importlib.import_module(f"webapp.py.{room}").__path__)
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_say(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
