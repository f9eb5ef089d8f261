"""What may not get lost: an acknowledged write, a value that was read; and what failed may not show."""
