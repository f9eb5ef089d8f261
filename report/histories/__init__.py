"""A recorded history and its verdict: in the terminal, as a picture, as a document."""
