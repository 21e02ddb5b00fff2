"""The tests of the service itself, on a real PostgreSQL."""
