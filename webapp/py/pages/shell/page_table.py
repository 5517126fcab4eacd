"""Finds the pages: each package in `webapp.py.pages` with a ``page.py`` is one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field

from webapp.py.pages.ports.shell import Page, Shell
from webapp.py.pages.shell import texts

_NO_PAGES = frozenset({"ports", "shell", "workbench"})


@dataclass(frozen=True, slots=True)
class PageTable:
    """The pages of this site, by name.

    ``routes`` are the patterns of their addresses and ``make`` creates them. ``broken`` has a sentence for
    each page that failed to load.
    """

    routes: dict[str, str] = field(default_factory=dict)
    make: dict[str, Callable[[Shell], Page]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def find_pages(package: str = "webapp.py.pages") -> PageTable:
    """Import the pages of a package in the order of their names.

    A page module has a function ``page(shell)`` that creates the `Page`, and a ``ROUTE``: the pattern of its
    addresses, such as ``"project/{project}/{ordinal?}"``, ``""`` for the page that is shown first, or None if
    it has only dialogs. If one fails to import, the others still work.
    """
    table = PageTable()
    folder = importlib.import_module(package)
    for name in sorted(info.name for info in pkgutil.iter_modules(folder.__path__)):
        if name.startswith("_") or name in _NO_PAGES:
            continue
        try:
            module = importlib.import_module(f"{package}.{name}.page")
            route: str | None = module.ROUTE
            table.make[name] = module.page
        except Exception as error:
            table.make.pop(name, None)
            table.broken[name] = texts.page_unavailable(name, f"{type(error).__name__}: {error}")
        else:
            if route is not None:
                table.routes[name] = route
    return table
