"""How a database follows its ontology: the tables of a model, what became of them, and the steps in between."""
