"""Every refusal, as its author sees it: `refusals/NAME.py` is refused with the text in `refusals/NAME.txt`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.language.errors import ModelError, Unsupported
from quorate.language.loading.load import load
from quorate.language.lowering.lower import lower

if TYPE_CHECKING:
    from quorate.language.errors import Place

REFUSALS = Path(__file__).parent / "refusals"
NAMES = sorted(p.stem for p in REFUSALS.glob("*.py"))


def refusal(name: str) -> ModelError:
    with pytest.raises(ModelError) as caught:
        lower(load(REFUSALS / f"{name}.py"))
    return caught.value


@pytest.mark.parametrize("name", NAMES)
def test_refusal(name: str, request: pytest.FixtureRequest) -> None:
    error = refusal(name)
    where = error.where
    assert where is not None
    text = str(error).replace(where.file, Path(where.file).name) + "\n"
    expected = REFUSALS / f"{name}.txt"
    if request.config.getoption("--accept"):
        expected.write_text(text, encoding="utf-8")
    assert expected.exists(), f"look at the text, then run `pytest --accept`\n{text}"
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_only_what_is_sound_falls_back_to_the_reference_engine(name: str) -> None:
    assert isinstance(refusal(name), Unsupported) == name.startswith("unsupported_")


@pytest.mark.parametrize("name", NAMES)
def test_place_is_in_the_source(name: str) -> None:
    where: Place | None = refusal(name).where
    assert where is not None
    line = (REFUSALS / f"{name}.py").read_text(encoding="utf-8").splitlines()[where.line - 1]
    assert where.text.strip() == line.strip()
    assert 1 <= where.column <= len(line)
