"""A small real application: a store of saved objects in SQLite, behind validated routes."""
