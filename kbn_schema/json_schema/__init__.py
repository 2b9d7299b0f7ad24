"""JSON Schemas of schemas, in three dialects.

Nothing here knows a kind. Each says in `describe` what its values are, in the words of a `SchemaWriter`,
which knows the side, the dialect, and what is inherited on the way down.

* `documents` makes whole documents, and names what is in them;
* `writer` is what a kind says itself with, and `words` are what it says it in;
* `presence` tells what may be absent, `values` tells values, `ecma` tells patterns.

Sides:

* ``"input"`` is what `validate` accepts of JSON, ``"output"`` is what it yields, as JSON has it.

Dialects:

* ``"2020-12"`` also takes the texts that `validate` coerces, such as ``"5"`` for a number;
* ``"openapi-3.1"`` is 2020-12 too, but leaves such texts out, and keeps what is named in ``components``;
* ``"openapi-3.0"`` has other spellings for null, bounds and constants, in Kibana's form.
"""

from kbn_schema.json_schema.documents import Definitions, document
from kbn_schema.json_schema.naming import unused
from kbn_schema.json_schema.presence import Presence
from kbn_schema.json_schema.values import availability, plain
from kbn_schema.json_schema.words import JsonSchema
from kbn_schema.json_schema.writer import SchemaWriter

__all__ = [
    "Definitions",
    "JsonSchema",
    "Presence",
    "SchemaWriter",
    "availability",
    "document",
    "plain",
    "unused",
]
