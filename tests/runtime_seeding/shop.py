"""Tables with everything that seeding has to cope with."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID, uuid4

from pydantic import Field
from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Identity,
    Index,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, registry, relationship
from sqlalchemy_utils import (
    ColorType,
    CountryType,
    CurrencyType,
    EmailType,
    IPAddressType,
    PhoneNumberType,
    TimezoneType,
    URLType,
)

from terapin.runtime.core import database, domain_types, wire
from terapin.runtime.core.crud import CrudService
from terapin.runtime.core.database import text_enum
from terapin.runtime.core.resource import Resource, Resources
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema


class Base(database.Base):
    """Apart from the tables of other tests."""

    __abstract__ = True
    metadata = MetaData()
    registry = registry(metadata=metadata, type_annotation_map=database.Base.type_annotation_map)


class Size(StrEnum):
    SMALL = "small"
    LARGE = "it's: large"


similar = Table(
    "similar_articles",
    Base.metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("similar_id", ForeignKey("articles.id"), primary_key=True),
)
labels_of_articles = Table(
    "labels_of_articles",
    Base.metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("label_slug", ForeignKey("labels.slug"), primary_key=True),
)


class Person(Base):
    __tablename__ = "people"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(255))
    email: Mapped[str] = mapped_column(EmailType, unique=True)
    username: Mapped[str] = mapped_column(String(12), unique=True)
    password_hash: Mapped[str] = mapped_column(String(255))
    born_on: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime] = mapped_column(server_default=func.now())
    favourite_id: Mapped[int | None] = mapped_column(ForeignKey("articles.id"))


class PersonCreate(CreateSchema):
    name: Annotated[wire.Text, Field(max_length=255)]
    email: wire.Email
    username: Annotated[wire.Text, Field(min_length=3, max_length=12, pattern="^[a-z0-9_]+$")]
    password_hash: Annotated[wire.Text, Field(max_length=255)]
    born_on: wire.Date | None = None
    favourite_id: wire.Integer | None = None


class Passport(Base):
    """One to one; its number is a pattern of few enough values to repeat when drawn."""

    __tablename__ = "passports"
    number: Mapped[str] = mapped_column(String(8), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), unique=True)


class PassportCreate(CreateSchema):
    number: Annotated[wire.Text, Field(max_length=8, pattern="^[A-Z]{2}-[0-9]{2}$")]
    person_id: wire.UUID


class Article(Base):
    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("maker_id", "position"),
        Index("uq_articles_size_and_day", "size", "day", unique=True),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    maker_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    position: Mapped[int]
    size: Mapped[Size] = mapped_column(text_enum(Size))
    day: Mapped[dt.date]
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    share: Mapped[Decimal] = mapped_column(Numeric(3, 3))
    weight: Mapped[float | None] = mapped_column(Double)
    in_stock: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)
    meta: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    opens: Mapped[dt.time | None]
    lasts: Mapped[dt.timedelta | None]
    picture: Mapped[bytes | None]
    token: Mapped[UUID | None] = mapped_column(unique=True)
    page: Mapped[Any | None] = mapped_column(URLType)
    phone: Mapped[Any | None] = mapped_column(PhoneNumberType(), unique=True)
    currency: Mapped[Any | None] = mapped_column(CurrencyType)
    country: Mapped[Any | None] = mapped_column(CountryType)
    address: Mapped[Any | None] = mapped_column(IPAddressType, unique=True)
    colour: Mapped[Any | None] = mapped_column(ColorType)
    zone: Mapped[Any | None] = mapped_column(TimezoneType(backend="zoneinfo"))
    labels: Mapped[list[Label]] = relationship(secondary=labels_of_articles)
    similar: Mapped[list[Article]] = relationship(
        secondary=similar,
        primaryjoin=lambda: Article.id == similar.c.article_id,
        secondaryjoin=lambda: Article.id == similar.c.similar_id,
    )


class ArticleCreate(CreateSchema):
    maker_id: wire.UUID
    position: Annotated[wire.Integer, Field(ge=1, le=5)]
    size: Size
    day: wire.Date
    price: Annotated[wire.Decimal, Field(max_digits=10, decimal_places=2, gt=0)] = Decimal("1.00")
    share: Annotated[wire.Decimal, Field(max_digits=3, decimal_places=3)]
    weight: Annotated[wire.Float, Field(gt=10.25, lt=10.5)] | None = None
    in_stock: wire.Boolean = True
    body: Annotated[wire.Text, Field(min_length=500)]
    meta: wire.JSON | None = None
    opens: wire.Time | None = None
    lasts: wire.Interval | None = None
    picture: wire.Binary | None = None
    token: wire.UUID | None = None
    page: domain_types.URL | None = None
    phone: domain_types.Phone | None = None
    currency: domain_types.Currency | None = None
    country: domain_types.Country | None = None
    address: domain_types.IPAddress | None = None
    colour: domain_types.Color | None = None
    zone: domain_types.Timezone | None = None


class Label(Base):
    __tablename__ = "labels"
    slug: Mapped[str] = mapped_column(String(40), primary_key=True)
    parent_slug: Mapped[str | None] = mapped_column(ForeignKey("labels.slug"))


class LabelCreate(CreateSchema):
    slug: Annotated[wire.Text, Field(max_length=40)]
    parent_slug: Annotated[wire.Text, Field(max_length=40)] | None = None


class Switch(Base):
    """More rows than two cannot be."""

    __tablename__ = "switches"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    on: Mapped[bool] = mapped_column(unique=True)
    class_: Mapped[str] = mapped_column("class", String(1))


class SwitchCreate(CreateSchema):
    on: wire.Boolean
    class_: Annotated[wire.Text, Field(alias="class", max_length=1)]


class Ticket(Base):
    """Nothing but a counted key."""

    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)


class TicketCreate(CreateSchema):
    pass


def _resource(model: type[Base], create: type[CreateSchema]) -> Resource:
    service = type(f"{model.__name__}Service", (CrudService,), {"model": model})
    return Resource(service=service, read=ReadSchema, create=create, update=UpdateSchema)


resources = Resources(
    [
        _resource(Passport, PassportCreate),
        _resource(Article, ArticleCreate),
        _resource(Person, PersonCreate),
        _resource(Label, LabelCreate),
        _resource(Switch, SwitchCreate),
        _resource(Ticket, TicketCreate),
    ]
)
