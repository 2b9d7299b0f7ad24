"""Schemas for routes: a validator with exact errors, and what a route makes of it.

`schema` is the namespace of combinators; each of them is also an attribute of this
package, so that ``import kbn_schema as s`` serves as well.
"""

from typing import TYPE_CHECKING

from kbn_schema import schema as schema
from kbn_schema.errors import SchemaDefinitionError as SchemaDefinitionError
from kbn_schema.errors import SchemaError as SchemaError
from kbn_schema.errors import ValidationError as ValidationError
from kbn_schema.kinds.base import Schema as Schema
from kbn_schema.missing import MISSING as MISSING
from kbn_schema.problems import Issue as Issue

if TYPE_CHECKING:
    from kbn_schema.quantities import ByteSize as ByteSize
    from kbn_schema.quantities import Duration as Duration
    from kbn_schema.schema import *  # noqa: F403
else:
    # Imported when they are first named; see `kbn_schema.schema`.
    def __getattr__(name):
        if name in ("ByteSize", "Duration"):
            from kbn_schema import quantities as home  # noqa: PLC0415
        elif name in schema.__all__:
            home = schema
        else:
            schema.refuse_name(__name__, name)
        value = globals()[name] = getattr(home, name)
        return value

    def __dir__():
        return sorted({*globals(), *__all__})


__all__ = [
    "MISSING", "ByteSize", "Duration", "Issue", "Schema", "SchemaDefinitionError", "SchemaError",
    "ValidationError", "schema",
]  # fmt: skip
__all__ += schema.__all__
