"""Where a value is put: paths, assignments, methods that change a container."""
