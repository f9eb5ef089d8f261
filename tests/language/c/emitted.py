"""Runs emitted code on single states, without the search: what the tests of the C meaning compare."""

from __future__ import annotations

import ctypes
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from quorate.language.c.to_c import emit
from quorate.language.packed.layout import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from quorate.language.program.ir import Program
    from quorate.language.values.state import Global, Setting

RUNTIME = "explorer/native/runtime"
STRICT = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"]
HOOKS = """
uint32_t run_expand(const uint64_t *state, uint64_t *words, uint32_t *edges, uint64_t *told) {
    struct sink out = {0};
    told[0] = (uint64_t)expand(state, &out);
    told[1] = out.errors;
    check_state(state, &out, told + 2);
    told[3] = (uint64_t)has_deliverable(state);
    told[4] = out.exercised[0];
    told[5] = LIMITS ? out.limited[0] : 0;
    told[6] = step_sorts[0];
    for (uint32_t i = 0; i < out.count; i++) {
        edges[3 * i] = out.edges[i].at;
        edges[3 * i + 1] = out.edges[i].length;
        edges[3 * i + 2] = out.edges[i].step;
    }
    if (out.used) memcpy(words, out.words, 8 * out.used);
    uint32_t count = out.count;
    free(out.words);
    free(out.edges);
    return count;
}
uint64_t run_check_edge(const uint64_t *before, const uint64_t *after) {
    struct sink out = {0};
    uint64_t shown[PROPERTY_WORDS] = {0};
    return check_edge(before, after, &out, shown), shown[0];
}
uint64_t run_check_final(const uint64_t *state) {
    struct sink out = {0};
    uint64_t shown[PROPERTY_WORDS] = {0};
    return check_final(state, &out, shown), shown[0];
}
"""


@dataclass(frozen=True)
class Told:
    """What expanding one state said."""

    edges: list[tuple[int, Global]]  # step and successor
    limited: bool
    errors: int
    shown: int
    deliverable: bool
    exercised: int
    stopped: int


class Emitted:
    """The emitted code of a program, compiled with warnings as errors."""

    def __init__(self, program: Program, setting: Setting, folder: Path, *flags: str) -> None:
        self.layout = Layout.of(program, setting)
        source = folder / "model.c"
        source.write_text(emit(program, setting) + HOOKS)
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        assert compiler, "these tests need a C compiler"
        command = [compiler, *STRICT, *(flags or ["-O1"]), f"-I{RUNTIME}", "-o", str(folder / "model.so"), str(source)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"{shlex.join(command)}\n{run.stderr[:4000]}"
        self.library = ctypes.CDLL(str(folder / "model.so"))
        self.library.run_check_edge.restype = self.library.run_check_final.restype = ctypes.c_uint64
        self.words = (ctypes.c_uint64 * (4000 * self.layout.max_words))()
        self.edges = (ctypes.c_uint32 * 12000)()

    def expand(self, state: Global) -> Told:
        """Return the successors of a state, step by step in the order of the emitted code."""
        told = (ctypes.c_uint64 * 7)()
        count = self.library.run_expand(self.array(state), self.words, self.edges, told)
        found = []
        for i in range(count):
            at, length, step = self.edges[3 * i : 3 * i + 3]
            found.append((step, self.layout.unpack(self.words[at : at + length])))
        return Told(found, bool(told[0]), told[1], told[2], bool(told[3]), told[4], told[5])

    def array(self, state: Global) -> ctypes.Array[ctypes.c_uint64]:
        words = self.layout.pack(state)
        return (ctypes.c_uint64 * len(words))(*words)
