import assert from "node:assert/strict";
import { test } from "node:test";

import { serverAudits } from "graphql-http";

// GraphQL over HTTP, as its working group audits servers.
for (const { name, fn } of serverAudits({ url: `${process.env.BLOG_URL}/graphql` })) {
  test(name, async () => {
    const { status, reason } = await fn();
    assert.equal(status, "ok", reason);
  });
}
