"""The reference engine: the author's own functions on Python objects, small and plainly right."""
