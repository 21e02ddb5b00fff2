from __future__ import annotations

from ..core.graphql.connections import Connection
from ..core.graphql.fields import by_key, connected, listed
from ..core.graphql.types import fields_type
from .inputs.book import BookOrder, BookWhere
from .inputs.note import NoteOrder, NoteWhere
from .inputs.review import ReviewOrder, ReviewWhere
from .types.book import Book
from .types.note import Note
from .types.review import Review


@fields_type
class QueryFields:
    book: Book | None = by_key()
    books: list[Book] = listed(BookWhere, BookOrder)
    books_connection: Connection[Book] = connected(BookWhere, BookOrder)
    note: Note | None = by_key()
    notes: list[Note] = listed(NoteWhere, NoteOrder)
    notes_connection: Connection[Note] = connected(NoteWhere, NoteOrder)
    review: Review | None = by_key()
    reviews: list[Review] = listed(ReviewWhere, ReviewOrder)
    reviews_connection: Connection[Review] = connected(ReviewWhere, ReviewOrder)
