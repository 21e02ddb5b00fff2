"""A generator of FastAPI services from RDF ontologies."""
