from __future__ import annotations

import sys
from collections.abc import Iterator
from textwrap import fill, indent
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from ..diagnostics import Rule
    from ..vocabulary import Term


@click.command()
@click.argument("code_or_term", metavar="CODE|TERM")
def explain(code_or_term: str) -> None:
    """Tell what a diagnostic (rel-unknown-target) or a term of the vocabulary (orm:Entity) means."""
    from ..diagnostics.registry import rules
    from ..vocabulary import vocabulary

    rule = rules().get(code_or_term)
    terms = vocabulary()
    term = terms.by_name.get(code_or_term) or terms.terms.get(code_or_term.strip("<>"))
    if rule:
        click.echo("\n".join(_rule(rule)))
    elif term:
        click.echo("\n".join(_term(term)))
    else:
        _unknown(code_or_term, [*rules(), *terms.by_name])


def _unknown(name: str, known: list[str]) -> None:
    from ..diagnostics.similar import did_you_mean, similar

    locals_ = {each.partition(":")[2]: each for each in known if ":" in each}
    by_local = similar(name, locals_)
    otherwise = f"did you mean {by_local}?" if by_local else None
    help = did_you_mean(name, known, otherwise)
    click.echo(f"there is neither a diagnostic nor a term '{name}'", err=True)
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


def _types() -> Iterator[str]:
    from ..vocabulary import short, vocabulary

    for type_ in vocabulary().types:
        datatypes = ", ".join(map(short, type_.datatypes))
        also = f" (also {datatypes})" if datatypes else ""
        yield _wrapped(type_.name.ljust(12), type_.comment + also)


def _wrapped(head: str, text: str) -> str:
    return fill(text, 100, initial_indent=head, subsequent_indent=" " * len(head))
