"""The system's C compiler, and the cache of what it made.

A library is kept under the digest of everything that went into it (source, runtime, command, compiler) and of its own
bytes: an entry that is broken or truncated is noticed and made again, and entries appear by renaming, so that two runs
at once do not meet. Read next: `machine.py`, which loads the library.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from quorate.language.errors import QuorateError

RUNTIME = Path(__file__).resolve().parent / "runtime"
FLAGS = ("-std=gnu11", "-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-pthread")
ENDING = '\n#include "runtime.h"\n'
MOST_ENTRIES = 256  # of the cache; beyond, those that were used longest ago go


class NoCompiler(QuorateError):
    """There is no C compiler that works; the message says what to do about it."""


def library(source: str) -> Path:
    """Return the shared library of this emitted code together with the runtime, compiled unless it is in the cache.

    `CC` and `CFLAGS` of the environment are heeded. Errors: NoCompiler.
    """
    command = (*compiler(), *FLAGS, *shlex.split(os.environ.get("CFLAGS", "")))
    key = _key(source, command)
    folder = cache_folder()
    return _kept(folder, key) or _made(folder, key, command, source)


def compiler() -> tuple[str, ...]:
    """Return the command of a C compiler: `$CC`, else cc, gcc, clang, else zig's where that package is installed."""
    asked = shlex.split(os.environ.get("CC", ""))
    for candidate in [asked] if asked else [["cc"], ["gcc"], ["clang"]]:
        found = shutil.which(candidate[0])
        if found:
            return found, *candidate[1:]
    if asked:
        raise NoCompiler(f"the C compiler `{asked[0]}` that `CC` names was not found")
    if importlib.util.find_spec("ziglang"):
        return sys.executable, "-m", "ziglang", "cc"
    raise NoCompiler("no C compiler was found: install gcc or clang, name one in `CC`, or install the Python package `ziglang`")


@cache
def cache_folder() -> Path:
    """Return the folder for compiled models in the user's cache, or a private temporary one if that is not writable."""
    folder = _cache_root() / "quorate"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK) and folder.stat().st_uid == os.getuid():
            return folder
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="quorate-"))


def _cache_root() -> Path:
    """Return the user's cache directory by the rules of the platform; `XDG_CACHE_HOME` counts everywhere."""
    asked = os.environ.get("XDG_CACHE_HOME", "")
    if Path(asked).is_absolute():
        return Path(asked)
    return Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def _key(source: str, command: tuple[str, ...]) -> str:
    """Return the digest of all that decides what the library is. A compiler is known by its place, size and time."""
    digest = hashlib.sha256()
    stat = Path(command[0]).resolve().stat()
    for part in (*command, str(stat.st_size), str(stat.st_mtime_ns), source):
        digest.update(part.encode() + b"\0")
    for file in sorted(RUNTIME.glob("*.h")):
        digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:40]


def _kept(folder: Path, key: str) -> Path | None:
    """Return the cache's entry, if there is one whose bytes are those that its name tells; others are removed."""
    for entry in folder.glob(f"{key}-*.so"):
        try:
            whole = entry.name == f"{key}-{_digest(entry)}.so"
        except OSError:
            continue
        if whole:
            os.utime(entry)
            return entry
        entry.unlink(missing_ok=True)
    return None


def _made(folder: Path, key: str, command: tuple[str, ...], source: str) -> Path:
    with tempfile.TemporaryDirectory(prefix="making-", dir=folder) as place:
        text, made = Path(place) / "model.c", Path(place) / "model.so"
        text.write_text(source + ENDING, encoding="utf-8")
        run = subprocess.run(
            [*command, f"-I{RUNTIME}", "-o", str(made), str(text)], capture_output=True, text=True, check=False, cwd=place
        )
        if run.returncode or not made.exists():
            raise NoCompiler(f"the C compiler `{shlex.join(command[:1])}` failed{_first_error(run.stderr)}")
        entry = folder / f"{key}-{_digest(made)}.so"
        made.replace(entry)
    _prune(folder)
    return entry


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:40]


def _first_error(errors: str) -> str:
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    telling = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "")
    return f": {telling}" if telling else ""


def _prune(folder: Path) -> None:
    """Remove the entries that were used longest ago. Another run may be doing the same."""
    ages = []
    for entry in folder.glob("*-*.so"):
        try:
            ages.append((entry.stat().st_mtime, entry))
        except OSError:
            continue
    for _, entry in sorted(ages, reverse=True)[MOST_ENTRIES:]:
        entry.unlink(missing_ok=True)
