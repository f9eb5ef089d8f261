"""Guarantees of histories, held against their definitions."""
