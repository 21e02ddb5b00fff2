"""What policies are made of, without a service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import URL, ColumnElement, and_, false, not_, or_, true

from terapin.runtime.core.errors import Anonymous, Forbidden
from terapin.runtime.core.security.policy import (
    Asking,
    Condition,
    Policy,
    Standing,
    all_of,
    any_of,
    spelt,
)
from terapin.runtime.core.security.subject import ANONYMOUS, Subject, current

from ..blog.endpoints.post import posts
from ..blog.models import Comment, Post, User
from ..documents.club.models import Activity

KEY = UUID("0b1c7c1e-5d3c-4a55-9d8f-6f3a1b2c3d4e")
DIALECT = URL.create("postgresql+asyncpg").get_dialect()()
MEMBER = Subject(str(KEY), "user", tenant="acme")
EDITOR = Subject(str(uuid4()), "user", frozenset({"editor"}))


@contextmanager
def asked_by(subject: Subject) -> Iterator[None]:
    before = current.set(subject)
    try:
        yield
    finally:
        current.reset(before)


class PostPolicy(Policy[Post]):
    asked = 0

    def read(self, subject: Asking) -> Condition:
        type(self).asked += 1
        return any_of(
            subject.has_role("editor"), Post.status == "published", Post.user_id == subject.id
        )

    def create(self, subject: Asking) -> Condition:
        return Post.user_id == subject.id

    def read_meta(self, subject: Asking) -> Condition:
        return subject.has_role("editor")

    def update_slug(self, subject: Asking) -> Condition:
        return Post.user_id == subject.id


def sql(condition: Any) -> str:
    return str(condition.compile(dialect=DIALECT))


def bound(condition: ColumnElement[bool]) -> dict[str, Any]:
    made: Any = condition.compile(dialect=DIALECT)
    return {name: made.binds[name].effective_value for name in made.binds}


def test_any_of_is_true_where_one_is() -> None:
    assert any_of() is False
    assert any_of(False, False) is False
    assert any_of(Post.status == "draft", True) is True
    assert any_of(false(), true()) is True
    assert sql(any_of(False, Post.title == "x")) == sql(Post.title == "x")
    assert sql(any_of(Post.title == "x", User.is_active)) == sql(
        or_(Post.title == "x", User.is_active)
    )


def test_all_of_is_false_where_one_is() -> None:
    assert all_of() is True
    assert all_of(True, Post.title == "x", False) is False
    assert sql(all_of(True, Post.title == "x")) == sql(Post.title == "x")
    assert sql(all_of(Post.title == "x", User.is_active)) == sql(
        and_(Post.title == "x", User.is_active)
    )


def test_a_role_leaves_nothing_in_the_statement() -> None:
    guard = PostPolicy.guarding(posts)
    with asked_by(EDITOR):
        assert guard.condition("read") is True
        assert guard.fields("read") == {}


def test_a_policy_is_asked_once_for_a_standing() -> None:
    guard = PostPolicy.guarding(posts)
    PostPolicy.asked = 0
    for _ in range(3):
        with asked_by(Subject(str(uuid4()), "user")):
            guard.condition("read")
    assert PostPolicy.asked == 1


def test_whose_value_it_is_is_found_when_it_is_sent() -> None:
    guard = PostPolicy.guarding(posts)
    with asked_by(MEMBER):
        condition: Any = guard.condition("create")
        assert bound(condition) == {"subject id UUID": KEY}
    with asked_by(Subject(str(other := uuid4()), "user")):
        assert bound(condition) == {"subject id UUID": other}
    with asked_by(Subject("alice", "user")):
        assert bound(condition) == {"subject id UUID": None}


def test_a_subject_is_compared_as_several_types_in_one_statement() -> None:
    subject = Asking(Standing.of(MEMBER))
    condition = or_(Post.user_id == subject.id, Post.title == subject.id)
    with asked_by(MEMBER):
        assert bound(condition) == {"subject id UUID": KEY, "subject id String": str(KEY)}


def test_who_is_nobody_is_equal_to_nothing() -> None:
    subject = Asking(Standing())
    assert any_of(Post.user_id == subject.id) is False
    assert any_of(and_(Post.title == "x", Post.user_id == subject.id)) is False
    assert any_of(or_(Post.user_id == subject.id, Post.title == subject.tenant)) is False
    assert any_of(Comment.post.has(Post.user_id == subject.id)) is False
    assert any_of(Comment.post.has(or_(Post.title == "x", Post.user_id == subject.id))) is not False
    # What is unknown is not true, and neither is its contrary.
    assert "IS NULL" not in sql(not_(Post.user_id == subject.id))
    with asked_by(ANONYMOUS):
        assert [*bound(not_(Post.user_id == subject.id)).values()] == [None]


def test_documents_are_compared_by_values() -> None:
    with asked_by(MEMBER):
        subject = Asking(Standing.of(MEMBER))
        assert (Activity.member_id == subject.id).document == (Activity.member_id == KEY).document
        assert (Activity.score == subject.id).document == {"$nor": [{}]}
        assert (Activity.note == subject.tenant).document == {"note": {"$eq": "acme"}}
    with asked_by(ANONYMOUS):
        assert (Activity.member_id == Asking(Standing()).id).document == {"$nor": [{}]}


SPELT: list[tuple[str | None, str, Any]] = [
    (str(KEY), "UUID", KEY),
    (str(KEY).upper(), "UUID", None),
    (f"urn:uuid:{KEY}", "UUID", None),
    (KEY.hex, "UUID", None),
    ("", "UUID", None),
    ("7", "Integer", 7),
    ("-7", "Integer", -7),
    ("07", "Integer", None),
    ("1_0", "Integer", None),
    ("\u0667", "Integer", None),
    (" 7", "Integer", None),
    (str(2**31), "Integer", None),
    (str(2**31), "BigInteger", 2**31),
    (str(2**63), "BigInteger", None),
    ("9" * 5000, "BigInteger", None),
    ("a\0b", "String", None),
    ("\ud800", "Text", None),
    ("a", "Email", "a"),
    ("true", "Boolean", None),
    (None, "String", None),
]


@pytest.mark.parametrize(("text", "kind", "value"), SPELT, ids=map(str, range(len(SPELT))))
def test_only_what_is_spelt_just_so_is_equal(text: str | None, kind: str, value: Any) -> None:
    assert spelt(text, kind) == value


def test_a_service_itself_may_do_everything() -> None:
    guard = PostPolicy.guarding(posts)
    assert guard.condition("delete") is True
    assert guard.fields("read") == {}
    guard.admit("delete")


def test_what_is_for_nobody_is_refused_at_once() -> None:
    guard = PostPolicy.guarding(posts)
    with asked_by(ANONYMOUS):
        with pytest.raises(Anonymous):
            guard.admit("create")
        guard.admit("read")
    with asked_by(EDITOR):
        guard.admit("create")
    with asked_by(EDITOR), pytest.raises(Forbidden):
        Nobody.guarding(posts).admit("create")
    with asked_by(EDITOR):
        # It would tell of a row that it is there.
        Nobody.guarding(posts).admit("delete")


class Nobody(Policy[Post]):
    pass


def test_fields_have_conditions_of_their_own() -> None:
    guard = PostPolicy.guarding(posts)
    assert guard.restricted == {"meta"}
    with asked_by(MEMBER):
        assert guard.fields("read") == {"meta": False}
        assert {*guard.fields("update")} == {"slug"}


def test_a_method_about_no_field_is_refused() -> None:
    class Misspelt(Policy[Post]):
        def read_prize(self, subject: Asking) -> Condition:
            return True

    with pytest.raises(TypeError, match=r"Misspelt\.read_prize is about no field of Post"):
        Misspelt.guarding(posts).check()


def test_a_condition_that_is_none_is_refused() -> None:
    class Forgetful(Policy[Post]):
        def read(self, subject: Asking) -> Condition:
            any_of(Post.user_id == subject.id)
            return None  # type: ignore[return-value]

    with asked_by(MEMBER), pytest.raises(TypeError, match=r"Forgetful\.read answered None"):
        Forgetful.guarding(posts).condition("read")


def test_a_subject_is_compared_with_fields_only() -> None:
    subject = Asking(Standing.of(MEMBER))
    with pytest.raises(TypeError, match=r"subject\.id is compared with fields, and not with 'x'"):
        _ = subject.id == "x"
    with pytest.raises(TypeError, match=r"said by subject\.has_tenant"):
        bool(subject.tenant)
    assert sql(subject.id == Post.user_id) == sql(Post.user_id == subject.id)
