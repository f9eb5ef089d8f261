"""The runtime and emitted code under the sanitizers of address, leak, undefined behaviour and threads, as a program."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from quorate.explorer.check import Request, configure
from quorate.explorer.contract.engine import Limits
from quorate.explorer.native.compiler import RUNTIME, compiler
from quorate.explorer.native.native import NativeEngine
from quorate.language.c.to_c import emit

HERE = Path(__file__).parent
MODELS = {
    "two_phase_commit": (["-DMANAGERS=6", "-DINITIAL=0"], "50816 402305 19"),
    "bag": (["-DMOST=5", "-DTOP=5", "-DBUDGET=2", "-DINITIAL=512,~512ull"], None),
}


def run(code: Path, definitions: list[str], sanitizers: str, folder: Path) -> list[str]:
    program = folder / "program"
    flags = [
        "-std=gnu11",
        "-O1",
        "-g",
        "-pthread",
        "-Wall",
        "-Wextra",
        "-Werror",
        f"-fsanitize={sanitizers}",
        "-fno-sanitize-recover=all",
    ]
    where = [f"-I{RUNTIME}", f'-DEMITTED="{code}"']
    command = [*compiler(), *flags, *where, *definitions, "-o", str(program), str(HERE / "sanitized.c")]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if "cannot find" in made.stderr:
        pytest.skip(f"the compiler has no -fsanitize={sanitizers}")
    assert made.returncode == 0, made.stderr
    done = subprocess.run([program], capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("sanitizers", ["address,undefined", "thread"])
@pytest.mark.parametrize("model", MODELS)
def test_the_runtime_is_clean(model: str, sanitizers: str, tmp_path: Path) -> None:
    definitions, expected = MODELS[model]
    counts = run(HERE / "emitted" / f"{model}.c", definitions, sanitizers, tmp_path)
    assert len(counts) == 6
    assert len(set(counts)) == 1
    assert expected in {None, counts[0]}


@pytest.mark.parametrize(
    ("model", "preset", "depth"),
    [("raft", "vote not durable", 7), ("failover", "synchronous, forgetful", 7), ("two_phase_commit", "tla", 20)],
)
def test_emitted_code_is_clean(model: str, preset: str, depth: int, tmp_path: Path) -> None:
    configuration = configure(Request(model=model, preset=preset))
    assert configuration.program is not None
    engine = NativeEngine(configuration.model, configuration.program, configuration.setting)
    code = tmp_path / "model.c"
    code.write_text(emit(configuration.program, configuration.setting), encoding="utf-8")
    first = ",".join(f"{word}ull" for word in engine.initial[0])
    counts = run(code, [f"-DINITIAL={first}", f"-DEMITTED_DEPTH={depth}"], "address,undefined", tmp_path)
    found = engine.explore(Limits(depth=depth)).exploration
    assert set(counts) == {f"{found.states} {found.edges} {found.depth}"}
