"""kbn_schema, compiled."""

from collections.abc import Callable
from typing import Any

from benchmarks.peer import Peer, Validate
from kbn_schema import Schema, ValidationError
from kbn_schema import schema as s


def params() -> Schema[Any]:
    return s.object({"type": s.string()})


def query() -> Schema[Any]:
    return s.object(
        {
            "page": s.integer(min=1, default=1),
            "per_page": s.integer(min=1, max=100, default=20),
            "search": s.maybe(s.string(max_length=256)),
        }
    )


def body() -> Schema[Any]:
    return s.object(
        {
            "name": s.string(min_length=1, max_length=200),
            "description": s.string(max_length=1000),
            "rule_type_id": s.string(max_length=100, pattern=r"[a-z][a-z0-9_.-]*"),
            "consumer": s.string(min_length=1, max_length=64),
            "enabled": s.boolean(),
            "muted": s.boolean(),
            "notify": s.boolean(),
            "owner": s.string(min_length=1, max_length=64),
            "space": s.string(max_length=64),
            "interval_sec": s.integer(min=1, max=86400),
            "threshold": s.number(min=0, max=1e6),
            "window_size": s.integer(min=1, max=1000),
            "risk_score": s.integer(min=0, max=100),
            "severity": s.one_of(s.literal("low"), s.literal("medium"), s.literal("high")),
            "tags": s.array_of(s.string(max_length=50), max_size=50),
            "parent_id": s.nullable(s.string()),
            "schedule": s.object(
                {
                    "interval": s.string(min_length=1, max_length=20),
                    "timezone": s.string(max_length=64),
                    "start_at": s.integer(min=0),
                    "count": s.integer(min=1, max=100),
                    "enabled": s.boolean(),
                }
            ),
            "version": s.integer(min=1, default=1),
            "throttle": s.string(default="5m"),
            "actions_enabled": s.boolean(default=True),
        }
    )


def bulk() -> Schema[Any]:
    return s.array_of(
        s.object(
            {
                "id": s.string(),
                "count": s.integer(min=0),
                "tags": s.array_of(s.string()),
            }
        )
    )


def integers() -> Schema[Any]:
    return s.array_of(s.integer(min=0, max=1_000_000))


def floats() -> Schema[Any]:
    return s.record_of(s.string(), s.number())


def events() -> Schema[Any]:
    log = s.object(
        {
            "type": s.literal("log"),
            "message": s.string(),
            "level": s.one_of(s.literal("info"), s.literal("warn"), s.literal("error")),
            "logger": s.string(),
        }
    )
    metric = s.object(
        {
            "type": s.literal("metric"),
            "name": s.string(),
            "value": s.number(),
            "unit": s.string(),
        }
    )
    span = s.object(
        {
            "type": s.literal("span"),
            "id": s.string(),
            "parent": s.nullable(s.string()),
            "duration": s.integer(min=0),
        }
    )
    email = s.object(
        {
            "type": s.literal("email"),
            "to": s.array_of(s.string()),
            "subject": s.string(),
            "html": s.boolean(),
        }
    )
    webhook = s.object(
        {
            "type": s.literal("webhook"),
            "url": s.string(),
            "retries": s.integer(min=0, max=10),
            "timeout": s.integer(min=1, max=600),
        }
    )
    return s.array_of(s.discriminated_union("type", log, metric, span, email, webhook))


def tree() -> Schema[Any]:
    return s.object(
        {"name": s.string(), "value": s.integer(), "children": s.array_of(s.lazy("node"))},
        id="node",
    )


def search() -> Schema[Any]:
    text = s.string(max_length=100)
    return s.object({
        "page": s.integer(min=1, default=1),
        "per_page": s.integer(min=1, max=10_000, default=20),
        "search": s.maybe(s.string(max_length=1000)),
        "search_fields": s.maybe(s.array_of(text, max_size=20)),
        "default_search_operator": s.one_of(s.literal("OR"), s.literal("AND"), default="OR"),
        "sort_field": s.maybe(text),
        "sort_order": s.maybe(s.one_of(s.literal("asc"), s.literal("desc"))),
        "filter": s.maybe(s.string(max_length=2000)),
        "from": s.maybe(s.integer(min=0)),
        "to": s.maybe(s.integer(min=0)),
        "enabled": s.maybe(s.boolean()),
        "min_score": s.maybe(s.number(min=0, max=1)),
        "include_hidden": s.boolean(default=False),
        "namespace": s.string(max_length=64, default="default"),
        "track_total": s.boolean(default=True),
        "fields": s.maybe(s.array_of(text, max_size=20)),
        "has_reference": s.maybe(text),
        "cursor": s.maybe(s.string(max_length=500)),
        "ids": s.maybe(s.array_of(text, max_size=100)),
    })  # fmt: skip


def operations() -> Schema[Any]:
    id_ = s.string(min_length=1, max_length=64)
    reference = s.object({"type": s.string(), "id": id_, "name": s.string()})
    create = s.object(
        {
            "type": s.string(min_length=1),
            "title": s.string(max_length=200),
            "references": s.array_of(reference, max_size=100),
            "overwrite": s.boolean(),
        }
    )
    update = s.object(
        {
            "id": id_,
            "version": s.integer(min=0),
            # Text first: numbers and booleans are read from it, too.
            "set": s.record_of(
                s.string(), s.one_of(s.string(), s.number(), s.boolean(), s.array_of(s.string()))
            ),
        }
    )
    delete = s.object({"id": id_, "force": s.boolean()})
    return s.array_of(
        s.one_of(s.object({"create": create}), s.object({"update": update}), s.object({"delete": delete}))
    )


def config() -> Schema[Any]:
    level = s.one_of(*map(s.literal, ("off", "fatal", "error", "warn", "info", "debug", "trace")))
    server = s.object(
        {
            "name": s.string(min_length=1, max_length=256),
            "host": s.string(default="localhost"),
            "port": s.integer(min=1, max=65535, default=5601),
            "base_path": s.nullable(s.string(min_length=1)),
            "max_payload": s.integer(min=1, default=1048576),
            "ssl": s.object(
                {
                    "enabled": s.boolean(default=False),
                    "certificate": s.maybe(s.string()),
                    "key": s.maybe(s.string()),
                    "client_auth": s.one_of(
                        s.literal("none"), s.literal("optional"), s.literal("required"), default="none"
                    ),
                }
            ),
            "cors": s.object(
                {
                    "enabled": s.boolean(default=False),
                    "allow_credentials": s.boolean(default=False),
                    "allow_origin": s.array_of(s.string(), default=["*"]),
                }
            ),
        }
    )
    search = s.object(
        {
            "hosts": s.array_of(s.string(max_length=200), min_size=1),
            "username": s.maybe(s.string()),
            "password": s.maybe(s.string()),
            "headers": s.record_of(s.string(), s.string(), default={}),
            "timeouts": s.object(
                {
                    "request": s.integer(min=1, default=30000),
                    "ping": s.integer(min=1, default=30000),
                }
            ),
            "sniff": s.object(
                {
                    "on_start": s.boolean(default=False),
                    "interval": s.nullable(s.integer(min=1)),
                }
            ),
        }
    )
    appender = s.object(
        {
            "kind": s.one_of(s.literal("console"), s.literal("file")),
            "layout": s.one_of(s.literal("json"), s.literal("pattern")),
            "path": s.maybe(s.string()),
            "max_files": s.integer(min=1, max=100, default=5),
        }
    )
    logger = s.object(
        {
            "name": s.string(),
            "level": level,
            "appenders": s.array_of(s.string(), default=["default"]),
        }
    )
    logging = s.object(
        {
            "level": level,
            "appenders": s.record_of(s.string(), appender),
            "loggers": s.array_of(logger, default=[]),
        }
    )
    return s.object(
        {
            "server": server,
            "search": search,
            "logging": logging,
            "plugins": s.record_of(s.string(), s.boolean()),
            "telemetry": s.nullable(s.object({"url": s.string(), "interval": s.integer(min=1)})),
            "locale": s.string(default="en"),
        }
    )


SCHEMAS: dict[str, Callable[[], Schema[Any]]] = {
    "params": params,
    "query": query,
    "typed_query": query,
    "body": body,
    "bulk": bulk,
    "integers": integers,
    "floats": floats,
    "events": events,
    "tree": tree,
    "search": search,
    "operations": operations,
    "config": config,
}


def compiled(schema: Schema[Any]) -> Schema[Any]:
    """Return *schema*, compiled as far as this version can."""
    compile_now = getattr(schema, "compile", None)
    return schema if compile_now is None else compile_now()


def json_validator(build: Callable[[], Schema[Any]]) -> Callable[[], Validate]:
    return lambda: compiled(build()).validate_json


def validator(build: Callable[[], Schema[Any]]) -> Callable[[], Validate]:
    return lambda: compiled(build()).validate


PEERS = [
    Peer(
        name="kbn_schema",
        package="kbn-schema",
        build={name: validator(build) for name, build in SCHEMAS.items()},
        from_json={name: json_validator(build) for name, build in SCHEMAS.items()},
        error=ValidationError,
        details=ValidationError.to_dict,
        remark="finds all issues; reads numbers and booleans from text in every workload",
    )
]
