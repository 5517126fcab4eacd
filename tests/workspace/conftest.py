"""What the tests of the workspace share."""

from __future__ import annotations

import pytest

from tests.support.annotator import Annotator, new_annotator


@pytest.fixture
async def annotator() -> Annotator:
    """An annotator with an empty image."""
    return await new_annotator()
