from __future__ import annotations

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from .channels import realtime
from .core.application import install, lifespan
from .core.graphql.endpoint import install_graphql
from .core.graphql.sockets import install_subscriptions
from .core.realtime.endpoint import install_channels
from .core.realtime.tickets import install_tickets
from .core.routing import include
from .core.security.authentication import Security
from .endpoints import resources, routers
from .extensions import extend
from .graphql import schema
from .settings import Settings
from .sources import sources


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, whose /docs needs nothing from elsewhere; its settings are the environment's unless given."""
    settings = settings or Settings()
    security = Security(settings.security)
    app = FastAPIOffline(
        title="News",
        description="News",
        version="0.1.0",
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan(settings, sources, security=security, realtime=realtime),
    )
    install(app, settings, resources, security)
    include(app, routers)
    install_graphql(app, schema)
    install_channels(app, realtime)
    install_subscriptions(app)
    install_tickets(app)
    extend(app)
    return app
