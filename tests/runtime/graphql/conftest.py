from __future__ import annotations

import pytest

from ..blog.settings import Settings


@pytest.fixture(params=[False, True], ids=["ordinary", "compiled"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """Both paths answer alike."""
    return settings.model_copy(update={"fast_path": request.param})
