"""A service written by hand in the shape that Terapin generates, with tasks: its handlers misbehave as they are told."""
