"""jsonschema-rs: checks a value against JSON Schema, and makes no output of it."""

from collections.abc import Callable

import jsonschema_rs

from benchmarks.peer import Peer, Validate
from benchmarks.peers.json_schemas import ABSENT, JSON_SCHEMAS, JsonSchema


def validator_for(schema: JsonSchema) -> Callable[[], Validate]:
    document = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
    return lambda: jsonschema_rs.validator_for(document).validate


PEERS = [
    Peer(
        name="jsonschema-rs",
        package="jsonschema_rs",
        build={name: validator_for(schema) for name, schema in JSON_SCHEMAS.items()},
        error=jsonschema_rs.ValidationError,
        details=lambda error: (error.message, list(error.instance_path)),
        plain=None,
        remark="checks only: no output, no defaults; reports the first error only",
        absent=ABSENT,
    )
]
