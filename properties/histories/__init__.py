"""What clients saw of a real system, as they recorded it, held against a sequential object and a guarantee.

Read next: `record/history.py`, what a history is; `judge.py`, the one way in.
"""
