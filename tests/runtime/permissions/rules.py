"""What is stated of the blog, once as policies, and once as an oracle in Python that has the rows before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import and_

from terapin.runtime.core.security.policy import Asking, Condition, Policy, all_of, any_of

from ..blog.endpoints import resources
from ..blog.models import Comment, Contact, Post, Profile, Specimen, Tag, User
from ..blog.models.post import PostStatus
from ..security.issuer import hs_token

# A post is its tenant's whose name is its title.
TENANTS = ("acme", "globex")


class PostPolicy(Policy[Post]):
    def read(self, subject: Asking) -> Condition:
        return any_of(
            subject.has_role("admin"),
            Post.status.in_([PostStatus.ARCHIVED]),
            Post.status.in_([]),
            and_(Post.title == subject.tenant, Post.status == PostStatus.PUBLISHED),
            all_of(Post.title == subject.tenant, subject.has_role("editor")),
            Post.user_id == subject.id,
        )

    def create(self, subject: Asking) -> Condition:
        return any_of(
            subject.has_role("admin"),
            and_(Post.user_id == subject.id, Post.title == subject.tenant),
        )

    def update(self, subject: Asking) -> Condition:
        return any_of(
            subject.has_role("admin"),
            all_of(Post.title == subject.tenant, subject.has_role("editor")),
            and_(Post.title == subject.tenant, Post.user_id == subject.id),
        )

    def delete(self, subject: Asking) -> Condition:
        return any_of(subject.has_role("admin"), Post.user_id == subject.id)

    def read_meta(self, subject: Asking) -> Condition:
        return any_of(subject.has_role("admin"), Post.user_id == subject.id)

    def read_published_on(self, subject: Asking) -> Condition:
        return subject.has_role("editor") or subject.has_role("admin")

    def update_price(self, subject: Asking) -> Condition:
        return any_of(subject.has_role("admin"), Post.user_id == subject.id)


class CommentPolicy(Policy[Comment]):
    """Of whoever wrote it, and of whoever wrote the post, which another tenant may have."""

    def read(self, subject: Asking) -> Condition:
        return any_of(
            subject.has_role("admin"),
            Comment.user_id == subject.id,
            Comment.post.has(Post.user_id == subject.id),
            Comment.parent.has(Comment.user_id == subject.id),
        )

    def create(self, subject: Asking) -> Condition:
        return Comment.user_id == subject.id

    def update(self, subject: Asking) -> Condition:
        return Comment.user_id == subject.id

    def delete(self, subject: Asking) -> Condition:
        return any_of(Comment.user_id == subject.id, Comment.post.has(Post.user_id == subject.id))


class UserPolicy(Policy[User]):
    def read(self, subject: Asking) -> Condition:
        return any_of(
            subject.has_role("admin"),
            User.id == subject.id,
            all_of(subject.has_tenant, User.is_active),
        )

    def create(self, subject: Asking) -> Condition:
        return True

    def update(self, subject: Asking) -> Condition:
        return User.id == subject.id

    def delete(self, subject: Asking) -> Condition:
        return subject.has_role("admin")


class ProfilePolicy(Policy[Profile]):
    def read(self, subject: Asking) -> Condition:
        return subject.is_authenticated

    def create(self, subject: Asking) -> Condition:
        return Profile.user_id == subject.id

    def update(self, subject: Asking) -> Condition:
        return Profile.user_id == subject.id

    def read_bio(self, subject: Asking) -> Condition:
        return Profile.user_id == subject.id


class TagPolicy(Policy[Tag]):
    def read(self, subject: Asking) -> Condition:
        return True

    def create(self, subject: Asking) -> Condition:
        return subject.has_role("editor")

    def update(self, subject: Asking) -> Condition:
        return subject.has_role("editor")


class ContactPolicy(Policy[Contact]):
    def read(self, subject: Asking) -> Condition:
        return subject.kind == "user"


class SpecimenPolicy(Policy[Specimen]):
    pass


POLICIES: Mapping[type[Any], type[Policy[Any]]] = {
    Post: PostPolicy,
    Comment: CommentPolicy,
    User: UserPolicy,
    Profile: ProfilePolicy,
    Tag: TagPolicy,
    Contact: ContactPolicy,
    Specimen: SpecimenPolicy,
}


@contextmanager
def policed() -> Iterator[None]:
    """The blog with its policies, as if its resources were declared with them."""
    for resource in resources:
        resource.service.guard = POLICIES[resource.model].guarding(resource)
    try:
        yield
    finally:
        for resource in resources:
            del resource.service.guard


@dataclass(frozen=True)
class Who:
    """A subject, as the oracle knows it."""

    name: str
    id: UUID | None = None
    roles: frozenset[str] = frozenset()
    tenant: str | None = None
    sub: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        sub = self.sub or (str(self.id) if self.id else None)
        if sub is None:
            return {}
        token = hs_token(sub=sub, roles=sorted(self.roles), tenant=self.tenant)
        return {"authorization": f"Bearer {token.decode()}"}

    @property
    def is_known(self) -> bool:
        return bool(self.headers)

    def __str__(self) -> str:
        return self.name


@dataclass
class World:
    """All rows, by table and key."""

    users: dict[Any, User] = field(default_factory=dict)
    posts: dict[Any, Post] = field(default_factory=dict)
    comments: dict[Any, Comment] = field(default_factory=dict)
    profiles: dict[Any, Profile] = field(default_factory=dict)
    tags: dict[Any, Tag] = field(default_factory=dict)

    def may(self, who: Who, operation: str, row: Any) -> bool:
        rule: Callable[[Who, str, Any], bool] = getattr(self, f"_{type(row).__name__.lower()}")
        return rule(who, operation, row)

    def never(self, who: Who, operation: str, table: str) -> bool:
        """Whether a stranger is asked for a token, whatever row it is about."""
        open_to_all = {("posts", "read"), ("users", "create"), ("tags", "read")}
        return not who.is_known and (table, operation) not in open_to_all

    def readable(self, who: Who, table: str) -> set[str]:
        rows = getattr(self, table)
        return {str(key) for key, row in rows.items() if self.may(who, "read", row)}

    def shows(self, who: Who, row: Any, attribute: str) -> bool:
        match attribute:
            case "meta":
                return "admin" in who.roles or row.user_id == who.id
            case "published_on":
                return bool(who.roles & {"admin", "editor"})
            case "bio":
                return bool(row.user_id == who.id)
        return True

    def _post(self, who: Who, operation: str, post: Post) -> bool:
        admin, own = "admin" in who.roles, who.id is not None and post.user_id == who.id
        at_home = who.tenant is not None and post.title == who.tenant
        match operation:
            case "read":
                if admin or own or post.status is PostStatus.ARCHIVED:
                    return True
                return at_home and (post.status is PostStatus.PUBLISHED or "editor" in who.roles)
            case "create":
                return admin or (own and at_home)
            case "update":
                return admin or (at_home and ("editor" in who.roles or own))
        return admin or own

    def _comment(self, who: Who, operation: str, comment: Comment) -> bool:
        own = who.id is not None and comment.user_id == who.id
        host = who.id is not None and self.posts[comment.post_id].user_id == who.id
        parent = self.comments.get(comment.parent_id)
        answered = parent is not None and who.id is not None and parent.user_id == who.id
        match operation:
            case "read":
                return "admin" in who.roles or own or host or answered
            case "delete":
                return own or host
        return own

    def _user(self, who: Who, operation: str, user: User) -> bool:
        own = who.id is not None and user.id == who.id
        match operation:
            case "read":
                return "admin" in who.roles or own or (who.tenant is not None and user.is_active)
            case "create":
                return True
            case "update":
                return own
        return "admin" in who.roles

    def _profile(self, who: Who, operation: str, profile: Profile) -> bool:
        if operation == "read":
            return who.is_known
        return operation != "delete" and who.id is not None and profile.user_id == who.id

    def _tag(self, who: Who, operation: str, _: Tag) -> bool:
        return operation == "read" or (operation != "delete" and "editor" in who.roles)
