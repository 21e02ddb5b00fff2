"""A service with permissions keeps what its document says."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.contract import DEEP, assert_keeps_contract

from .conftest import Generated
from .standing import run, write_case
from .test_service import get, running


def test_keeps_its_contract(tmp_path: Path) -> None:
    """What is valid may be refused to whoever asks. Nobody writes without a good token, nor reads what was deleted."""
    root = write_case(tmp_path, "permissions")
    editor = ("--subject", "8c3b0a52-5d4e-4f2b-9d0a-3b1c2f4d5e6f", "--role", "editor")
    token = run(root, sys.executable, "-m", root.name, "tokens", "issue", *editor).strip()
    with running(Generated(root.name, root)) as service:
        document = get(service.port, "/openapi.json")[1]
        # A key beside a token is refused, and it would be sent beside this one.
        document["security"] = [{}, {"token": []}]
        for operations in document["paths"].values():
            for method in operations.keys() & {"post", "patch", "put", "delete"}:
                operations[method]["security"] = [{"token": []}]
        url = f"http://127.0.0.1:{service.port}"
        checks = None if DEEP else "ignored_auth,use_after_free"
        if not DEEP:
            paths = document["paths"]
            document["paths"] = {each: paths[each] for each in paths if each.startswith("/remarks")}
        assert_keeps_contract(document, url, tmp_path, _REFUSED, token=token, checks=checks)


_REFUSED = """
[[operations]]
include-method = ["POST", "PATCH", "DELETE", "GET"]
checks.positive_data_acceptance.expected-statuses = ["2xx", "3xx", 400, 401, 403, 404, 409, 412]
checks.negative_data_rejection.expected-statuses = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422]
"""
