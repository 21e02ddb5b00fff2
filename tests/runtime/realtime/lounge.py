"""A service of nothing but rooms: one of any JSON, one of typed messages, and one for those who may."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Annotated

from fastapi import FastAPI
from pydantic import Field
from pydantic_settings import SettingsConfigDict

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.database import Database
from terapin.runtime.core.realtime.channels import Realtime
from terapin.runtime.core.realtime.declared import Channel, Message, Payload
from terapin.runtime.core.realtime.endpoint import install_channels
from terapin.runtime.core.realtime.incoming import Incoming, RefusedError
from terapin.runtime.core.realtime.settings import RealtimeSettings
from terapin.runtime.core.realtime.streams import Streams
from terapin.runtime.core.realtime.subjects import Admission, Subject
from terapin.runtime.core.realtime.tickets import install_tickets
from terapin.runtime.core.resource import Resources
from terapin.runtime.core.security.authentication import Security
from terapin.runtime.core.security.settings import SecuritySettings
from terapin.runtime.core.security.subject import current_subject
from terapin.runtime.core.settings import RedisSettings, ServiceSettings
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.redis import Redis

from ..security.issuer import AUDIENCE, ISSUER


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="LOUNGE_", extra="ignore")

    redis: RedisSettings = RedisSettings()
    realtime: RealtimeSettings = RealtimeSettings()
    security: SecuritySettings = SecuritySettings(issuer=ISSUER, audience=AUDIENCE)


class Everybody(Admission):
    def subscribe(self, subject: Subject, room: str) -> bool:
        return True

    def publish(self, subject: Subject, room: str) -> bool:
        return True


class Members(Admission):
    """Editors speak; and of each room that is private only whose it is."""

    async def subscribe(self, subject: Subject, room: str) -> bool:
        return not subject.is_anonymous and room in ("hall", current_subject().id)

    def publish(self, subject: Subject, room: str) -> bool | Awaitable[bool]:
        return "editor" in subject.roles


class Said(Payload):
    text: Annotated[str, Field(max_length=20)]
    loud: bool = False


async def say(message: Incoming[Said]) -> Said | None:
    if message.payload.text == "refuse":
        raise RefusedError("not here")
    if message.payload.text == "fail":
        raise ValueError("of the handler")
    return Said(text=message.payload.text.upper()) if message.payload.loud else None


async def echo(message: Incoming[Said]) -> None:
    assert message.room


say_ = Message("say", Said, f"{__name__}:say")
echo_ = Message("echo", Said, f"{__name__}:echo", "sender")
silent = Message("silent", Said, f"{__name__}:echo", "none")

room = Channel("room", Everybody())
chat = Channel("chat", Everybody(), "/chat/{a}/{b}", (say_, echo_, silent), history=3)
lobby = Channel("lobby", Everybody(), "/lobby/{id}", history=2, presence=True)
club = Channel("club", Members(), "/club/{id}", rate_per_second=5, max_message_bytes=1000)

redis = Declared("redis", Redis)
database = Declared("database", Database)


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or Settings()
    has_redis, has_database = settings.redis.url is not None, settings.database.url is not None
    sources = (*((redis,) if has_redis else ()), *((database,) if has_database else ()))
    security = Security(settings.security) if settings.security.secret else None
    channels = (room, chat, lobby, club)
    realtime = Realtime(channels, partial(Streams, redis)) if has_redis else Realtime(channels)
    app = FastAPI(
        title="Lounge",
        lifespan=lifespan(settings, sources, security=security, realtime=realtime),
    )
    install(app, settings, Resources(()), security)
    install_channels(app, realtime)
    if security:
        install_tickets(app)
    return app
