from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...model import (
    Endpoint,
    Entity,
    FieldType,
    Loading,
    Parameter,
    ParameterIn,
    Relationship,
    ServiceModel,
)
from ..python import Imports, call, export_order, literal, unhidden
from ..types import SPELLINGS, Spelling, import_annotation, model_default, value_literal


@dataclass(frozen=True, slots=True)
class ResourceView:
    """`options` are the arguments of `Resource` beyond service and schemas."""

    imports: str
    variable: str
    class_name: str
    path: str
    tag: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndpointsView:
    imports: str
    routers: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeclaredPackageView:
    imports: str
    operations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter as the endpoint and as the handler declare it, and as the one passes it to the other."""

    name: str
    endpoint: str
    handler: str
    value: str


@dataclass(frozen=True, slots=True)
class DeclaredView:
    """`body` are the fields of the request's body, if it has one."""

    imports: str
    handler_imports: str
    operation: str
    class_name: str
    description: str | None
    decorator: str
    signature: tuple[str, ...]
    handler_signature: tuple[str, ...]
    body: tuple[str, ...]
    returns: str
    handler_returns: str
    result: str


def resource_view(entity: Entity) -> ResourceView:
    imports = Imports()
    name = entity.class_name
    imports.name("__future__", "annotations")
    imports.name("..core.resource", "Resource")
    imports.name("..core.routes", "crud_router")
    imports.name(
        f"..schemas.{entity.module}",
        *(f"{name}{suffix}" for suffix in ("Create", "Read", "Update")),
    )
    imports.name(f"..services.{entity.module}", f"{name}Service")
    if entity.relationships:
        imports.name(f"..models.{entity.module}", name)
    options = (*_options(entity), *_cache(entity, imports), *_policy(entity, imports))
    return ResourceView(
        imports=imports.render(),
        variable=entity.variable,
        class_name=name,
        path=f"/{entity.table}",
        tag=entity.table,
        options=options,
    )


def _options(entity: Entity) -> tuple[str, ...]:
    ends = entity.relationships
    eager = [end for end in ends if end.loading is Loading.EAGER]
    renamed = [end for end in ends if end.name != end.attribute]
    options = []
    if ends:
        options.append(f"relations={_attributes(entity, ends)}")
    if eager:
        options.append(f"embed={_attributes(entity, eager)}")
    if renamed:
        names = ", ".join(f"{_attribute(entity, end)}: {literal(end.name)}" for end in renamed)
        options.append(f"names={{{names}}}")
    return tuple(options)


def _cache(entity: Entity, imports: Imports) -> tuple[str, ...]:
    if entity.cache is None:
        return ()
    imported, name = unhidden(entity.cache, {entity.variable})
    imports.name("..caches", imported)
    return (f"cache={name}",)


def _policy(entity: Entity, imports: Imports) -> tuple[str, ...]:
    if entity.permissions is None:
        return ()
    name = f"{entity.class_name}Policy"
    imports.name(f"..policies.{entity.module}", name)
    return (f"policy={name}",)


def _attributes(entity: Entity, ends: tuple[Relationship, ...] | list[Relationship]) -> str:
    inner = ", ".join(_attribute(entity, end) for end in ends)
    return f"({inner},)" if len(ends) == 1 else f"({inner})"


def _attribute(entity: Entity, end: Relationship) -> str:
    return f"{entity.class_name}.{end.attribute}"


def endpoints_view(model: ServiceModel) -> EndpointsView:
    imports = Imports()
    imports.name("..core.resource", "Resources")
    entities = list(model.entities.values())
    for entity in entities:
        imports.name(".", entity.module)
    if model.endpoints:
        imports.name(".", "declared")
    routers = (
        *(f"declared.{endpoint.operation}.router" for endpoint in model.endpoints),
        *(f"{entity.module}.router" for entity in entities),
    )
    if not routers:
        imports.name("fastapi", "APIRouter")
    return EndpointsView(
        imports=imports.render(),
        routers=routers,
        resources=tuple(f"{entity.module}.{entity.variable}" for entity in entities),
    )


def declared_package_view(model: ServiceModel) -> DeclaredPackageView:
    imports = Imports()
    operations = tuple(sorted((each.operation for each in model.endpoints), key=export_order))
    imports.name(".", *operations)
    return DeclaredPackageView(imports.render(), operations)


def declared_view(model: ServiceModel, endpoint: Endpoint) -> DeclaredView:
    imports, handler = Imports(), Imports()
    for module in (imports, handler):
        module.name("__future__", "annotations")
    imports.name("fastapi", "APIRouter")
    imports.name("...core.database", "Session")
    imports.name("...handlers", f"{endpoint.operation} as handler")
    handler.name("sqlalchemy.ext.asyncio", "AsyncSession")
    handler.name("..core.errors", "NotWritten")
    class_name = "".join(word[:1].upper() + word[1:] for word in endpoint.operation.split("_"))
    body = [each for each in endpoint.parameters if each.location is ParameterIn.BODY]
    if body:
        imports.name("...core.schemas", "CreateSchema")
    arguments = tuple(_argument(each, imports, handler) for each in endpoint.parameters)
    fields = tuple(_body_field(each, imports) for each in body)
    returns, handler_returns, result = _response(model, endpoint, imports, handler)
    return DeclaredView(
        imports=imports.render(),
        handler_imports=handler.render(),
        operation=endpoint.operation,
        class_name=class_name,
        description=endpoint.description,
        decorator=_decorator(endpoint),
        signature=tuple(_signature(arguments, class_name if body else None)),
        handler_signature=(
            "session: AsyncSession",
            *(("*", *(each.handler for each in arguments)) if arguments else ()),
        ),
        body=fields,
        returns=returns,
        handler_returns=handler_returns,
        result=result.format(call=_call(endpoint, arguments)),
    )


def _signature(arguments: tuple[Argument, ...], body: str | None) -> Iterable[str]:
    """Parameters without a default first, as Python wants them."""
    declared = [each.endpoint for each in arguments if each.endpoint]
    if body:
        declared.append(f"body: {body}Body")
    yield "session: Session"
    yield from sorted(declared, key=lambda each: " = " in each)


def _call(endpoint: Endpoint, arguments: tuple[Argument, ...]) -> str:
    passed = ["session", *(each.value for each in arguments)]
    return f"await {call(f'handler.{endpoint.operation}', passed)}"


def _decorator(endpoint: Endpoint) -> str:
    arguments = [literal(endpoint.path), f"operation_id={literal(endpoint.operation_id)}"]
    if endpoint.description:
        arguments.append(f"summary={literal(endpoint.description.splitlines()[0])}")
    if endpoint.response is None:
        arguments.append("status_code=204")
    return call(f"router.{endpoint.method.lower()}", arguments)


def _argument(parameter: Parameter, imports: Imports, handler: Imports) -> Argument:
    spelling = SPELLINGS[parameter.type]
    plain = _plain(spelling, handler)
    optional = not parameter.required and parameter.default is None
    suffix = " | None" if optional else ""
    in_body = parameter.location is ParameterIn.BODY
    return Argument(
        name=parameter.attribute,
        endpoint="" if in_body else _declaration(parameter, spelling, imports),
        handler=f"{parameter.attribute}: {plain}{suffix}",
        value=f"{parameter.attribute}={'body.' if in_body else ''}{parameter.attribute}",
    )


def _declaration(parameter: Parameter, spelling: Spelling, imports: Imports) -> str:
    annotation, default = _typed(parameter, spelling, imports)
    if parameter.attribute != parameter.name:
        where = "Path" if parameter.location is ParameterIn.PATH else "Query"
        imports.name("fastapi", where)
        imports.name("typing", "Annotated")
        annotation = f"Annotated[{annotation}, {where}(alias={literal(parameter.name)})]"
    return _stated(parameter, annotation, default)


def _body_field(parameter: Parameter, imports: Imports) -> str:
    annotation, default = _typed(parameter, SPELLINGS[parameter.type], imports)
    if parameter.attribute != parameter.name:
        imports.name("pydantic", "Field")
        imports.name("typing", "Annotated")
        annotation = f"Annotated[{annotation}, Field(alias={literal(parameter.name)})]"
    return _stated(parameter, annotation, default and model_default(default, imports))


def _stated(parameter: Parameter, annotation: str, default: str | None) -> str:
    return f"{parameter.attribute}: {annotation}" + (f" = {default}" if default else "")


def _typed(parameter: Parameter, spelling: Spelling, imports: Imports) -> tuple[str, str | None]:
    """The annotation, and the default if the parameter can be left out."""
    annotation = _wire(spelling, imports)
    if parameter.required:
        return annotation, None
    if parameter.default is None:
        return f"{annotation} | None", "None"
    return annotation, value_literal(parameter.type, parameter.default, imports)


def _wire(spelling: Spelling, imports: Imports) -> str:
    module = "domain_types" if spelling.domain else "wire"
    imports.name("...core", module)
    return f"{module}.{spelling.wire}"


def _plain(spelling: Spelling, imports: Imports) -> str:
    """What a handler takes and gives: a domain type is the string that it is on the wire."""
    if spelling.domain:
        return "str"
    return import_annotation(spelling, imports)


def _response(
    model: ServiceModel, endpoint: Endpoint, imports: Imports, handler: Imports
) -> tuple[str, str, str]:
    """What the endpoint and what the handler return, and the one made from the other."""
    if endpoint.response is None:
        return "None", "None", "{call}"
    if isinstance(endpoint.response, FieldType):
        spelling = SPELLINGS[endpoint.response]
        return _wire(spelling, imports), _plain(spelling, handler), "return {call}"
    entity = model.entities[endpoint.response]
    read = f"{entity.class_name}Read"
    imports.name(f"...schemas.{entity.module}", read)
    handler.name(f"..models.{entity.module}", entity.class_name)
    return read, entity.class_name, f"return {read}.model_validate({{call}})"
