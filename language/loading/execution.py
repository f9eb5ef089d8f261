"""Executing a model: the main file and what it imports from its own directory, afresh, with its declarations noted in order.

Each execution gives its modules unique names, so that nothing of one configuration is seen in another. Read next:
`declarations.py`, which makes a model of the notes.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import linecache
import os
import re
import sys
import traceback
from dataclasses import dataclass, field, fields, is_dataclass
from functools import lru_cache
from inspect import CO_NEWLOCALS
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from quorate.language import declare
from quorate.language.declare import registering
from quorate.language.errors import ModelError, Place, QuorateError, UsageError, did_you_mean
from quorate.language.histories.history import OFFERED, History
from quorate.language.histories.pages import GIVEN, PROPERTIES, clients_of, common, renamed, specialise
from quorate.language.imports import import_of
from quorate.language.loading.branches import NOTER, noting
from quorate.language.loading.model import ParameterDeclaration, Source
from quorate.language.loading.parameters import PARAMETERS, WrongValue, may_be, parameter_names, value_of
from quorate.language.loading.prelude import builtins_with, spot
from quorate.language.loading.tree.running import as_run
from quorate.language.outside import lent_streams, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import FrameType

    from quorate.language.declare import Sort

MODELS = Path(__file__).resolve().parents[2] / "models"
CONFIGURATION = re.compile(r"quorate_configuration_\d+\.")  # what is put before the names of a configuration's modules
UNEXPECTED = re.compile(r"(\w+)\.__init__\(\) got an unexpected keyword argument '(\w+)'")
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Note:
    """One declaration: what was declared, in which file, and the line of the statement that did."""

    sort: Sort
    declared: object
    source: Source
    line: int


@dataclass
class Execution:
    """One run of a model's modules: a `Registry` of what they declare."""

    given: Mapping[str, object]
    name: str
    sources: list[Source] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    parameters: list[ParameterDeclaration] = field(default_factory=list)
    asked: frozenset[str] = frozenset()  # guarantees of histories, `history.linearizable`
    number: int = field(default_factory=lambda: next(_numbers))

    def run(self, path: Path, text: str | None = None) -> None:
        """Execute the main file, or this text in its stead. Errors: ModelError for anything that goes wrong in it."""
        with lent_streams(), registering(self):
            self._execute(path, self.name, text)
            self._specialise()
        used = {p.name.casefold() for p in self.parameters}
        for name in self.given:
            if name.casefold() not in used:
                known = [p.name for p in self.parameters]
                raise UsageError(f"`{self.name}` has no parameter `{name}`{did_you_mean(name, known) or among(known)}")

    @property
    def sha256(self) -> str:
        """Return the digest of the text of all sources, in order."""
        return hashlib.sha256("\0".join(s.text for s in self.sources).encode()).hexdigest()

    # -- the registry -------------------------------------------------------------------------------------------------

    def note(self, sort: Sort, declared: object) -> None:
        source, frame = self._declaring()
        top: FrameType | None = frame
        while top is not None and top.f_code.co_name != "<module>":
            if top.f_code.co_flags & CO_NEWLOCALS and sort in {"record", "holder", "single", "group"}:
                raise ModelError(
                    "a model declares its classes and groups at the top level, not inside a function",
                    place_at(source, *spot(frame)[1:]),
                    "move the declaration to the top level of the module",
                )
            top = top.f_back
        self.notes.append(Note(sort, declared, source, frame.f_lineno))

    def param(self, default: object, about: object, choices: Iterable[object] | None, frame: FrameType) -> object:
        source = self._source_of(frame)
        _, line, column = spot(frame)
        where = place_at(source, line, column) if source else None
        name = parameter_names(source.tree).get((line, column)) if source else None
        if name is None:
            raise ModelError(
                "a parameter is declared where it can be found without running the model",
                where,
                'write `NAME = param(default, "what it is")` at the top level, outside any `if`',
            )
        assert where is not None
        listed = None if choices is None else tuple(choices)
        if not isinstance(about, str):
            raise ModelError(
                "the second argument of `param` says in words what it is", where, f'write `{name} = param(..., "what it is")`'
            )
        for value in (default, *(listed or ())):
            if not may_be(value):
                large = " that does not fit 64 bits" if isinstance(value, int) else ""
                what = f"a parameter cannot be this `{type(value).__name__}`{large}"
                raise ModelError(what, where, f"`{name}` may be {PARAMETERS}")
        given = {n.casefold(): v for n, v in self.given.items()}
        value = value_of(name, given[name.casefold()], default, listed) if name.casefold() in given else default
        if any(p.name.casefold() == name.casefold() for p in self.parameters):
            raise ModelError(f"there are two parameters `{name}`", where, "give one of them another name")
        self.parameters.append(ParameterDeclaration(name, value, default, about, listed, where))
        return value

    def _source_of(self, frame: FrameType | None) -> Source | None:
        return None if frame is None else next((s for s in self.sources if s.module.__file__ == frame.f_code.co_filename), None)

    def _declaring(self) -> tuple[Source, FrameType]:
        """Return the nearest frame of the model, and its source."""
        frame: FrameType | None = sys._getframe(2)  # pyright: ignore[reportPrivateUsage]
        while frame is not None:
            source = self._source_of(frame)
            if source is not None:
                return source, frame
            frame = frame.f_back
        raise UsageError("a declaration was made outside the model that is being loaded")

    # -- histories ----------------------------------------------------------------------------------------------------

    @property
    def histories(self) -> list[tuple[History, Note]]:
        """Return the histories that were declared, with the notes of them."""
        return [(n.declared, n) for n in self.notes if isinstance(n.declared, History)]

    def _specialise(self) -> None:
        """Execute the pages that the histories need. Errors: ModelError for a history that cannot be."""
        for history, noted in self.histories:
            where = place_at(noted.source, noted.line, 1)
            history.name = next((n for n, value in vars(noted.source.module).items() if value is history), "")
            if not history.name:
                raise ModelError("a history has no name", where, "bind it at the top level: `history = History(register)`")
            asked = [offered for page, offered in OFFERED.items() if f"{history.name}.{page}" in self.asked]
            clients = history.clients or common(clients_of(history.name, self.sources))
            try:
                specialise(history, clients, asked, self._page)
            except ModelError as error:
                raise ModelError(error.what, error.where or where, error.remedy) from None

    def _page(self, page: Path, prefix: str, given: Mapping[str, object], text: str | None = None) -> ModuleType:
        """Execute a page of the library as a module of the model, with what it is given."""
        namespace = ModuleType("given")
        vars(namespace).update(given)

        def import_(name: str, *rest: Any) -> object:
            return namespace if name in GIVEN else builtins.__import__(name, *rest)

        return self._execute(page, prefix + page.stem, text, prefix, import_)

    # -- modules ------------------------------------------------------------------------------------------------------

    def _execute(
        self,
        path: Path,
        name: str,
        text: str | None = None,
        prefix: str = "",
        import_: Callable[..., object] | None = None,
    ) -> ModuleType:
        text = _text_of(path) if text is None else text
        module = ModuleType(f"quorate_configuration_{self.number}.{name}")
        module.__file__ = f"{path} ({prefix.rstrip('.')})" if prefix else str(path)
        try:
            tree = renamed(ast.parse(text, str(path)), prefix)
        except SyntaxError as error:
            where = Place(shown(path), error.lineno or 1, error.offset or 1, error.text or "")
            raise ModelError(error.msg, where, "this is not Python yet: correct the syntax first") from None
        except (ValueError, RecursionError, MemoryError) as error:  # a NUL byte; deeper than Python's parser goes
            raise ModelError(str(error) or "this is too deep for Python", Place(shown(path), 1, 1)) from None
        source = Source(path, shown(Path(module.__file__)), text, tree, module, prefix=prefix)
        self.sources.append(source)
        noter = {NOTER: lambda line, column: source.executed.add((line, column))}
        module.__dict__["__builtins__"] = builtins_with(import_ or self._import) | noter
        sys.modules[module.__name__] = module
        linecache.cache[module.__file__] = (len(text), None, text.splitlines(keepends=True), module.__file__)
        run = as_run(noting(renamed(ast.parse(text), prefix)))
        try:
            exec(compile(run, module.__file__, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  (a model is a program)
        except WrongValue:
            raise
        except (Exception, SystemExit) as error:
            raise located(error, self.sources) from error
        return module

    def _import(
        self,
        name: str,
        globals: Mapping[str, object] | None = None,  # noqa: A002  (the signature of `__import__`)
        locals: Mapping[str, object] | None = None,  # noqa: A002
        fromlist: tuple[str, ...] | None = (),
        level: int = 0,
    ) -> object:
        """Import one module of the model's own directory afresh; leave every other import to Python."""
        folder = self.sources[0].path.parent
        parts = self._own_parts(name, folder, level)
        if parts is None:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        if not parts:  # from . import x
            namespace = ModuleType(".")
            for part in fromlist or ():
                setattr(namespace, part, self._sibling(folder / f"{part}.py", part))
            return namespace
        found = self._sibling(folder.joinpath(*parts).with_suffix(".py"), ".".join(parts))
        if fromlist or len(parts) == 1:
            return found
        raise ModelError(f"`import {name}` binds a package", None, f"write `from {'.'.join(parts[:-1])} import {parts[-1]}`")

    def _own_parts(self, name: str, folder: Path, level: int) -> list[str] | None:
        """Return the path of a module below the model's directory, or None where the import is not of one."""
        parts = name.split(".") if name else []
        if level:
            return parts
        if folder.is_relative_to(MODELS):
            package = ["quorate", "models", *folder.relative_to(MODELS).parts]
            return parts[len(package) :] if parts[: len(package)] == package and len(parts) > len(package) else None
        return parts if folder.joinpath(*parts).with_suffix(".py").is_file() else None

    def _sibling(self, path: Path, name: str) -> ModuleType:
        for source in self.sources:
            if source.path == path:
                return source.module
        if not path.is_file():
            raise ModuleNotFoundError(f"no module named `{name}` beside `{self.sources[0].path.name}`")
        return self._execute(path, name)


def _text_of(path: Path) -> str:
    """Return the text of a file, without a byte order mark. Errors: ModelError where it is no text."""
    try:
        return text_of(path)
    except OSError as error:
        raise UsageError(f"the file `{shown(path)}` cannot be read: {(error.strerror or str(error)).lower()}") from None
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", "replace")
        where = Place(shown(path), before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)
        raise ModelError("this is not text in UTF-8", where, "save the file as UTF-8; a model is a Python module") from None


# -- places -----------------------------------------------------------------------------------------------------------


def shown(path: Path) -> str:
    """Return a path as errors and traces show it: from the working directory, or from the shipped models."""
    for root, prefix in ((MODELS, "models/"), (PROPERTIES, "properties/"), (Path.cwd(), "")):
        if path.is_relative_to(root):
            return readable(prefix + path.relative_to(root).as_posix())
    return readable(str(path))


def readable(name: str) -> str:
    """Return a file's name as text: its bytes are UTF-8, whatever the locale makes of them, and what is not is escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


@lru_cache(maxsize=64)
def _lines(text: str) -> tuple[str, ...]:
    """Split once what is asked for the place of every node."""
    return tuple(text.splitlines())


def place_at(source: Source, line: int, column: int) -> Place:
    """Return a place in a source, with its line's text. `column` counts from 1."""
    lines = _lines(source.text)
    return Place(source.shown, line, column, lines[line - 1] if line <= len(lines) else "")


def place_of(source: Source, node: ast.expr | ast.stmt | ast.arg | ast.pattern) -> Place:
    """Return where a node of the source's tree begins."""
    return place_at(source, node.lineno, node.col_offset + 1)


def located(error: Exception | SystemExit, sources: Iterable[Source]) -> ModelError:
    """Return the error as one of the model, at the last place in its sources that it passed through."""
    if isinstance(error, ModelError) and error.where is not None:
        return error
    where = where_raised(error, sources)
    if isinstance(error, ModelError):
        return ModelError(error.what, where, error.remedy)
    if isinstance(error, QuorateError):
        return ModelError(str(error), where)
    return ModelError(says(error), where, remedy_for(error))


def where_raised(error: BaseException, sources: Iterable[Source]) -> Place | None:
    """Return the last place in the sources that the exception passed through; in the model's own, where a page raised it."""
    listed = list(sources)
    own = [s for s in listed if not s.prefix]
    found = _last_place(error, own)
    return found or _last_place(error, listed)


def _last_place(error: BaseException, sources: Iterable[Source]) -> Place | None:
    by_file = {s.module.__file__: s for s in sources}
    found: Place | None = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        source = by_file.get(frame.f_code.co_filename)
        if source is not None:
            found = place_at(source, line, _column(error, frame))
    return found


def _column(error: BaseException, frame: FrameType) -> int:
    step = error.__traceback__
    while step is not None and step.tb_frame is not frame:
        step = step.tb_next
    if step is None:
        return 1
    positions = list(frame.f_code.co_positions())
    return (positions[step.tb_lasti // 2][2] or 0) + 1


def says(error: BaseException) -> str:
    """Return an exception of the model's code in one line."""
    if isinstance(error, AssertionError):
        return f"the assertion failed{f': {error}' if str(error) else ''}"
    if isinstance(error, SystemExit):
        return "the model ends the program"
    text = CONFIGURATION.sub("", str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


FAILED: dict[str, str] = {  # words of exceptions, and what to write
    "IndexError": "there is no such item here: ask `i < len(...)` before",
    "ZeroDivisionError": "ask `... != 0` before",
    "not in list": "ask `... in ...` before",
    "empty": "ask before whether there is an item, or say what it gives then: `default=...`",
    "to unpack (expected": "ask `len(...) == ...` before",
}


def remedy_for(error: BaseException) -> str | None:
    """Return what to write instead, where the exception has one usual reason."""
    if isinstance(error, NameError):
        later = "or begin the file with `from __future__ import annotations` if it is a type"
        return import_of(error.name) or f"define `{error.name}` above, {later}"
    if isinstance(error, ImportError) and not isinstance(error, ModuleNotFoundError):
        return "correct the name, or define it before the modules import each other"
    if isinstance(error, SystemExit):
        return "leave the call out: a model only declares"
    if isinstance(error, KeyError):
        instead = "`d.get(key, default)`, `d.pop(key, default)` or `s.discard(x)`"
        return f"there is no such key here: ask `key in ...` before, or write {instead}"
    if isinstance(error, IndexError | ZeroDivisionError | ValueError):
        return next((remedy for words, remedy in FAILED.items() if words in says(error)), None)
    if isinstance(error, TypeError):
        return _remedy_for_call(str(error))
    return None


def _remedy_for_call(said: str) -> str | None:
    """Return the argument that was meant, or that a mark is written without parentheses."""
    match = UNEXPECTED.search(said)
    declared = vars(declare).get(match[1]) if match else None
    if match and isinstance(declared, type) and is_dataclass(declared):
        known = [f.name for f in fields(declared)]
        return f"`{match[1]}` has {', '.join(f'`{n}`' for n in known)}{did_you_mean(match[2], known)}"
    bare = re.match(r"(\w+)\(\) missing 1 required positional argument: '(step|prop)'", said)
    return f"write `@{bare[1]}` without parentheses" if bare else None


def among(names: Iterable[str]) -> str:
    """Return `; it has `a`, `b``, or that there are none."""
    listed = ", ".join(f"`{n}`" for n in names)
    return f"; it has {listed}" if listed else "; it has none"
