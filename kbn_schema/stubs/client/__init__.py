"""Clients in Python: `classes` writes their module, of the `calls` that routes take, and their `types`."""
