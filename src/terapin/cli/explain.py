from __future__ import annotations

import sys
from collections.abc import Iterator
from textwrap import fill, indent
from typing import TYPE_CHECKING, NoReturn

import click

from .terminal import columns

if TYPE_CHECKING:
    from ..diagnostics import Rule
    from ..vocabulary import FieldTypeTerm, Term


@click.command()
@click.argument("what", metavar="[CODE|TERM|TYPE]", required=False)
def explain(what: str | None) -> None:
    """Tell what a diagnostic (rel-unknown-target), a term (orm:Entity) or a type (UUID, xsd:date) means.

    Without an argument: the codes of all diagnostics.
    """
    click.echo("\n".join(_codes() if what is None else _explained(what)))


def _explained(what: str) -> Iterator[str]:
    from ..diagnostics.registry import rules
    from ..vocabulary import short, vocabulary

    terms = vocabulary()
    name = short(what.strip("<>"))
    if what in rules():
        return _rule(rules()[what])
    if name in terms.by_name:
        return _term(terms.by_name[name])
    for type_ in terms.types:
        if name == type_.name or name in map(short, type_.datatypes):
            return _type(type_)
    datatypes = (short(iri) for type_ in terms.types for iri in type_.datatypes)
    types = (type_.name for type_ in terms.types)
    return _unknown(what, [*rules(), *terms.by_name, *types, *datatypes])


def _codes() -> Iterator[str]:
    from ..diagnostics.registry import rules

    longest = max(map(len, rules()))
    for rule in rules().values():
        yield f"{rule.code.ljust(longest)}  {rule.summary}"


def _unknown(name: str, known: list[str]) -> NoReturn:
    from ..diagnostics.similar import did_you_mean, similar

    locals_ = {each.partition(":")[2]: each for each in known if ":" in each}
    by_local = similar(name, locals_)
    otherwise = f"did you mean {by_local}?" if by_local else None
    help = did_you_mean(name, known, otherwise)
    click.echo(f"there is no diagnostic, term or type '{name}'", err=True)
    if help:
        click.echo(help, err=True)
    sys.exit(2)


def _rule(rule: Rule) -> Iterator[str]:
    yield click.style(f"{rule.severity}[{rule.code}]: {rule.summary}", bold=True)
    yield ""
    yield rule.explanation
    examples = {"Generated last:": rule.before, "Reported:": rule.example, "Mended:": rule.mended}
    for title, example in examples.items():
        if example:
            yield ""
            yield title
            yield ""
            yield indent(example.rstrip(), "    ")


def _term(term: Term) -> Iterator[str]:
    planned = "" if term.built else " (not understood yet)"
    yield click.style(f"{term.name}: {term.label}{planned}", bold=True)
    yield ""
    yield _wrapped("", term.comment)
    yield ""
    if term.of:
        yield _wrapped("Said of: ", term.of)
    if term.takes:
        yield _wrapped("Takes:   ", term.takes)
    if term.is_class:
        yield from _terms_of(term)
    yield ""
    yield indent(term.example, "    ")
    if term.range and term.range.endswith("#Type"):
        yield ""
        yield from _types()


def _terms_of(term: Term) -> Iterator[str]:
    from ..vocabulary import RELATIONSHIP, said_of, vocabulary

    kind = RELATIONSHIP if term.prefix == "rel" else term.iri
    terms = [vocabulary().terms[iri] for iri in said_of(kind)]
    now = sorted(each.name for each in terms if each.built or not term.built)
    later = sorted(each.name for each in terms if not each.built and term.built)
    yield _wrapped("Terms:   ", ", ".join(now))
    if later:
        yield _wrapped("Later:   ", ", ".join(later))


def _type(type_: FieldTypeTerm) -> Iterator[str]:
    from ..vocabulary import short

    yield click.style(f"{type_.name}: a type of fields", bold=True)
    yield ""
    yield _wrapped("", type_.comment)
    yield ""
    yield f'Written: orm:fieldType "{type_.name}"'
    for datatype in map(short, type_.datatypes):
        yield f"     or: orm:fieldType {datatype}"


def _types() -> Iterator[str]:
    from ..vocabulary import short, vocabulary

    for type_ in vocabulary().types:
        datatypes = ", ".join(map(short, type_.datatypes))
        also = f" (also {datatypes})" if datatypes else ""
        yield _wrapped(type_.name.ljust(12), type_.comment + also)


def _wrapped(head: str, text: str) -> str:
    return fill(
        text, columns(sys.stdout) or 100, initial_indent=head, subsequent_indent=" " * len(head)
    )
