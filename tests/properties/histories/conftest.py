from __future__ import annotations

import pytest

from tests.cli.running import Runner


@pytest.fixture
def quorate(capsys: pytest.CaptureFixture[str]) -> Runner:
    return Runner(capsys)
