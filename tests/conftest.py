"""What all tests share: expected texts kept as files beside the tests, accepted anew with `pytest --accept`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="accept what the tests print as what is expected")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Return a function that compares a text with the file `goldens/NAME` beside the test's module."""
    folder = Path(str(request.path)).parent / "goldens"
    accept = bool(request.config.getoption("--accept"))

    def compare(name: str, text: str) -> None:
        file = folder / name
        if accept:
            folder.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert file.exists(), f"no golden {name}: look at the text, then run `pytest --accept`\n{text}"
        assert text == file.read_text(encoding="utf-8")

    return compare
