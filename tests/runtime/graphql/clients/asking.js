// What the tests of both clients share.

import { gql } from "graphql-tag";

let number = 0;

// The requests of a client, as they were sent, with the status and the type of their answers.
export function recorded() {
  const sent = [];
  const fetching = async (url, options) => {
    const { method, body } = options;
    const request = { method, body: body && JSON.parse(body) };
    sent.push(request);
    const response = await fetch(url, options);
    request.status = response.status;
    request.type = response.headers.get("content-type");
    return response;
  };
  return { url: `${process.env.BLOG_URL}/graphql`, sent, fetch: fetching };
}

export const CREATE_USER = gql`
  mutation CreateUser($input: UserCreateInput!) {
    createUser(input: $input) { id username isActive }
  }
`;

export const CREATE_POST = gql`
  mutation CreatePost($input: PostCreateInput!) {
    createPost(input: $input) { id title status author { id username } }
  }
`;

export const UPDATE_POST = gql`
  mutation UpdatePost($id: UUID!, $input: PostUpdateInput!) {
    updatePost(id: $id, input: $input) { id title status }
  }
`;

export const DELETE_POST = gql`
  mutation DeletePost($id: UUID!) { deletePost(id: $id) }
`;

export const SHELF = gql`
  query Shelf($id: UUID!, $few: Int = 2, $quiet: Boolean = false) {
    user(id: $id) {
      ...Person
      posts(limit: $few, orderBy: [{ title: ASC }]) {
        ...Headline
        author { ...Person }
        comments(limit: 1) @skip(if: $quiet) { id body }
      }
    }
  }
  fragment Person on User { id username }
  fragment Headline on Post { id title status }
`;

export const PAGE = gql`
  query Page($first: Int!, $after: String, $where: PostWhere) {
    postsConnection(first: $first, after: $after, where: $where, orderBy: [{ title: ASC }]) {
      edges { cursor node { id title } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
    }
  }
`;

// Nobody has the username.
export const user = () => ({
  username: `u${process.pid}_${++number}`,
  email: `u${process.pid}.${number}@example.org`,
  passwordHash: "x",
});

export const post = (userId, title) => ({ userId, title, slug: `s${++number}`, body: "B" });
