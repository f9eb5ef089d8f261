"""What the language has otherwise than Python, put into the syntax tree that Python runs: order of walking, size of numbers."""
