from __future__ import annotations

from fastapi import FastAPI

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.graphql.endpoint import install_graphql
from terapin.runtime.core.routing import include

from .endpoints import resources, routers
from .extensions import extend
from .graphql import schema
from .settings import Settings
from .sources import sources


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service; with `settings` of its own for a test, else those of the environment."""
    settings = settings or Settings()
    app = FastAPI(
        title="Blog", description="A blog", version="1.0.0", lifespan=lifespan(settings, sources)
    )
    install(app, settings, resources)
    include(app, routers)
    install_graphql(app, schema)
    extend(app)
    return app
