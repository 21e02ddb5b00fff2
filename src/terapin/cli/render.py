from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .failures import fail, failing

if TYPE_CHECKING:
    from ..ontology import Ontology
    from ..tera import Environment


@click.command()
@click.argument("template", type=click.Path(path_type=Path))
@click.option("--ontology", multiple=True, required=True, type=click.Path(path_type=Path))
@click.option("--context", type=click.Path(path_type=Path), help="JSON with more to render.")
@failing
def render(template: Path, ontology: tuple[Path, ...], context: Path | None) -> None:
    """Print a Tera TEMPLATE of your own, rendered with what an ontology says.

    It is given `service`, `models` and `endpoints`, and `sparql(query="SELECT …")` gives the rows of a query.
    Templates beside it can be included, imported and extended by their names.
    """
    from ..project.context import template_context
    from ..tera import TemplateError
    from .report import compiled

    found = compiled(ontology)
    values = {**template_context(found.model), **_context(context)}
    environment = _environment(template, found.ontology)
    try:
        click.echo(environment.render(template.name, values), nl=False)
    except TemplateError as error:
        click.echo(str(error), err=True)
        raise SystemExit(1) from None


def _context(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        fail(f"{path} cannot be read as JSON: {error}")
    if not isinstance(values, dict):
        fail(f"{path} is to hold a JSON object")
    return values


def _environment(template: Path, ontology: Ontology) -> Environment:
    from ..tera import Environment

    try:
        texts = {template.name: template.read_text("utf-8")}
    except (OSError, UnicodeDecodeError) as error:
        fail(f"{template} cannot be read: {error}")
    for path in sorted(template.parent.iterdir()):
        if path.is_file() and path != template and path.suffix in (template.suffix, ".tera"):
            # What is no text is no template: it is missed where it is included.
            with suppress(OSError, UnicodeDecodeError):
                texts[path.name] = path.read_text("utf-8")
    environment = Environment(texts)
    environment.register_function("sparql", lambda *, query: ontology.query(query))
    return environment
