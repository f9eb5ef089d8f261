"""Holding an engine to the oracle: both are asked the same, and what they say is put side by side."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from quorate.cli import main

from .search import Outcome, explore, presets

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Question:
    """A protocol and how it is to be explored."""

    path: Path
    parameters: dict[str, Any]
    faults: dict[str, Any]
    network: str = "unordered"
    capacity: int | None = None
    full: str = "error"
    start: tuple[str, ...] = ()
    preset: str | None = None

    def options(self) -> list[str]:
        "The same for the command line."
        if self.preset is not None:
            return ["--preset", self.preset]
        options = [f"--set={name}={value}" for name, value in self.parameters.items()]
        options += ["--network", self.network, "--faults", ",".join(f"{k}={v}" for k, v in self.faults.items()) or "none"]
        options += ["--full", self.full]
        return options + ([] if self.capacity is None else ["--capacity", str(self.capacity)])

    def explored(self, *, copies: bool = False) -> Outcome:
        return explore(
            self.path,
            parameters=self.parameters,
            faults=self.faults,
            network=self.network,
            capacity=self.capacity,
            full=self.full,
            start=self.start,
            copies=copies,
        )


def questions(path: Path) -> list[Question]:
    "Return what the presets of a model ask; a model without presets is asked once."
    found = presets(path).values()
    asked = [Question(path, p.params, p.faults, p.network, p.capacity, p.full, tuple(p.start), p.name) for p in found]
    return asked or [Question(path, {}, {})]


def answered(question: Question, engine: str) -> dict[str, Any]:
    "What `quorate check --json` prints; with `refused` where it prints no document."
    arguments = ["check", str(question.path), "--engine", engine, "--json", *question.options()]
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        try:
            main(arguments)
        except SystemExit:
            pass
        except Exception as defect:  # noqa: BLE001  # a crash of the tool is a difference, and the next question is asked
            return {"refused": f"a crash: {type(defect).__name__}: {defect}"}
    try:
        return dict(json.loads(out.getvalue()))
    except ValueError:
        return {"refused": out.getvalue() + error.getvalue()}


def differences(outcome: Outcome, answer: dict[str, Any]) -> list[str]:
    "In what the engine's answer is not the oracle's."
    if "refused" in answer or answer.get("error") is not None or outcome.error is not None:
        error = answer.get("refused") or answer.get("error")
        return [] if (outcome.error is None) == (error is None) else [f"error: oracle {outcome.error}, engine {error}"]
    found = [
        f"{name}: oracle {getattr(outcome, name)}, engine {answer[name]}"
        for name in ("states", "edges", "depth", "terminal", "stuck")
        if getattr(outcome, name) != answer[name]
    ]
    stopped = sum(count for _, count in outcome.limits), sum(limit["stopped"] for limit in answer["limits"])
    if stopped[0] != stopped[1]:
        found.append(f"steps that a limit stopped: oracle {stopped[0]}, engine {stopped[1]}")
    return found + [d for p in answer["properties"] for d in _of_property(outcome, p)]


def _of_property(outcome: Outcome, answer: dict[str, Any]) -> list[str]:
    name, verdict = answer["name"], answer["verdict"]
    wanted = outcome.verdicts.get(name, "missing")
    found = [] if verdict == wanted else [f"{name}: oracle {wanted}, engine {verdict}"]
    trace = answer["trace"]
    if name in outcome.traces and trace is not None:
        faults = sum(m["label"]["step"] in ("crash", "amnesia", "drop", "duplicate", "cut") for m in trace["moments"])
        shown = (faults, len(trace["moments"]))
        if shown != outcome.traces[name]:
            found.append(f"{name}: oracle's trace (faults, steps) {outcome.traces[name]}, engine's {shown}")
    return found
