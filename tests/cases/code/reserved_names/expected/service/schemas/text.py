from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ..core import wire
from ..core.schemas import CreateSchema, ReadSchema, UpdateSchema, absent


class TextEntityCreate(CreateSchema):
    class_: Annotated[wire.Text, Field(alias="class", max_length=255)]
    metadata_: Annotated[wire.JSON | None, Field(alias="metadata")] = None
    bug_database: Annotated[
        Annotated[wire.Text, Field(max_length=255)] | None, Field(alias="bug-database")
    ] = None


class TextEntityUpdate(UpdateSchema):
    class_: Annotated[wire.Text, Field(alias="class", max_length=255)] = absent()
    metadata_: Annotated[wire.JSON | None, Field(alias="metadata")] = absent()
    bug_database: Annotated[
        Annotated[wire.Text, Field(max_length=255)] | None, Field(alias="bug-database")
    ] = absent()


class TextEntityRead(ReadSchema):
    id: wire.UUID
    class_: Annotated[wire.Text, Field(serialization_alias="class")]
    metadata_: Annotated[wire.JSON | None, Field(serialization_alias="metadata")]
    bug_database: Annotated[wire.Text | None, Field(serialization_alias="bug-database")]
