"""What is read of an ontology at most, so that no document keeps the machine busy or fills its memory.

The largest ontologies that people write by hand stay far below; whoever makes one by a program can divide it.
"""

from __future__ import annotations

from typing import Final

# Of a document.
BYTES: Final = 64 * 1024 * 1024
TRIPLES: Final = 1_000_000
# Brackets within brackets.
NESTING: Final = 100
# Characters of a string, items of a list.
LITERAL: Final = 1_000_000
ITEMS: Final = 10_000

# Of a document that is not Turtle, those beyond are not looked at for further mistakes.
TOKENS: Final = 500_000

# Of a kind, mistakes beyond are not told: nobody reads them, and each costs a search for what was meant.
MISTAKES: Final = 200
# Relationships of a path of a permission, each of which is a query within the one before.
STEPS = 5
