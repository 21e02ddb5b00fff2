"""Pydantic schemas: what a client sends to create and to update, and what it reads, a module an entity."""

from .plan import plan

__all__ = ["plan"]
