"""Loading a model: by name, path or source text, with its parameters; every other part of Quorate starts from what it returns.

Read next: `execution.py`, which runs the modules; `declarations.py`, which reads what they declared.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError, did_you_mean
from quorate.language.loading.assembly import assemble
from quorate.language.loading.execution import MODELS, Execution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from quorate.language.loading.model import Model

TEXT = Path("<model>.py")  # stands for the path of a model given as text


def load(model: str | Path, /, **parameters: object) -> Model:
    """Execute a model with these parameters (names in any case) and return everything that it declares.

    `model` is the name of a shipped model (`raft`), a path (`./my_protocol.py`), or the source itself.
    Errors: UsageError for an unknown name or parameter, ModelError for a model that cannot be.
    """
    if isinstance(model, str) and "\n" in model:
        return assemble(_executed(TEXT.resolve(), parameters, model))
    return assemble(_executed(find(model), parameters))


def find(model: str | Path) -> Path:
    """Return the file of a model given by name or path. Errors: UsageError, with the nearest name."""
    path = Path(model)
    if path.suffix == ".py" or len(path.parts) > 1:
        if not path.is_file():
            raise UsageError(f"`{model}` is a directory: name a file in it" if path.is_dir() else f"there is no file `{model}`")
        return path.resolve()
    known = shipped()
    if str(model) in known:
        return known[str(model)]
    if path.with_suffix(".py").is_file():
        raise UsageError(f"there is no model `{model}`: for the file beside you write `./{model}.py`")
    near = did_you_mean(str(model), known) if get_close_matches(str(model), known, n=1) else "; `quorate list` shows them all"
    raise UsageError(f"there is no model `{model}`{near}")


def shipped() -> dict[str, Path]:
    """Return the models that come with Quorate, by name."""
    files = [p for p in sorted(MODELS.rglob("*.py")) if not p.name.startswith("_")]
    return {p.stem: p for p in files}


def _executed(path: Path, parameters: Mapping[str, object], text: str | None = None) -> Execution:
    execution = Execution(parameters, path.stem.strip("<>"))
    execution.run(path, text)
    return execution
