"""Hypothesis strategies of schemas, and properties made of them; the extra ``kbn-schema[hypothesis]``."""

import importlib

try:
    importlib.import_module("hypothesis")
except ImportError as _error:
    _message = "kbn_schema.testing needs Hypothesis: pip install 'kbn-schema[hypothesis]'"
    raise ImportError(_message, name="hypothesis") from _error

from kbn_schema.testing.generated import GeneratedRequest
from kbn_schema.testing.registering import register
from kbn_schema.testing.requests import requests_for
from kbn_schema.testing.routes import Checked, check_route, check_router
from kbn_schema.testing.strategies import from_schema, invalid_from_schema
from kbn_schema.testing.values import Broken

__all__ = [
    "Broken",
    "Checked",
    "GeneratedRequest",
    "check_route",
    "check_router",
    "from_schema",
    "invalid_from_schema",
    "register",
    "requests_for",
]
