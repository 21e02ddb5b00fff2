import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import {
  ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql,
} from "@apollo/client";
import { Defer20220824Handler } from "@apollo/client/incremental";
import { BatchHttpLink } from "@apollo/client/link/batch-http";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";

import {
  CREATE_POST, CREATE_USER, DELETE_POST, PAGE, SHELF, UPDATE_POST, post, recorded, user,
} from "./asking.js";

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

function connected(link = (options) => new HttpLink(options), others = {}) {
  const { sent, url: uri, fetch } = recorded();
  const cache = new InMemoryCache({
    typePolicies: {
      Query: { fields: { postsConnection: relayStylePagination(["where", "orderBy"]) } },
    },
  });
  return { sent, client: new ApolloClient({ link: link({ uri, fetch }), cache, ...others }) };
}

async function author(client, titles) {
  const { data } = await client.mutate({ mutation: CREATE_USER, variables: { input: user() } });
  const posts = [];
  for (const title of titles) {
    const input = post(data.createUser.id, title);
    const made = await client.mutate({ mutation: CREATE_POST, variables: { input } });
    posts.push(made.data.createPost);
  }
  return { ...data.createUser, posts };
}

test("nested lists, variables, fragments and directives", async () => {
  const { client, sent } = connected();
  const made = await author(client, ["c", "a", "b"]);
  const { data } = await client.query({ query: SHELF, variables: { id: made.id, quiet: true } });
  assert.deepEqual(data.user.posts.map((each) => each.title), ["a", "b"]);
  assert.equal(data.user.posts[0].author.username, made.username);
  assert.equal(data.user.__typename, "User");
  assert.ok(!("comments" in data.user.posts[0]));
  assert.equal(sent.at(-1).type, "application/graphql-response+json");
  const again = await client.query({ query: SHELF, variables: { id: made.id, few: 3 } });
  assert.deepEqual(again.data.user.posts.map((each) => each.comments), [[], [], []]);
});

test("what a mutation answers is written into the cache by its id", async () => {
  const { client, sent } = connected();
  const made = await author(client, ["a"]);
  const variables = { id: made.id };
  await client.query({ query: SHELF, variables });
  const [{ id }] = made.posts;
  await client.mutate({
    mutation: UPDATE_POST,
    variables: { id, input: { title: "z", status: "PUBLISHED" } },
  });
  const before = sent.length;
  const { data } = await client.query({ query: SHELF, variables });
  assert.equal(sent.length, before);
  assert.deepEqual([data.user.posts[0].title, data.user.posts[0].status], ["z", "PUBLISHED"]);
  await client.mutate({
    mutation: DELETE_POST,
    variables: { id },
    update: (cache, { data }) => cache.evict({ id: cache.identify({ __typename: "Post", id: data.deletePost }) }),
  });
  const gone = await client.query({ query: SHELF, variables });
  assert.deepEqual(gone.data.user.posts, []);
});

test("a connection is fetched page by page", async () => {
  const { client } = connected();
  const made = await author(client, ["a", "b", "c", "d", "e"]);
  const where = { userId: { eq: made.id } };
  const options = { query: PAGE, variables: { first: 2, where } };
  let page = await client.query(options);
  const watched = client.watchQuery(options);
  const subscription = watched.subscribe(() => {});
  while (page.data.postsConnection.pageInfo.hasNextPage) {
    const after = page.data.postsConnection.pageInfo.endCursor;
    page = await watched.fetchMore({ variables: { after } });
  }
  const { postsConnection } = client.readQuery(options);
  assert.deepEqual(postsConnection.edges.map((each) => each.node.title), ["a", "b", "c", "d", "e"]);
  assert.equal(postsConnection.totalCount, 5);
  assert.equal(postsConnection.pageInfo.hasNextPage, false);
  assert.equal(postsConnection.pageInfo.hasPreviousPage, false);
  subscription.unsubscribe();
});

test("errors are those of GraphQL", async () => {
  const { client } = connected();
  const failing = async (options) => {
    const error = await client.query(options).then(assert.fail, (each) => each);
    assert.ok(CombinedGraphQLErrors.is(error), String(error));
    return error.errors[0];
  };
  const invalid = await failing({ query: gql`{ nothing }` });
  assert.equal(invalid.extensions.code, "GRAPHQL_VALIDATION_FAILED");
  const variables = await failing({ query: SHELF, variables: { id: "x" } });
  assert.equal(variables.extensions.code, "BAD_USER_INPUT");
  const limit = await failing({ query: gql`{ posts(limit: 0) { id } }` });
  assert.deepEqual(limit.path, ["posts"]);
  const partly = gql`mutation { deleteTag(id: -1) made: createTag(input: { name: "apollo" }) { name } }`;
  const { data, error } = await client.mutate({ mutation: partly, errorPolicy: "all" });
  assert.deepEqual([data.deleteTag, data.made.name], [null, "apollo"]);
  assert.equal(error.errors[0].extensions.code, "NOT_FOUND");
});

test("a client that could take parts of an answer is told that there is no @defer", async () => {
  const incrementalHandler = new Defer20220824Handler();
  const { client, sent } = connected(undefined, { incrementalHandler });
  const query = gql`{ tags(limit: 1) { id ... @defer { name } } }`;
  const error = await client.query({ query }).then(assert.fail, (each) => each);
  assert.match(error.message, /Unknown directive '@defer'/);
  assert.equal(sent[0].status, 400);
});

for (const useGETForHashedQueries of [false, true]) {
  const method = useGETForHashedQueries ? "GET" : "POST";
  test(`documents that are persisted by ${method} are sent whole`, async () => {
    const { client, sent } = connected((options) =>
      ApolloLink.from([
        new PersistedQueryLink({ sha256, useGETForHashedQueries }),
        new HttpLink(options),
      ]),
    );
    const query = gql`query Few($few: Int!) { tags(limit: $few) { id } }`;
    for (const few of [1, 2]) {
      const { data } = await client.query({ query, variables: { few } });
      assert.ok(Array.isArray(data.tags));
    }
    // The first answer says that it is no use, so the second query is not tried by its hash.
    assert.deepEqual(sent.map((each) => each.method), [method, "POST", "POST"]);
  });
}

test("queries by GET", async () => {
  const { client, sent } = connected((options) => new HttpLink({ ...options, useGETForQueries: true }));
  const made = await author(client, ["ä&b=c"]);
  const { data } = await client.query({ query: SHELF, variables: { id: made.id } });
  assert.equal(data.user.posts[0].title, "ä&b=c");
  assert.equal(sent.at(-1).method, "GET");
});

test("batches", async () => {
  const { client, sent } = connected(
    (options) => new BatchHttpLink({ ...options, batchMax: 5, batchInterval: 10 }),
  );
  const queries = [1, 2, 3, 4, 5, 6].map((n) => gql`query Q${n}($n: Int!) { tags(limit: $n) { name } }`);
  const answers = await Promise.all(queries.map((query, n) => client.query({ query, variables: { n: n + 1 } })));
  assert.ok(answers.every(({ data }) => Array.isArray(data.tags)));
  assert.deepEqual(sent.map((each) => each.body.length), [5, 1]);
  const wrong = gql`{ tags(limit: 0) { id } }`;
  const right = gql`{ tags(limit: 2) { id } }`;
  const [refused, found] = await Promise.allSettled([client.query({ query: wrong }), client.query({ query: right })]);
  assert.ok(CombinedGraphQLErrors.is(refused.reason));
  assert.ok(Array.isArray(found.value.data.tags));
});
