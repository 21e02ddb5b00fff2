"""Background tasks: PostgreSQL knows what is to be done, a broker carries word of it to the workers."""
