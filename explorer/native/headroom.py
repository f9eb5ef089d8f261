"""How much memory a search may take before the machine swaps or a container is killed."""

from __future__ import annotations

import os
from pathlib import Path

SHARE = 0.8  # of what is available; the rest is for everybody else
MEMINFO = Path("/proc/meminfo")
CGROUPS = Path("/sys/fs/cgroup")


def affordable(asked: int | None) -> int:
    """Return the bytes that a search may hold: those asked for, but never more than most of what is available."""
    share = int(available() * SHARE)
    return share if asked is None else min(asked, share)


def available() -> int:
    """Return the bytes that are free or can be freed without swapping, in the machine and in this process's control group."""
    return min([_machine(), *_groups()])


def _machine() -> int:
    try:
        lines = dict(line.split(":", 1) for line in MEMINFO.read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _groups() -> list[int]:
    """Return what is left in each control group that limits this process, in version 2 and version 1 of their form."""
    forms = [("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")]
    pairs = [(CGROUPS / _own_group() / limit, CGROUPS / _own_group() / used) for limit, used in forms]
    pairs += [(CGROUPS / limit, CGROUPS / used) for limit, used in forms]
    return [left for limit, used in pairs if (left := _left(limit, used)) is not None]


def _own_group() -> str:
    try:
        line = Path("/proc/self/cgroup").read_text().strip().splitlines()[-1]
    except (OSError, IndexError):
        return ""
    return line.rsplit(":", 1)[-1].lstrip("/")


def _left(limit: Path, used: Path) -> int | None:
    """Return what a group has left, counting the page cache that it can drop as free; None where it sets no limit."""
    try:
        most = int(limit.read_text())
        stat = dict(line.split() for line in (used.parent / "memory.stat").read_text().splitlines())
        return max(0, most - int(used.read_text()) + int(stat.get("inactive_file", 0)))
    except (OSError, ValueError):
        return None
