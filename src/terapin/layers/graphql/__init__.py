"""GraphQL: what each entity shows stands in facts, a module an entity; its type and the root fields are open to more."""

from .plan import plan

__all__ = ["plan"]
