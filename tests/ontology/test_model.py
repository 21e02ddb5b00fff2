"""What the statements of an ontology come to mean."""

from __future__ import annotations

import keyword
import random
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from terapin.model import (
    Cascade,
    Entity,
    FieldType,
    Kind,
    Loading,
    Now,
    Place,
    Relationship,
    ServiceModel,
    SortTerm,
)
from terapin.model.cycles import creation_order
from terapin.ontology import compile_files
from tests.ontologies import KEY, PREFIXES, codes, compiled, model_of

EXAMPLES = Path(__file__).parents[2] / "examples"


def entity(name: str, *fields: str, more: str = "") -> str:
    return f"ex:{name} a orm:Entity ; {more} orm:fields ( {KEY} {' '.join(fields)} ) .\n"


def field(name: str, type_: str, more: str = "") -> str:
    kind = type_ if ":" in type_ else f'"{type_}"'
    return f'[ orm:fieldName "{name}" ; orm:fieldType {kind} {more} ]'


def relationship(name: str, kind: str, source: str, target: str, more: str = "") -> str:
    return f"ex:{name} a rel:{kind} ; rel:from ex:{source} ; rel:to ex:{target} {more} .\n"


def of(model: ServiceModel, name: str) -> Entity:
    return model.entities[f"http://example.org/shop#{name}"]


def end(model: ServiceModel, entity: str, name: str) -> Relationship:
    return next(each for each in of(model, entity).relationships if each.name == name)


def only(fields: str) -> ServiceModel:
    return model_of(entity("Thing", fields))


class TestFields:
    def test_a_field_is_required_unless_it_is_nullable_or_has_a_default(self) -> None:
        model = model_of(
            entity(
                "Thing",
                field("a", "String"),
                field("b", "String", "; orm:nullable true"),
                field("c", "Integer", "; orm:default 3"),
            )
        )
        thing = of(model, "Thing")
        assert [each.required for each in thing.fields] == [False, True, False, False]
        assert thing.key.generated

    @pytest.mark.parametrize(
        ("stated", "length"),
        [
            (field("a", "String"), 255),
            (field("a", "String", "; orm:maxLength 80"), 80),
            (field("a", "Email"), 255),
            (field("a", "Text"), None),
            (field("a", "Text", "; orm:maxLength 9000"), 9000),
            (field("a", "Enum", '; orm:values ( "x" )'), 255),
            (field("a", "URL"), None),
        ],
    )
    def test_lengths(self, stated: str, length: int | None) -> None:
        assert of(only(stated), "Thing").field("a").length == length

    @pytest.mark.parametrize(
        ("stated", "digits"),
        [
            ("", (18, 4)),
            ("; orm:precision 10 ; orm:scale 2", (10, 2)),
            ("; orm:precision 3", (3, 3)),
        ],
    )
    def test_digits_of_decimals(self, stated: str, digits: tuple[int, int]) -> None:
        found = of(only(field("a", "Decimal", stated)), "Thing").field("a")
        assert (found.precision, found.scale) == digits

    def test_a_great_scale_alone_makes_room(self) -> None:
        found = of(only(field("a", "Decimal", "; orm:scale 30")), "Thing").field("a")
        assert (found.precision, found.scale) == (30, 30)

    @pytest.mark.parametrize(
        ("type_", "stated", "value"),
        [
            ("Integer", "5", 5),
            ("Decimal", "0.50", Decimal("0.50")),
            ("Float", "1e3", Decimal("1E+3")),
            ("Boolean", "false", False),
            ("String", '"a\\"b"', 'a"b'),
            ("DateTime", '"now"', Now()),
            ("Date", '"2025-02-03"', "2025-02-03"),
            ("Date", '"2025-02-03"^^xsd:date', "2025-02-03"),
            ("DateTime", '"2025-02-03T04:05:06Z"', "2025-02-03T04:05:06+00:00"),
            ("DateTime", '"2025-02-03T04:05:06"', "2025-02-03T04:05:06+00:00"),
            ("JSON", '"{\\"a\\": [1]}"', '{"a": [1]}'),
            ("JSON", "true", "true"),
            (
                "UUID",
                '"8C3B0A52-5D4E-4F2B-9D0A-3B1C2F4D5E6F"',
                "8c3b0a52-5d4e-4f2b-9d0a-3b1c2f4d5e6f",
            ),
            ("Interval", '"P1DT12H"', "P1DT12H"),
            ("IPAddress", '"::1"', "::1"),
        ],
    )
    def test_defaults(self, type_: str, stated: str, value: object) -> None:
        found = of(only(field("a", type_, f"; orm:default {stated}")), "Thing").field("a")
        assert found.default == value
        assert type(found.default) is type(value)

    @pytest.mark.parametrize(
        ("type_", "stated"),
        [
            ("Integer", "2147483648"),
            ("Integer", "1.5"),
            ("Integer", '"5"'),
            ("Boolean", '"yes"'),
            ("Date", '"2025-02-30"'),
            ("JSON", '"{"'),
            ("JSON", '"NaN"'),
            ("UUID", '"x"'),
            ("Interval", '"P"'),
            ("Interval", '"1 day"'),
            ("Float", '"INF"^^xsd:double'),
            ("Email", '"nobody"'),
            ("URL", '"shop"'),
            ("Country", '"Austria"'),
            ("Binary", '"aaaa"'),
            ("String", "ex:x"),
            ("Decimal", "1.00001"),
            ("Decimal", "123456789012345"),
            ("String", f'"{"x" * 256}"'),
        ],
    )
    def test_defaults_that_do_not_fit(self, type_: str, stated: str) -> None:
        compilation = compiled(entity("Thing", field("a", type_, f"; orm:default {stated}")))
        assert codes(compilation) == ["default-type"]

    def test_xsd_datatypes_are_types_with_bounds(self) -> None:
        found = of(only(field("a", "xsd:positiveInteger")), "Thing").field("a")
        assert found.type is FieldType.INTEGER
        assert found.minimum == 1

    def test_names_that_say_secret(self) -> None:
        model = model_of(
            entity(
                "Thing",
                field("passwordHash", "String"),
                field("hashtag", "String"),
                field("token_count", "Integer"),
                field("api_key", "String", "; orm:secret false"),
            )
        )
        assert [each.secret for each in of(model, "Thing").fields] == [
            False,
            True,
            False,
            False,
            False,
        ]


class TestRelationships:
    def test_one_to_many(self) -> None:
        model = model_of(
            entity("User", field("posts", "rel:OneToMany")),
            entity("Post"),
            relationship("UserPosts", "OneToMany", "User", "Post", '; rel:cascade "delete"'),
        )
        posts, user = end(model, "User", "posts"), end(model, "Post", "user")
        assert (posts.kind, posts.inverse, posts.holds_key) == (Kind.ONE_TO_MANY, "user", False)
        assert (user.kind, user.inverse, user.holds_key) == (Kind.MANY_TO_ONE, "posts", True)
        assert user.foreign_key == "user_id"
        key = of(model, "Post").fields[-1]
        assert (key.name, key.made, key.type, key.nullable) == (
            "user_id",
            True,
            FieldType.UUID,
            False,
        )
        assert key.foreign_key
        assert key.foreign_key.cascade is Cascade.DELETE

    def test_many_to_one(self) -> None:
        model = model_of(
            entity("User"),
            entity("BlogPost", field("writtenBy", "rel:ManyToOne")),
            relationship("Author", "ManyToOne", "BlogPost", "User", "; rel:nullable true"),
        )
        author = end(model, "BlogPost", "writtenBy")
        assert (author.attribute, author.foreign_key) == ("written_by", "written_by_id")
        assert author.nullable
        assert end(model, "User", "blog_posts").kind is Kind.ONE_TO_MANY

    def test_one_to_one(self) -> None:
        model = model_of(
            entity("User", field("profile", "rel:OneToOne")),
            entity("Profile"),
            relationship("UserProfile", "OneToOne", "User", "Profile"),
        )
        assert not end(model, "User", "profile").holds_key
        assert end(model, "Profile", "user").holds_key
        assert of(model, "Profile").field("user_id").unique

    def test_many_to_many(self) -> None:
        model = model_of(
            entity("Post", field("tags", "rel:ManyToMany")),
            entity("Tag"),
            relationship("PostTags", "ManyToMany", "Post", "Tag"),
        )
        (table,) = model.join_tables
        assert (table.table, table.left_column, table.right_column) == (
            "post_tags",
            "post_id",
            "tag_id",
        )
        assert (
            end(model, "Tag", "posts").join_table == end(model, "Post", "tags").join_table == table
        )

    def test_many_to_many_with_itself(self) -> None:
        model = model_of(
            entity("User", field("friends", "rel:ManyToMany")),
            relationship("Friends", "ManyToMany", "User", "User"),
        )
        (table,) = model.join_tables
        assert (table.left_column, table.right_column) == ("user_id", "other_user_id")
        assert {each.name for each in of(model, "User").relationships} == {"friends", "users"}

    def test_replies(self) -> None:
        model = model_of(
            entity("Comment", field("replies", "rel:OneToMany"), field("parent", "rel:ManyToOne")),
            relationship("Replies", "OneToMany", "Comment", "Comment", "; rel:nullable true"),
        )
        replies, parent = of(model, "Comment").relationships
        assert (replies.name, replies.inverse) == ("replies", "parent")
        assert (parent.name, parent.inverse) == ("parent", "replies")
        assert parent.foreign_key == "parent_id"
        key = of(model, "Comment").field("parent_id")
        assert key.foreign_key
        assert not key.foreign_key.deferred

    def test_a_field_of_the_inverse_kind_names_the_inverse(self) -> None:
        model = model_of(
            entity("User", field("posts", "rel:OneToMany")),
            entity("Post", field("author", "rel:ManyToOne", "; orm:lazyLoad true")),
            relationship("UserPosts", "OneToMany", "User", "Post"),
        )
        author = end(model, "Post", "author")
        assert (author.inverse, author.foreign_key) == ("posts", "author_id")
        assert author.loading is Loading.LAZY

    def test_two_relationships_between_the_same_entities(self) -> None:
        model = model_of(
            entity("User"),
            entity("Post", field("author", "rel:ManyToOne"), field("editor", "rel:ManyToOne")),
            relationship("A", "ManyToOne", "Post", "User", '; rel:field "author"'),
            relationship("B", "ManyToOne", "Post", "User", '; rel:field "editor"'),
        )
        assert [each.name for each in of(model, "User").relationships] == ["posts", "editor_posts"]

    def test_two_one_to_many_with_nothing_stated_have_two_keys(self) -> None:
        model = model_of(
            entity("User"),
            entity("Post"),
            relationship("A", "OneToMany", "User", "Post", '; rel:field "written"'),
            relationship("B", "OneToMany", "User", "Post", '; rel:field "edited"'),
        )
        assert [each.name for each in of(model, "Post").fields] == [
            "id",
            "user_id",
            "edited_user_id",
        ]
        assert [each.name for each in of(model, "Post").relationships] == ["user", "edited_user"]

    def test_a_declared_foreign_key(self) -> None:
        model = model_of(
            entity("User", field("posts", "rel:OneToMany")),
            entity(
                "Post", field("user_id", "UUID", "; orm:nullable true"), field("title", "String")
            ),
            relationship("UserPosts", "OneToMany", "User", "Post"),
        )
        key = of(model, "Post").fields[1]
        assert key.foreign_key
        assert (key.name, key.made, key.nullable) == ("user_id", False, True)
        assert end(model, "Post", "user").nullable

    def test_a_key_of_text_is_copied_with_its_length(self) -> None:
        model = model_of(
            'ex:Country a orm:Entity ; orm:fields ( [ orm:fieldName "code" ; orm:fieldType "String" ;'
            " orm:maxLength 2 ; orm:primaryKey true ] ) .",
            entity("City", field("country", "rel:ManyToOne")),
            relationship("In", "ManyToOne", "City", "Country"),
        )
        key = of(model, "City").field("country_id")
        assert (key.type, key.length) == (FieldType.STRING, 2)

    def test_a_key_can_be_shared(self) -> None:
        model = model_of(
            entity("User", field("profile", "rel:OneToOne")),
            'ex:Profile a orm:Entity ; orm:fields ( [ orm:fieldName "user_id" ; orm:fieldType "UUID" ;'
            " orm:primaryKey true ] ) .",
            relationship("UserProfile", "OneToOne", "User", "Profile"),
        )
        key = of(model, "Profile").key
        assert key.foreign_key
        assert not key.generated
        assert key.required

    def test_two_relationships_do_not_share_a_name(self) -> None:
        compilation = compiled(
            entity("User", field("posts", "rel:OneToMany")),
            entity("Post"),
            relationship("A", "OneToMany", "User", "Post", '; rel:field "posts"'),
            relationship("B", "OneToMany", "User", "Post", '; rel:field "posts"'),
        )
        assert codes(compilation) == ["duplicate-field"]

    def test_an_index_of_a_self_reference_names_the_end_with_the_key(self) -> None:
        model = model_of(
            entity(
                "Comment",
                field("replies", "rel:OneToMany"),
                field("parent", "rel:ManyToOne"),
                more='orm:indexes ( ( "parent" "id" ) ) ;',
            ),
            relationship("Replies", "OneToMany", "Comment", "Comment", "; rel:nullable true"),
        )
        assert of(model, "Comment").indexes == (("parent_id", "id"),)

    def test_loading(self) -> None:
        def loading(field_: str, relationship_: str) -> Loading:
            model = model_of(
                entity("User", field("posts", "rel:OneToMany", field_)),
                entity("Post"),
                relationship("R", "OneToMany", "User", "Post", relationship_),
            )
            return end(model, "User", "posts").loading

        assert loading("", "") is Loading.RAISE
        assert loading("; orm:lazyLoad true", "") is Loading.LAZY
        assert loading("; orm:lazyLoad false", "") is Loading.EAGER
        assert loading("", "; rel:eagerLoad true") is Loading.EAGER
        assert loading("", "; rel:eagerLoad false") is Loading.RAISE
        assert loading("; orm:lazyLoad true", "; rel:eagerLoad false") is Loading.LAZY

    def test_orders_and_groups_hold_attributes(self) -> None:
        model = model_of(
            entity("User", field("posts", "rel:OneToMany")),
            entity(
                "Post",
                field("createdAt", "DateTime"),
                more='orm:uniqueTogether ( ( "user" "createdAt" ) ) ; orm:indexes ( ( "user_id" ) ) ;',
            ),
            relationship("R", "OneToMany", "User", "Post", '; rel:orderBy "-createdAt, id"'),
        )
        order = end(model, "User", "posts").order_by
        assert order == (SortTerm(field="created_at", descending=True), SortTerm(field="id"))
        assert of(model, "Post").unique_together == (("user_id", "created_at"),)
        assert of(model, "Post").indexes == (("user_id",),)

    def test_nullify_makes_the_key_nullable(self) -> None:
        model = model_of(
            entity("User", field("posts", "rel:OneToMany")),
            entity("Post"),
            relationship("R", "OneToMany", "User", "Post", '; rel:cascade "nullify"'),
        )
        assert of(model, "Post").field("user_id").nullable


class TestCycles:
    def test_required_ones_are_opened_and_closing_keys_deferred(self) -> None:
        compilation = compiled(
            *(entity(name, field("next", "rel:ManyToOne")) for name in "ABC"),
            *(relationship(f"R{a}", "ManyToOne", a, b) for a, b in ("AB", "BC", "CA")),
        )
        assert codes(compilation) == ["required-cycle"]
        model = compilation.model
        assert model
        keys = [each.field("next_id") for each in model.entities.values()]
        assert [key.nullable for key in keys] == [False, False, True]
        assert [key.foreign_key and key.foreign_key.deferred for key in keys] == [
            False,
            False,
            True,
        ]
        assert [each.class_name for each in creation_order(model)] == ["C", "B", "A"]

    def test_creation_order_follows_what_is_not_deferred(self) -> None:
        numbers = random.Random(7)
        names = [f"E{number}" for number in range(40)]
        parts = [entity(name) for name in names]
        for number in range(120):
            a, b = numbers.choice(names), numbers.choice(names)
            more = f'; rel:field "r{number}" ; rel:inverseField "i{number}"'
            parts.append(relationship(f"R{number}", "ManyToOne", a, b, more))
        compilation = compiled("".join(parts))
        assert set(codes(compilation)) <= {"required-cycle"}
        model = compilation.model
        assert model
        made: set[str] = set()
        for each in creation_order(model):
            for key in each.fields:
                if key.foreign_key and not key.foreign_key.deferred:
                    assert key.foreign_key.entity in made | {each.iri}
            made.add(each.iri)
        assert len(made) == 40


def without_places(model: ServiceModel) -> ServiceModel:
    nowhere = Place("")
    entities = {
        iri: replace(
            each,
            place=nowhere,
            fields=tuple(replace(field, place=nowhere) for field in each.fields),
            relationships=tuple(replace(end, place=nowhere) for end in each.relationships),
        )
        for iri, each in model.entities.items()
    }
    return replace(
        model,
        entities=entities,
        endpoints=tuple(replace(each, place=nowhere) for each in model.endpoints),
        data_sources=tuple(replace(each, place=nowhere) for each in model.data_sources),
        tasks=tuple(
            replace(
                each,
                place=nowhere,
                parameters=tuple(replace(one, place=nowhere) for one in each.parameters),
            )
            for each in model.tasks
        ),
        channels=tuple(replace(each, place=nowhere) for each in model.channels),
        messages=tuple(
            replace(
                each,
                place=nowhere,
                payload=tuple(replace(one, place=nowhere) for one in each.payload),
            )
            for each in model.messages
        ),
    )


class TestDeterminism:
    def test_order_prefixes_and_labels_do_not_matter(self) -> None:
        """The example, triple by triple in another order and with other blank nodes."""
        (path,) = EXAMPLES.glob("blog/*.ttl")
        first = compile_files([path])
        assert first.model
        assert first.ontology
        lines = [
            f"{subject} {predicate} {value} ."
            for subject, properties in first.ontology.graph.nodes.items()
            for predicate, values in properties.items()
            for value in values
        ]
        for seed in range(5):
            random.Random(seed).shuffle(lines)
            again = compiled("\n".join(lines), prefixes="", name=path.stem)
            assert again.model, again.as_text()
            assert without_places(again.model) == without_places(first.model)
            assert list(again.model.entities) == list(first.model.entities)
            assert again.names.dump() == first.names.dump()

    def test_several_files_are_one_graph(self) -> None:
        text = PREFIXES + entity("User", field("posts", "rel:OneToMany"))
        parts = (entity("Post"), relationship("R", "OneToMany", "User", "Post"))
        together = compiled(text + "".join(parts), prefixes="")
        apart = compiled(entity("User", field("posts", "rel:OneToMany")), *parts)
        assert together.model
        assert apart.model
        assert without_places(together.model) == without_places(apart.model)


def test_the_service() -> None:
    model = model_of(
        'ex:S a api:Service ; api:name "Shop" ; api:version "2.0" ; api:baseIri <https://shop.example/> .',
        entity("User"),
    )
    assert (model.name, model.version, model.base_iri) == ("Shop", "2.0", "https://shop.example/")


def test_a_service_that_is_not_described_is_called_after_its_file() -> None:
    assert model_of(entity("User")).name == "a"
    assert compiled(entity("User"), name="shop").model.name == "shop"  # type: ignore[union-attr]


def test_endpoints() -> None:
    model = model_of(
        entity("Post"),
        'ex:Publish a api:Endpoint ; api:method "post" ; api:path "/posts/{post_id}/publish" ;'
        ' api:operationId "publishPost" ; api:responseType ex:Post ; api:parameters ('
        ' [ api:name "post_id" ; api:type "UUID" ]'
        ' [ api:name "limit" ; api:type xsd:int ; api:default 10 ]'
        ' [ api:name "class" ; api:type "String" ; api:in "body" ] ) .',
    )
    (endpoint,) = model.endpoints
    assert (endpoint.method, endpoint.operation_id, endpoint.operation) == (
        "POST", "publishPost", "publish_post",
    )  # fmt: skip
    assert endpoint.response == "http://example.org/shop#Post"
    found = [(each.attribute, each.location, each.required) for each in endpoint.parameters]
    assert found == [("post_id", "path", True), ("limit", "query", False), ("class_", "body", True)]


def test_a_stated_join_table_keeps_its_name_beside_an_entity_of_that_name() -> None:
    model = model_of(
        entity("PostTag"),
        entity("Post", field("tags", "rel:ManyToMany")),
        entity("Tag"),
        relationship("R", "ManyToMany", "Post", "Tag", '; rel:through "post_tags"'),
    )
    assert [table.table for table in model.join_tables] == ["post_tags"]
    assert of(model, "PostTag").table == "post_tags_2"


def test_entities_are_sorted_by_iri() -> None:
    model = model_of(entity("Post2"), entity("Post"), entity("Post-x"), entity("PostTag"))
    assert list(model.entities) == sorted(model.entities)


def test_hostile_names() -> None:
    names = (
        "class",
        "metadata",
        "registry",
        "self",
        "schema",
        "a-b",
        "é",
        "x y",
        "'; --",
        '\\"\\"\\"',
    )
    model = model_of(entity("Optional", *(field(name, "Date") for name in names)))
    fields = of(model, "Optional").fields
    assert [each.name for each in fields] == ["id", *(name.replace("\\", "") for name in names)]
    attributes = [each.attribute for each in fields]
    assert all(name.isidentifier() and not keyword.iskeyword(name) for name in attributes)
    assert len(set(attributes)) == len(attributes)
    assert all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", each.column) for each in fields)
