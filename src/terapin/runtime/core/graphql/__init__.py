"""GraphQL: a schema of Strawberry, of which core resolves what a service declares."""
