"""What an expression means that changes nothing: names, attributes, operators, displays, comprehensions, methods."""
