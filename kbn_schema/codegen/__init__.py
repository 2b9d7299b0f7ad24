"""Compile schemas: Python source from their plans, and functions from the source."""

from kbn_schema.codegen.compiler import compile_schema as compile_schema
