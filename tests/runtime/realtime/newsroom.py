"""The blog, with the policies of the permissions' tests, whose changes are told; as processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from pydantic_settings import SettingsConfigDict
from sqlalchemy import select, update

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.database import Session
from terapin.runtime.core.graphql.changes import ChangeOperation, change_type, changed
from terapin.runtime.core.graphql.endpoint import install_graphql
from terapin.runtime.core.graphql.schema import Schema
from terapin.runtime.core.graphql.sockets import install_subscriptions
from terapin.runtime.core.graphql.types import fields_type
from terapin.runtime.core.logs import configure_logging
from terapin.runtime.core.realtime.channels import Realtime
from terapin.runtime.core.realtime.declared import Channel
from terapin.runtime.core.realtime.endpoint import install_channels
from terapin.runtime.core.realtime.settings import RealtimeSettings
from terapin.runtime.core.realtime.streams import Streams
from terapin.runtime.core.realtime.subjects import Admission, Subject
from terapin.runtime.core.resource import Resource
from terapin.runtime.core.routing import include
from terapin.runtime.core.security.authentication import Security
from terapin.runtime.core.settings import RedisSettings
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.redis import Redis

from ..blog.endpoints import resources, routers
from ..blog.graphql.extensions import Mutation, Query
from ..blog.graphql.types.comment import Comment as CommentType
from ..blog.graphql.types.post import Post as PostType
from ..blog.models import Comment, Post
from ..blog.settings import Settings
from ..blog.sources import database
from ..permissions.rules import policed
from ..security.guarded import security
from ..security.issuer import SECRET
from .serving import PROTOCOL


class NewsroomSettings(Settings):
    model_config = SettingsConfigDict(env_prefix="BLOG_", extra="ignore")

    redis: RedisSettings = RedisSettings()
    realtime: RealtimeSettings = RealtimeSettings()


class Everybody(Admission):
    def subscribe(self, subject: Subject, room: str) -> bool:
        return True


redis = Declared("redis", Redis)


def _resource(model: type[Any]) -> Resource:
    return resources[model]


posts = Channel("posts", Everybody(), "/posts/changes", streams=_resource(Post))
post = Channel("post", Everybody(), "/posts/{id}/changes", streams=_resource(Post), by="id")
of_user = Channel(
    "of_user", Everybody(), "/users/{user_id}/changes", streams=_resource(Post), by="user_id"
)
comments = Channel("comments", Everybody(), "/comments/changes", streams=_resource(Comment))


@change_type
class PostChange:
    operation: ChangeOperation
    id: UUID | None
    post: PostType | None


@change_type
class CommentChange:
    operation: ChangeOperation
    id: UUID | None
    comment: CommentType | None


@fields_type
class Subscription:
    """What is told."""

    post_changed: PostChange = changed(PostType)
    comment_changed: CommentChange = changed(CommentType)


schema = Schema(Query, Mutation, Subscription)


def create_app(settings: NewsroomSettings | None = None) -> FastAPI:
    settings = settings or NewsroomSettings()
    has_redis = settings.redis.url is not None
    sources = (database, *((redis,) if has_redis else ()))
    guard = Security(security(secret=SECRET))
    channels = (posts, post, of_user, comments)
    realtime = Realtime(channels, partial(Streams, redis)) if has_redis else Realtime(channels)
    app = FastAPI(
        title="Blog", lifespan=lifespan(settings, sources, security=guard, realtime=realtime)
    )
    install(app, settings, resources, guard)
    include(app, routers)
    install_graphql(app, schema)
    install_channels(app, realtime)
    install_subscriptions(app)

    @app.post("/rolled-back")
    async def rolled_back(session: Session) -> None:
        for row in await session.scalars(select(Post)):
            row.body = "never so"
        await session.flush()
        raise ValueError("of the handler")

    @app.post("/at-once")
    async def at_once(session: Session) -> None:
        await session.execute(update(Post).values(body="told of nobody"))

    return app


class Newsroom:
    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.http = f"http://127.0.0.1:{port}"
        self.ws = f"ws://127.0.0.1:{port}"


@contextmanager
def newsrooms(settings: Settings, *others: dict[str, Any]) -> Iterator[list[Newsroom]]:
    """As many as there are settings of their own."""
    url = settings.database.sqlalchemy_url.set(drivername="postgresql")
    shared = {
        **os.environ,
        "BLOG_DATABASE_URL": url.render_as_string(hide_password=False),
        "BLOG_ENVIRONMENT": "development",
        "BLOG_LOG_LEVEL": "ERROR",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    with ExitStack() as stack:
        started = []
        for own in others:
            environment = {f"BLOG_{name.upper()}": str(value) for name, value in own.items()}
            process = subprocess.Popen(
                [sys.executable, "-m", __name__],
                env=shared | environment,
                stdout=subprocess.PIPE,
            )
            stack.callback(_end, process)
            started.append(process)
        yield [Newsroom(each, int(each.stdout.readline())) for each in started if each.stdout]


def _end(process: subprocess.Popen[bytes]) -> None:
    with process:
        process.kill()


def serve() -> None:
    settings = NewsroomSettings()
    configure_logging(settings)
    with policed():
        config = uvicorn.Config(
            create_app(settings), port=0, log_config=None, access_log=False, ws=PROTOCOL
        )
        listening = config.bind_socket()
        listening.listen(2048)
        print(listening.getsockname()[1], flush=True)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    serve()
