from __future__ import annotations

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline

from .core.application import install, lifespan
from .core.routing import include
from .core.tasks.endpoint import install_tasks
from .core.tasks.opened import TaskLifespan
from .endpoints import resources, routers
from .extensions import extend
from .settings import Settings
from .sources import sources
from .tasks import tasks


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service, whose /docs needs nothing from elsewhere; its settings are the environment's unless given."""
    settings = settings or Settings()
    app = FastAPIOffline(
        title="service",
        description="service",
        version="0.1.0",
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan(settings, sources, tasks=TaskLifespan(tasks)),
    )
    install(app, settings, resources)
    include(app, routers)
    install_tasks(app, tasks)
    extend(app)
    return app
