"""Loading a model: by name, path or source text, with its parameters; every other part of Quorate starts from what it returns.

Read next: `execution.py`, which runs the modules; `declarations.py`, which reads what they declared.
"""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from quorate.language.errors import UsageError, did_you_mean
from quorate.language.loading.assembly import assemble
from quorate.language.loading.execution import MODELS, Execution, readable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from quorate.language.loading.model import Model

TEXT = Path("<model>.py")  # stands for the path of a model given as text


def load(model: str | Path, /, **parameters: object) -> Model:
    """Execute a model with these parameters (names in any case) and return everything that it declares.

    `model` is the name of a shipped model (`raft`), a path (`./my_protocol.py`), or the source itself.
    Errors: UsageError for an unknown name or parameter, ModelError for a model that cannot be.
    """
    return load_asking(model, (), parameters)


def load_asking(model: str | Path, asked: Iterable[str], parameters: Mapping[str, object]) -> Model:
    """Return the same, and among its properties these guarantees of its histories (`history.linearizable`). Errors as above."""
    if isinstance(model, str) and "\n" in model:
        return assemble(_executed(TEXT.resolve(), parameters, asked, model))
    return assemble(_executed(find(model), parameters, asked))


def find(model: str | Path) -> Path:
    """Return the file of a model given by name or path. Errors: UsageError, with the nearest name."""
    path = Path(model)
    if not str(model).strip():
        raise UsageError("a model has a name or a path: `quorate list` shows those that come with Quorate")
    if path.suffix == ".py" or len(path.parts) > 1 or not path.name:
        if not _is(path, Path.is_file):
            if not _is(path, Path.exists):
                raise UsageError(f"there is no file `{model}`")
            what = "a directory: name a file in it" if _is(path, Path.is_dir) else "no file: save the model in one"
            raise UsageError(f"`{model}` is {what}")
        return path.resolve()
    known = shipped()
    if str(model) in known:
        return known[str(model)]
    if _is(path.with_name(f"{path.name}.py"), Path.is_file):
        raise UsageError(f"there is no model `{model}`: for the file beside you write `./{model}.py`")
    near = did_you_mean(str(model), known) if get_close_matches(str(model), known, n=1) else "; `quorate list` shows them all"
    raise UsageError(f"there is no model `{model}`{near}")


def _is(path: Path, sort: Callable[[Path], bool]) -> bool:
    """Say whether there is such a file; a name that no file can have, too long say, is none."""
    try:
        return sort(path)
    except (OSError, ValueError):
        return False


def shipped() -> dict[str, Path]:
    """Return the models that come with Quorate, by name."""
    files = [p for p in sorted(MODELS.rglob("*.py")) if not p.name.startswith("_")]
    return {p.stem: p for p in files}


def _executed(path: Path, parameters: Mapping[str, object], asked: Iterable[str], text: str | None = None) -> Execution:
    execution = Execution(parameters, readable(path.stem.strip("<>")), asked=frozenset(asked))
    execution.run(path, text)
    return execution
