"""What can go wrong between a good model and a written project."""

from __future__ import annotations


class ProjectError(Exception):
    """Says in one line what is wrong and, in `notes`, where and how to mend it."""

    def __init__(self, message: str, *notes: str) -> None:
        super().__init__(message)
        self.message = message
        self.notes = notes
