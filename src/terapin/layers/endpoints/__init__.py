"""The REST API: a router an entity, and one a route that the ontology declares, whose handler is seeded."""

from .plan import plan

__all__ = ["plan"]
