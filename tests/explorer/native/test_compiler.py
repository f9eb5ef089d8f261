"""The compiler and its cache: found, missing, failing; broken entries and two runs at once."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from quorate.explorer.contract.engine import Limits
from quorate.explorer.native import compiler
from quorate.explorer.native.compiler import NoCompiler, cache_folder, library
from quorate.explorer.native.machine import Machine
from quorate.explorer.native.watching import Orders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EMITTED = Path(__file__).parent / "emitted/two_phase_commit.c"
SOURCE = EMITTED.read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder of an empty cache; -O0 keeps these tests quick."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("CFLAGS", "-O0")
    monkeypatch.delenv("CC", raising=False)
    cache_folder.cache_clear()
    yield tmp_path / "quorate"
    cache_folder.cache_clear()


def states(source: str) -> int:
    return Machine(source).explore([(0,)], Orders(Limits())).states


def test_a_library_is_made_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = library(SOURCE)
    assert made.parent == folder
    assert sorted(folder.iterdir()) == [made]
    monkeypatch.setattr(compiler, "_made", None)
    assert library(SOURCE) == made


def test_other_source_and_other_flags_are_other_libraries(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {library(SOURCE), library("#define MANAGERS 2\n" + SOURCE)}
    monkeypatch.setenv("CFLAGS", "-O0 -g")
    names.add(library(SOURCE))
    assert len(names) == 3 == len(list(folder.iterdir()))


def halved(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def emptied(_: bytes) -> bytes:
    return b""


def altered(whole: bytes) -> bytes:
    return whole[:-9] + b"x" + whole[-8:]


@pytest.mark.parametrize("damage", [halved, emptied, altered])
def test_a_damaged_entry_is_made_again(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    made = library(SOURCE)
    whole = made.read_bytes()
    made.write_bytes(damage(whole))
    again = library(SOURCE)
    assert again.read_bytes() == whole or again != made
    assert list(folder.iterdir()) == [again]
    assert states(SOURCE) == 288


def test_two_runs_at_once_both_get_a_whole_library(folder: Path) -> None:
    code = "import sys; from quorate.explorer.native.compiler import library; print(library(open(sys.argv[1]).read()))"
    command = [sys.executable, "-c", code, str(EMITTED)]

    def run(_: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, check=True)

    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(run, range(4)))
    assert all(Path(run.stdout.strip()).exists() for run in runs)
    assert states(SOURCE) == 288
    assert all(entry.suffix == ".so" for entry in folder.iterdir())


def test_the_oldest_entries_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "MOST_ENTRIES", 1)
    library(SOURCE)
    newer = library("#define MANAGERS 2\n" + SOURCE)
    assert list(folder.iterdir()) == [newer]


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache_folder.cache_clear()
    assert cache_folder().is_dir()
    assert tmp_path not in cache_folder().parents
    cache_folder.cache_clear()


def installed(monkeypatch: pytest.MonkeyPatch, *packages: str) -> None:
    def find_spec(name: str) -> str | None:
        return name if name in packages else None

    monkeypatch.setattr("importlib.util.find_spec", find_spec)


def test_no_compiler_is_said_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    installed(monkeypatch)
    with pytest.raises(NoCompiler, match="no C compiler was found: install gcc or clang"):
        compiler.compiler()


def test_zig_serves_where_nothing_else_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("CC", raising=False)
    installed(monkeypatch, "ziglang")
    assert compiler.compiler() == (sys.executable, "-m", "ziglang", "cc")


def test_the_compiler_that_cc_names_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "gcc -DMANAGERS=4")
    assert states(SOURCE) == 1568
    monkeypatch.setenv("CC", "no-such-compiler")
    with pytest.raises(NoCompiler, match="`no-such-compiler` that `CC` names was not found"):
        library(SOURCE)


def test_a_failing_compiler_is_said_with_its_first_error(folder: Path) -> None:
    with pytest.raises(NoCompiler, match=r"the C compiler `.*` failed: .*error.*no_such_name"):
        library(SOURCE + "\nint broken(void) { return no_such_name; }\n")
    assert list(folder.iterdir()) == []
