"""The data sources of the service, each under the name of its settings."""

from __future__ import annotations

from .core.database import Database
from .core.sources.declared import Declared
from .core.sources.mongodb import Mongodb
from .core.sources.redis import Redis

events = Declared("events", Mongodb)
metrics = Declared("metrics", Mongodb)
orders = Declared("orders", Database)
service = Declared("service", Redis)
sessions = Declared("sessions", Redis)
stock = Declared("stock", Database)
traces = Declared("traces", Mongodb)
sources = (events, metrics, orders, service, sessions, stock, traces)
