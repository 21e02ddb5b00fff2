"""Answers that are kept: in the process, in Redis, and nowhere longer than what they depend on stays as it is."""
