from __future__ import annotations

import pytest
from graphql import is_specified_scalar_type

from terapin.model import reserved
from terapin.model.naming import GRAPHQL_SUFFIXES, graphql_name
from terapin.ontology import Compilation
from terapin.runtime.core.graphql.schema import core_schema
from tests.ontologies import KEY, compiled, model_of
from tests.runtime.blog.graphql import schema

HEAD = 'ex:Shop a api:Service ; api:name "shop" ; gql:expose true .\n'


def test_every_type_is_taken_by_an_entity_or_reserved() -> None:
    """What graphql-core has for introspection begins with underscores."""
    entities = ("Comment", "Contact", "Post", "Profile", "Specimen", "Tag", "User")
    own = {f"{entity}{suffix}" for entity in entities for suffix in ("", *GRAPHQL_SUFFIXES)}
    own |= {"PostStatus", "PostStatusEqualFilter"}
    types = core_schema(schema).type_map
    shown = {name for name in types if not name.startswith("__")}
    assert shown - own <= reserved.GRAPHQL_TYPES
    scalars = {name for name, type_ in types.items() if is_specified_scalar_type(type_)}
    assert scalars <= reserved.GRAPHQL_TYPES


@pytest.mark.parametrize(
    ("attribute", "name"),
    [("created_at", "createdAt"), ("class_", "class"), ("address_2", "address2"), ("x", "x")],
)
def test_fields_are_called_in_camel_case(attribute: str, name: str) -> None:
    assert graphql_name(attribute) == name


def entities(*names: str) -> str:
    return HEAD + "".join(f"ex:{name} a orm:Entity ; orm:fields ( {KEY} ) .\n" for name in names)


def roots(compilation: Compilation) -> dict[str, tuple[str, str]]:
    assert compilation.model, compilation.as_text()
    assert compilation.model.graphql
    return {
        iri.rpartition("#")[2]: (each.one, each.many)
        for iri, each in compilation.model.graphql.entities.items()
    }


def test_root_fields_are_made_of_the_class_and_give_way() -> None:
    assert roots(compiled(entities("BlogPost", "Sheep"))) == {
        "BlogPost": ("blog_post", "blog_posts"),
        "Sheep": ("sheep", "sheep_list"),
    }
    assert roots(compiled(entities("Post", "Posts"))) == {
        "Post": ("post", "post_list"),
        "Posts": ("posts", "posts_list"),
    }


def test_root_fields_stay_as_they_were() -> None:
    first = compiled(entities("Posts"))
    second = compiled(entities("Post", "Posts"), pinned=first.names)
    assert roots(second)["Posts"] == roots(first)["Posts"]


def test_only_what_is_exposed_appears() -> None:
    book = f"ex:Book a orm:Entity ; orm:fields ( {KEY} ) .\n"
    assert model_of(book).graphql is None
    film = f"ex:Film a orm:Entity ; gql:expose true ; orm:fields ( {KEY} ) .\n"
    shown = model_of(book + film).graphql
    assert shown
    assert [*shown.entities] == ["http://example.org/shop#Film"]
    nothing = 'ex:Shop a api:Service ; api:name "shop" ; gql:expose false .\n'
    assert model_of(nothing + book).graphql is None
