"""A generator of FastAPI services from RDF ontologies."""

__version__ = "0.2.0"
