"""Fields, aliases, fragments and directives: 2.4 to 2.9, 3.13, 5.3, 5.5, 5.7 and 6.3 of the specification."""

from __future__ import annotations

from .cases import Cases, compiled, ordinary, refused

FIELDS: Cases = {
    "a field": compiled("{ users { username } }"),
    "fields in the order in which they are asked for": compiled("{ users { username id email } }"),
    "a field twice": compiled("{ users { username id username } }"),
    "a list without rows": compiled('{ users(where: {username: {eq: "x"}}) { id } }'),
    "a row that is not there": compiled(
        '{ user(id: "00000000-0000-4000-8000-000000000099") { id } }'
    ),
    "a row": compiled('{ user(id: "00000000-0000-4000-8000-000000000001") { id username } }'),
    "a relation to one, of which some are not there": compiled(
        "{ users { username profile { displayName bio } } }"
    ),
    "relations within relations": compiled(
        "{ users(limit: 3) { posts(limit: 3) { comments(limit: 3) { author { username } parent { id } replies(limit: 3) { id } } tags(limit: 3) { name } } } }"
    ),
    "several roots": compiled("{ users { id } tags { name } specimen(id: 1) { id } }"),
    "the same root under several names": compiled(
        "{ a: tags { name } b: tags { id } c: tags { name } }"
    ),
    "every type of field": compiled(
        "{ specimens { id limit class big ratio amount flag at moment data tree otherId } }"
    ),
    "a length of time": ordinary("{ specimens { id span } }"),
    "enumerations, dates and JSON": compiled(
        "{ posts { status price publishedOn meta createdAt } }"
    ),
    "a connection": compiled(
        "{ postsConnection(first: 3) { nodes { id } totalCount pageInfo { hasNextPage hasPreviousPage } } }"
    ),
    "edges of a connection": compiled(
        "{ postsConnection { edges { node { id tags { name } } } totalCount } }"
    ),
    "connections under other names": compiled(
        "{ a: tagsConnection(first: 1) { b: nodes { c: name } d: totalCount e: pageInfo { f: hasNextPage } } }"
    ),
    "a connection that begins nowhere": compiled(
        "query($after: String) { tagsConnection(after: $after) { nodes { id } } }", after=None
    ),
    "a connection with conditions": compiled(
        "query($w: TagWhere, $n: Int! = 1) { tagsConnection(first: $n, where: $w, orderBy: {name: DESC}) "
        "{ nodes { name } totalCount pageInfo { hasNextPage } } }",
        w={"name": {"ne": "red"}},
    ),
    "nodes of a connection in two places": ordinary(
        "{ postsConnection { edges { node { id } } nodes { title } } }"
    ),
    "a connection beside a list": ordinary("{ tagsConnection { nodes { id } } tags { id } }"),
    "comments, commas and a byte order mark": compiled(
        "\ufeff# what follows\n{,, users # here\n, {, username,,}\t}\r\n# is all"
    ),
    "a field that there is not": refused("{ users { nothing } }"),
    "a root field that there is not": refused("{ nothing }"),
    "an object without a selection": refused("{ users }"),
    "a leaf with a selection": refused("{ users { username { x } } }"),
    "an empty selection": refused("{ users { } }"),
    "an empty operation": refused("{ }"),
}

ALIASES: Cases = {
    "an alias": compiled("{ people: users { name: username } }"),
    "a field under two names": compiled("{ users { a: username b: username username } }"),
    "a relation under two names": compiled(
        "{ users { first: posts(limit: 1) { id } rest: posts(offset: 1) { id title } } }"
    ),
    "an alias that is another field's name": compiled(
        "{ users { email: username username: email } }"
    ),
    "an alias with quotes of SQL and JSON is none": refused('{ users { "a": username } }'),
    "aliases that are words of SQL": compiled(
        "{ select: users { from: username where: id table: email null: isActive } }"
    ),
    "an alias that Python reserves": compiled(
        "{ class: users { self: id _: username __x: email } }"
    ),
    "a long alias": compiled(f"{{ {'a' * 200}: users {{ {'b' * 200}: username }} }}"),
    "long aliases that begin alike": compiled(
        f"{{ users {{ {'a' * 100}x: username {'a' * 100}y: email }} }}"
    ),
    "aliases that differ by case": compiled("{ users { a: username A: email } }"),
    "the same name for two fields": refused("{ users { a: username a: email } }"),
    "the same name for two arguments": refused(
        "{ a: users(limit: 1) { id } a: users(limit: 2) { id } }"
    ),
    "the same name for a field with and without arguments": refused(
        "{ users { posts { id } posts(limit: 1) { id } } }"
    ),
}

MERGING: Cases = {
    "selections of a field that stands twice": compiled(
        "{ users { username } users { email username } }"
    ),
    "selections of a relation that stands twice": compiled(
        "{ users(limit: 9) { posts { id } username posts { title } } }"
    ),
    "selections merged at every depth": compiled(
        "{ users(limit: 3) { posts(limit: 3) { tags(limit: 3) { id } author { id } } posts(limit: 3) { tags(limit: 3) { name } author { username } } } }"
    ),
    "a field keeps the place of its first": compiled(
        "{ users(limit: 9) { username posts { id } email posts { title } username } }"
    ),
    "selections of the same arguments": compiled(
        "{ users { posts(limit: 1, offset: 0) { id } posts(offset: 0, limit: 1) { title } } }"
    ),
    "selections of the same variables": compiled(
        "query($n: Int!) { tags(limit: $n) { id } tags(limit: $n) { name } }", n=1
    ),
    "selections of different variables of one value": refused(
        "query($n: Int!, $m: Int!) { tags(limit: $n) { id } tags(limit: $m) { name } }", n=1, m=1
    ),
    "selections of a connection": compiled(
        "{ postsConnection { nodes { id } totalCount nodes { title } } postsConnection { nodes { slug } } }"
    ),
    "selections of page info": compiled(
        "{ tagsConnection { pageInfo { hasNextPage } pageInfo { a: hasPreviousPage hasNextPage } } }"
    ),
    "selections of edges": compiled(
        "{ tagsConnection { edges { node { id } } edges { node { name } __typename } } }"
    ),
    "selections of a field and a fragment": compiled(
        "{ users(limit: 9) { ...f posts { id } } } fragment f on User { posts { title } username }"
    ),
    "fields of fragments that differ": refused(
        "{ users { ...f ...g } } fragment f on User { a: id } fragment g on User { a: email }"
    ),
    "merged through an interface": compiled(
        "{ specimens { limit ... on Measured { limit ratio } ratio } }"
    ),
}

FRAGMENTS: Cases = {
    "an inline fragment": compiled("{ users { ... on User { username } } }"),
    "an inline fragment without a type": compiled("{ users { ... { username } id } }"),
    "inline fragments within inline fragments": compiled(
        "{ users { ... { ... on User { ... { username } } } } }"
    ),
    "a fragment": compiled("{ users { ...f } } fragment f on User { username }"),
    "a fragment before the operation": compiled("fragment f on User { id } { users { ...f } }"),
    "a fragment in many places": compiled(
        "{ users(limit: 9) { ...f posts { author { ...f } } } } fragment f on User { username }"
    ),
    "a fragment twice in a place": compiled(
        "{ users { ...f id ...f } } fragment f on User { username }"
    ),
    "a fragment within a fragment": compiled(
        "{ users { ...f } } fragment f on User { ...g id } fragment g on User { username posts { ...h } } "
        "fragment h on Post { title }"
    ),
    "a fragment of the root": compiled("{ ...f } fragment f on Query { users { id } tags { id } }"),
    "a fragment of a connection": compiled(
        "{ tagsConnection { ...c } } fragment c on TagConnection { nodes { ...t } edges { ...e } } "
        "fragment e on TagEdge { __typename } fragment t on Tag { name }"
    ),
    "fields in the order in which fragments have them": compiled(
        "{ users { id ...f isActive } } fragment f on User { username email }"
    ),
    "a fragment on an interface": compiled("{ specimens { id ... on Measured { ratio limit } } }"),
    "a named fragment on an interface": compiled(
        "{ specimens { ...m id } } fragment m on Measured { limit ... on Specimen { big } }"
    ),
    "a fragment on a type within one on its interface": compiled(
        "{ specimen(id: 2) { ... on Measured { ... on Specimen { class } __typename } } }"
    ),
    "a fragment on an interface within a connection": compiled(
        "{ specimensConnection { nodes { ... on Measured { limit } } } }"
    ),
    "a fragment on another type": refused("{ users { ... on Post { id } } }"),
    "a fragment on an interface that it is not of": refused(
        "{ users { ... on Measured { limit } } }"
    ),
    "a fragment on a type that there is not": refused("{ users { ... on Nothing { id } } }"),
    "a fragment on a scalar": refused("{ users { id ... on String { x } } }"),
    "a fragment on an input": refused("{ users { ... on UserWhere { id } } }"),
    "a fragment that there is not": refused("{ users { ...nothing } }"),
    "a fragment that nobody uses": refused("{ users { id } } fragment f on User { id }"),
    "two fragments of one name": refused(
        "{ users { ...f } } fragment f on User { id } fragment f on User { email }"
    ),
    "a fragment in itself": refused(
        "{ users { ...f } } fragment f on User { posts { author { ...f } } }"
    ),
    "fragments in a circle": refused(
        "{ users { ...f } } fragment f on User { ...g } fragment g on User { ...h } fragment h on User { ...f }"
    ),
    "a circle that begins later": refused(
        "{ users { ...f } } fragment f on User { ...g } fragment g on User { id ...g }"
    ),
    "a fragment called on": refused("{ users { ...on } } fragment on on User { id }"),
}

TYPENAMES: Cases = {
    "of the root": compiled("{ __typename }"),
    "of the root, among others": compiled("{ users { id } __typename a: __typename }"),
    "of a row": compiled("{ users { __typename } }"),
    "under other names": compiled("{ users { a: __typename b: __typename id } }"),
    "everywhere": compiled(
        "{ __typename posts { __typename author { __typename } tags { __typename } } }"
    ),
    "of a row that is not there": compiled("{ users { profile { __typename } } }"),
    "in a fragment": compiled("{ users { ...f } } fragment f on User { __typename }"),
    "in a connection": compiled(
        "{ tagsConnection { __typename edges { __typename node { __typename } } "
        "pageInfo { __typename } } }"
    ),
    "only in a connection": compiled("{ tagsConnection { __typename } }"),
    "in an interface": compiled("{ specimens { ... on Measured { __typename } } }"),
    "of a mutation": ordinary("mutation { __typename }"),
    "with arguments": refused("{ __typename(x: 1) }"),
    "left out": compiled("{ users { id __typename @skip(if: true) } }"),
}

DIRECTIVES: Cases = {
    **{
        f"{name} {value} on {place}": compiled(document.format(f"@{name}(if: {value})"))
        for name in ("skip", "include")
        for value in ("true", "false")
        for place, document in {
            "a leaf": "{{ users {{ id username {} }} }}",
            "the only leaf": "{{ users {{ username {} }} }}",
            "a relation": "{{ users {{ id posts {} {{ id }} }} }}",
            "a root field": "{{ tags {{ id }} users {} {{ id }} }}",
            "the only root field": "{{ users {} {{ id }} }}",
            "an inline fragment": "{{ users {{ id ... on User {} {{ username }} }} }}",
            "an inline fragment without a type": "{{ users {{ id ... {} {{ username }} }} }}",
            "a spread": "{{ users {{ id ...f {} }} }} fragment f on User {{ username }}",
            "a part of a connection": "{{ tagsConnection {{ totalCount nodes {} {{ id }} }} }}",
            "one of two": "{{ users(limit: 9) {{ posts {} {{ id }} posts {{ title }} }} }}",
        }.items()
    },
    **{
        f"skip {skip} and include {include}": compiled(
            "query($s: Boolean!, $i: Boolean!) { users { id username @skip(if: $s) @include(if: $i) } }",
            s=skip,
            i=include,
        )
        for skip in (True, False)
        for include in (True, False)
    },
    "in the other order": compiled("{ users { id username @include(if: true) @skip(if: true) } }"),
    "a variable": compiled(
        "query($no: Boolean!) { users { id username @include(if: $no) ... @skip(if: $no) { email } } }",
        no=False,
    ),
    "a default of a variable": compiled(
        "query($no: Boolean = false) { users { id username @include(if: $no) } }"
    ),
    "a default of a variable that is given": compiled(
        "query($no: Boolean = false) { users { id username @include(if: $no) } }", no=True
    ),
    "a spread that is left out first": compiled(
        "{ users { id ...f @skip(if: true) ...f } } fragment f on User { username }"
    ),
    "a spread that is left out later": compiled(
        "{ users { ...f ...f @skip(if: true) id } } fragment f on User { username }"
    ),
    "a field of a fragment that is left out": compiled(
        "{ users { ...f } } fragment f on User { id username @skip(if: true) }"
    ),
    "what is left out is not asked": compiled(
        "{ tags { id } fragile @skip(if: true) { refused } }"
    ),
    "without a condition": refused("{ users { id username @skip } }"),
    "with a text as its condition": refused('{ users { id username @skip(if: "true") } }'),
    "with another argument": refused("{ users { id username @skip(unless: true) } }"),
    "that there is not": refused("{ users { id username @nothing } }"),
    "twice in a place": refused("{ users { id @skip(if: true) @skip(if: false) } }"),
    "on an operation": refused("query @skip(if: true) { users { id } }"),
    "on a variable": refused("query($n: Int @skip(if: true)) { tags(limit: 1) { id } }"),
    "of schemas": refused("{ users { id @deprecated } }"),
    "a variable without a value": refused(
        "query($no: Boolean!) { users { id @include(if: $no) } }"
    ),
    "a variable that may be null": refused(
        "query($no: Boolean) { users { id @include(if: $no) } }"
    ),
}

TABLES = {
    "field": FIELDS,
    "alias": ALIASES,
    "merging": MERGING,
    "fragment": FRAGMENTS,
    "typename": TYPENAMES,
    "directive": DIRECTIVES,
}
