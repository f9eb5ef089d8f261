"""The meaning of the IR by walking over it: conditions that somebody types. Read first: `evaluation.py`."""
