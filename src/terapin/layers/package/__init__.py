"""The package around the layers: application, settings, sources, caches, command, and the user's own extensions."""

from .plan import plan

__all__ = ["plan"]
