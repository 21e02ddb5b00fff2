from __future__ import annotations

from collections.abc import Iterator, Mapping

from terapin.diagnostics.diagnostic import Diagnostic, Label
from terapin.diagnostics.rule import Rule
from terapin.diagnostics.similar import did_you_mean
from terapin.model import ParameterIn
from terapin.model.naming import parameter_name
from terapin.ontology.facts import Facts
from terapin.ontology.paths import generated_routes, is_path, path_parameters, without_names
from terapin.ontology.statements import EndpointStatement, ParameterStatement, is_false, value_of

RULE = Rule(
    code="endpoint-path",
    summary="the path of an endpoint cannot be served",
    explanation="""\
A path begins with `/`. What it has in braces are its parameters: each is declared once, with `api:in "path"`, and
required, and nothing else is declared so. No two endpoints have the same method and path, and none has that of a
route which the service has already, such as `GET /books` of an entity.""",
    example="""\
ex:Publish a api:Endpoint ;
  api:method "POST" ;
  api:path "/books/{book_id}/publish" ;
  api:parameters ( [ api:name "id" ; api:type "UUID" ; api:in "path" ] ) .
""",
    mended="""\
ex:Publish a api:Endpoint ;
  api:method "POST" ;
  api:path "/books/{book_id}/publish" ;
  api:parameters ( [ api:name "book_id" ; api:type "UUID" ; api:in "path" ] ) .
""",
)


def check(facts: Facts) -> Iterator[Diagnostic]:
    generated = generated_routes(facts) if facts.statements.endpoints else {}
    seen: dict[tuple[str, str], EndpointStatement] = {}
    for endpoint in facts.statements.endpoints:
        if endpoint.path is None or endpoint.method is None:
            continue
        if not is_path(endpoint.path.value):
            yield RULE.at(
                endpoint.path.place,
                f"'{endpoint.path.value}' is not a path",
                help='paths look like "/books/{book_id}/publish"',
            )
            continue
        yield from _parameters(endpoint, endpoint.path.value)
        route = (endpoint.method.value, without_names(endpoint.path.value))
        yield from _taken(endpoint, route, generated, seen)


def _taken(
    endpoint: EndpointStatement,
    route: tuple[str, str],
    generated: Mapping[tuple[str, str], str],
    seen: dict[tuple[str, str], EndpointStatement],
) -> Iterator[Diagnostic]:
    place = endpoint.path.place if endpoint.path else endpoint.place
    shown = f"{route[0]} {value_of(endpoint.path)}"
    first = seen.setdefault(route, endpoint)
    if first is not endpoint:
        label = Label(first.path.place if first.path else first.place, "the other one")
        yield RULE.at(place, f"there are two endpoints {shown}", labels=(label,))
    elif route in generated:
        yield RULE.at(place, f"{shown} is a route of {generated[route]} already")


def _parameters(endpoint: EndpointStatement, path: str) -> Iterator[Diagnostic]:
    in_path = path_parameters(path)
    declared: dict[str, ParameterStatement] = {}
    for parameter in endpoint.parameters:
        first = declared.setdefault(parameter_name(parameter.name), parameter)
        if first is not parameter:
            yield RULE.at(
                parameter.place,
                f"there are two parameters '{parameter.name}'",
                labels=(Label(first.place, "the other one"),),
            )
        yield from _parameter(parameter, in_path)
    names = {parameter.name for parameter in endpoint.parameters}
    misnamed = any(_is_stray(parameter, in_path) for parameter in endpoint.parameters)
    for name in dict.fromkeys(in_path):
        if name not in names and endpoint.path and not endpoint.doubtful and not misnamed:
            yield RULE.at(
                endpoint.path.place,
                f"the parameter '{name}' of the path is not declared",
                help=f'add `[ api:name "{name}" ; api:type "UUID" ; api:in "path" ]`',
            )


def _is_stray(parameter: ParameterStatement, in_path: list[str]) -> bool:
    """Declared to be in the path, where it is not."""
    return value_of(parameter.location) is ParameterIn.PATH and parameter.name not in in_path


def _parameter(parameter: ParameterStatement, in_path: list[str]) -> Iterator[Diagnostic]:
    location = value_of(parameter.location)
    if parameter.name in in_path:
        if parameter.location and location is not ParameterIn.PATH:
            yield RULE.at(
                parameter.location.place, f"the parameter '{parameter.name}' is in the path"
            )
        if parameter.required and is_false(parameter.required):
            yield RULE.at(parameter.required.place, "a parameter in the path is always required")
        if parameter.default:
            yield RULE.at(parameter.default.place, "a parameter in the path has no default")
    elif _is_stray(parameter, in_path):
        yield RULE.at(
            parameter.place,
            f"the path has no parameter '{parameter.name}'",
            help=did_you_mean(parameter.name, in_path),
        )
