from __future__ import annotations

from fastapi import FastAPI

from terapin.runtime.core.application import install, lifespan

from .endpoints import resources
from .settings import Settings
from .sources import sources


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or Settings()
    app = FastAPI(title="Warehouse", version="1.0.0", lifespan=lifespan(settings, sources))
    install(app, settings, resources)
    return app
