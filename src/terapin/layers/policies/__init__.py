"""Who may do what, a module an entity: a method an operation, and one a field that not everybody sees or changes."""

from .plan import plan

__all__ = ["plan"]
