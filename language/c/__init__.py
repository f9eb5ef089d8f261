"""The C meaning of the IR. Read first: `to_c.py`."""
