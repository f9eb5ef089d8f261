"""Numbers as people read them: counts, times, rates, sizes."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return `1 step`, `2 steps`, `1,024 states`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def duration(seconds: float) -> str:
    """Return `3 ms`, `0.25 s`, `2 min 5 s`, `1 h 2 min`."""
    if seconds < 0.0995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.2g} s"
    whole = round(seconds)
    if whole < 120:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def rate(number: int, seconds: float) -> str:
    """Return how many a second: `812 states/s`, `4.1 million states/s`; empty where the time is too short to say."""
    if seconds < 0.001:
        return ""
    pace = number / seconds
    return f"{pace / 1e6:.3g} million states/s" if pace >= 1e6 else f"{pace:,.0f} states/s"


def size(count: int) -> str:
    """Return bytes in decimal units: `12 MB`."""
    for unit, scale in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= scale:
            return f"{count / scale:.3g} {unit}"
    return f"{count} bytes"
