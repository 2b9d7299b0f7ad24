"""Mutation testing: does a test fail for each small fault in the code? ``python -m tests.mutation``."""
