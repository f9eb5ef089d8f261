"""The runtime under the sanitizers of address, leak, undefined behaviour and threads, as a program of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from quorate.explorer.compiler import RUNTIME, compiler

HERE = Path(__file__).parent
MODELS = {
    "two_phase_commit": (["-DMANAGERS=6", "-DINITIAL=0"], "50816 402305 19"),
    "bag": (["-DMOST=5", "-DTOP=5", "-DBUDGET=2", "-DINITIAL=512,~512ull"], None),
}


def run(model: str, sanitizers: str, folder: Path) -> list[str]:
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
    where = [f"-I{RUNTIME}", f"-I{HERE / 'emitted'}", f'-DEMITTED="{model}.c"']
    command = [*compiler(), *flags, *where, *MODELS[model][0], "-o", str(program), str(HERE / "sanitized.c")]
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
    counts = run(model, sanitizers, tmp_path)
    assert len(counts) == 6
    assert len(set(counts)) == 1
    assert MODELS[model][1] in {None, counts[0]}
