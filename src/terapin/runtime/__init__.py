"""Real modules of a generated service: `core/` and `tests/` are emitted byte for byte."""
