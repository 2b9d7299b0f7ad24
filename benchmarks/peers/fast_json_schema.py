"""fastjsonschema: Python generated from JSON Schema."""

from collections.abc import Callable

import fastjsonschema

from benchmarks.peer import Peer, Validate
from benchmarks.peers.json_schemas import ABSENT, JSON_SCHEMAS, JsonSchema


def validator_for(schema: JsonSchema) -> Callable[[], Validate]:
    document = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
    return lambda: fastjsonschema.compile(document)


PEERS = [
    Peer(
        name="fastjsonschema",
        package="fastjsonschema",
        build={name: validator_for(schema) for name, schema in JSON_SCHEMAS.items()},
        error=fastjsonschema.JsonSchemaValueException,
        details=lambda error: (error.message, error.path),
        remark="no output of its own: writes defaults into its input, so that only the first call does; "
        "reports the first error only",
        absent=ABSENT,
    )
]
