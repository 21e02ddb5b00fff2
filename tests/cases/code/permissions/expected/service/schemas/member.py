from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..core import wire
from ..core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class MemberCreate(CreateSchema):
    e_mail: Annotated[wire.Email, Field(alias="e-mail")]
    trusted: wire.Boolean = False
    note: wire.Text | None = None


class MemberUpdate(UpdateSchema):
    e_mail: Annotated[wire.Email, Field(alias="e-mail")] = absent()
    trusted: wire.Boolean = absent()
    note: wire.Text | None = absent()


class MemberRead(ReadSchema):
    id: wire.UUID
    e_mail: Annotated[wire.Email | None, Field(serialization_alias="e-mail")]
    trusted: wire.Boolean
    note: wire.Text | None
