"""Recordings as they are written: each format is one file that yields events, read as a stream."""
