"""Reads and writes that PostgreSQL answers by itself: one statement, whose JSON goes to the client as it comes.

Nothing here is needed: without this directory the service does the same, more slowly. What it answers is derived from
the models, schemas and services as they stand; where a user has written something of their own, the ordinary path
is taken (`eligible`). Both give the same bytes.
"""
