"""Guarantees, one a file: the definition, where it comes from, how it is decided, and the two histories on its edge."""
