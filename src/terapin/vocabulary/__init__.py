"""The vocabulary: its namespaces (`namespaces`), and its terms as Turtle, read when they are needed."""

from .terms import RELATIONSHIP, FieldTypeTerm, Term, Vocabulary, said_of, short, vocabulary

__all__ = ["RELATIONSHIP", "FieldTypeTerm", "Term", "Vocabulary", "said_of", "short", "vocabulary"]
