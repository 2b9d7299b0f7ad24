"""Compiled code against `check`, over random schemas and values: ``python -m tests.fuzz``."""
