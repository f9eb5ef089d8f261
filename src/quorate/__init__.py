"""Quorate checks replication protocols written as small-step state machines in plain Python."""

__version__ = "0.1.0"
