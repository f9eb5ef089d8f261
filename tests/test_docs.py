"""Every example of docs/language.md and docs/idioms.md is a whole model, and checks as its presets say, in both engines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.check import Request, check
from quorate.language.loading.load import load

if TYPE_CHECKING:
    from quorate.explorer.check import EngineName

DOCS = Path(__file__).resolve().parent.parent / "docs"
EXAMPLES = {
    page: re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    for page in ("language.md", "idioms.md")
}


def test_there_are_examples() -> None:
    assert {page: len(examples) for page, examples in EXAMPLES.items()} == {"language.md": 10, "idioms.md": 8}


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize(("page", "number"), [(page, n) for page, examples in EXAMPLES.items() for n in range(len(examples))])
def test_an_example_checks_as_its_presets_say(page: str, number: int, engine: EngineName, tmp_path: Path) -> None:
    path = tmp_path / f"example_{number}.py"
    path.write_text(EXAMPLES[page][number], encoding="utf-8")
    presets = load(str(path)).presets
    assert presets
    for preset in presets:
        result = check(Request(model=str(path), preset=preset.name, engine=engine))
        assert result.exit_code == 0, (preset.name, result.error, result.surprises, result.answers)
