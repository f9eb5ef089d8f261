"""The structs and functions of the runtime as ctypes sees them: what `runtime/runtime.h` and its neighbours declare."""

from __future__ import annotations

import ctypes

U32, U64 = ctypes.c_uint32, ctypes.c_uint64


class CControl(ctypes.Structure):
    """control.h: struct control."""

    _fields_ = (
        *((name, U64) for name in ("max_states", "max_depth", "max_bytes", "sample")),
        ("decisive", ctypes.POINTER(U64)),
        *((name, U32) for name in ("threads", "compact", "first", "stop")),
        *((name, U64) for name in ("states", "edges", "expanded", "depth", "bytes")),
    )


class CFindings(ctypes.Structure):
    """explore.h: struct findings."""

    _fields_ = tuple(
        (name, U64)
        for name in ("states", "words", "edges", "depth", "terminal", "dead", "stuck", "error", "sampled", "sampled_words")
    )


class CLook(ctypes.Structure):
    """look.h: struct look."""

    _fields_ = (
        *((name, U64) for name in ("edges", "words", "free_errors", "costed_errors", "terminal", "stuck")),
        *((name, U64) for name in ("state_error", "final_error")),
        *((name, ctypes.POINTER(U64)) for name in ("successors", "steps", "shown", "wrong")),
    )


class CTarget(ctypes.Structure):
    """shortest.h: struct target."""

    _fields_ = (*((name, U32) for name in ("sort", "property", "found", "edge")), ("faults", U64), ("steps", U64))


class CWalks(ctypes.Structure):
    """walk.h: struct walks."""

    _fields_ = (
        *((name, U64) for name in ("seed", "first", "count", "depth")),
        ("wanted", ctypes.POINTER(U64)),
        ("stuck_wanted", U32),
        ("end", U32),
        ("shown", ctypes.POINTER(U64)),
        *((name, U64) for name in ("number", "steps", "done", "deepest")),
        ("path", ctypes.POINTER(U64)),
        *((name, U64) for name in ("path_count", "path_used", "path_room")),
    )


_HANDLE, _WORDS, _CONTROL = ctypes.c_void_p, ctypes.POINTER(U64), ctypes.POINTER(CControl)
SIGNATURES: dict[str, tuple[type | None, tuple[type, ...]]] = {
    "quorate_sizes": (None, (_WORDS,)),
    "quorate_length": (U32, (_WORDS,)),
    "quorate_explore": (_HANDLE, (_CONTROL, _WORDS, U64, ctypes.POINTER(CFindings), _WORDS, _WORDS, _WORDS, _WORDS)),
    "quorate_sample": (None, (_HANDLE, _WORDS)),
    "quorate_look": (None, (_WORDS, ctypes.POINTER(CLook), _WORDS, _WORDS, _WORDS)),
    "quorate_frontier": (U64, (_HANDLE, U64, _WORDS)),
    "quorate_distinct": (U64, (_HANDLE, _WORDS)),
    "quorate_close": (None, (_HANDLE,)),
    "quorate_shortest": (_HANDLE, (_CONTROL, _WORDS, U64, ctypes.POINTER(CTarget), U32)),
    "quorate_mark": (ctypes.c_int, (_HANDLE, _WORDS, U32, U64, U64)),
    "quorate_forget": (None, (_HANDLE,)),
    "quorate_walk": (None, (_CONTROL, _WORDS, U64, ctypes.POINTER(CWalks))),
    "quorate_release": (None, (_HANDLE,)),
}
