from __future__ import annotations

from ..core import wire
from ..core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent
from ..models.order import OrderState


class OrderCreate(CreateSchema):
    state: OrderState = OrderState.IN_TRANSIT


class OrderUpdate(UpdateSchema):
    state: OrderState = absent()


class OrderRead(ReadSchema):
    id: wire.UUID
    state: OrderState
