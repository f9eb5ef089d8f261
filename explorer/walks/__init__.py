"""Walks through a space: by hand, at random, and the way to what is far."""
