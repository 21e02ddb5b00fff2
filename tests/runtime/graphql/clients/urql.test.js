import assert from "node:assert/strict";
import { test } from "node:test";

import { Client, fetchExchange, gql } from "@urql/core";
import { cacheExchange } from "@urql/exchange-graphcache";
import { relayPagination } from "@urql/exchange-graphcache/extras";
import { persistedExchange } from "@urql/exchange-persisted";

import {
  CREATE_POST, CREATE_USER, DELETE_POST, PAGE, SHELF, UPDATE_POST, post, recorded, user,
} from "./asking.js";

function connected(...between) {
  const { sent, ...options } = recorded();
  const cache = cacheExchange({
    keys: { PostConnection: () => null, PostEdge: () => null, PageInfo: () => null },
    resolvers: { Query: { postsConnection: relayPagination() } },
    updates: {
      Mutation: {
        deletePost: (result, _, cache) => cache.invalidate({ __typename: "Post", id: result.deletePost }),
      },
    },
  });
  return { sent, client: new Client({ ...options, exchanges: [cache, ...between, fetchExchange] }) };
}

async function done(operation) {
  const { data, error } = await operation.toPromise();
  assert.ok(!error, String(error));
  return data;
}

async function author(client, titles) {
  const { createUser } = await done(client.mutation(CREATE_USER, { input: user() }));
  const posts = [];
  for (const title of titles) {
    const { createPost } = await done(client.mutation(CREATE_POST, { input: post(createUser.id, title) }));
    posts.push(createPost);
  }
  return { ...createUser, posts };
}

test("nested lists, variables, fragments and directives", async () => {
  const { client, sent } = connected();
  const made = await author(client, ["c", "a", "ä&b=c"]);
  const data = await done(client.query(SHELF, { id: made.id, quiet: true, few: 3 }));
  assert.deepEqual(data.user.posts.map((each) => each.title), ["a", "c", "ä&b=c"]);
  assert.equal(data.user.posts[0].author.username, made.username);
  assert.equal(sent.at(-1).method, "GET");
  assert.equal(sent.at(-1).type, "application/graphql-response+json");
  const again = await done(client.query(SHELF, { id: made.id }));
  assert.deepEqual(again.user.posts.map((each) => each.comments), [[], []]);
});

test("what does not fit in a URL is sent by POST", async () => {
  const { client, sent } = connected();
  const names = Array.from({ length: 200 }, (_, n) => `name${n}`);
  const query = gql`query Named($in: [String!]) { users(where: { username: { in: $in } }) { id } }`;
  assert.deepEqual((await done(client.query(query, { in: names }))).users, []);
  assert.equal(sent[0].method, "POST");
});

test("what a mutation answers is written into the cache by its id", async () => {
  const { client, sent } = connected();
  const made = await author(client, ["a"]);
  await done(client.query(SHELF, { id: made.id }));
  const [{ id }] = made.posts;
  await done(client.mutation(UPDATE_POST, { id, input: { title: "z", status: "PUBLISHED" } }));
  const before = sent.length;
  const [shown] = (await done(client.query(SHELF, { id: made.id }))).user.posts;
  assert.deepEqual([shown.title, shown.status, sent.length], ["z", "PUBLISHED", before]);
  await done(client.mutation(DELETE_POST, { id }));
  const left = await done(client.query(SHELF, { id: made.id }));
  assert.deepEqual(left.user.posts, []);
});

test("a connection is fetched page by page", async () => {
  const { client } = connected();
  const made = await author(client, ["a", "b", "c", "d", "e"]);
  const where = { userId: { eq: made.id } };
  let after = null;
  let page;
  do {
    page = (await done(client.query(PAGE, { first: 2, after, where }))).postsConnection;
    after = page.pageInfo.endCursor;
  } while (page.pageInfo.hasNextPage);
  assert.deepEqual(page.edges.map((each) => each.node.title), ["a", "b", "c", "d", "e"]);
  assert.equal(page.totalCount, 5);
});

test("errors are those of GraphQL", async () => {
  const { client } = connected();
  const failing = async (query, variables) => {
    const { error } = await client.query(query, variables).toPromise();
    assert.ok(!error.networkError, String(error.networkError));
    return error.graphQLErrors[0];
  };
  assert.equal((await failing(gql`{ nothing }`)).extensions.code, "GRAPHQL_VALIDATION_FAILED");
  assert.equal((await failing(SHELF, { id: "x" })).extensions.code, "BAD_USER_INPUT");
  assert.deepEqual((await failing(gql`{ posts(limit: 0) { id } }`)).path, ["posts"]);
  assert.match((await failing(gql`{ tags { id ... @defer { name } } }`)).message, /@defer/);
  const input = { ...user(), username: "?" };
  const { data, error } = await client.mutation(CREATE_USER, { input }).toPromise();
  assert.equal(data?.createUser ?? null, null);
  assert.equal(error.graphQLErrors[0].extensions.errors[0].pointer, "/username");
});

test("documents that are persisted are sent whole", async () => {
  const { client, sent } = connected(persistedExchange());
  const query = gql`query Few($few: Int!) { tags(limit: $few) { id } }`;
  for (const few of [1, 2]) assert.ok(Array.isArray((await done(client.query(query, { few }))).tags));
  // The first answer says that it is no use, so the second query is not tried by its hash.
  assert.equal(sent.length, 3);
});
