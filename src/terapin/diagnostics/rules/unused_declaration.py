from __future__ import annotations

from collections.abc import Iterator

from terapin.diagnostics.diagnostic import Diagnostic, Severity
from terapin.diagnostics.rule import Rule
from terapin.ontology.facts import Facts
from terapin.ontology.references import references
from terapin.ontology.terms import term

RULE = Rule(
    code="unused-declaration",
    severity=Severity.WARNING,
    summary="a pool, a circuit breaker, a retry policy or a message is declared, and nothing names it",
    explanation="""\
A pool, a circuit breaker and a retry policy do nothing of their own: a data source names them by `db:poolConfig`,
`db:circuitBreakerConfig` and `db:retryConfig`. Nor does a message, which a channel names by `ws:messages`. A data
source and a cache strategy that nothing names are there for code of your own, and of those nothing is said.""",
    example="""\
ex:Main a db:DataSource ; db:type "postgresql" .

ex:Pool a async:ConnectionPool ; async:maxConnections 20 .
""",
    mended="""\
ex:Main a db:DataSource ; db:type "postgresql" ; db:poolConfig ex:Pool .

ex:Pool a async:ConnectionPool ; async:maxConnections 20 .
""",
)


_WHO = {"ws:messages": "channel"}


def check(facts: Facts) -> Iterator[Diagnostic]:
    """Silent where a reference that leads nowhere may mean it, or something that is not understood names it."""
    statements = facts.statements
    found = list(references(statements))
    used = {each.stated.value for each in found}
    unused = [
        (each, by)
        for declared, by in (
            (statements.pools, "db:poolConfig"),
            (statements.breakers, "db:circuitBreakerConfig"),
            (statements.retries, "db:retryConfig"),
            (statements.messages, "ws:messages"),
        )
        if not any(each.declared is declared and not each.is_known for each in found)
        for each in declared.values()
        if each.iri not in used
    ]
    mentioned = _mentioned(facts) if unused else set()
    for each, by in unused:
        if term(each.iri) not in mentioned:
            yield RULE.at(
                each.place,
                f"no {_WHO.get(by, 'data source')} names {facts.ontology.shorten(term(each.iri))}",
                help=f"name it by {by}, or leave it out",
            )


def _mentioned(facts: Facts) -> set[str]:
    """Every term that something says something about."""
    nodes = facts.ontology.graph.nodes.values()
    return {value for properties in nodes for values in properties.values() for value in values}
