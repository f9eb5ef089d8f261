"""The search: two engines, the traces they find, and the walks beside them. Read first: `check.py`."""
