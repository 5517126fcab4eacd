"""The examples in the docstrings of the imaging room give what they say."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import webapp.py.imaging

MODULES = [f"webapp.py.imaging.{info.name}" for info in pkgutil.iter_modules(webapp.py.imaging.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_give_what_they_say(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
