"""Services are written once; the entity of one may move to another store."""

from __future__ import annotations

from typing import Any

import pytest

from terapin.runtime.core.crud import CrudService
from terapin.runtime.core.documents import DocumentService

from .club.models import Label, Member


def test_a_service_says_that_its_rows_lie_elsewhere_and_what_to_change() -> None:
    crud: Any = CrudService
    documents: Any = DocumentService
    with pytest.raises(TypeError, match=r"^Label is no table: make .*Moved a DocumentService,"):

        class Moved(crud[Label, Any, Any]):  # type: ignore[misc]
            pass

    with pytest.raises(TypeError, match=r"^Member is no document: make .*Back a CrudService,"):

        class Back(documents[Member, Any, Any]):  # type: ignore[misc]
            pass
