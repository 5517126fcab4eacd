"""What the tests of the workspace share."""

from __future__ import annotations

import pytest

from tests.support.labeler import Labeler, new_labeler


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def labeler() -> Labeler:
    """An annotator with an empty image."""
    return await new_labeler()
