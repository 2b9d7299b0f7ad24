"""voluptuous: schemas as plain data; keys are required and unknown ones refused as set here."""

from collections.abc import Callable
from typing import Any

from voluptuous import (
    All,
    Boolean,
    Coerce,
    In,
    Length,
    Match,
    MultipleInvalid,
    Optional,
    Range,
    Schema,
    Self,
)
from voluptuous import (
    Any as OneOf,
)

from benchmarks.peer import Peer, Validate

Id = All(str, Length(min=1, max=64))
Text100 = All(str, Length(max=100))
Positive = All(int, Range(min=1))


def required(schema: Any) -> Validate:
    validate: Validate = Schema(schema, required=True)
    return validate


def params() -> Validate:
    return required({"type": str})


def query() -> Validate:
    return required(
        {
            Optional("page", default=1): All(Coerce(int), Range(min=1)),
            Optional("per_page", default=20): All(Coerce(int), Range(min=1, max=100)),
            Optional("search"): All(str, Length(max=256)),
        }
    )


def typed_query() -> Validate:
    return required(
        {
            Optional("page", default=1): Positive,
            Optional("per_page", default=20): All(int, Range(min=1, max=100)),
            Optional("search"): All(str, Length(max=256)),
        }
    )


def body() -> Validate:
    return required(
        {
            "name": All(str, Length(min=1, max=200)),
            "description": All(str, Length(max=1000)),
            "rule_type_id": All(str, Length(max=100), Match(r"^[a-z][a-z0-9_.-]*$")),
            "consumer": Id,
            "enabled": bool,
            "muted": bool,
            "notify": bool,
            "owner": Id,
            "space": All(str, Length(max=64)),
            "interval_sec": All(int, Range(min=1, max=86400)),
            "threshold": All(OneOf(float, int), Range(min=0, max=1e6)),
            "window_size": All(int, Range(min=1, max=1000)),
            "risk_score": All(int, Range(min=0, max=100)),
            "severity": In(["low", "medium", "high"]),
            "tags": All([All(str, Length(max=50))], Length(max=50)),
            "parent_id": OneOf(None, str),
            "schedule": {
                "interval": All(str, Length(min=1, max=20)),
                "timezone": All(str, Length(max=64)),
                "start_at": All(int, Range(min=0)),
                "count": All(int, Range(min=1, max=100)),
                "enabled": bool,
            },
            Optional("version", default=1): Positive,
            Optional("throttle", default="5m"): str,
            Optional("actions_enabled", default=True): bool,
        }
    )


def bulk() -> Validate:
    return required([{"id": str, "count": All(int, Range(min=0)), "tags": [str]}])


def integers() -> Validate:
    return required([All(int, Range(min=0, max=1_000_000))])


def floats() -> Validate:
    return required({str: OneOf(float, int)})


def events() -> Validate:
    log = {"type": "log", "message": str, "level": In(["info", "warn", "error"]), "logger": str}
    metric = {"type": "metric", "name": str, "value": OneOf(float, int), "unit": str}
    span = {"type": "span", "id": str, "parent": OneOf(None, str), "duration": All(int, Range(min=0))}
    email = {"type": "email", "to": [str], "subject": str, "html": bool}
    webhook = {
        "type": "webhook",
        "url": str,
        "retries": All(int, Range(min=0, max=10)),
        "timeout": All(int, Range(min=1, max=600)),
    }
    return required([OneOf(log, metric, span, email, webhook, required=True)])


def tree() -> Validate:
    return required({"name": str, "value": int, "children": [Self]})


def search() -> Validate:
    texts = All([Text100], Length(max=20))
    return required(
        {
            Optional("page", default=1): All(Coerce(int), Range(min=1)),
            Optional("per_page", default=20): All(Coerce(int), Range(min=1, max=10_000)),
            Optional("search"): All(str, Length(max=1000)),
            Optional("search_fields"): texts,
            Optional("default_search_operator", default="OR"): In(["OR", "AND"]),
            Optional("sort_field"): Text100,
            Optional("sort_order"): In(["asc", "desc"]),
            Optional("filter"): All(str, Length(max=2000)),
            Optional("from"): All(Coerce(int), Range(min=0)),
            Optional("to"): All(Coerce(int), Range(min=0)),
            Optional("enabled"): Boolean(),
            Optional("min_score"): All(Coerce(float), Range(min=0, max=1)),
            Optional("include_hidden", default=False): Boolean(),
            Optional("namespace", default="default"): All(str, Length(max=64)),
            Optional("track_total", default=True): Boolean(),
            Optional("fields"): texts,
            Optional("has_reference"): Text100,
            Optional("cursor"): All(str, Length(max=500)),
            Optional("ids"): All([Text100], Length(max=100)),
        }
    )


def operations() -> Validate:
    create = {
        "type": All(str, Length(min=1)),
        "title": All(str, Length(max=200)),
        "references": All([{"type": str, "id": Id, "name": str}], Length(max=100)),
        "overwrite": bool,
    }
    update = {
        "id": Id,
        "version": All(int, Range(min=0)),
        "set": {str: OneOf(str, int, float, bool, [str])},
    }
    delete = {"id": Id, "force": bool}
    return required([OneOf({"create": create}, {"update": update}, {"delete": delete}, required=True)])


def config() -> Validate:
    level = In(["off", "fatal", "error", "warn", "info", "debug", "trace"])
    ssl = {
        Optional("enabled", default=False): bool,
        Optional("certificate"): str,
        Optional("key"): str,
        Optional("client_auth", default="none"): In(["none", "optional", "required"]),
    }
    cors = {
        Optional("enabled", default=False): bool,
        Optional("allow_credentials", default=False): bool,
        Optional("allow_origin", default=lambda: ["*"]): [str],
    }
    server = {
        "name": All(str, Length(min=1, max=256)),
        Optional("host", default="localhost"): str,
        Optional("port", default=5601): All(int, Range(min=1, max=65535)),
        Optional("base_path", default=None): OneOf(None, All(str, Length(min=1))),
        Optional("max_payload", default=1048576): Positive,
        Optional("ssl", default=dict): ssl,
        Optional("cors", default=dict): cors,
    }
    section = {
        "hosts": All([All(str, Length(max=200))], Length(min=1)),
        Optional("username"): str,
        Optional("password"): str,
        Optional("headers", default=dict): {str: str},
        Optional("timeouts", default=dict): {
            Optional("request", default=30000): Positive,
            Optional("ping", default=30000): Positive,
        },
        Optional("sniff", default=dict): {
            Optional("on_start", default=False): bool,
            Optional("interval", default=None): OneOf(None, Positive),
        },
    }
    appender = {
        "kind": In(["console", "file"]),
        "layout": In(["json", "pattern"]),
        Optional("path"): str,
        Optional("max_files", default=5): All(int, Range(min=1, max=100)),
    }
    logger = {"name": str, "level": level, Optional("appenders", default=lambda: ["default"]): [str]}
    return required(
        {
            "server": server,
            "search": section,
            "logging": {
                "level": level,
                "appenders": {str: appender},
                Optional("loggers", default=list): [logger],
            },
            "plugins": {str: bool},
            Optional("telemetry", default=None): OneOf(
                None, {"url": str, "interval": Positive}, required=True
            ),
            Optional("locale", default="en"): str,
        }
    )


BUILD: dict[str, Callable[[], Validate]] = {
    "params": params,
    "query": query,
    "typed_query": typed_query,
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

PEERS = [
    Peer(
        name="voluptuous",
        package="voluptuous",
        build=BUILD,
        error=MultipleInvalid,
        details=lambda error: [(each.msg, each.path) for each in error.errors],
        remark="takes true for the number 1",
    )
]
