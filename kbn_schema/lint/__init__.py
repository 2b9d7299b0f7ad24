"""This package finds what in schemas and routes is likely a mistake of their author."""

from kbn_schema.lint.catalogue import RULES
from kbn_schema.lint.findings import Finding
from kbn_schema.lint.linting import NothingToLint, Report, lint

__all__ = ["RULES", "Finding", "NothingToLint", "Report", "lint"]
