"""Finding the pages: every package of `webapp.py.pages` that has a ``page.py`` is one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field

from webapp.py.pages.ports.shell import Page, Shell

_NO_PAGES = frozenset({"ports", "shell", "workbench"})


@dataclass(frozen=True, slots=True)
class PageTable:
    """The pages of this site, by name.

    ``routes`` are the patterns of their addresses, ``make`` what makes them, ``broken`` why one is switched
    off, for a person to read.
    """

    routes: dict[str, str] = field(default_factory=dict)
    make: dict[str, Callable[[Shell], Page]] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)


def find_pages(package: str = "webapp.py.pages") -> PageTable:
    """Import every page of a package, by name.

    A page module has a function ``page(shell)`` that makes the `Page`, and a ``ROUTE``: the pattern of its
    addresses, such as ``"project/{project}/{ordinal?}"``, ``""`` for the page that is shown first, None for
    one that has dialogs alone. One that fails to import is switched off, not the others.
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
            table.broken[name] = (
                f"The page {name} is switched off: it could not be loaded ({type(error).__name__}: {error})."
            )
        else:
            if route is not None:
                table.routes[name] = route
    return table
