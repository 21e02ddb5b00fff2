from __future__ import annotations

from uuid import UUID

from ..core.graphql.mutations import create, delete, update
from ..core.graphql.types import fields_type
from .inputs.note import NoteCreateInput, NoteUpdateInput
from .inputs.review import ReviewUpdateInput
from .types.note import Note
from .types.review import Review


@fields_type
class MutationFields:
    create_note: Note | None = create(NoteCreateInput)
    update_note: Note | None = update(NoteUpdateInput)
    delete_note: UUID | None = delete(Note)
    update_review: Review | None = update(ReviewUpdateInput)
    delete_review: UUID | None = delete(Review)
