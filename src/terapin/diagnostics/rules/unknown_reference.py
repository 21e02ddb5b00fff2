from __future__ import annotations

from collections.abc import Iterator, Sequence

from terapin.diagnostics.diagnostic import Diagnostic
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import similar
from terapin.model.naming import local_name
from terapin.ontology.facts import Facts
from terapin.ontology.references import Reference, references
from terapin.ontology.terms import TYPE, iri, term
from terapin.vocabulary import vocabulary

RULE = Rule(
    code="unknown-reference",
    summary="a source, a pool, a cache, a breaker, a retry policy, an entity or a message is named that is none",
    explanation="""\
`orm:dataSource`, `orm:cache`, `db:poolConfig`, `db:circuitBreakerConfig`, `db:retryConfig` and `db:cacheConfig` name
something that the ontology declares, in whichever of its files, and each takes one class; so do `task:onCreate`,
`task:onUpdate`, `task:onDelete`, `ws:payload` and a type that is no type, which name an entity, and `ws:messages`.
Most often it was forgotten or is misspelt. What is declared and says nothing of itself, as in
`ex:Breaker a async:CircuitBreaker .`, has the usual settings.""",
    example="""\
ex:Main a db:DataSource ; db:type "postgresql" ; db:circuitBreakerConfig ex:Breaker .
""",
    mended="""\
ex:Main a db:DataSource ; db:type "postgresql" ; db:circuitBreakerConfig ex:Breaker .

ex:Breaker a async:CircuitBreaker ; async:failMax 5 .
""",
)

# What has to be stated of a class.
_LINES = {
    "db:DataSource": 'db:DataSource ; db:type "…"',
    "orm:Entity": "orm:Entity ; orm:fields ( … )",
}


def check(facts: Facts) -> Iterator[Diagnostic]:
    """What several name is told of once, where the first does."""
    unknown: dict[tuple[str, str], list[Reference]] = {}
    for each in references(facts.statements):
        if not each.is_known and not facts.has_odd_class(each.stated.value):
            class_ = _class(facts, each)
            unknown.setdefault((each.stated.value, class_), []).append(each)
    for (named, class_), those in unknown.items():
        yield _diagnostic(facts, term(named), class_, those)


def _class(facts: Facts, reference: Reference) -> str:
    """What it takes."""
    if reference.declared is facts.statements.entities:
        return "orm:Entity"
    if reference.declared is facts.statements.messages:
        return "ws:Message"
    return vocabulary().terms[iri(reference.stated.predicate)].takes


def _diagnostic(
    facts: Facts, named: str, class_: str, references: Sequence[Reference]
) -> Diagnostic:
    name = facts.ontology.shorten(named)
    kinds = [facts.ontology.shorten(kind) for kind in facts.ontology.graph.values(named, TYPE)]
    is_other = (
        f"is {' and '.join(map(_a, kinds))}, not {_a(class_)}" if kinds else "is not declared"
    )
    line = None if kinds else f"add `{name} a {_LINES.get(class_, class_)} .`"
    more = len(references) - 1
    return RULE.at(
        references[0].stated.place,
        f"{name} {is_other}",
        help=", or ".join(filter(None, [line, _meant(facts, references[0])])),
        notes=(f"it is named {more} more time{'s' * (more > 1)}",) if more else (),
    )


def _a(class_: str) -> str:
    return f"an {class_}" if class_[0] in "aeiou" else f"a {class_}"


def _meant(facts: Facts, reference: Reference) -> str | None:
    names = {local_name(each): each for each in reference.declared}
    found = similar(local_name(reference.stated.value), names)
    return f"did you mean {facts.mention(found)}?" if found else None
