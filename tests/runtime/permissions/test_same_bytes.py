"""For any subject, what PostgreSQL answers by itself has the bytes that the ordinary path would have given."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..compiled.test_same_bytes import BY_NAME, EXAMPLES, UNKNOWN, queries, shapes
from ..compiled.test_same_values import exactly, operations
from ..harness import Json
from .conftest import WHO, Scene, user_id
from .rules import TENANTS, Who

subjects = st.one_of(
    st.sampled_from(WHO),
    st.builds(
        Who,
        st.just("anybody"),
        st.sampled_from([None, *map(user_id, range(1, 8))]),
        st.frozensets(st.sampled_from(["admin", "editor", "'; --", "role"])),
        st.sampled_from([None, *TENANTS, "ACME", "%"]),
        st.sampled_from([None, "alice", "1", "é", "'", f"{user_id(1)}".replace("-", "")]),
    ),
)
TABLES = sorted(name for name in BY_NAME if name not in ("contacts", "specimens"))


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_whatever_is_read(scene: Scene, data: Any) -> None:
    resource = BY_NAME[data.draw(st.sampled_from(TABLES))]
    who = data.draw(subjects)
    path, shape = f"/{resource.name}", queries(resource)
    if data.draw(st.booleans()):
        keys = [*map(str, getattr(scene.world, resource.name)), UNKNOWN, "x"]
        path = f"{path}/{quote(data.draw(st.sampled_from(keys)), safe='')}"
        relation = data.draw(st.sampled_from([None, *resource.relation.values()]))
        if relation is None:
            shape = shapes(resource)
        else:
            path = f"{path}/{relation.name}"
            shape = queries(relation.target) if relation.many else shapes(relation.target)
    await scene.ask(who, "GET", f"{path}?{urlencode(data.draw(shape))}")


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(who=subjects, query=operations())
async def test_whatever_is_asked_by_graphql(scene: Scene, who: Who, query: str) -> None:
    asked: Json = {"headers": who.headers, "json": {"query": query}}
    fast = await scene.fast.client.post("/graphql", **asked)
    ordinary = await scene.ordinary.client.post("/graphql", **asked)
    assert exactly(fast.content) == exactly(ordinary.content), query
    for answer in (fast, ordinary):
        scene.check(who, answer)
