from __future__ import annotations

from terapin.runtime.core.database import Database
from terapin.runtime.core.sources.declared import Declared
from terapin.runtime.core.sources.mongodb import Mongodb
from terapin.runtime.core.sources.redis import Redis

orders = Declared("orders", Database)
events = Declared("events", Mongodb)
sessions = Declared("sessions", Redis)
sources = (orders, events, sessions)
