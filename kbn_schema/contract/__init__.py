"""The contract of a program: its routes with their versions and schemas, as data that can be kept.

Nothing here knows a kind. Each says in `term` what its values are, in the words of a `TermWriter`.

* `routes` tells the contract of routes, `reading` reads the file of one, `model` is what both give;
* `writer` is what a kind says itself with, `terms` names what stands apart, `facts` tells values;
* `fingerprints` tells functions, by what `sources` makes of their source;
* `shape` is what the file of a contract has to look like, `layout` how it is written.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from kbn_schema import late
from kbn_schema.contract.model import (
    BodyTerm,
    Contract,
    ContractError,
    Endpoint,
    ResponseTerm,
    RouteTerm,
    Term,
    number,
)
from kbn_schema.contract.reading import read

if TYPE_CHECKING:
    from kbn_schema.contract.routes import of
    from kbn_schema.contract.writer import TermWriter
else:
    # Who compares two files needs neither: half of the time would go into importing them.
    _PLACES = {"of": "routes", "TermWriter": "writer"}

    def __getattr__(name):
        if name not in _PLACES:
            this = sys.modules[__name__]
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name, obj=this)
        with late.IMPORTING:
            found = getattr(import_module(f"kbn_schema.contract.{_PLACES[name]}"), name)
        globals()[name] = found
        return found

    def __dir__():
        return sorted({*globals(), *__all__})


__all__ = [
    "BodyTerm",
    "Contract",
    "ContractError",
    "Endpoint",
    "ResponseTerm",
    "RouteTerm",
    "Term",
    "TermWriter",
    "number",
    "of",
    "read",
]
