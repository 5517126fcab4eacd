"""Addresses: which page a fragment names, and the fragment of a page."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.py.pages.ports.shell import Route

HOME = Route()


def read_route(fragment: str, patterns: Mapping[str, str]) -> Route:
    """Return the route of an address's fragment; anything unknown leads to the projects.

    Parameters
    ----------
    fragment
        What follows the ``#``.
    patterns
        The ``ROUTE`` of each page: words and ``{values}``; a ``{value?}`` at the end may be missing.

    Examples
    --------
    >>> read_route("#/project/p1/12", {"label": "project/{project}/{ordinal?}"})
    Route(page='label', values=('p1', '12'))
    """
    parts = [part for part in fragment.lstrip("#").split("/") if part]
    for page, pattern in patterns.items():
        values = _match(pattern.split("/"), parts)
        if values is not None:
            return Route(page, values)
    return HOME


def write_route(route: Route, patterns: Mapping[str, str]) -> str:
    """Return the fragment of a route; the reverse of `read_route`.

    Examples
    --------
    >>> write_route(Route("label", ("p1", "12")), {"label": "project/{project}/{ordinal?}"})
    '#/project/p1/12'
    """
    values = iter(route.values)
    parts: list[str] = []
    for part in patterns.get(route.page, "").split("/"):
        value = next(values, "") if part.startswith("{") else part
        if not value:
            break
        parts.append(value)
    return f"#/{'/'.join(parts)}"


def _match(pattern: list[str], parts: list[str]) -> tuple[str, ...] | None:
    """Return the values in an address, or None for an address of another page."""
    required = [part for part in pattern if not part.endswith("?}")]
    if not len(required) <= len(parts) <= len(pattern):
        return None
    pairs = list(zip(parts, pattern, strict=False))
    if any(part != place for part, place in pairs if not place.startswith("{")):
        return None
    return tuple(part for part, place in pairs if place.startswith("{"))
