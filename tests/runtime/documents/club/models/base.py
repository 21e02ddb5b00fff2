"""Apart from the tables of the other services of these tests."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlalchemy.orm import registry

from terapin.runtime.core import database


class Base(database.Base):
    __abstract__ = True
    metadata = MetaData(naming_convention=database.Base.metadata.naming_convention)
    registry = registry(metadata=metadata, type_annotation_map=database.Base.type_annotation_map)
