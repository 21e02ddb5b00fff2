"""Background tasks: what is declared of each, and a handler that is seeded."""

from .plan import plan

__all__ = ["plan"]
