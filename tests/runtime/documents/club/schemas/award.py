from __future__ import annotations

from terapin.runtime.core import wire
from terapin.runtime.core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class AwardCreate(CreateSchema):
    badge_id: wire.UUID
    given_on: wire.Date = absent()


class AwardUpdate(UpdateSchema):
    badge_id: wire.UUID = absent()
    given_on: wire.Date = absent()


class AwardRead(ReadSchema):
    id: wire.UUID
    badge_id: wire.UUID
    given_on: wire.Date
