"""What an ontology says of permissions."""

from __future__ import annotations

import pytest

from terapin.model import Entity, Permissions, Rule, ServiceModel, Who
from terapin.project.model_file import dump_model, load_model
from tests.ontologies import KEY, codes, compiled, model_of

TOKENS = 'auth:issuer "https://id.example.org/" ; auth:audience "shop"'
NOBODY = "auth:create () ; auth:update () ; auth:delete ()"
TITLE = '[ orm:fieldName "title" ; orm:fieldType "String" ]'
USER = f"ex:User a orm:Entity ; auth:subject true ; orm:fields ( {KEY} ) .\n"
WRITES = 'ex:Writes a rel:ManyToOne ; rel:from ex:Book ; rel:to ex:User ; rel:field "author" .\n'


def service(said: str) -> str:
    return f"ex:Shop a api:Service ; {TOKENS} ; {said} .\n"


def book(said: str, *fields: str) -> str:
    return f"ex:Book a orm:Entity ; {said} ; orm:fields ( {' '.join((KEY, TITLE, *fields))} ) .\n"


def entity(model: ServiceModel, name: str = "Book") -> Entity:
    return model.entities[f"http://example.org/shop#{name}"]


def permissions(*documents: str, name: str = "Book") -> Permissions:
    found = entity(model_of("".join(documents)), name).permissions
    assert found
    return found


def test_without_a_word_nothing_is_asked() -> None:
    for said in ('auth:owner "title"', 'orm:className "Book"'):
        model = model_of(book(said))
        assert not model.has_permissions
        assert entity(model).permissions is None


def test_a_word_of_one_entity_is_of_all() -> None:
    model = model_of(book(f'auth:read "public" ; {NOBODY}'), USER)
    assert model.has_permissions
    assert entity(model, "User").permissions == Permissions()


def test_so_is_one_of_a_field() -> None:
    field = '[ orm:fieldName "x" ; orm:fieldType "String" ; auth:update () ]'
    model = model_of(book('orm:className "Book"', field))
    assert entity(model).permissions == Permissions()
    assert entity(model).field("x").update_by == ()
    assert entity(model).field("x").read_by is None


def test_the_service_says_what_entities_do_not() -> None:
    said = 'auth:read "public" ; auth:create "authenticated" ; auth:update "role:editor" ; auth:delete ()'
    found = permissions(service(said), book('auth:update "role:owner"'))
    assert found == Permissions(
        read=(Rule(who=Who.PUBLIC),),
        create=(Rule(who=Who.AUTHENTICATED),),
        update=(Rule(who=Who.ROLE, role="owner"),),
    )


def test_a_default_of_owners_is_of_those_that_have_one() -> None:
    said = f'auth:read ( "owner" "tenant" "role:editor" ) ; {NOBODY}'
    documents = (service(said), book('auth:owner "title" ; auth:tenant "author"'), USER, WRITES)
    assert permissions(*documents).read == (
        Rule(who=Who.OWNER, path=("title",)),
        Rule(who=Who.TENANT, path=("author_id",)),
        Rule(who=Who.ROLE, role="editor"),
    )
    assert permissions(*documents, name="User").read == (
        Rule(who=Who.OWNER, path=("id",)),
        Rule(who=Who.ROLE, role="editor"),
    )


@pytest.mark.parametrize(
    ("stated", "path"),
    [
        ("author", ("author_id",)),
        ("author_id", ("author_id",)),
        ("author.id", ("author", "id")),
        ("editor", ("editor", "id")),
        ("a.b", ("a_b",)),
        ("sequel.author", ("sequel", "author_id")),
        ("sequel.sequel.a.b", ("sequel", "sequel", "a_b")),
    ],
)
def test_paths(stated: str, path: tuple[str, ...]) -> None:
    """`editor` is the end of a relationship whose key is on the other side."""
    links = (
        'ex:Edits a rel:OneToOne ; rel:from ex:Book ; rel:to ex:User ; rel:field "editor" .\n'
        'ex:Sequels a rel:ManyToOne ; rel:from ex:Book ; rel:to ex:Book ; rel:field "sequel" .\n'
    )
    dotted = '[ orm:fieldName "a.b" ; orm:fieldType "String" ]'
    said = book(f'auth:owner "{stated}" ; auth:read "owner"', dotted)
    read = permissions(service(NOBODY), said, USER, WRITES, links).read
    assert read == (Rule(who=Who.OWNER, path=path),)


@pytest.mark.parametrize(
    ("type_", "stated", "values"),
    [
        ("Boolean", "auth:equals true", (True,)),
        ("Integer", "auth:in ( 1 2 1 )", (1, 2)),
        ("Decimal", "auth:equals 1.50", ("1.50",)),
        ("Date", 'auth:equals "2025-12-31"', ("2025-12-31",)),
        ("String", 'auth:in ( "a" )', ("a",)),
        ("String", "auth:in ()", ()),
    ],
)
def test_conditions(type_: str, stated: str, values: tuple[str | int | bool, ...]) -> None:
    field = f'[ orm:fieldName "x" ; orm:fieldType "{type_}" ]'
    model = model_of(book(f'auth:read [ auth:field "x" ; {stated} ] ; {NOBODY}', field))
    found = entity(model).permissions
    assert found
    assert found.read == (Rule(who=Who.CONDITION, path=("x",), values=values),)
    read_again = load_model(dump_model(model))
    assert entity(read_again).permissions == found


def test_a_condition_may_be_stated_once_for_many() -> None:
    shown = 'ex:Shown auth:field "title" ; auth:equals "Emma" .\n'
    found = permissions(shown, book(f"auth:read ex:Shown ; {NOBODY.replace('()', 'ex:Shown')}"))
    assert found.read == found.delete == found.create
    assert found.read[0].values == ("Emma",)


def test_what_everybody_reads_is_as_the_row() -> None:
    field = '[ orm:fieldName "x" ; orm:fieldType "String" ; auth:read ( "role:a" "public" ) ]'
    model = model_of(service(f"auth:read () ; {NOBODY}"), book('orm:className "Book"', field))
    assert entity(model).field("x").read_by is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('auth:read "owner"', "permission-rule"),
        ('auth:read ( "public" "tenant" )', "permission-rule"),
        ('auth:read "admin"', "wrong-value"),
        ('auth:read ( "public" "role:" )', "wrong-value"),
        ("auth:read true", "wrong-value"),
        ("auth:read ex:Nothing", "wrong-value"),
        ("auth:read []", "wrong-value"),
        ("auth:read ( ( ) )", "wrong-value"),
        ('auth:read "public" , "owner"', "wrong-value"),
        ('auth:read [ auth:field "titel" ; auth:equals "x" ]', "permission-path"),
        ('auth:read [ auth:field "title.x" ; auth:equals "x" ]', "permission-path"),
        ('auth:read [ auth:field "title" ; auth:equals 5 ]', "condition-value"),
        ('auth:read [ auth:field "title" ; auth:equals "\\u0000" ]', "condition-value"),
        ('auth:read [ auth:field "title" ; auth:equals "a" , "b" ]', "wrong-value"),
        ('auth:read [ auth:field "title" ]', "missing-value"),
        ('auth:read [ auth:equals "x" ]', "missing-value"),
        ('auth:read "public" ; auth:tenant ""', "permission-path"),
        (f'auth:read "public" ; auth:tenant "{"sequel." * 2000}title"', "permission-path"),
    ],
)
def test_refuses(said: str, code: str) -> None:
    itself = 'ex:Sequels a rel:ManyToOne ; rel:from ex:Book ; rel:to ex:Book ; rel:field "sequel" ; rel:nullable true .\n'
    assert codes(compiled(service(NOBODY) + book(said) + itself)) == [code]


def test_what_is_not_said_is_told() -> None:
    found = compiled(service('auth:read "public"') + book("auth:create ()"))
    assert codes(found) == ["permission-missing"]
    assert "nobody may update or delete ex:Book" in found.as_text()
