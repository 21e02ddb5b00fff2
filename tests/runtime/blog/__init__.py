"""A service written by hand in the shape that Terapin generates, but for core, which is not copied."""
