"""Variables and arguments: 2.10, 2.11, 3.5, 3.9 to 3.12, 5.4, 5.6, 5.8 and 6.1.2, 6.4.1 of the specification."""

from __future__ import annotations

from .cases import Cases, compiled, failed, ordinary, refused
from .rows import key

TAGS = "query($n: Int! = 2) { tags(limit: $n) { name } }"
WHERE = "query($w: UserWhere) { users(where: $w) { username } }"
USER = "query($id: UUID!) { user(id: $id) { username } }"

VARIABLES: Cases = {
    "a default": compiled(TAGS),
    "a default that is not taken": compiled(TAGS, n=1),
    "null for what cannot be null": refused(TAGS, n=None),
    "required and given": compiled(USER, id=str(key(1))),
    "required and not given": refused(USER),
    "required and null": refused(USER, id=None),
    "optional and not given": compiled(WHERE),
    "optional and null": compiled(WHERE, w=None),
    "optional with a default of null": compiled(
        "query($w: UserWhere = null) { users(where: $w) { id } }"
    ),
    "null in the place of a default": compiled(
        'query($w: UserWhere = {username: {eq: "anna"}}) { users(where: $w) { id } }', w=None
    ),
    "a default that is an object": compiled(
        'query($w: UserWhere = {username: {eq: "anna"}}) { users(where: $w) { id } }'
    ),
    "a default of its own": compiled("query($n: Int = 1) { tags(limit: $n) { id } }"),
    "optional where the argument has a default, not given": compiled(
        "query($n: Int) { tags(limit: $n) { id } }"
    ),
    "optional where the argument has a default, null": failed(
        "query($n: Int) { tags(limit: $n) { id } }", n=None
    ),
    "a default of its own where the argument cannot be null, null": failed(
        "query($n: Int = 1) { tags(limit: $n) { id } }", n=None
    ),
    "a required argument with an optional variable": refused(
        "query($id: UUID) { user(id: $id) { id } }"
    ),
    "a required argument with a variable that has a default": compiled(
        f'query($id: UUID = "{key(1)}") {{ user(id: $id) {{ username }} }}'
    ),
    "a required argument with a variable that has a default, null": failed(
        f'query($id: UUID = "{key(1)}") {{ user(id: $id) {{ username }} tags {{ id }} }}', id=None
    ),
    "a condition of a directive that is null": failed(
        "query($no: Boolean = true) { users { id username @include(if: $no) } }", no=None
    ),
    "a condition of a directive at the root that is null": refused(
        "query($no: Boolean = true) { users @include(if: $no) { id } }", no=None
    ),
    "given and not declared": compiled("{ tags { id } }", other=1),
    "declared and not used": refused("query($n: Int) { tags { id } }", n=1),
    "used and not declared": refused("{ tags(limit: $n) { id } }", n=1),
    "used in a fragment": compiled(
        "query($n: Int!) { ...f } fragment f on Query { tags(limit: $n) { id } }", n=1
    ),
    "used in a fragment and not declared": refused(
        "{ ...f } fragment f on Query { tags(limit: $n) { id } }", n=1
    ),
    "declared twice": refused("query($n: Int, $n: Int) { tags(limit: $n) { id } }", n=1),
    "of a type that there is not": refused("query($n: Nothing) { tags(limit: $n) { id } }", n=1),
    "of an object type": refused("query($n: User) { tags(limit: $n) { id } }", n=1),
    "of another type": refused("query($n: String!) { tags(limit: $n) { id } }", n="1"),
    "of another nullability in a list": refused(
        "query($v: [String]) { users(where: {username: {in: $v}}) { id } }", v=["anna"]
    ),
    "a default that is a variable": refused(
        "query($n: Int!, $m: Int = $n) { tags(limit: $m) { id } }", n=1
    ),
    "a default of another type": refused('query($n: Int = "1") { tags(limit: $n) { id } }'),
    "an object within": compiled(
        "query($s: String!) { users(where: {username: {eq: $s}}) { id } }", s="ben"
    ),
    "nothing for a field of an object": compiled(
        "query($s: String) { users(where: {username: {eq: $s}}) { id } }"
    ),
    "null for a field of an object that asks for more": failed(
        "query($s: String) { users(where: {username: {eq: $s}}) { id } }", s=None
    ),
    "an element of a list": compiled(
        'query($s: String!) { users(where: {username: {in: [$s, "anna"]}}) { id } }', s="ben"
    ),
    "nothing for an element that cannot be null": failed(
        'query($s: String = "x") { users(where: {username: {in: [$s]}}) { id } }', s=None
    ),
    "the same name in two operations": compiled(
        "query a($n: Int!) { tags(limit: $n) { id } } query b($n: String!) { users(where: {username: {eq: $n}}) { id } }",
        n="anna",
    ).called("b"),
    "of another operation": refused(
        "query a($n: Int!) { tags(limit: $n) { id } } query b { tags(limit: $n) { id } }", n=1
    ).called("b"),
}

# What a variable of each type does not take.
WRONG = {
    "Int": ["1", 1.5, True, 2**31, -(2**31) - 1, [1, 2], {}],
    "Float": ["1", True, {}],
    "String": [1, True, {}, ["a", "b"]],
    "Boolean": ["true", 0, {}],
    "ID": [True, 1.5, {}],
    "PostStatus": ["published", "NOTHING", 1, ""],
}

SCALARS: Cases = {
    **{
        f"{type_} is not {value!r}": refused(
            f"query($v: {type_}) {{ leaves({argument}: $v) }}"
            if argument
            else f"query($v: {type_}) {{ number(value: $v) }}",
            v=value,
        )
        for type_, argument in {
            "Int": "",
            "Float": "ratio",
            "String": "text",
            "Boolean": "flag",
            "ID": "id",
            "PostStatus": "status",
        }.items()
        for value in WRONG[type_]
    },
    "an integer for a float": ordinary("query($v: Float) { leaves(ratio: $v) }", v=1),
    "a float without a fraction for an integer": ordinary(
        "query($v: Int) { number(value: $v) }", v=1.0
    ),
    "an integer for an ID": ordinary("query($v: ID) { leaves(id: $v) }", v=17),
    "an integer for an ID, as it is written": ordinary("{ leaves(id: 17) }"),
    "an enumeration": ordinary("query($v: PostStatus) { leaves(status: $v) }", v="DRAFT"),
    "an enumeration, as it is written": ordinary("{ leaves(status: ARCHIVED) }"),
    "an enumeration in quotes": refused('{ leaves(status: "ARCHIVED") }'),
    "an enumeration without such a member": refused("{ leaves(status: archived) }"),
    "JSON": ordinary("query($v: JSON) { leaves(tree: $v) }", v={"a": [1, None, {"b": "ü"}]}),
    "JSON, as it is written": ordinary('{ leaves(tree: {a: [1, null, {b: "ü"}], c: X, d: 1.5}) }'),
    "JSON with a variable within": ordinary("query($v: Int) { leaves(tree: {a: [$v]}) }", v=5),
    "a block text": ordinary('{ leaves(text: """\n    one\n      "two"\n    three\n  """) }'),
    "escapes in a text": ordinary(r'{ leaves(text: "\u00fc \u{1F600} \" \\ \/ \b\f\n\r\t") }'),
    "an integer that is too large, as it is written": refused("{ number(value: 2147483648) }"),
    "a float, as it is written": ordinary("{ leaves(ratio: -1.5e3) }"),
    "a float for an integer, as it is written": refused("{ number(value: 1.0) }"),
    "an enumeration in a condition": compiled(
        "query($s: PostStatus!) { posts(where: {status: {eq: $s}}) { id status } }", s="PUBLISHED"
    ),
    "enumerations in a list": compiled(
        "{ posts(where: {status: {in: [DRAFT, ARCHIVED]}}) { id status } }"
    ),
    "an enumeration that orders": compiled("{ posts(orderBy: [{status: DESC}]) { id status } }"),
    "enumerations as their values": refused(
        "query($s: PostStatus!) { posts(where: {status: {eq: $s}}) { id } }", s="published"
    ),
    "a UUID": compiled(f'{{ posts(where: {{userId: {{eq: "{key(1)}"}}}}) {{ id }} }}'),
    "a UUID in capitals": compiled(USER, id="00000000-0000-4000-8000-00000000000A"),
    "no UUID": refused(USER, id="x"),
    "no UUID, as it is written": refused('{ user(id: "x") { id } }'),
    "a number for a UUID": refused(USER, id=1),
    "a date": compiled('{ posts(where: {publishedOn: {gt: "2026-01-11"}}) { id publishedOn } }'),
    "no date": refused(
        "query($d: Date) { posts(where: {publishedOn: {eq: $d}}) { id } }", d="2026-13-01"
    ),
    "a moment of another zone": compiled(
        '{ users(where: {createdAt: {eq: "2026-01-01T14:00:00+02:00"}}) { id createdAt } }'
    ),
    "a decimal as text": compiled('{ posts(where: {price: {eq: "9.5"}}) { id price } }'),
    "a decimal as number": compiled("{ posts(where: {price: {gte: 9.50}}) { id price } }"),
    "a decimal as a variable": compiled(
        "query($d: Decimal!) { posts(where: {price: {lt: $d}}) { id price } }", d=9.5
    ),
    "a large number": compiled("{ specimens(where: {big: {eq: 9223372036854775807}}) { id big } }"),
    "a large number as a variable": compiled(
        "query($b: BigInt!) { specimens(where: {big: {eq: $b}}) { id big } }", b=2**63 - 1
    ),
    "a number that is too large": refused(
        "query($b: BigInt!) { specimens(where: {big: {eq: $b}}) { id } }", b=2**63
    ),
    "a length of time": compiled('{ specimens(where: {span: {gt: "PT1H"}}) { id } }'),
    "a time": compiled('{ specimens(where: {at: {lte: "23:59:59.5"}}) { id at } }'),
}

LISTS: Cases = {
    # The table of 3.11.
    **{
        f"{literal} for {name}": ordinary(f"{{ {name}(values: {literal}) }}")
        for name, literal in [
            ("numbers", "[1, 2, 3]"),
            ("numbers", "1"),
            ("numbers", "null"),
            ("numbers", "[]"),
            ("numbers", "[1, null]"),
            ("matrix", "[[1], [2, 3]]"),
            ("matrix", "[1, 2, 3]"),
            ("matrix", "[1, [2], null]"),
            ("matrix", "1"),
            ("matrix", "null"),
            ("matrix", "[[null], []]"),
            ("someNumbers", "[1]"),
            ("someNumbers", "1"),
            ("someNumbers", "[]"),
        ]
    },
    **{
        f"{value!r} as a variable for {type_}": ordinary(
            f"query($v: {type_}) {{ {name}(values: $v) }}", v=value
        )
        for name, type_, value in [
            ("numbers", "[Int]", [1, 2]),
            ("numbers", "[Int]", 1),
            ("numbers", "[Int]", None),
            ("numbers", "[Int]", [None]),
            ("numbers", "[Int!]", [1]),
            ("matrix", "[[Int]]", [[1], [2, 3]]),
            ("matrix", "[[Int]]", [1, 2]),
            ("matrix", "[[Int]]", 1),
            ("matrix", "[[Int]]", [[None], None]),
            ("someNumbers", "[Int!]!", 1),
        ]
    },
    **{
        f"{literal} is nothing for {name}": refused(f"{{ {name}(values: {literal}) }}")
        for name, literal in [
            ("numbers", '[1, "b", true]'),
            ("matrix", '[[1], ["b"]]'),
            ("someNumbers", "null"),
            ("someNumbers", "[1, null]"),
        ]
    },
    **{
        f"{value!r} as a variable is nothing for {type_}": refused(
            f"query($v: {type_}) {{ {name}(values: $v) }}", v=value
        )
        for name, type_, value in [
            ("numbers", "[Int]", [1, "b", True]),
            ("numbers", "[Int!]", [1, None]),
            ("matrix", "[[Int]]", [[1], ["b"]]),
            ("matrix", "[[Int!]]", [[1], [None, "b"]]),
            ("someNumbers", "[Int!]!", None),
            ("someNumbers", "[Int!]!", [None]),
        ]
    },
    "one condition in the place of several": compiled(
        '{ users(where: {or: {username: {eq: "anna"}}}) { username } }'
    ),
    "one value in the place of several": compiled(
        '{ users(where: {username: {in: "anna"}}) { username } }'
    ),
    "one order in the place of several": compiled(
        "{ users(orderBy: {username: DESC}) { username } }"
    ),
    "one order in the place of several, as a variable": compiled(
        "query($o: [UserOrder!]) { users(orderBy: $o) { username } }", o={"username": "DESC"}
    ),
    "several orders": compiled(
        "{ posts(orderBy: [{price: DESC}, {createdAt: ASC}]) { price createdAt } }"
    ),
    "no order": compiled("{ posts(orderBy: []) { id } }"),
    "an element that is null": refused("{ users(where: {username: {in: [null]}}) { id } }"),
    "an element that is null, as a variable": refused(WHERE, w={"or": [None]}),
}

INPUTS: Cases = {
    # The table of 3.10.
    **{
        f"given {literal}": ordinary(f"{{ given(input: {literal}) }}")
        for literal in [
            '{a: "abc", b: 123}',
            "{a: null, b: 123}",
            "{b: 123}",
            "{b: 123, c: 5}",
            "{b: 1, inner: {b: 2, inner: {b: 3, a: null}}}",
            "{b: 1, inner: null}",
            "null",
        ]
    },
    **{
        f"given {value!r} as a variable": ordinary("query($v: Given) { given(input: $v) }", v=value)
        for value in [
            {"a": "abc", "b": 123},
            {"a": None, "b": 123},
            {"b": 123},
            {"c": 1, "b": 123},
            {"b": 1, "inner": {"b": 2}},
            None,
        ]
    },
    **{
        f"not {literal}": refused(f"{{ given(input: {literal}) }}")
        for literal in [
            '{a: "abc"}',
            '{a: "abc", b: null}',
            '{a: "abc", b: "123"}',
            "{b: 123, d: 1}",
            "{b: 123, b: 123}",
            "{b: 1, inner: {a: null}}",
            "{b: 123, c: null}",
            '"abc123"',
            "[{b: 1}]",
            "{b: 1, inner: {x: 1}}",
        ]
    },
    **{
        f"not {value!r} as a variable": refused("query($v: Given) { given(input: $v) }", v=value)
        for value in [
            {"a": "abc"},
            {"b": None},
            {"b": "123"},
            {"b": 123, "d": 1},
            {"b": 1, "inner": {"a": "x"}},
            {"b": 1, "inner": {"b": 2, "x": 1}},
            {"b": 1, "c": None},
            "abc123",
            [1],
        ]
    },
    "a variable within": ordinary(
        "query($a: String, $b: Int!) { given(input: {a: $a, b: $b}) }", b=1
    ),
    "a variable within, null": ordinary(
        "query($a: String, $b: Int!) { given(input: {a: $a, b: $b}) }", a=None, b=1
    ),
    "a variable in the place of a default": ordinary(
        "query($c: Int) { given(input: {b: 1, c: $c}) }"
    ),
    "a variable in the place of a default, null": failed(
        "query($c: Int) { given(input: {b: 1, c: $c}) number }", c=None
    ),
    "a variable with a default": ordinary('query($v: Given = {b: 1, a: "x"}) { given(input: $v) }'),
    "a condition that there is not": refused("{ users(where: {nothing: {eq: 1}}) { id } }"),
    "a condition that there is not, as a variable": refused(WHERE, w={"nothing": {"eq": 1}}),
    "an operator that there is not, as a variable": refused(WHERE, w={"username": {"like": "x"}}),
    "nothing but an object": compiled(WHERE, w={}),
    "conditions within conditions": compiled(
        WHERE, w={"or": [{"username": {"eq": "anna"}}, {"not": {"isActive": {"eq": True}}}]}
    ),
    "conditions that join": compiled(
        '{ posts(where: {and: [{price: {gt: "1"}}, {or: [{status: {eq: ARCHIVED}}, '
        '{title: {contains: "1"}}]}]}) { title } }'
    ),
    "a condition that is null": failed(WHERE, w={"username": None}),
    "an order of two fields": refused("{ users(orderBy: {id: ASC, username: ASC}) { id } }"),
    "an order of no field": refused("{ users(orderBy: {}) { id } }"),
    "an order of two fields, as a variable": refused(
        "query($o: [UserOrder!]) { users(orderBy: $o) { id } }",
        o=[{"id": "ASC", "username": "ASC"}],
    ),
    "an order of a field that is null": refused("{ users(orderBy: {id: null}) { id } }"),
    "an order of a field that is null, as a variable": refused(
        "query($o: [UserOrder!]) { users(orderBy: $o) { id } }", o=[{"id": None}]
    ),
}

ARGUMENTS: Cases = {
    "in another order": compiled("{ tags(offset: 1, limit: 1) { name } }"),
    "of null": compiled("{ users(where: null, orderBy: null) { id } }"),
    "nullable without a value": ordinary("{ number }"),
    "nullable with null": ordinary("{ number(value: null) }"),
    "with a default, without a value": ordinary("{ numberOrFive }"),
    "with a default, with null": ordinary("{ numberOrFive(value: null) }"),
    "with a default, with a variable that is not given": ordinary(
        "query($v: Int) { numberOrFive(value: $v) }"
    ),
    "with a default, with a variable that is null": ordinary(
        "query($v: Int) { numberOrFive(value: $v) }", v=None
    ),
    "nullable with a variable that is not given": ordinary("query($v: Int) { number(value: $v) }"),
    "nullable with a variable that is null": ordinary(
        "query($v: Int) { number(value: $v) }", v=None
    ),
    "required, with a variable": ordinary("query($v: Int!) { someNumber(value: $v) }", v=1),
    "required, without a value": refused("{ someNumber }"),
    "required, with null": refused("{ someNumber(value: null) }"),
    "that there is not": refused("{ tags(first: 1) { id } }"),
    "twice": refused("{ tags(limit: 1, limit: 1) { id } }"),
    "null where it cannot be null": refused("{ tags(limit: null) { id } }"),
    "of a leaf": refused("{ users { username(x: 1) } }"),
    "out of bounds": failed("{ tags(limit: 0) { id } }"),
}

TABLES = {
    "variable": VARIABLES,
    "scalar": SCALARS,
    "list": LISTS,
    "input": INPUTS,
    "argument": ARGUMENTS,
}
