from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .failures import fail, failing
from .options import LENIENT
from .terminal import colored, columns

if TYPE_CHECKING:
    from ..ontology import Ontology
    from ..tera import Environment, TemplateError
    from .report import Compiled


@click.command()
@click.argument("template", type=click.Path(path_type=Path))
@click.option("--ontology", multiple=True, required=True, type=click.Path(path_type=Path))
@click.option("--context", type=click.Path(path_type=Path), help="JSON with more to render.")
@LENIENT
@failing
def render(template: Path, ontology: tuple[Path, ...], context: Path | None, lenient: bool) -> None:
    """Print a Tera TEMPLATE of your own, rendered with what an ontology says.

    It is given `service`, `models` and `endpoints`, and `sparql(query="SELECT …")` gives the rows of a query.
    Templates beside it can be included, imported and extended by their names.
    """
    from ..project.context import template_context
    from ..tera import TemplateError
    from .report import compiled

    found = compiled(ontology, lenient=lenient)
    known = template_context(found.model)
    values = {**known, **_context(context)}
    templates = _templates(template)
    try:
        text = _environment(templates, found.ontology).render(template.name, values)
    except TemplateError as error:
        _tell(error, template.parent, templates, known, found)
        raise SystemExit(1) from None
    click.echo(text, nl=False)


def _context(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        fail(f"{path} cannot be read as JSON: {error}")
    if not isinstance(values, dict):
        fail(f"{path} is to hold a JSON object")
    return values


def _templates(template: Path) -> dict[str, str]:
    """By name: it, and those beside it."""
    try:
        texts = {template.name: template.read_text("utf-8")}
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{template} cannot be read: {error}")
    for path in sorted(template.parent.iterdir()):
        if path.is_file() and path != template and path.suffix in (template.suffix, ".tera"):
            # What is no text is no template: it is missed where it is included.
            with suppress(OSError, UnicodeDecodeError):
                texts[path.name] = path.read_text("utf-8")
    return texts


def _environment(templates: Mapping[str, str], ontology: Ontology) -> Environment:
    from ..ontology import QueryError
    from ..tera import Environment, FaultError

    def sparql(*, query: str) -> list[dict[str, str]]:
        try:
            return ontology.query(query)
        except QueryError as error:
            raise FaultError(f"failed: {error}") from error

    environment = Environment(templates)
    environment.register_function("sparql", sparql)
    return environment


def _tell(
    error: TemplateError,
    folder: Path,
    templates: Mapping[str, str],
    context: Mapping[str, Any],
    found: Compiled,
) -> None:
    """The template where it failed, and what of the ontology it was rendering."""
    from ..diagnostics import Label, Span
    from ..diagnostics.render import Locator, as_text
    from ..diagnostics.rules import template_error
    from ..ontology.tokens import Lines
    from .tracing import origin

    source = (folder / error.template).as_posix()
    where = Span(source, error.line, error.column, error.line, error.column + error.width)
    traced = origin(error.values, context, found.model, found.ontology)
    diagnostic = template_error.RULE.at(
        where if error.line else None,
        error.message,
        help=error.help or None,
        notes=error.notes,
        labels=(Label(*traced),) if traced else (),
    )
    texts = {(folder / name).as_posix(): text for name, text in templates.items()}
    texts |= {each.source.name: each.source.text for each in found.ontology.documents}
    locator = Locator(found.ontology.locate, lambda name, line: Lines(texts[name]).line(line))
    shown = as_text([diagnostic], locator, color=colored(sys.stderr), width=columns(sys.stderr))
    click.echo(shown, nl=False, err=True)
