"""The C meaning of sets, lists and dicts."""
