from __future__ import annotations

from typing import Annotated

from pydantic import Field

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class CardCreate(CreateSchema):
    number: wire.BigInteger
    pin_hash: Annotated[wire.Text, Field(max_length=120)]
    member_id: wire.UUID


class CardUpdate(UpdateSchema):
    number: wire.BigInteger = absent()
    pin_hash: Annotated[wire.Text, Field(max_length=120)] = absent()
    member_id: wire.UUID = absent()


class CardRead(ReadSchema):
    id: wire.UUID
    number: wire.BigInteger
    member_id: wire.UUID
