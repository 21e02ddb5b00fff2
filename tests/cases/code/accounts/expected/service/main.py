from __future__ import annotations

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from .accounts import accounts
from .caches import caches
from .core.accounts.endpoint import install_accounts
from .core.application import install, lifespan
from .core.routing import include
from .core.security.authentication import Security
from .endpoints import resources, routers
from .extensions import extend
from .settings import Settings
from .sources import sources


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, whose /docs needs nothing from elsewhere; its settings are the environment's unless given."""
    settings = settings or Settings()
    security = Security(settings.security)
    app = FastAPIOffline(
        title="service",
        description="service",
        version="0.1.0",
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan(settings, sources, caches, security=security, accounts=accounts),
    )
    install(app, settings, resources, security)
    include(app, routers)
    install_accounts(app)
    extend(app)
    return app
