from __future__ import annotations

from fastapi import FastAPI

from terapin.runtime.core.application import install, lifespan
from terapin.runtime.core.routing import include
from terapin.runtime.core.tasks.endpoint import install_tasks
from terapin.runtime.core.tasks.opened import TaskLifespan

from .endpoints import resources, routers
from .settings import Settings
from .sources import sources
from .tasks import tasks


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or Settings()
    app = FastAPI(
        title="Mailroom",
        version="1.0.0",
        lifespan=lifespan(settings, sources, tasks=TaskLifespan(tasks)),
    )
    install(app, settings, resources)
    include(app, routers)
    install_tasks(app, tasks)
    return app
