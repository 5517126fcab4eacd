"""The examples in the docstrings of geometry and of the tool protocol run, and no function is without one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import webapp.py.geometry

GEOMETRY = [f"webapp.py.geometry.{info.name}" for info in pkgutil.iter_modules(webapp.py.geometry.__path__)]
PROTOCOL = [
    f"webapp.py.workspace.{name}" for name in ("messages", "settings", "context", "gesture_parts", "tool")
]


@pytest.mark.parametrize("name", [*GEOMETRY, *PROTOCOL])
def test_the_examples_of_a_module_give_what_they_say(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("name", GEOMETRY)
def test_every_function_of_the_geometry_room_has_an_example(name: str) -> None:
    module = importlib.import_module(name)
    for function_name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == name and not function_name.startswith("_"):
            assert ">>>" in (function.__doc__ or ""), function_name
