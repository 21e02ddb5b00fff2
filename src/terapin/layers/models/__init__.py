"""SQLAlchemy models: a module an entity, and one for the tables of many-to-many relationships."""

from .plan import plan

__all__ = ["plan"]
