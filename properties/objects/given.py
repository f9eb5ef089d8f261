"""What a model gives to the pages of this room: here it stands for any; `pages.py` of `language/histories/` puts its own in."""

from __future__ import annotations

Key = bool
Value = bool
FIRST = False
MOST = 1
