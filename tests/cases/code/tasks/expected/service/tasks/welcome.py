from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from ..core import domain_types, wire
from ..core.tasks.declared import Backoff, On, Priority, Retries, Task, TaskParameters
from ..models.priority import Priority as Priority_
from ..models.user import User


class WelcomeParameters(TaskParameters):
    user_id: Annotated[wire.UUID | None, Field(alias="userId", description="Who.")] = None
    priority: wire.Integer | None = None
    when: wire.DateTime = dt.datetime(2025, 1, 1, 0, 0, tzinfo=dt.UTC)
    site: domain_types.URL | None = None
    amount: wire.Decimal = Decimal("1.5")
    options: wire.JSON = Field(default_factory=lambda: {})


welcome = Task(
    "welcome",
    WelcomeParameters,
    handler="service.handlers.welcome:welcome",
    description="Greets a user.",
    queue="emails",
    priority=Priority.HIGH,
    retries=Retries(
        3,
        Backoff.LINEAR,
        most_seconds=120.5,
        on=(
            ConnectionError,
            "smtplib.SMTPException",
        ),
    ),
    timeout=20,
    soft_timeout=18,
    unique_for=60,
    result_ttl=3600,
    rate_limit="10/m",
    dead_letter=False,
    exposed=True,
    senders=("public",),
    triggers=(
        On.create(User, "user_id"),
        On.update(Priority_, "priority"),
    ),
)
