"""All tests of pages run in strict mode: no view sets anything, and no observed value is changed in place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from webapp.py.ui.reactive import strict


@pytest.fixture(autouse=True)
def observed_values_are_watched() -> Iterator[None]:
    with strict():
        yield
