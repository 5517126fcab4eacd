"""Translates between the fragment of an address and the route to a page."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.py.pages.ports.shell import Route

HOME = Route()


def read_route(fragment: str, patterns: Mapping[str, str]) -> Route | None:
    """Return the route of an address's fragment, or None if no page has this address.

    Parameters
    ----------
    fragment
        The part of the address from the ``#``.
    patterns
        The ``ROUTE`` of each page: words and ``{values}``. A ``{value?}`` at the end may be missing.

    Examples
    --------
    >>> read_route("#/project/p1/12", {"label": "project/{project}/{ordinal?}"})
    Route(page='label', values=('p1', '12'))
    """
    parts = [part for part in fragment.lstrip("#").split("/") if part]
    for page, pattern in patterns.items():
        values = _match(pattern.split("/") if pattern else [], parts)
        if values is not None:
            return Route(page, values)
    return None


def same_place(one: Route, other: Route) -> bool:
    """Return whether two routes show the same project, or the same page if it has none.

    Examples
    --------
    >>> same_place(Route("label", ("p1", "12")), Route("label", ("p1", "13")))
    True
    """
    return (one.page, one.value(0)) == (other.page, other.value(0))


def write_route(route: Route, patterns: Mapping[str, str]) -> str:
    """Return the fragment of a route. This is the inverse of `read_route`.

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
