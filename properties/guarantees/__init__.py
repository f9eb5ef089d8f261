"""Guarantees of a history, a page each in the modelling language: the definition, its source, what it needs to know."""
