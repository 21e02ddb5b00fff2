"""Any ontology that the vocabulary can say: a Hypothesis strategy of Turtle documents without a mistake.

Names are drawn from those that break code generators: what Python, SQL and the libraries reserve, and
every name that generated code itself uses.
"""

# ruff: noqa: SIM905, RUF001 - word lists read best as text

from __future__ import annotations

import ast
import builtins
import keyword
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

from hypothesis import strategies as st

from terapin.model import FieldType, Kind, naming, reserved
from terapin.ontology import compile_files
from terapin.project.generate import plan
from terapin.project.plan import Project
from terapin.project.render import render
from tests.ontologies import PREFIXES

_CASES = Path(__file__).parent / "cases"
# Between them they have every type of field, on PostgreSQL and on MongoDB, relationships across the two, and caches.
_EVERYTHING = (
    "projects/types",
    "code/on_mongodb",
    "code/across_sources",
    "code/cached_entity",
    "code/tasks",
    "code/tokens_by_keys",
    "code/channels",
    "code/permissions",
    "code/permissions_on_mongodb",
    "code/permissions_without_tokens",
)

_ODD_NAMES = """
größe 名前 имя ﬁeld ｆｕｌｌ Ⅷ ı İstanbul 🙂 3d 2ndAddress HTTPServer userID a-b a.b a:b a/b a,b 100% $x
{x} {id} {{x}} `x` #x ?x &x it's "so" \\ -x _x __x__ __class__ X x y select order user group xmin ctid tableoid lateral collation tablesample
Declared Routers declared routers handler operation PgClass pg_class a__lt created_at createdOn limit cursor sort
Con aux Country Currency Color password token api_key l I O
""".split()
_LONG_NAMES = ["x" * 63, "a_very_long_name_of_a_field_that_goes_on_until_it_is_cut_off_62"]
_NAMESPACES = ("http://example.org/shop#", "http://example.org/law/", "urn:example:")
_SNIPPETS = (
    '"""',
    "'",
    "\\",
    "\n",
    "{{ x }}",
    "{% x %}",
    "${x}",
    "%(x)s",
    "\u202e",
    "\u2028",
    ":x",
)

_KEY_TYPES = (FieldType.UUID, FieldType.INTEGER, FieldType.BIG_INTEGER, FieldType.STRING)
# What nobody has to number, and what a Decimal128 holds.
_DOCUMENT_KEY_TYPES = (FieldType.UUID, FieldType.STRING)
_DOCUMENT_DIGITS = 34
_PATTERNS = {"^[A-Z]{2,4}$": "ABC", r"^\d+(?:\.\d+)?$": "1.5", "['\"\\\\]": '"', r"^[^\s{}]+$": "x"}
_DEFAULTS = {
    FieldType.UUID: ("8c3b0a52-5d4e-4f2b-9d0a-3b1c2f4d5e6f",),
    FieldType.DATE: ("2025-12-31", "now"),
    FieldType.TIME: ("23:59:00", "now"),
    FieldType.DATE_TIME: ("2025-12-31T23:59:00+02:00", "2025-12-31T23:59:00.5", "now"),
    FieldType.INTERVAL: ("P1DT12H", "PT0.5S"),
    FieldType.JSON: ("{}", "[1, null, true]", '{"a\\"b": ["\\u2028"]}', "1.5", '"{{x}}"', "null"),
    FieldType.EMAIL: ("a'b@example.org",),
    FieldType.URL: ("https://example.org/?a='b'",),
    FieldType.PHONE: ("+41446681800",),
    FieldType.CURRENCY: ("EUR",),
    FieldType.COUNTRY: ("AT",),
    FieldType.IP_ADDRESS: ("192.0.2.1", "::1"),
    FieldType.COLOR: ("#0a0b0c", "red"),
    FieldType.TIMEZONE: ("Europe/Vienna",),
}


@cache
def awkward_names() -> tuple[str, ...]:
    """Each in the spelling that it has where it means something, as a class and as an attribute would have it."""
    names = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *_generated_names()}
    names |= {*reserved.ATTRIBUTES, *reserved.CLASSES, *reserved.MODULES, *reserved.VARIABLES}
    return tuple(sorted({*names, *(name.title().replace("_", "") for name in names)} - {""}))


def _generated_names() -> set[str]:
    """Every name in the code that is generated for all that there is, core's modules among them."""
    names = {name for case in _EVERYTHING for name in _names_of(_CASES / case / "ontology.ttl")}
    return {name for name in names if name.isidentifier()}


def _names_of(ontology: Path) -> Iterator[str]:
    model = compile_files([ontology]).model
    assert model
    planned = {file.path: file for file in plan(Project(model=model, package="service"))}
    yield from (path.stem for path in planned)
    managed = {path: file for path, file in planned.items() if file.template}
    for path, content in render(managed).items():
        if path.suffix == ".py":
            yield from _names_in(ast.parse(content))


def _names_in(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield name
            case ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name
            case ast.alias(name=name, asname=other):
                yield (other or name).rpartition(".")[2]


# Not longer than a name may be, and not empty.
NAMES = st.deferred(
    lambda: st.one_of(
        st.sampled_from(awkward_names()),
        st.sampled_from(_ODD_NAMES + _LONG_NAMES),
        st.text("abcXYZ_09 -é", min_size=1, max_size=12).filter(lambda name: bool(name.strip())),
    )
)
# What can be stored: anything without NUL.
_CHARACTERS = st.one_of(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    st.sampled_from("\"'\\{}%$:\n"),
)
_TEXTS = st.text(_CHARACTERS, min_size=1, max_size=20)
_DESCRIPTIONS = st.lists(st.one_of(_TEXTS, st.sampled_from(_SNIPPETS)), max_size=4).map(" ".join)
_BOUNDS = st.sampled_from(
    [
        [],
        ["orm:minimum -100"],
        ["orm:exclusiveMaximum 51"],
        ["orm:exclusiveMinimum -51", "orm:maximum 100"],
    ]
)
_VALUES = st.lists(st.one_of(NAMES, _TEXTS), min_size=1, max_size=6, unique=True)


def quoted(text: str) -> str:
    """A Turtle string."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    safe = character.isprintable() and character not in '"\\'
    return character if safe else f"\\U{ord(character):08X}"


@dataclass(frozen=True)
class _Sources:
    """What is declared of data sources and caches, and the IRIs of those that entities may name."""

    parts: Sequence[str]
    databases: Sequence[str]
    stores: Sequence[str]
    caches: Sequence[str]


@dataclass
class _Entity:
    """`names` gives one name after another that nothing else of the entity has."""

    iri: str
    key_type: FieldType
    document: bool
    names: Iterator[str]
    terms: list[str]
    fields: list[str] = field(default_factory=list)
    scalars: list[str] = field(default_factory=list)
    to_one: list[tuple[str, _Entity]] = field(default_factory=list)

    def turtle(self) -> str:
        terms = [*self.terms, f"orm:fields ( {' '.join(self.fields)} )"]
        return f"<{self.iri}> a orm:Entity ; {' ; '.join(terms)} .\n"


@st.composite
def ontologies(draw: st.DrawFn) -> str:
    iris = draw(st.lists(_iris(), min_size=6, max_size=12, unique=True))
    sources = draw(_sources(iris[5:]))
    entities = draw(_entities(iris[: draw(st.integers(1, 5))], sources))
    count = draw(st.integers(0, 6))
    tables = _unique(draw, count, naming.stated_table_name)
    relationships = [
        draw(_relationship(f"ex:relationship{number}", entities, f"joined_{table}"[:63]))
        for number, table in enumerate(tables)
    ]
    permissions = draw(_permissions(entities)) if draw(st.booleans()) else None
    service = draw(_service(permissions, accounts=_may_have_accounts(entities)))
    parts = [PREFIXES, service, *sources.parts, *relationships]
    parts += draw(_endpoints(entities))
    parts += draw(_tasks(entities))
    parts += draw(_channels(entities))
    return "".join([*parts, *(entity.turtle() for entity in entities)])


@st.composite
def _service(draw: st.DrawFn, permissions: Sequence[str] | None, accounts: bool) -> str:
    """Permissions ask for tokens, of which `accounts` says whether the service may issue them itself."""
    terms = [
        f"api:name {quoted(draw(NAMES))}",
        f"api:description {quoted(draw(_DESCRIPTIONS))}",
        'api:version "1.2.3"',
        "api:baseIri <https://example.org/it's/>",
    ]
    stated = [*draw(_some(terms)), *(permissions or ())]
    if accounts and draw(st.booleans()):
        stated.append("auth:accounts true")
        stated += draw(_some([f"auth:{name} {quoted(draw(_TEXTS))}" for name in _PARTIES]))
    elif permissions is not None or draw(st.booleans()):
        stated.append(draw(_tokens()))
    return _node("ex:Service a api:Service", stated)


_PARTIES = ("issuer", "audience")


def _may_have_accounts(entities: Sequence[_Entity]) -> bool:
    subjects = [each.key_type for each in entities if _SUBJECT in each.terms]
    relational = any(not each.document for each in entities)
    return relational and {*subjects} <= {FieldType.UUID, FieldType.STRING}


@st.composite
def _tokens(draw: st.DrawFn) -> str:
    """Whose are taken, and signed how."""
    jwks = draw(
        st.sampled_from([None, "https://id.example.org/it's/keys?x={x}", "http://[::1]:8000/"])
    )
    algorithms = draw(st.sampled_from(["RS256", "ES256"] if jwks else ["HS256"]))
    terms = [
        *([f"auth:jwks {quoted(jwks)}"] if jwks else []),
        *draw(_some([f"auth:algorithms ( {quoted(algorithms)} )"])),
    ]
    issuer, audience = quoted(draw(_TEXTS)), quoted(draw(_TEXTS))
    return " ; ".join([f"auth:issuer {issuer}", f"auth:audience {audience}", *terms])


@st.composite
def _sources(draw: st.DrawFn, iris: Sequence[str]) -> _Sources:
    """Any of one database, two sources on MongoDB, one of Redis and three caches, or none of them at all."""
    if not draw(st.booleans()):
        return _Sources((), (), (), ())
    named = iter(iris)
    databases, stores, redis, caches = (
        [f"<{iri}>" for iri in islice(named, draw(st.integers(0, most)))] for most in (1, 2, 1, 3)
    )
    kinds = {"postgresql": databases, "mongodb": stores, "redis": redis}
    backends = {each: draw(st.sampled_from(["redis", "memory"])) for each in caches}
    parts = [*_SETTINGS, *(draw(_cache(*each)) for each in backends.items())]
    in_redis = [each for each in caches if backends[each] == "redis"]
    for kind, found in kinds.items():
        fitting = in_redis if kind == "redis" else caches
        parts += [draw(_source(each, kind, fitting)) for each in found]
    return _Sources(parts, databases, stores, caches)


_SETTINGS = (
    "ex:pool a async:ConnectionPool ; async:minConnections 1 ; async:maxConnections 5 ; "
    "async:timeout 0.5 ; async:commandTimeout 10.0 ; async:maxIdle 60 .\n",
    "ex:breaker a async:CircuitBreaker ; async:failMax 3 ; async:resetTimeout 2.5 .\n",
    "ex:retry a async:RetryPolicy ; async:attempts 2 ; async:minWait 0.1 ; async:maxWait 1 ; "
    "async:multiplier 1.5 .\n",
)


@st.composite
def _source(draw: st.DrawFn, node: str, kind: str, caches: Sequence[str]) -> str:
    configured = [
        "db:poolConfig ex:pool",
        "db:circuitBreakerConfig ex:breaker",
        "db:retryConfig ex:retry",
        *(f"db:cacheConfig {cache}" for cache in caches[:1]),
    ]
    return _node(f'{node} a db:DataSource ; db:type "{kind}"', draw(_some(configured)))


@st.composite
def _cache(draw: st.DrawFn, node: str, backend: str) -> str:
    terms = [
        f"async:namespace {quoted(draw(_TEXTS))}",
        "async:ttl 60",
        "async:staleFor 5",
        "async:negativeTtl 1",
        "async:localTtl 0.5",
        'async:serializer "msgpack"',
    ]
    return _node(f'{node} a async:CacheStrategy ; async:backend "{backend}"', draw(_some(terms)))


@st.composite
def _entities(draw: st.DrawFn, iris: Sequence[str], sources: _Sources) -> list[_Entity]:
    """Their stated classes and tables differ."""
    classes = _unique(draw, len(iris), naming.class_name)
    tables = _unique(draw, len(iris), naming.stated_table_name)
    named = zip(iris, classes, tables, strict=True)
    return [draw(_entity(*stated, sources)) for stated in named]


@st.composite
def _iris(draw: st.DrawFn) -> str:
    local = draw(NAMES.filter(lambda name: not set(name) & set('<>"{}|^`\\ %#')))
    return draw(st.sampled_from(_NAMESPACES)) + local


@st.composite
def _entity(draw: st.DrawFn, iri: str, class_name: str, table: str, sources: _Sources) -> _Entity:
    terms = [f"orm:className {quoted(class_name)}"]
    terms += [f"orm:cache {cache}" for cache in sources.caches[-1:]]
    made = naming.stated_table_name(table).casefold()
    if made not in reserved.TABLES and not made.startswith(reserved.CATALOG):
        terms.append(f"orm:tableName {quoted(table)}")
    terms.append(f"orm:description {quoted(draw(_DESCRIPTIONS))}")
    size = draw(st.sampled_from([0, 1, 2, 3, 4, 6, 8, 60]))
    unique = iter(_unique(draw, size + 40, naming.attribute_name))
    terms = draw(_some(terms))
    home = draw(st.sampled_from([None, *sources.databases, *sources.stores]))
    document = home in sources.stores
    if home:
        terms.append(f"orm:dataSource {home}")
    keys = _DOCUMENT_KEY_TYPES if document else _KEY_TYPES
    entity = _Entity(iri, draw(st.sampled_from(keys)), document, unique, terms)
    key = next(unique)
    entity.scalars.append(key)
    entity.fields.append(_field(key, entity.key_type.value, ["orm:primaryKey true"]))
    for name in islice(unique, size):
        entity.scalars.append(name)
        entity.fields.append(draw(_scalar(name, _DOCUMENT_DIGITS if document else 60)))
    for term in ("orm:uniqueTogether", "orm:indexes"):
        groups = st.lists(st.sampled_from(entity.scalars), min_size=1, max_size=3, unique=True)
        found = draw(st.lists(groups, max_size=2))
        shown = " ".join(f"( {' '.join(map(quoted, group))} )" for group in found)
        entity.terms.append(f"{term} ( {shown} )")
    return entity


@st.composite
def _scalar(draw: st.DrawFn, name: str, digits: int) -> str:
    type_ = draw(st.sampled_from(FieldType))
    terms = draw(_constraints(type_, digits))
    terms += draw(_some(["orm:unique true", "orm:nullable true", "orm:index true"]))
    terms += draw(
        st.sampled_from([[], ["orm:readOnly true"], ["orm:writeOnly true"], ["orm:secret true"]])
    )
    terms += draw(_some([f"orm:description {quoted(draw(_DESCRIPTIONS))}"]))
    return _field(name, type_.value, terms)


@st.composite
def _constraints(draw: st.DrawFn, type_: FieldType, most_digits: int) -> list[str]:
    """What there is to say of a value of the type, its default last."""
    match type_:
        case FieldType.STRING | FieldType.TEXT:
            return draw(_text_constraints())
        case FieldType.INTEGER | FieldType.BIG_INTEGER | FieldType.FLOAT:
            return draw(_BOUNDS) + draw(_some([f"orm:default {draw(st.integers(-50, 50))}"]))
        case FieldType.DECIMAL:
            scale = draw(st.integers(0, 20))
            precision = draw(st.integers(scale + 3, most_digits))
            digits = [f"orm:precision {precision}", f"orm:scale {scale}"]
            return draw(_BOUNDS) + digits + draw(_some(["orm:default -12"]))
        case FieldType.BOOLEAN:
            return draw(_some([f"orm:default {draw(st.sampled_from(['true', 'false']))}"]))
        case FieldType.ENUM:
            values = draw(_VALUES)
            listed = f"orm:values ( {' '.join(map(quoted, values))} )"
            return [listed, *draw(_some([f"orm:default {quoted(values[-1])}"]))]
        case FieldType.BINARY:
            return []
        case _:
            default = draw(st.sampled_from(_DEFAULTS[type_]))
            return draw(_some([f"orm:default {quoted(default)}"]))


@st.composite
def _text_constraints(draw: st.DrawFn) -> list[str]:
    if draw(st.booleans()):
        pattern, example = draw(st.sampled_from(sorted(_PATTERNS.items())))
        terms = [f"orm:pattern {quoted(pattern)}"]
        return terms + draw(_some([f"orm:default {quoted(example)}"]))
    default = draw(_TEXTS)
    least, most = draw(st.integers(0, len(default))), draw(st.integers(len(default), 300))
    terms = [f"orm:minLength {least}", f"orm:default {quoted(default)}"]
    return [f"orm:maxLength {most}", *draw(_some(terms))]


@st.composite
def _relationship(draw: st.DrawFn, node: str, entities: Sequence[_Entity], table: str) -> str:
    """A field may stand for it on either side, and for its foreign key on the side that has one."""
    source, target = draw(st.sampled_from(entities)), draw(st.sampled_from(entities))
    mapped = not (source.document or target.document)
    kind = draw(st.sampled_from([each for each in Kind if mapped or each != Kind.MANY_TO_MANY]))
    forward, backward = _segment(source.names), _segment(target.names)
    terms = [f"rel:from <{source.iri}>", f"rel:to <{target.iri}>", f"rel:field {quoted(forward)}"]
    if draw(st.booleans()):
        lazy = draw(st.sampled_from(["", "orm:lazyLoad true"]))
        source.fields.append(_field(forward, f"rel:{kind}", [lazy] if lazy else []))
        eager = "" if lazy else "rel:eagerLoad true"
    else:
        eager = draw(st.sampled_from(["", "rel:eagerLoad true"]))
    optional = [f"rel:inverseField {quoted(backward)}", "rel:inverseEagerLoad true"]
    optional += [eager] if eager else []
    if kind is Kind.MANY_TO_ONE:
        source.to_one.append((forward, target))
    if kind is Kind.MANY_TO_MANY:
        optional.append(f"rel:through {quoted(table)}")
    else:
        terms += draw(_deletion())
        holder, other = (source, target) if kind is Kind.MANY_TO_ONE else (target, source)
        terms += draw(_foreign_key(holder, other))
    if kind is not Kind.ONE_TO_ONE:
        optional += _order(source if kind is Kind.MANY_TO_ONE else target)
    return _node(f"{node} a rel:{kind}", [*terms, *draw(_some(optional))])


def _segment(found: Iterator[str]) -> str:
    """The next name that can stand in a path."""
    return next(name for name in found if not set(name) & set("/\\?#%{}"))


def _deletion() -> st.SearchStrategy[list[str]]:
    return st.sampled_from(
        [
            [],
            ['rel:cascade "delete"'],
            ['rel:cascade "restrict"', "rel:nullable true"],
            ['rel:cascade "nullify"'],
        ]
    )


@st.composite
def _foreign_key(draw: st.DrawFn, holder: _Entity, other: _Entity) -> list[str]:
    stated = draw(st.sampled_from(["no", "name", "field"]))
    if stated == "no":
        return []
    name = next(holder.names)
    if stated == "field":
        holder.fields.append(_field(name, other.key_type.value, []))
    return [f"rel:foreignKey {quoted(name)}"]


def _order(entity: _Entity) -> list[str]:
    """`-` and `,` mean something in an order."""
    named = [name for name in entity.scalars if not set(name) & set("-, ")]
    return [f"rel:orderBy {quoted('-' + ',-'.join(named[:2]))}"] if named else []


@st.composite
def _permissions(draw: st.DrawFn, entities: Sequence[_Entity]) -> list[str]:
    """States some of entities, of which the first one may be the subject, and gives those of the service."""
    subject = entities[0] if draw(st.booleans()) else None
    if subject:
        subject.terms.append(_SUBJECT)
    for entity in entities:
        text, flag, choice = (next(entity.names) for _ in range(3))
        conditions = [
            f"[ auth:field {quoted(text)} ; auth:equals {quoted(draw(_TEXTS))} ]",
            f"[ auth:field {quoted(flag)} ; auth:equals false ]",
            f"[ auth:field {quoted(choice)} ; auth:in ( {_CHOSEN} ) ]",
            *(
                f"[ auth:field {quoted(f'{name}.{other.scalars[0]}')} ; auth:in () ]"
                for name, other in entity.to_one
                if not (entity.document or other.document or "." in name)
            ),
        ]
        rules = st.sampled_from(['"public"', '"authenticated"', *conditions])
        roles = NAMES.map(lambda name: quoted(f"role:{name}"))
        owners = [text, *(name for name, other in entity.to_one if other is subject)]
        said = st.one_of(rules, roles)
        if draw(st.booleans()):
            entity.terms += [
                f"auth:owner {quoted(draw(st.sampled_from(owners)))}",
                f"auth:tenant {quoted(draw(st.sampled_from(owners)))}",
            ]
            said = st.one_of(said, st.sampled_from(['"owner"', '"tenant"']))
        listed = st.lists(said, max_size=4).map(lambda those: f"( {' '.join(those)} )")
        who = st.one_of(said, listed)
        of_field = draw(_some([f"auth:read {draw(who)}", f"auth:update {draw(who)}"]))
        entity.fields += [
            _field(text, "String", of_field),
            _field(flag, "Boolean", []),
            _field(choice, "Enum", [f"orm:values ( {_CHOSEN} )", *of_field]),
        ]
        entity.terms += draw(_some([f"auth:{each} {draw(who)}" for each in _OPERATIONS]))
    return draw(_some([f'auth:{each} "role:admin"' for each in _OPERATIONS]))


_SUBJECT = "auth:subject true"
_OPERATIONS = ("read", "create", "update", "delete")
_CHOSEN = '"open" "shut" "it\'s"'


@st.composite
def _endpoints(draw: st.DrawFn, entities: Sequence[_Entity]) -> list[str]:
    operations = _unique(draw, draw(st.integers(0, 3)), naming.operation_name)
    return [
        draw(_endpoint(number, operation, entities)) for number, operation in enumerate(operations)
    ]


@st.composite
def _endpoint(draw: st.DrawFn, number: int, operation: str, entities: Sequence[_Entity]) -> str:
    method = draw(st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]))
    unique = _unique(draw, 6, naming.parameter_name)
    in_path = [name for name in unique[:2] if name.isidentifier() and name.isascii()]
    parameters = [draw(_parameter(name, "path")) for name in in_path]
    places = ["query"] if method in ("GET", "DELETE") else ["query", "body"]
    parameters += [draw(_parameter(name, draw(st.sampled_from(places)))) for name in unique[2:]]
    path = "/".join([f"/declared/{number}", *(f"{{{name}}}" for name in in_path)])
    response = draw(st.sampled_from([*FieldType, *entities, None]))
    terms = [
        f'api:method "{method}"',
        f"api:path {quoted(path)}",
        f"api:operationId {quoted(operation)}",
        f"api:parameters ( {' '.join(parameters)} )",
        *draw(_some([f"api:description {quoted(draw(_DESCRIPTIONS))}"])),
    ]
    if isinstance(response, _Entity):
        terms.append(f"api:responseType <{response.iri}>")
    elif response and response is not FieldType.ENUM:
        terms.append(f'api:responseType "{response}"')
    return _node(f"ex:endpoint{number} a api:Endpoint", terms)


@st.composite
def _parameter(draw: st.DrawFn, name: str, place: str) -> str:
    types = [each for each in FieldType if place == "body" or each in _KEY_TYPES]
    type_ = draw(st.sampled_from([each for each in types if each is not FieldType.ENUM]))
    terms = [f"api:name {quoted(name)}", f'api:type "{type_}"', f'api:in "{place}"']
    if place != "path":
        defaults = [each for each in _DEFAULTS.get(type_, ()) if each != "now"]
        terms += draw(_some(["api:required false"]))
        terms += draw(_some([f"api:default {quoted(each)}" for each in defaults[:1]]))
    return f"[ {' ; '.join(terms)} ]"


@st.composite
def _tasks(draw: st.DrawFn, entities: Sequence[_Entity]) -> list[str]:
    """Operations are stated, and are not called as tasks are."""
    words = st.lists(
        _TASK_NAMES, max_size=3, unique_by=lambda name: naming.task_name(name).casefold()
    )
    return [
        draw(_task(number, f"task_{name}"[:60], entities))
        for number, name in enumerate(draw(words))
    ]


# What a name of a task may consist of; generated code may use it as well.
_TASK_NAMES = st.one_of(
    st.sampled_from(awkward_names()).filter(lambda name: name.isascii()),
    st.text("abcXYZ_09.-", min_size=1, max_size=12),
)
_RETRIES = (
    'task:retryBackoff "linear"',
    "task:retryMaxDelay 90.5",
    'task:retryOn ( "OSError" "smtplib.SMTPException" )',
)


@st.composite
def _task(draw: st.DrawFn, number: int, name: str, entities: Sequence[_Entity]) -> str:
    terms = draw(
        _some(
            [
                f"task:name {quoted(name)}",
                f"task:description {quoted(draw(_DESCRIPTIONS))}",
                f'task:queue "queue-{number}"',
                f'task:routing "pool.{number}"'
                if number
                else 'task:expose true ; auth:send ( "public" )',
                'task:priority "low"',
                "task:timeout 30 ; task:softTimeout 20.5",
                'task:rateLimit "10/s"',
                "task:uniqueFor 60",
                "task:resultTtl 3600.0",
                "task:deadLetter false",
            ]
        )
    )
    terms += draw(
        st.sampled_from([[], ["task:every 60"], ['task:schedule "*/5 0-6,22 1 jan,feb mon"']])
    )
    if draw(st.booleans()):
        terms += ["task:maxRetries 3", *draw(_some(_RETRIES))]
    unique = _unique(draw, 5, naming.attribute_name)
    relational = [each for each in entities if not each.document]
    if draw(st.booleans()) and relational:
        entity = draw(st.sampled_from(relational))
        key = f"task:name {quoted(unique.pop())} ; task:type <{entity.iri}> ; task:required false"
        changes = ("onCreate", "onUpdate", "onDelete")
        terms += draw(_some([f"task:{change} <{entity.iri}>" for change in changes]))
    else:
        key = f'task:name {quoted(unique.pop())} ; task:type "UUID" ; task:required false'
    parameters = [f"[ {key} ]", *(draw(_task_parameter(each)) for each in unique)]
    return _node(
        f"ex:number{number}Task a task:AsyncTask",
        [*terms, f"task:parameters ( {' '.join(parameters)} )"],
    )


@st.composite
def _task_parameter(draw: st.DrawFn, name: str) -> str:
    type_ = draw(st.sampled_from([each for each in FieldType if each is not FieldType.ENUM]))
    terms = [f"task:name {quoted(name)}", f'task:type "{type_}"']
    terms += draw(_some([f"task:description {quoted(draw(_DESCRIPTIONS))}"]))
    defaults = [each for each in _DEFAULTS.get(type_, ()) if each != "now"]
    stated = [f"task:default {quoted(each)}" for each in defaults]
    terms.append(draw(st.sampled_from(["task:required false", *stated])))
    return f"[ {' ; '.join(terms)} ]"


@st.composite
def _channels(draw: st.DrawFn, entities: Sequence[_Entity]) -> list[str]:
    """Up to three, the first of which may be bare, of as many messages."""
    names = draw(st.lists(_iris(), max_size=6, unique=True))
    named = [f"<{iri}/{number}>" for number, iri in enumerate(names)]
    messages, channels = named[::2], named[1::2]
    parts = [draw(_message(node, number, entities)) for number, node in enumerate(messages)]
    for number, node in enumerate(channels):
        terms = [
            f"ws:messages ( {' '.join(messages)} )",
            f"ws:history {number}",
            "ws:presence true",
            "ws:maxMessageBytes 1024",
            "ws:ratePerSecond 0.5",
            'auth:subscribe "public"',
            'auth:publish ( "public" )',
        ]
        stated = draw(_some(terms))
        path = [f'ws:path "/rooms/{number}/{{room}}/{{part}}"'] if number else []
        parts.append(_node(f"{node} a ws:Channel", [*path, *stated]))
    return parts


@st.composite
def _message(draw: st.DrawFn, node: str, number: int, entities: Sequence[_Entity]) -> str:
    fields = [draw(_payload_field(name)) for name in _unique(draw, 3, naming.attribute_name)]
    entity = draw(st.sampled_from(entities))
    fields.append(_field("the key", "String", []).replace('"String"', f"<{entity.iri}>"))
    payloads = [[], [f"ws:payload <{entity.iri}>"], [f"ws:payload ( {' '.join(fields)} )"]]
    terms = [f"ws:type {quoted(draw(NAMES)[:60] + str(number))}", *draw(st.sampled_from(payloads))]
    broadcast = draw(st.sampled_from(["room", "sender", "none"]))
    return _node(f"{node} a ws:Message", [*terms, f'ws:broadcast "{broadcast}"'])


@st.composite
def _payload_field(draw: st.DrawFn, name: str) -> str:
    type_ = draw(st.sampled_from([each for each in FieldType if each is not FieldType.ENUM]))
    terms = draw(_some([f"orm:description {quoted(draw(_DESCRIPTIONS))}"]))
    if type_ in (FieldType.STRING, FieldType.TEXT, FieldType.EMAIL, FieldType.URL):
        terms += draw(_some(["orm:maxLength 300"]))
    defaults = [each for each in _DEFAULTS.get(type_, ()) if each != "now"]
    stated = [f"orm:default {quoted(each)}" for each in defaults]
    terms.append(draw(st.sampled_from(["orm:nullable true", "orm:nullable false", *stated])))
    return _field(name, type_.value, terms)


def _field(name: str, type_: str, terms: Sequence[str]) -> str:
    shown = type_ if type_.startswith("rel:") else quoted(type_)
    stated = [f"orm:fieldName {quoted(name)}", f"orm:fieldType {shown}", *terms]
    return f"[ {' ; '.join(stated)} ]"


def _node(subject: str, terms: Sequence[str]) -> str:
    return " ; ".join([subject, *terms]) + " .\n"


def _some(terms: Sequence[str]) -> st.SearchStrategy[list[str]]:
    """Any of them, in their order."""
    chosen = st.tuples(*(st.booleans() for _ in terms))
    return chosen.map(lambda flags: [term for term, flag in zip(terms, flags, strict=True) if flag])


def _unique(draw: st.DrawFn, count: int, made: Callable[[str], str]) -> list[str]:
    """Names that differ also after they were made names of Python or SQL; numbered ones where not enough are drawn."""
    most = min(count, 16)
    drawn = draw(st.lists(NAMES, max_size=most, unique_by=lambda name: made(name).casefold()))
    return [*drawn, *(f"plain_{number}" for number in range(len(drawn), count))]
