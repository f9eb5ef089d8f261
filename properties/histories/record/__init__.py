"""What a recording says: values, events, and the operations that they make."""
