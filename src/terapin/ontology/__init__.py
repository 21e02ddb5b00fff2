"""From Turtle to a model: documents (`sources`), their graph, what they state (`read`), and what that comes to (`build`)."""

from .compilation import Compilation, compile_files, compile_ontology, compile_sources
from .ontology import Loaded, Ontology, load, load_sources
from .queries import QueryError
from .sources import Source

__all__ = [
    "Compilation",
    "Loaded",
    "Ontology",
    "QueryError",
    "Source",
    "compile_files",
    "compile_ontology",
    "compile_sources",
    "load",
    "load_sources",
]
