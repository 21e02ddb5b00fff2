"""What each subject reads, on every path, is what the oracle says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ..harness import Json
from .conftest import LAST, WHO, Scene
from .rules import Who

TABLES = ("users", "posts", "comments", "profiles", "tags")
Test = Callable[[Scene, Who], Awaitable[None]]


def everybody(test: Test) -> Callable[[Scene], Awaitable[None]]:
    """One blog is enough for all of them."""

    async def of_all(scene: Scene) -> None:
        for who in WHO:
            await test(scene, who)

    return of_all


def keys(rows: list[Json]) -> set[str]:
    return {str(row["id"]) for row in rows}


@everybody
async def test_lists_rows_and_counts(scene: Scene, who: Who) -> None:
    world = scene.world
    for table in TABLES:
        if world.never(who, "read", table):
            for path in (f"/{table}", f"/{table}/{LAST if table != 'tags' else 1}"):
                refused = await scene.ask(who, "GET", path)
                assert refused.status_code == 401
                assert refused.headers["www-authenticate"] == "Bearer"
            continue
        expected = world.readable(who, table)
        page = (await scene.ask(who, "GET", f"/{table}?total=true&limit=200")).json()
        assert keys(page["items"]) == expected
        assert page["total"] == len(expected)
        assert await walked(scene, who, f"/{table}?limit=5") == expected
        for row in page["items"]:
            shown(scene, who, table, row)
        for key, row in getattr(world, table).items():
            answer = await scene.ask(who, "GET", f"/{table}/{key}")
            assert answer.status_code == (200 if world.may(who, "read", row) else 404)
            if answer.status_code == 200:
                shown(scene, who, table, answer.json())
        for key in sorted(expected)[:1]:
            tag = (await scene.ask(who, "GET", f"/{table}/{key}")).headers["etag"]
            again = await scene.ask(who, "GET", f"/{table}/{key}", headers={"if-none-match": tag})
            assert again.status_code == (200 if table == "posts" else 304)


async def walked(scene: Scene, who: Who, path: str) -> set[str]:
    found: set[str] = set()
    cursor = ""
    while cursor is not None:
        page = (await scene.ask(who, "GET", path + cursor)).json()
        assert page["items"] or not cursor, "the last page was full, and said that more come"
        found |= keys(page["items"])
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    return found


def shown(scene: Scene, who: Who, table: str, row: Json) -> None:
    world = scene.world
    key = next(each for each in getattr(world, table) if str(each) == str(row["id"]))
    kept = getattr(world, table)[key]
    for attribute in ("meta", "published_on", "bio"):
        if attribute in row:
            assert (row[attribute] is not None) == world.shows(who, kept, attribute)


@everybody
async def test_relationships(scene: Scene, who: Who) -> None:
    world = scene.world
    for post in world.posts.values():
        comments = {
            str(key)
            for key, each in world.comments.items()
            if each.post_id == post.id and world.may(who, "read", each)
        }
        there = world.may(who, "read", post)
        listed = await scene.ask(who, "GET", f"/posts/{post.id}/comments?total=true")
        if there and who.is_known:
            assert keys(listed.json()["items"]) == comments
            assert listed.json()["total"] == len(comments)
        else:
            assert listed.status_code in ((404,) if who.is_known else (401, 404))
        author = await scene.ask(who, "GET", f"/posts/{post.id}/author")
        seen = there and world.may(who, "read", world.users[post.user_id])
        assert (author.status_code == 200) == seen
        tags = await scene.ask(who, "GET", f"/posts/{post.id}/tags")
        assert (tags.status_code == 200) == there


@everybody
async def test_what_is_embedded(scene: Scene, who: Who) -> None:
    world = scene.world
    path = "/posts?limit=200&include=author.profile,author.posts,comments.parent,comments.author"
    for row in (await scene.ask(who, "GET", path)).json()["items"]:
        post = next(each for key, each in world.posts.items() if str(key) == row["id"])
        author = world.users[post.user_id]
        assert (row["author"] is not None) == world.may(who, "read", author)
        if row["author"]:
            theirs = {key for key, each in world.posts.items() if each.user_id == author.id}
            readable = {str(key) for key in theirs} & world.readable(who, "posts")
            assert keys(row["author"]["posts"]["items"]) == readable
            for each in row["author"]["posts"]["items"]:
                shown(scene, who, "posts", each)
            profile = row["author"]["profile"]
            assert (profile is not None) == who.is_known
            if profile:
                shown(scene, who, "profiles", profile)
        for each in row["comments"]["items"]:
            comment = next(one for key, one in world.comments.items() if str(key) == each["id"])
            assert world.may(who, "read", comment)
            parent = world.comments.get(comment.parent_id)
            seen = parent is not None and world.may(who, "read", parent)
            assert (each["parent"] is not None) == seen


@everybody
async def test_graphql(scene: Scene, who: Who) -> None:
    world = scene.world
    query = """{
        posts(limit: 20) {
            id body meta publishedOn
            author { username posts(limit: 10) { id body meta } profile { bio } }
            comments(limit: 5) { id body parent { id body } author { username } }
        }
        postsConnection(first: 2) { totalCount pageInfo { endCursor hasNextPage } edges { node { id meta } } }
    }"""
    for text in (query, *_alone(query)):
        data = (await graphql(scene, who, text))["data"]
        if "posts" in data:
            assert keys(data["posts"]) == world.readable(who, "posts")
        for row in data.get("posts", ()):
            post = next(each for key, each in world.posts.items() if str(key) == row["id"])
            assert (row["meta"] is not None) == world.shows(who, post, "meta")
            assert (row["publishedOn"] is not None) == world.shows(who, post, "published_on")
            expected = {
                str(key)
                for key, each in world.comments.items()
                if each.post_id == post.id and world.may(who, "read", each)
            }
            assert keys(row["comments"]) == expected
        if "postsConnection" in data:
            total = data["postsConnection"]["totalCount"]
            assert total == len(world.readable(who, "posts"))
    for table, name in (("users", "user"), ("comments", "comment"), ("profiles", "profile")):
        for key, row in getattr(world, table).items():
            answer = await graphql(scene, who, f'{{ {name}(id: "{key}") {{ id }} }}')
            if world.never(who, "read", table):
                assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
            else:
                assert (answer["data"][name] is not None) == world.may(who, "read", row)


def _alone(query: str) -> list[str]:
    connection = query.index("postsConnection")
    return [query[:connection] + "}", "{" + query[connection:]]


async def graphql(scene: Scene, who: Who, query: str) -> Json:
    answer = await scene.ask(who, "POST", "/graphql", both=True, json={"query": query})
    assert "data" in answer.json(), answer.text
    return dict(answer.json())


@everybody
async def test_what_is_not_shown_tells_no_rows_apart(scene: Scene, who: Who) -> None:
    """Neither by filters nor by their order, unless it is shown in every row."""
    cases: list[tuple[str, bool]] = [
        ("/posts?meta__isnull=true", "admin" in who.roles),
        ("/posts?sort=published_on", bool(who.roles & {"admin", "editor"})),
        ("/posts?published_on__gte=2001-01-01", bool(who.roles & {"admin", "editor"})),
        ("/posts?published_on__isnull=false&total=true", bool(who.roles & {"admin", "editor"})),
    ]
    if who.is_known:
        cases += [("/profiles?bio__startswith=b", False), ("/profiles?sort=-bio", False)]
    for path, allowed in cases:
        answer = await scene.ask(who, "GET", path)
        assert answer.status_code == (200 if allowed else 403)
        if not allowed:
            assert answer.json()["errors"][0]["detail"] == "is not for you to read"
    for where, allowed in (
        ("where: {meta: {isNull: false}}", "admin" in who.roles),
        (
            "where: {not: {or: [{publishedOn: {isNull: false}}]}}",
            bool(who.roles & {"admin", "editor"}),
        ),
        ("orderBy: {publishedOn: DESC}", bool(who.roles & {"admin", "editor"})),
    ):
        for field in (f"posts({where}) {{ id }}", f"postsConnection({where}) {{ totalCount }}"):
            answer_: Any = await graphql(scene, who, f"{{ {field} }}")
            codes = [each["extensions"]["code"] for each in answer_.get("errors", ())]
            assert codes == ([] if allowed else ["FORBIDDEN"])


async def test_most_of_it_is_compiled(scene: Scene) -> None:
    shortcut = scene.fast.app.state.shortcut
    for who in WHO[2:]:
        before = shortcut.answered
        await scene.ask(who, "GET", "/posts?include=comments,author&total=true")
        await scene.ask(who, "GET", "/comments")
        await graphql(scene, who, "{ posts { id meta comments { id } } }")
        assert shortcut.answered == before + 3


async def test_one_statement_serves_all_of_a_standing(scene: Scene) -> None:
    sent: set[str] = set()
    for who in (WHO[2], WHO[3], WHO[5]):
        with scene.fast.statements() as statements:
            await scene.fast.client.get("/comments", headers=who.headers)
        sent.update(text for text, _ in statements if "FROM comments" in text)
    assert len(sent) == 1


async def test_those_who_ask_at_the_same_time_are_told_apart(scene: Scene) -> None:
    """Rows by key that are asked for together come by one statement only where that is the same for all."""
    world = scene.world
    asked = [(who, key) for key in [*world.comments, *world.posts] for who in WHO]

    async def ask(who: Who, key: Any) -> None:
        table = "comments" if key in world.comments else "posts"
        answer = await scene.fast.client.get(f"/{table}/{key}?fields=id", headers=who.headers)
        seen = world.may(who, "read", getattr(world, table)[key])
        hidden = 401 if world.never(who, "read", table) else 404
        assert answer.status_code == (200 if seen else hidden)

    for start in range(0, len(asked), 40):
        await asyncio.gather(*(ask(*each) for each in asked[start : start + 40]))


async def test_answers_are_kept_for_nobody_else(scene: Scene) -> None:
    """By caches of others, which tell by these headers: of both paths, of problems, and of routes of one's own."""
    row = next(iter(scene.world.tags))
    tag = (await scene.ask(WHO[2], "GET", f"/tags/{row}")).headers["etag"]
    for method, path, headers in (
        ("GET", "/tags", {}),
        ("GET", f"/tags/{row}", {}),
        ("GET", f"/tags/{row}", {"if-none-match": tag}),
        ("GET", f"/posts/{LAST}", {}),
        ("GET", "/comments", {"authorization": ""}),
        ("GET", "/posts?sort=nothing", {}),
        ("GET", "/graphql?query=%7Btags%7Bid%7D%7D", {}),
        ("GET", "/graphql?query=%7B", {}),
        ("POST", "/tags", {}),
        ("GET", "/me", {}),
        ("GET", "/nowhere", {}),
    ):
        for api in (scene.fast, scene.ordinary):
            sent = {**WHO[2].headers, **headers}
            answer = await api.client.request(method, path, headers=sent)
            for name, value in (
                ("cache-control", "private"),
                ("vary", "Authorization, X-API-Key"),
            ):
                assert answer.headers.get_list(name) == [value], (path, answer.status_code)
