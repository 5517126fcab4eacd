"""Pages are tested in strict mode: a view that sets something, or a value that is changed in place, fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from webapp.py.ui.reactive import strict


@pytest.fixture(autouse=True)
def observed_strictly() -> Iterator[None]:
    with strict():
        yield
