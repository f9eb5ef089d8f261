"""Whose body is read: its locals, what is known at a point of it, what is inferred, conversions between types."""
