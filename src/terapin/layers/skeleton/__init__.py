"""The files around the package: what installs, runs, ships and explains it."""

from .plan import plan

__all__ = ["plan"]
