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
        The ``ROUTE`` of each page: words and ``{values}``, of which those at the end may be missing.

    Examples
    --------
    >>> read_route("#/project/p1/12", {"label": "project/{project}/{ordinal}"})
    Route(page='label', values=('p1', '12'))
    """
    parts = [part for part in fragment.lstrip("#").split("/") if part]
    for page, pattern in patterns.items():
        values = _match(pattern.split("/"), parts)
        if values is not None and (values or "{" not in pattern):
            return Route(page, values)
    return HOME


def write_route(route: Route, patterns: Mapping[str, str]) -> str:
    """Return the fragment of a route; the reverse of `read_route`.

    Examples
    --------
    >>> write_route(Route("label", ("p1", "12")), {"label": "project/{project}/{ordinal}"})
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
    words = [part for part in pattern if not part.startswith("{")]
    if len(parts) > len(pattern) or parts[: len(words)] != words[: len(parts)] or len(parts) < len(words):
        return None
    values = [part for part, place in zip(parts, pattern, strict=False) if place.startswith("{")]
    fits = all(
        part == place for part, place in zip(parts, pattern, strict=False) if not place.startswith("{")
    )
    return tuple(values) if fits else None
