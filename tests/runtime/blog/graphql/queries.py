from __future__ import annotations

from terapin.runtime.core.graphql.connections import Connection
from terapin.runtime.core.graphql.fields import by_key, connected, listed
from terapin.runtime.core.graphql.types import fields_type

from .inputs.comment import CommentOrder, CommentWhere
from .inputs.contact import ContactOrder, ContactWhere
from .inputs.post import PostOrder, PostWhere
from .inputs.profile import ProfileOrder, ProfileWhere
from .inputs.specimen import SpecimenOrder, SpecimenWhere
from .inputs.tag import TagOrder, TagWhere
from .inputs.user import UserOrder, UserWhere
from .types.comment import Comment
from .types.contact import Contact
from .types.post import Post
from .types.profile import Profile
from .types.specimen import Specimen
from .types.tag import Tag
from .types.user import User


@fields_type
class QueryFields:
    comment: Comment | None = by_key()
    comments: list[Comment] = listed(CommentWhere, CommentOrder)
    comments_connection: Connection[Comment] = connected(CommentWhere, CommentOrder)
    contact: Contact | None = by_key()
    contacts: list[Contact] = listed(ContactWhere, ContactOrder)
    contacts_connection: Connection[Contact] = connected(ContactWhere, ContactOrder)
    post: Post | None = by_key()
    posts: list[Post] = listed(PostWhere, PostOrder)
    posts_connection: Connection[Post] = connected(PostWhere, PostOrder)
    profile: Profile | None = by_key()
    profiles: list[Profile] = listed(ProfileWhere, ProfileOrder)
    profiles_connection: Connection[Profile] = connected(ProfileWhere, ProfileOrder)
    specimen: Specimen | None = by_key()
    specimens: list[Specimen] = listed(SpecimenWhere, SpecimenOrder)
    specimens_connection: Connection[Specimen] = connected(SpecimenWhere, SpecimenOrder)
    tag: Tag | None = by_key()
    tags: list[Tag] = listed(TagWhere, TagOrder)
    tags_connection: Connection[Tag] = connected(TagWhere, TagOrder)
    user: User | None = by_key()
    users: list[User] = listed(UserWhere, UserOrder)
    users_connection: Connection[User] = connected(UserWhere, UserOrder)
