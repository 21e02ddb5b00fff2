"""The data sources of the service, each under the name of its settings."""

from __future__ import annotations

from .core.sources.declared import Declared
from .core.sources.mongodb import Mongodb

archive = Declared("archive", Mongodb)
shop = Declared("shop", Mongodb)
sources = (archive, shop)
