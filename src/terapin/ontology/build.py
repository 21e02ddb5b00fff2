"""The model of a service, from statements that no rule objects to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from terapin.model import (
    Access,
    Cascade,
    Endpoint,
    Entity,
    Field,
    FieldType,
    ForeignKey,
    Graphql,
    GraphqlEntity,
    Kind,
    Loading,
    Now,
    Operation,
    Parameter,
    ParameterIn,
    Relationship,
    ServiceModel,
    SortTerm,
)
from terapin.model.naming import parameter_name

from .binding import INVERSE
from .build_channels import channels, messages
from .build_sources import cache_of, caches, core_tables, data_sources, source_of
from .build_tasks import tasks
from .defaults import default_of
from .facts import Facts
from .links import Link, closing
from .paths import path_parameters
from .permissions import Granting
from .secrets import says_secret
from .sorting import orders
from .statements import (
    EndpointStatement,
    EntityStatement,
    FieldStatement,
    ParameterStatement,
    ServiceStatement,
    Stated,
    is_false,
    is_true,
    said,
    value_of,
)

TEXT_LENGTH = 255
PRECISION = 18
SCALE = 4

_LIMITED = frozenset({FieldType.STRING, FieldType.ENUM, FieldType.EMAIL})


def build(facts: Facts, name: str) -> ServiceModel:
    return _Builder(facts).model(name)


def access(service: ServiceStatement, entities: Iterable[EntityStatement]) -> Access | None:
    own = service.iri if service.has_accounts else None
    issuer, audience = value_of(service.issuer) or own, value_of(service.audience) or own
    if not (issuer and audience):
        return None
    subjects = (each.iri for each in entities if own and is_true(each.is_subject))
    return Access(
        issuer=issuer,
        audience=audience,
        jwks=value_of(service.jwks),
        algorithms=tuple(dict.fromkeys(each.value for each in service.algorithms)),
        accounts=service.has_accounts,
        subject=next(subjects, None),
    )


def field_length(statement: FieldStatement) -> int | None:
    """An enumeration is as long as any text, so that a longer value needs no other column."""
    if statement.max_length:
        return statement.max_length.value
    return TEXT_LENGTH if statement.type and statement.type.value in _LIMITED else None


@dataclass
class _Builder:
    facts: Facts

    def __post_init__(self) -> None:
        statements = self.facts.statements
        self.granting = Granting(self.facts)
        keyed = [each for each in self.facts.links if each.has_key]
        self.deferred = closing(
            each for each in keyed if each.source is not each.target and self.is_constrained(each)
        )
        self.holding: dict[str, list[Link]] = {iri: [] for iri in statements.entities}
        self.ends: dict[str, list[tuple[Link, bool]]] = {iri: [] for iri in statements.entities}
        for each in keyed:
            self.holding[each.holder.iri].append(each)
        for each in self.facts.links:
            self.ends[each.source.iri].append((each, True))
            self.ends[each.target.iri].append((each, False))

    def model(self, name: str) -> ServiceModel:
        statements = self.facts.statements
        service = statements.services[0] if statements.services else None
        return ServiceModel(
            name=(value_of(service.name) if service else None) or name,
            version=(value_of(service.version) if service else None) or "0.1.0",
            description=said(service.description) if service else None,
            base_iri=value_of(service.base_iri) if service else None,
            entities={iri: self.entity(each) for iri, each in statements.entities.items()},
            endpoints=tuple(self.endpoint(each) for each in statements.endpoints),
            data_sources=data_sources(self.facts),
            caches=caches(self.facts),
            core_tables=core_tables(self.facts),
            graphql=self.graphql(),
            tasks=tasks(self.facts),
            access=access(service, statements.entities.values()) if service else None,
            channels=channels(self.facts),
            messages=messages(self.facts),
        )

    def graphql(self) -> Graphql | None:
        exposure = self.facts.exposure
        if not exposure.entities:
            return None
        statements, service = self.facts.statements, exposure.service
        return Graphql(
            entities={
                iri: self.graphql_entity(each)
                for iri, each in statements.entities.items()
                if iri in exposure.entities
            },
            max_depth=value_of(service.max_depth) if service else None,
            max_aliases=value_of(service.max_aliases) if service else None,
            max_tokens=value_of(service.max_tokens) if service else None,
            max_cost=value_of(service.max_cost) if service else None,
            trusted_documents=value_of(service.trusted_documents) if service else None,
        )

    def graphql_entity(self, statement: EntityStatement) -> GraphqlEntity:
        exposure, naming = self.facts.exposure, self.facts.naming
        hidden = [
            naming.fields[field.identity].attribute
            for field in statement.scalars.values()
            if not exposure.shows(field)
        ]
        for link, forward in self.ends[statement.iri]:
            ends = naming.forward if forward else naming.backward
            if not exposure.shows(link.forward if forward else link.backward):
                hidden.append(ends[link.iri].attribute)
        roots = naming.roots[statement.iri]
        return GraphqlEntity(
            one=roots.one,
            many=roots.many,
            mutations=exposure.changes(statement),
            subscriptions=exposure.tells(statement),
            hidden=tuple(sorted(hidden)),
        )

    def entity(self, statement: EntityStatement) -> Entity:
        names = self.facts.naming.entities[statement.iri]
        links = {self.facts.key(each).name: each for each in self.holding[statement.iri]}
        declared = [
            self.declared_key(statement, field, links[field.name])
            if field.name in links
            else self.field(statement, field)
            for field in statement.scalars.values()
        ]
        made = [
            self.made_key(each) for name, each in links.items() if name not in statement.scalars
        ]
        fields = (*declared, *made)
        return Entity(
            iri=statement.iri,
            place=statement.place,
            class_name=names.class_name,
            module=names.module,
            variable=names.variable,
            table=names.table,
            fields=fields,
            relationships=self.relationships(statement),
            description=said(statement.description),
            unique_together=self.uniques(statement, fields),
            indexes=self.groups(statement, statement.indexes),
            data_source=source_of(self.facts, statement),
            cache=cache_of(self.facts, statement),
            formerly=value_of(statement.formerly),
            permissions=self.granting.entity(statement),
        )

    def field(self, entity: EntityStatement, statement: FieldStatement) -> Field:
        names = self.facts.naming.fields[statement.identity]
        type_ = value_of(statement.type) or FieldType.STRING
        precision, scale = digits_of(statement) if type_ is FieldType.DECIMAL else (None, None)
        secret = is_true(statement.secret) or (
            says_secret(statement) and not is_false(statement.secret)
        )
        return Field(
            iri=statement.identity,
            name=statement.name,
            attribute=names.attribute,
            column=names.column,
            type=type_,
            place=statement.place,
            description=said(statement.description),
            primary_key=is_true(statement.primary_key),
            unique=is_true(statement.unique),
            nullable=is_true(statement.nullable),
            index=is_true(statement.index),
            secret=secret,
            read_only=is_true(statement.read_only),
            write_only=is_true(statement.write_only),
            default=default_of(type_, statement.default.value) if statement.default else None,
            length=field_length(statement),
            min_length=value_of(statement.min_length),
            minimum=statement.least,
            maximum=statement.most,
            exclusive_minimum=value_of(statement.exclusive_minimum),
            exclusive_maximum=value_of(statement.exclusive_maximum),
            pattern=value_of(statement.pattern),
            precision=precision,
            scale=scale,
            values=tuple(each.value for each in statement.values),
            formerly=value_of(statement.formerly),
            read_by=self.granting.field(entity, statement, Operation.READ),
            update_by=self.granting.field(entity, statement, Operation.UPDATE),
        )

    def declared_key(self, entity: EntityStatement, statement: FieldStatement, link: Link) -> Field:
        field = self.field(entity, statement)
        length = field.length if statement.max_length else self.key_length(link)
        return replace(
            field,
            length=length,
            nullable=self.facts.nullable(link),
            unique=field.unique or link.kind is Kind.ONE_TO_ONE,
            foreign_key=self.foreign_key(link),
        )

    def made_key(self, link: Link) -> Field:
        names = self.facts.key(link)
        referenced = self.facts.key_field(link)
        return Field(
            iri=f"{link.holder.iri} {names.name}",
            name=names.name,
            attribute=names.attribute,
            column=names.column,
            type=(value_of(referenced.type) if referenced else None) or FieldType.UUID,
            place=link.statement.place,
            length=self.key_length(link),
            nullable=self.facts.nullable(link),
            unique=link.kind is Kind.ONE_TO_ONE,
            foreign_key=self.foreign_key(link),
            made=True,
        )

    def key_length(self, link: Link) -> int | None:
        referenced = self.facts.key_field(link)
        return field_length(referenced) if referenced else None

    def foreign_key(self, link: Link) -> ForeignKey:
        return ForeignKey(
            entity=link.referenced.iri,
            cascade=_cascade(link),
            relationship=link.iri,
            deferred=link.iri in self.deferred,
            constrained=self.is_constrained(link),
        )

    def is_constrained(self, link: Link) -> bool:
        documents = self.facts.placement.documents
        return link.source.iri not in documents and link.target.iri not in documents

    def relationships(self, statement: EntityStatement) -> tuple[Relationship, ...]:
        """In the order of the fields that stand for them, then by IRI."""
        position = {field.name: index for index, field in enumerate(statement.relationship_fields)}
        ends = [self.end(link, forward) for link, forward in self.ends[statement.iri]]
        return tuple(sorted(ends, key=lambda end: position.get(end.name, len(position))))

    def end(self, link: Link, forward: bool) -> Relationship:
        naming = self.facts.naming
        here, there = naming.forward[link.iri], naming.backward[link.iri]
        if not forward:
            here, there = there, here
        kind = link.kind if forward else INVERSE[link.kind]
        many = kind in (Kind.ONE_TO_MANY, Kind.MANY_TO_MANY)
        holds_key = link.has_key and forward is (link.kind is Kind.MANY_TO_ONE)
        return Relationship(
            iri=link.iri,
            name=here.name,
            attribute=here.attribute,
            kind=kind,
            target=(link.target if forward else link.source).iri,
            inverse=there.attribute,
            place=link.statement.place,
            holds_key=holds_key,
            foreign_key=self.facts.key(link).attribute if holds_key else None,
            join_table=naming.join_tables.get(link.iri),
            cascade=_cascade(link),
            loading=_loading(link, forward),
            nullable=link.has_key and self.facts.nullable(link),
            order_by=(
                self.order(link, link.target if forward else link.source)
                if many and (forward or link.has_key)
                else ()
            ),
            formerly=value_of(link.statement.formerly),
        )

    def order(self, link: Link, entity: EntityStatement) -> tuple[SortTerm, ...]:
        stated = orders(link.statement.order_by.value) if link.statement.order_by else []
        return tuple(
            SortTerm(field=self.attribute(entity, each.field), descending=each.descending)
            for each in stated
        )

    def attribute(self, entity: EntityStatement, name: str) -> str:
        return self.facts.attribute(entity, name) or name

    def groups(
        self, entity: EntityStatement, groups: Sequence[Sequence[Stated[str]]]
    ) -> tuple[tuple[str, ...], ...]:
        found = [tuple(self.attribute(entity, each.value) for each in group) for group in groups]
        return tuple(dict.fromkeys(found))

    def uniques(
        self, statement: EntityStatement, fields: Sequence[Field]
    ) -> tuple[tuple[str, ...], ...]:
        """Those that say more than their field does."""
        alone = {(each.attribute,) for each in fields if each.primary_key or each.unique}
        groups = self.groups(statement, statement.unique_together)
        return tuple(group for group in groups if group not in alone)

    def endpoint(self, statement: EndpointStatement) -> Endpoint:
        in_path = path_parameters(value_of(statement.path) or "")
        operation = self.facts.naming.operations[statement.iri]
        return Endpoint(
            iri=statement.iri,
            place=statement.place,
            method=str(value_of(statement.method) or "GET"),
            path=value_of(statement.path) or "/",
            operation_id=value_of(statement.operation_id) or operation,
            operation=operation,
            description=said(statement.description),
            parameters=tuple(_parameter(each, in_path) for each in statement.parameters),
            response=value_of(statement.response_entity) or value_of(statement.response_type),
        )


def _parameter(statement: ParameterStatement, in_path: Sequence[str]) -> Parameter:
    type_ = value_of(statement.type) or FieldType.STRING
    default = default_of(type_, statement.default.value) if statement.default else None
    fallback = ParameterIn.PATH if statement.name in in_path else ParameterIn.QUERY
    required = value_of(statement.required)
    return Parameter(
        name=statement.name,
        attribute=parameter_name(statement.name),
        type=type_,
        location=value_of(statement.location) or fallback,
        required=default is None if required is None else required,
        default=None if isinstance(default, Now) else default,
    )


def _cascade(link: Link) -> Cascade:
    return value_of(link.statement.cascade) or Cascade.RESTRICT


def _loading(link: Link, forward: bool) -> Loading:
    field = link.forward if forward else link.backward
    statement = link.statement
    eager = statement.eager_load if forward else statement.inverse_eager_load
    lazy = field.lazy_load if field else None
    if is_true(lazy):
        return Loading.LAZY
    return Loading.EAGER if is_true(eager) or is_false(lazy) else Loading.RAISE


def digits_of(statement: FieldStatement) -> tuple[int, int]:
    """Precision and scale of a Decimal."""
    stated = value_of(statement.scale)
    precision = value_of(statement.precision) or max(PRECISION, stated or 0)
    return precision, min(SCALE, precision) if stated is None else stated
