"""A service written by hand with a source of each kind and no database: its rows would lie in MongoDB."""
