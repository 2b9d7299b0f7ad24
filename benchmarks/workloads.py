"""The values that are validated, what comes out of them, and in words the schema of each.

Nothing here knows a library. Inputs are text, so that a contender gets its own copy, with
keys that are not the constants of its schema.
"""

import copy
import json
from random import Random
from typing import Any, Final

import attrs

# The schemas, in words. Unknown keys are refused everywhere, and types are exact; only in
# `query` and `search`, which come from a URL, numbers and booleans are read from their text.
SCHEMAS: Final = {
    "params": "type: text",
    "query": "page: integer >= 1, default 1; per_page: integer 1..100, default 20; "
    "search: text of at most 256, optional",
    "typed_query": "the same, the numbers given as numbers",
    "body": "20 fields: texts with bounds and a pattern, bounded numbers, a literal union, ten tags, "
    "a nullable, a nested object, three defaults",
    "bulk": "a list of objects: id: text; count: integer >= 0; tags: list of texts",
    "integers": "a list of integers 0..1,000,000",
    "floats": "a record of floats by name",
    "events": "a list of objects of five types, told apart by `type`",
    "tree": "name: text; value: integer; children: list of the same",
    "search": "19 optional fields, nearly all with bounds or defaults, numbers and booleans as text",
    "operations": "a list of 1-key objects: create, update or delete, told apart by their shape",
    "config": "a configuration: nullables, optional fields, records, lists, defaults in three levels",
}


@attrs.frozen
class Workload:
    """One value for one schema.

    Args:
        code: Its short name, the column of tables.
        schema: The name of its schema, see `SCHEMAS`.
        title: What it is, in words.
        text: The input as JSON.
        expected: The output, None where the input has to be refused.
    """

    code: str
    schema: str
    title: str
    text: str
    expected: Any = None

    @property
    def is_refused(self) -> bool:
        return self.expected is None

    def value(self) -> Any:
        """Return the input, a new one each time."""
        return json.loads(self.text)


def changed(value: Any, key: str | int, new: Any) -> Any:
    """Return a copy of *value* with *new* at *key*."""
    changed_value = copy.deepcopy(value)
    changed_value[key] = new
    return changed_value


QUERY = {"page": "2", "per_page": "50", "search": "abc"}
QUERY_OUTPUT = {"page": 2, "per_page": 50, "search": "abc"}

BODY: Final[dict[str, Any]] = {
    "name": "High CPU usage on production hosts",
    "description": "Fires when the average CPU usage is above the threshold for the window",
    "rule_type_id": "metrics.alert.threshold",
    "consumer": "infrastructure",
    "enabled": True,
    "muted": False,
    "interval_sec": 60,
    "threshold": 0.85,
    "window_size": 15,
    "risk_score": 47,
    "severity": "medium",
    "tags": [
        "prod", "cpu", "infra", "team-a", "eu-west-1", "k8s", "node", "critical-path", "oncall", "sre",
    ],
    "parent_id": None,
    "schedule": {
        "interval": "1m", "timezone": "Europe/Paris", "start_at": 1700000000, "count": 5, "enabled": True,
    },
    "owner": "elastic",
    "space": "default",
    "notify": True,
}  # fmt: skip
BODY_OUTPUT = {**BODY, "version": 1, "throttle": "5m", "actions_enabled": True}

BULK = [
    {"id": f"doc-{i:06d}", "count": i % 977, "tags": [f"t{i % 7}", f"env-{i % 3}", f"x{i}"]}
    for i in range(1000)
]

_random = Random(7)
INTEGERS = [_random.randrange(0, 1_000_000) for _ in range(10_000)]
FLOATS = {f"metric.{i}": _random.random() * 100 for i in range(1000)}


def event(i: int) -> dict[str, Any]:
    """Return the *i*-th event: its type is one of five in turn."""
    events: list[dict[str, Any]] = [
        {
            "type": "log",
            "message": f"hello {i}",
            "level": ("info", "warn", "error")[i % 3],
            "logger": "app.x",
        },
        {"type": "metric", "name": f"cpu.{i}", "value": i * 0.5, "unit": "pct"},
        {"type": "span", "id": f"s{i}", "parent": None if i % 2 else f"s{i - 1}", "duration": i * 10},
        {"type": "email", "to": [f"a{i}@x.io", "b@x.io"], "subject": f"subj {i}", "html": bool(i % 2)},
        {"type": "webhook", "url": f"https://x.io/{i}", "retries": i % 10, "timeout": 30},
    ]
    return events[i % 5]


EVENTS = [event(i) for i in range(300)]


def tree(depth: int, first: int = 1) -> dict[str, Any]:
    """Return a tree with three children a node, the nodes numbered from *first* in depth-first order."""
    size_of_child = (3 ** (depth - 1) - 1) // 2
    children = [tree(depth - 1, first + 1 + k * size_of_child) for k in range(3)] if depth > 1 else []
    return {"name": f"node-{first}", "value": first, "children": children}


TREE = tree(6)

SEARCH = {
    "page": "3",
    "per_page": "25",
    "search": "error budget",
    "search_fields": ["title", "description"],
    "default_search_operator": "AND",
    "sort_field": "updated_at",
    "sort_order": "desc",
    "filter": "status:active",
    "from": "1700000000",
    "enabled": "true",
    "min_score": "0.5",
}
SEARCH_OUTPUT = {
    **SEARCH,
    "page": 3,
    "per_page": 25,
    "from": 1700000000,
    "enabled": True,
    "min_score": 0.5,
    "include_hidden": False,
    "namespace": "default",
    "track_total": True,
}


def operation(i: int) -> dict[str, Any]:
    """Return the *i*-th operation: three of six create, two update, one deletes."""
    if i % 6 == 5:
        return {"delete": {"id": f"id-{i}", "force": bool(i % 4 == 1)}}
    if i % 2:
        # What an attribute is set to is text, a number, a boolean, or several texts.
        value = (f"v{i}", i, True, ["a", f"b{i}"])[i // 2 % 4]
        return {"update": {"id": f"id-{i}", "version": i, "set": {"status": "open", "extra": value}}}
    references = [{"type": "tag", "id": f"tag-{i}", "name": f"ref-{i}"}] * (i % 3)
    return {
        "create": {"type": "dashboard", "title": f"Title {i}", "references": references, "overwrite": True}
    }


OPERATIONS = [operation(i) for i in range(200)]

CONFIG: Final[dict[str, Any]] = {
    "server": {
        "name": "node-1",
        "host": "0.0.0.0",
        "base_path": None,
        "ssl": {"enabled": True, "certificate": "/etc/tls/node.crt", "key": "/etc/tls/node.key"},
        "cors": {"allow_origin": ["https://a.example", "https://b.example"]},
    },
    "search": {
        "hosts": ["http://es1:9200", "http://es2:9200", "http://es3:9200"],
        "username": "system",
        "headers": {"x-cluster": "main", "x-client": "bench", "x-trace": "on"},
        "timeouts": {"request": 45000},
    },
    "logging": {
        "level": "info",
        "appenders": {
            "console": {"kind": "console", "layout": "json"},
            "file": {"kind": "file", "path": "/var/log/app.log", "layout": "pattern", "max_files": 7},
        },
        "loggers": [
            {"name": "http", "level": "warn"},
            {"name": "plugins.alerting", "level": "debug", "appenders": ["console", "file"]},
        ],
    },
    "plugins": {"alerting": True, "maps": False, "canvas": False, "lens": True},
    "telemetry": None,
}


def config_output() -> dict[str, Any]:
    """Return `CONFIG` with the defaults of its schema."""
    server, search, logging = CONFIG["server"], CONFIG["search"], CONFIG["logging"]
    return {
        "server": {
            **server,
            "port": 5601,
            "max_payload": 1048576,
            "ssl": {**server["ssl"], "client_auth": "none"},
            "cors": {**server["cors"], "enabled": False, "allow_credentials": False},
        },
        "search": {
            **search,
            "timeouts": {"request": 45000, "ping": 30000},
            "sniff": {"on_start": False, "interval": None},
        },
        "logging": {
            **logging,
            "appenders": {
                "console": {**logging["appenders"]["console"], "max_files": 5},
                "file": logging["appenders"]["file"],
            },
            "loggers": [{**logging["loggers"][0], "appenders": ["default"]}, logging["loggers"][1]],
        },
        "plugins": CONFIG["plugins"],
        "telemetry": None,
        "locale": "en",
    }


WRONG_COUNT = changed(BODY, "schedule", changed(BODY["schedule"], "count", "five"))
WRONG_ELEMENT = changed(BULK, 900, {"id": 5, "count": -1, "tags": ["a", 3, "c"]})
UNKNOWN_KEY = changed(BODY, "bogus", 1)
WRONG_QUERY = changed(QUERY, "page", "abc")


def workload(code: str, schema: str, title: str, value: Any, expected: Any = None) -> Workload:
    return Workload(code, schema, title, json.dumps(value), expected)


ACCEPTED: Final = [
    workload(
        "W1", "params", "path parameters: one text", {"type": "index-pattern"}, {"type": "index-pattern"}
    ),
    workload("W2", "query", "a query of three, two of them numbers as text", QUERY, QUERY_OUTPUT),
    workload("W2b", "typed_query", "the same query, already typed", QUERY_OUTPUT, QUERY_OUTPUT),
    workload("W3", "body", "a nested body of 20 fields", BODY, BODY_OUTPUT),
    workload("W4", "bulk", "1,000 small objects with tags", BULK, BULK),
    workload("W5", "integers", "10,000 bounded integers", INTEGERS, INTEGERS),
    workload("W5b", "floats", "a record of 1,000 floats", FLOATS, FLOATS),
    workload("W6", "events", "300 objects of five types", EVENTS, EVENTS),
    workload("W7", "tree", "a recursive tree of 364 nodes", TREE, TREE),
    workload("W9", "search", "a search query, 11 of 19 fields given as text", SEARCH, SEARCH_OUTPUT),
    workload("W10", "operations", "200 operations of a union without a tag", OPERATIONS, OPERATIONS),
    workload("W11", "config", "a configuration in three levels, with defaults", CONFIG, config_output()),
]
REFUSED: Final = [
    workload("W8a", "body", "the body with one wrong type, two levels down", WRONG_COUNT),
    workload("W8b", "bulk", "the 1,000 objects with three errors in the 900th", WRONG_ELEMENT),
    workload("W8c", "body", "the body with an unknown key", UNKNOWN_KEY),
    workload("W8d", "query", "the query with a number that is none", WRONG_QUERY),
]
WORKLOADS: Final = [*ACCEPTED, *REFUSED]
