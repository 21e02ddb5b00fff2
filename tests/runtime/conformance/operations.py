"""Operations, mutations, introspection and errors: 2.3, 4, 5.2, 6.1, 6.2, 6.4.4 and 7.1 of the specification."""

from __future__ import annotations

from graphql import get_introspection_query

from .cases import Cases, compiled, failed, ordinary, refused
from .rows import key

TWO = "query a { tags { id } } query b { users { username } }"

OPERATIONS: Cases = {
    "without a name": compiled("query { tags { id } }"),
    "with a name": compiled("query a { tags { id } }"),
    "with a name that is asked for": compiled("query a { tags { id } }").called("a"),
    "one of two": compiled(TWO).called("a"),
    "the other of two": compiled(TWO).called("b"),
    "a query beside a mutation": compiled(
        "query a { tags { id } } mutation b { deleteTag(id: 1) }"
    ).called("a"),
    "one of two that share a fragment": compiled(
        "query a { tags { ...f } } query b { tags { ...f id } } fragment f on Tag { name }"
    ).called("b"),
    "none of two": refused(TWO).in_own_words(),
    "another than the two": refused(TWO).called("c").in_own_words(),
    "another than the one": refused("query a { tags { id } }").called("b").in_own_words(),
    "another than the one without a name": refused("{ tags { id } }").called("b").in_own_words(),
    "two without a name": refused("{ tags { id } } { users { id } }"),
    "one without a name beside one that has one": refused(
        "{ tags { id } } query a { users { id } }"
    ),
    "two of one name": refused("query a { tags { id } } query a { users { id } }").called("a"),
    "a query and a mutation of one name": refused(
        "query a { tags { id } } mutation a { deleteTag(id: 1) }"
    ).called("a"),
    "no operation": refused("fragment f on Tag { id }"),
    "nothing": refused(""),
    "a comment": refused("# nothing"),
    "no document": refused("{"),
    "no document, further on": refused("query {\n  users {\n    id\n  }\n} query ("),
    "a schema": refused("{ tags { id } } type X { id: ID }"),
    "an extension of a schema": refused("{ tags { id } } extend type User { x: ID }"),
    "a subscription": refused("subscription { tags { id } }"),
    "an operation that there is not": refused("ask { tags { id } }"),
    "a text that does not end": refused('{ user(id: "x) { id } }'),
    "a character that there is not": refused("{ users { id \u2028 } }"),
    "every mistake is told": refused("{ users { nothing neither } nobody }"),
}

RENAME = "updateTag(id: 1, input: {name: "

MUTATIONS: Cases = {
    "one": ordinary('mutation { createTag(input: {name: "new"}) { id name } }'),
    "one after another": ordinary(
        f'mutation {{ a: {RENAME}"a"}}) {{ name }} b: {RENAME}"b"}}) {{ name }} '
        f'c: {RENAME}"c"}}) {{ id name }} }}'
    ),
    "each sees what those before it have done": ordinary(
        f'mutation {{ a: updateUser(id: "{key(1)}", input: {{username: "anne"}}) {{ posts {{ author {{ username }} }} }} '
        f'b: updateUser(id: "{key(1)}", input: {{username: "anni"}}) {{ posts {{ author {{ username }} }} }} }}'
    ),
    "what was made before": ordinary(
        'mutation { a: createTag(input: {name: "new"}) { id } b: updateTag(id: 1000, input: {name: "newer"}) '
        "{ name } c: deleteTag(id: 1000) }"
    ),
    "one in the middle that fails": failed(
        'mutation { a: createTag(input: {name: "new"}) { id } b: createTag(input: {name: "new"}) { id } '
        'c: createTag(input: {name: "newer"}) { name } }'
    ),
    "one of what is not there": failed("mutation { deleteTag(id: 99) a: deleteTag(id: 3) }"),
    "with variables": ordinary(
        "mutation($input: TagCreateInput!) { createTag(input: $input) { name } }",
        input={"name": "v"},
    ),
    "with a field that is null": ordinary(
        "mutation($n: String) { updateTag(id: 1, input: {name: $n}) { name } }"
    ),
    "merged": ordinary(
        f'mutation {{ {RENAME}"m"}}) {{ id }} ...f }} '
        f'fragment f on Mutation {{ {RENAME}"m"}}) {{ name __typename }} }}'
    ),
    "left out": ordinary(f'mutation {{ __typename {RENAME}"m"}}) @skip(if: true) {{ id }} }}'),
    "in the order of the document": ordinary(
        f'mutation {{ ...f b: {RENAME}"b"}}) {{ name }} }} '
        f'fragment f on Mutation {{ a: {RENAME}"a"}}) {{ name }} d: deleteTag(id: 2) }}'
    ),
    "with an unknown field": refused('mutation { createTag(input: {name: "a", x: 1}) { id } }'),
    "without what is required": refused("mutation { createTag(input: {}) { id } }"),
    "with a variable without what is required": refused(
        "mutation($input: TagCreateInput!) { createTag(input: $input) { name } }", input={}
    ),
    "of a query": refused("mutation { tags { id } }"),
    "as a query": refused("{ deleteTag(id: 1) }"),
}

INTROSPECTION: Cases = {
    "everything": ordinary(get_introspection_query(input_value_deprecation=True)),
    "with what newer clients ask": ordinary(
        get_introspection_query(
            specified_by_url=True,
            directive_is_repeatable=True,
            schema_description=True,
            one_of=True,
        )
    ),
    "a type": ordinary('{ __type(name: "User") { kind name description fields { name } } }'),
    "a type that there is not": ordinary('{ __type(name: "Nothing") { name } }'),
    "a type as a variable": ordinary("query($n: String!) { __type(name: $n) { name } }", n="Tag"),
    "an interface": ordinary('{ __type(name: "Measured") { possibleTypes { name } } }'),
    "of an entity": ordinary('{ __type(name: "Specimen") { interfaces { name } } }'),
    "an enumeration": ordinary(
        '{ __type(name: "PostStatus") { enumValues { name description } } }'
    ),
    "an input": ordinary(
        '{ __type(name: "TagOrder") { isOneOf inputFields { name defaultValue type { kind name } } } }'
    ),
    "a scalar": ordinary('{ __type(name: "UUID") { kind description specifiedByURL } }'),
    "the root": ordinary(
        "{ __schema { queryType { name } mutationType { name } subscriptionType { name } } }"
    ),
    "directives": ordinary(
        "{ __schema { directives { name isRepeatable locations args { name defaultValue } } } }"
    ),
    "beside rows": ordinary('{ tags { id } __type(name: "Tag") { name __typename } }'),
    "the name of what introspects": ordinary("{ __schema { __typename types { __typename } } }"),
    "left out": compiled("{ tags { id } __schema @skip(if: true) { types { name } } }"),
    "below the root": refused("{ users { __schema { types { name } } } }"),
    "a field that there is not": refused("{ __schema { nothing } }"),
    "without a name": refused("{ __type { name } }"),
}

ERRORS: Cases = {
    "a nullable field": failed("{ fragile { well refusedOrNull } }"),
    "a field that cannot be null": failed("{ fragile { well refused } tags { id } }"),
    "a field that cannot be null, later": failed("{ fragile { well refusedLater } tags { id } }"),
    "null where there cannot be null": failed("{ fragile { well missing } tags { id } }"),
    "a number that is too large": failed("{ fragile { well tooLarge } }"),
    "below what cannot be null": failed("{ fragile { inner { inner { refused } } } tags { id } }"),
    "below what can be null": failed("{ fragile { well maybe { inner { refused } } } }"),
    "up to the root": failed("{ tags { id } sturdy { inner { refused } } }"),
    "an element that cannot be null": failed("{ fragile { well several { refused } } }"),
    "an element that can be null": failed("{ fragile { well some { well refused } } }"),
    "an element below": failed("{ fragile { some { maybe { refused } well } } }"),
    "null among what cannot be null": failed("{ fragile { well numbers } tags { id } }"),
    "null among what cannot be null, in a list that can be null": failed(
        "{ fragile { well numbersOrNull } }"
    ),
    "null among what can be null": ordinary("{ fragile { well maybeNumbers } }"),
    "under another name": failed("{ a: fragile { b: refusedOrNull c: refusedOrNull } }"),
    "a field that is merged": failed(
        "{ fragile { refusedOrNull } fragile { refusedOrNull well } }"
    ),
    "in a fragment": failed(
        "{ fragile { ...f ... on Fragile { b: refusedOrNull } } } fragment f on Fragile { refusedOrNull }"
    ),
    "several": failed(
        "{ fragile { a: refusedOrNull maybe { b: refusedOrNull some { refusedOrNull } } } }"
    ),
    "on several lines": failed("{\n  fragile {\n    well\n\n      refusedOrNull }\n}"),
    "what fails and is left out": ordinary("{ fragile { well refused @skip(if: true) } }"),
    "an argument of a list at the root": failed("{ users { id } tags(limit: 0) { id } }"),
    "an argument of a list below": failed("{ users { id posts(limit: 0) { id } } }"),
    "an argument of a list below what can be null": failed(
        f'{{ post(id: "{key(11)}") {{ author {{ id comments(offset: -1) {{ id }} }} }} tags {{ id }} }}'
    ),
    "an argument of a list below what can be null, in each row": failed(
        "{ posts { id author { id comments(offset: -1) { id } } } }"
    ),
    "an argument of a connection": failed("{ tagsConnection(first: 201) { totalCount } }"),
    "an interface that is null": ordinary("{ named { name ... on Named { __typename } } }"),
}

TABLES = {
    "operation": OPERATIONS,
    "mutation": MUTATIONS,
    "introspection": INTROSPECTION,
    "error": ERRORS,
}
