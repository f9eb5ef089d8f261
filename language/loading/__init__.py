"""From a file to a `Model`: executing it with its parameters, its declarations, its types, its presets."""
