from __future__ import annotations

from uuid import UUID

from terapin.runtime.core.graphql.mutations import create, delete, update
from terapin.runtime.core.graphql.scalars import BigInt
from terapin.runtime.core.graphql.types import fields_type

from .inputs.comment import CommentCreateInput, CommentUpdateInput
from .inputs.contact import ContactCreateInput, ContactUpdateInput
from .inputs.post import PostCreateInput, PostUpdateInput
from .inputs.profile import ProfileCreateInput, ProfileUpdateInput
from .inputs.specimen import SpecimenCreateInput, SpecimenUpdateInput
from .inputs.tag import TagCreateInput, TagUpdateInput
from .inputs.user import UserCreateInput, UserUpdateInput
from .types.comment import Comment
from .types.contact import Contact
from .types.post import Post
from .types.profile import Profile
from .types.specimen import Specimen
from .types.tag import Tag
from .types.user import User


@fields_type
class MutationFields:
    create_comment: Comment | None = create(CommentCreateInput)
    update_comment: Comment | None = update(CommentUpdateInput)
    delete_comment: UUID | None = delete(Comment)
    create_contact: Contact | None = create(ContactCreateInput)
    update_contact: Contact | None = update(ContactUpdateInput)
    delete_contact: int | None = delete(Contact)
    create_post: Post | None = create(PostCreateInput)
    update_post: Post | None = update(PostUpdateInput)
    delete_post: UUID | None = delete(Post)
    create_profile: Profile | None = create(ProfileCreateInput)
    update_profile: Profile | None = update(ProfileUpdateInput)
    delete_profile: UUID | None = delete(Profile)
    create_specimen: Specimen | None = create(SpecimenCreateInput)
    update_specimen: Specimen | None = update(SpecimenUpdateInput)
    delete_specimen: BigInt | None = delete(Specimen)
    create_tag: Tag | None = create(TagCreateInput)
    update_tag: Tag | None = update(TagUpdateInput)
    delete_tag: int | None = delete(Tag)
    create_user: User | None = create(UserCreateInput)
    update_user: User | None = update(UserUpdateInput)
    delete_user: UUID | None = delete(User)
