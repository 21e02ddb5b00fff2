"""Schemathesis, which asks a running service whatever its GraphQL schema allows."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.graphql import nodes

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "UUID": st.uuids().map(str).map(nodes.String),
    "DateTime": st.datetimes().map(lambda value: nodes.String(f"{value.isoformat()}Z")),
    "Date": st.dates().map(str).map(nodes.String),
    "Time": st.times().map(str).map(nodes.String),
    "Duration": st.integers(0, 9999).map(lambda days: nodes.String(f"P{days}D")),
    "Decimal": st.decimals(-999, 999, places=2).map(str).map(nodes.String),
    "BigInt": st.integers(-(2**63), 2**63 - 1).map(nodes.Int),
    "Base64": st.sampled_from(["", "AAEC", "_"]).map(nodes.String),
    "JSON": st.text().map(nodes.String) | st.integers().map(nodes.Int),
}


def assert_nothing_breaks(url: str, examples: int) -> None:
    for name, strategy in SCALARS.items():
        schemathesis.graphql.scalar(name, strategy)
    schema = schemathesis.graphql.from_url(f"{url}/graphql")

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=schema.as_strategy())
    def ask(case: Any) -> None:
        response = case.call()
        assert response.status_code == 200, (case.body, response.text)
        codes = [
            each.get("extensions", {}).get("code") for each in response.json().get("errors", ())
        ]
        assert "INTERNAL_SERVER_ERROR" not in codes, (case.body, response.text)

    ask()
