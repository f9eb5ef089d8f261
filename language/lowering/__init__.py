"""From Python's `ast` to the IR, with the types and bounds that nobody declared. Read first: `lower.py`."""
