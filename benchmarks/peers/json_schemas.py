"""The schemas as JSON Schema, for the peers that read it."""

from typing import Any

JsonSchema = dict[str, Any]


def text(**bounds: Any) -> JsonSchema:
    return {"type": "string", **bounds}


def integer(minimum: int | None = None, maximum: int | None = None, **more: Any) -> JsonSchema:
    bounds = {"minimum": minimum, "maximum": maximum}
    return {"type": "integer", **{k: v for k, v in bounds.items() if v is not None}, **more}


def words(*values: str, **more: Any) -> JsonSchema:
    return {"enum": list(values), **more}


def array(items: JsonSchema, **more: Any) -> JsonSchema:
    return {"type": "array", "items": items, **more}


def record(values: JsonSchema, **more: Any) -> JsonSchema:
    return {"type": "object", "additionalProperties": values, **more}


def closed(properties: dict[str, JsonSchema], optional: tuple[str, ...] = ()) -> JsonSchema:
    """Return an object that refuses unknown keys; all is required but *optional* and what has a default."""
    required = [
        name for name, schema in properties.items() if name not in optional and "default" not in schema
    ]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def tagged(tag: str, **properties: JsonSchema) -> JsonSchema:
    return closed({"type": {"const": tag}, **properties})


BOOLEAN: JsonSchema = {"type": "boolean"}
NULLABLE_TEXT: JsonSchema = {"type": ["string", "null"]}
ID = text(minLength=1, maxLength=64)

SCHEDULE = closed(
    {
        "interval": text(minLength=1, maxLength=20),
        "timezone": text(maxLength=64),
        "start_at": integer(0),
        "count": integer(1, 100),
        "enabled": BOOLEAN,
    }
)
BODY = closed(
    {
        "name": text(minLength=1, maxLength=200),
        "description": text(maxLength=1000),
        "rule_type_id": text(maxLength=100, pattern=r"^[a-z][a-z0-9_.-]*$"),
        "consumer": ID,
        "enabled": BOOLEAN,
        "muted": BOOLEAN,
        "notify": BOOLEAN,
        "owner": ID,
        "space": text(maxLength=64),
        "interval_sec": integer(1, 86400),
        "threshold": {"type": "number", "minimum": 0, "maximum": 1e6},
        "window_size": integer(1, 1000),
        "risk_score": integer(0, 100),
        "severity": words("low", "medium", "high"),
        "tags": array(text(maxLength=50), maxItems=50),
        "parent_id": NULLABLE_TEXT,
        "schedule": SCHEDULE,
        "version": integer(1, default=1),
        "throttle": text(default="5m"),
        "actions_enabled": {"type": "boolean", "default": True},
    }
)

# `oneOf` would go on to the end to make sure that no second one fits.
EVENT: JsonSchema = {"anyOf": [
    tagged("log", message=text(), level=words("info", "warn", "error"), logger=text()),
    tagged("metric", name=text(), value={"type": "number"}, unit=text()),
    tagged("span", id=text(), parent=NULLABLE_TEXT, duration=integer(0)),
    tagged("email", to=array(text()), subject=text(), html=BOOLEAN),
    tagged("webhook", url=text(), retries=integer(0, 10), timeout=integer(1, 600)),
]}  # fmt: skip

CREATE = closed(
    {
        "type": text(minLength=1),
        "title": text(maxLength=200),
        "references": array(closed({"type": text(), "id": ID, "name": text()}), maxItems=100),
        "overwrite": BOOLEAN,
    }
)
VALUE: JsonSchema = {"anyOf": [text(), {"type": "number"}, BOOLEAN, array(text())]}
UPDATE = closed({"id": ID, "version": integer(0), "set": record(VALUE)})
DELETE = closed({"id": ID, "force": BOOLEAN})

LEVEL = words("off", "fatal", "error", "warn", "info", "debug", "trace")
OFF: JsonSchema = {"type": "boolean", "default": False}
SERVER = closed(
    {
        "name": text(minLength=1, maxLength=256),
        "host": text(default="localhost"),
        "port": integer(1, 65535, default=5601),
        "base_path": {"type": ["string", "null"], "minLength": 1, "default": None},
        "max_payload": integer(1, default=1048576),
        "ssl": {
            **closed(
                {
                    "enabled": OFF,
                    "certificate": text(),
                    "key": text(),
                    "client_auth": words("none", "optional", "required", default="none"),
                },
                optional=("certificate", "key"),
            ),
            "default": {"enabled": False, "client_auth": "none"},
        },
        "cors": {
            **closed(
                {
                    "enabled": OFF,
                    "allow_credentials": OFF,
                    "allow_origin": array(text(), default=["*"]),
                }
            ),
            "default": {"enabled": False, "allow_credentials": False, "allow_origin": ["*"]},
        },
    },
)
SEARCH_SECTION = closed(
    {
        "hosts": array(text(maxLength=200), minItems=1),
        "username": text(),
        "password": text(),
        "headers": record(text(), default={}),
        "timeouts": {
            **closed({"request": integer(1, default=30000), "ping": integer(1, default=30000)}),
            "default": {"request": 30000, "ping": 30000},
        },
        "sniff": {
            **closed(
                {
                    "on_start": OFF,
                    "interval": {"type": ["integer", "null"], "minimum": 1, "default": None},
                }
            ),
            "default": {"on_start": False, "interval": None},
        },
    },
    optional=("username", "password"),
)
APPENDER = closed(
    {
        "kind": words("console", "file"),
        "layout": words("json", "pattern"),
        "path": text(),
        "max_files": integer(1, 100, default=5),
    },
    optional=("path",),
)
LOGGER = closed({"name": text(), "level": LEVEL, "appenders": array(text(), default=["default"])})
TELEMETRY = {**closed({"url": text(), "interval": integer(1)}), "type": ["object", "null"], "default": None}
CONFIG = closed(
    {
        "server": SERVER,
        "search": SEARCH_SECTION,
        "logging": closed(
            {
                "level": LEVEL,
                "appenders": record(APPENDER),
                "loggers": array(LOGGER, default=[]),
            }
        ),
        "plugins": record(BOOLEAN),
        "telemetry": TELEMETRY,
        "locale": text(default="en"),
    }
)

JSON_SCHEMAS: dict[str, JsonSchema] = {
    "params": closed({"type": text()}),
    "typed_query": closed(
        {
            "page": integer(1, default=1),
            "per_page": integer(1, 100, default=20),
            "search": text(maxLength=256),
        },
        optional=("search",),
    ),
    "body": BODY,
    "bulk": array(closed({"id": text(), "count": integer(0), "tags": array(text())})),
    "integers": array(integer(0, 1_000_000)),
    "floats": record({"type": "number"}),
    "events": array(EVENT),
    "tree": {
        "$ref": "#/definitions/node",
        "definitions": {
            "node": closed(
                {
                    "name": text(),
                    "value": {"type": "integer"},
                    "children": array({"$ref": "#/definitions/node"}),
                }
            )
        },
    },
    "operations": array(
        {"anyOf": [closed({"create": CREATE}), closed({"update": UPDATE}), closed({"delete": DELETE})]}
    ),
    "config": CONFIG,
}
NO_TEXT = "JSON Schema reads no number from text"
ABSENT = {"query": NO_TEXT, "search": NO_TEXT}
