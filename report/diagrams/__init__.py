"""Traces as pictures and diagrams for documents."""
