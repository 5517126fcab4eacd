"""The page for people who come to an address where something went wrong."""

from __future__ import annotations

import html
from pathlib import Path

from sync_server import texts

_PAGE = (Path(__file__).parent / "error_page.html").read_text()


def wants_page(accept: str) -> bool:
    """Tell whether a person asks, not a program: browsers ask for HTML when an address is opened.

    Examples
    --------
    >>> wants_page("text/html,application/xhtml+xml,*/*;q=0.8"), wants_page("*/*")
    (True, False)
    """
    return any(part.partition(";")[0].strip().lower() == "text/html" for part in accept.split(","))


def error_page(status: int, message: str) -> bytes:
    """Return the page with a message and the way back."""
    shown = {
        "{title}": texts.PAGE_MISSING if status == 404 else texts.PAGE_FAILED,
        "{message}": message,
        "{back}": texts.BACK_TO_LIMNER,
    }
    page = _PAGE
    for place, text in shown.items():
        page = page.replace(place, html.escape(text))
    return page.encode()
