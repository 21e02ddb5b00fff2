from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from ..core import wire
from ..core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class ProductCreate(CreateSchema):
    name: Annotated[wire.Text, Field(min_length=1, max_length=40, pattern="^[A-Z].*$")]
    stock: Annotated[wire.Integer, Field(ge=0, lt=1000)]
    price: Annotated[
        Annotated[wire.Decimal, Field(max_digits=8, decimal_places=2, gt=Decimal("0.25"))] | None,
        Field(description="In euro"),
    ] = None


class ProductUpdate(UpdateSchema):
    name: Annotated[wire.Text, Field(min_length=1, max_length=40, pattern="^[A-Z].*$")] = absent()
    stock: Annotated[wire.Integer, Field(ge=0, lt=1000)] = absent()
    price: Annotated[
        Annotated[wire.Decimal, Field(max_digits=8, decimal_places=2, gt=Decimal("0.25"))] | None,
        Field(description="In euro"),
    ] = absent()


class ProductRead(ReadSchema):
    id: wire.UUID
    name: wire.Text
    stock: wire.Integer
    price: Annotated[wire.Decimal | None, Field(description="In euro")]
