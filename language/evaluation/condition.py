"""A condition on states that somebody types: read, typed and evaluated as the modelling language means it.

It is an expression as it may stand in a property of the model, with the names of the model's main file. It is lowered with
the model and walked over; Python never runs it. Read next: `evaluation.py`.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING

from quorate.language.declare import others, up
from quorate.language.errors import ModelError, Place, Unsupported, UsageError
from quorate.language.evaluation.evaluation import evaluated
from quorate.language.loading.execution import place_at
from quorate.language.loading.model import PropertyDeclaration, Source
from quorate.language.lowering.lower import lower
from quorate.language.program import ir
from quorate.language.program.traversal import every_expression

if TYPE_CHECKING:
    from quorate.language.loading.model import Model
    from quorate.language.values.state import Global

SHOWN = "condition"  # stands for the file's name in messages
NAME = "condition"  # of the property that it is in its program: one that never holds, so that a search finds where it does
LONGEST = 2000  # characters: Python's parser recurses over what it reads


@dataclass(frozen=True, slots=True)
class Condition:
    """An expression that is true or false in each state of one configuration."""

    text: str
    program: ir.Program
    body: tuple[ir.Stmt, ...]
    where: Place

    def holds(self, state: Global) -> bool:
        """Say whether the state satisfies it. Errors: ModelError where it has no answer, say by a division by zero."""
        try:
            return evaluated(self.program, self.body, state)
        except ModelError as error:
            raise ModelError(error.what, self.where, error.remedy) from None


def condition_of(model: Model, text: str) -> Condition:
    """Return what the text means in this model. Errors: ModelError with the place in the text, UsageError for no text."""
    tree, text = _parsed(text), text.strip()
    main = model.sources[0]
    source = Source(main.path, SHOWN, text, ast.Module([], []), _with_prelude(main.module))
    where = place_at(source, 1, 1)
    declared = PropertyDeclaration(NAME, "never", text, _never_run, source, _as_function(tree.body), where)
    try:
        program = lower(replace(model, properties=(declared,)))
    except Unsupported as refusal:
        if refusal.where is not None and refusal.where.file == SHOWN:
            raise ModelError(refusal.what, refusal.where, refusal.remedy) from None
        raise UsageError(f"a condition needs a model that the native engine can run:\n{refusal}") from None
    body = program.properties[0].body
    if any(isinstance(e, ir.Field) and e.old for e in every_expression(body)):
        raise ModelError("`old(...)` is only for a `@step` property", where, "a condition is about one state")
    return Condition(text, program, body, where)


def _never_run() -> object:
    raise AssertionError("a condition is walked over, never run")


def _parsed(given: str) -> ast.Expression:
    text = given.strip()
    if not text:
        raise UsageError("there is no condition: write one such as `any(s.term > 0 for s in servers)`")
    if len(text) > LONGEST:
        raise UsageError(f"a condition has at most {LONGEST} characters, and this one has {len(text)}")
    try:
        return ast.parse(text, SHOWN, mode="eval")
    except SyntaxError as error:
        where = Place(SHOWN, error.lineno or 1, error.offset or len(text) + 1, error.text or text)
        raise ModelError(error.msg, where, "write one expression, as in a property of the model") from None
    except (ValueError, RecursionError, MemoryError):
        raise UsageError("the condition is not an expression that can be read") from None


def _as_function(expression: ast.expr) -> ast.FunctionDef:
    """Return a property's definition that answers with the expression: on every way, whatever is wrong with it."""
    nothing = ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[])
    asked = ast.copy_location(ast.If(expression, [ast.Return(ast.Constant(True))], []), expression)
    function = ast.FunctionDef("condition", nothing, [asked, ast.Return(ast.Constant(False))], [], None)
    return ast.fix_missing_locations(ast.copy_location(function, expression))


def _with_prelude(module: ModuleType) -> ModuleType:
    """Return the module's names, and those of the language that a property may use whether or not the model imports them."""
    names = ModuleType(module.__name__)
    vars(names).update({"up": up, "others": others, **vars(module)})
    return names
