"""msgspec's `convert` to Structs, strict but where a URL brings text; and back to dicts, as is our output."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, ValidationError, convert, field, json, to_builtins

from benchmarks.peer import Peer, Validate

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Text100 = Annotated[str, Meta(max_length=100)]
Count = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]


def params() -> Any:
    class Params(Struct, forbid_unknown_fields=True):
        type: str

    return Params


def query() -> Any:
    class Query(Struct, forbid_unknown_fields=True):
        page: Positive = 1
        per_page: Annotated[int, Meta(ge=1, le=100)] = 20
        search: Annotated[str, Meta(max_length=256)] | UnsetType = UNSET

    return Query


def body() -> Any:
    class Schedule(Struct, forbid_unknown_fields=True):
        interval: Annotated[str, Meta(min_length=1, max_length=20)]
        timezone: Annotated[str, Meta(max_length=64)]
        start_at: Count
        count: Annotated[int, Meta(ge=1, le=100)]
        enabled: bool

    class Body(Struct, forbid_unknown_fields=True):
        name: Annotated[str, Meta(min_length=1, max_length=200)]
        description: Annotated[str, Meta(max_length=1000)]
        rule_type_id: Annotated[str, Meta(max_length=100, pattern=r"^[a-z][a-z0-9_.-]*$")]
        consumer: Id
        enabled: bool
        muted: bool
        notify: bool
        owner: Id
        space: Annotated[str, Meta(max_length=64)]
        interval_sec: Annotated[int, Meta(ge=1, le=86400)]
        threshold: Annotated[float, Meta(ge=0, le=1e6)]
        window_size: Annotated[int, Meta(ge=1, le=1000)]
        risk_score: Annotated[int, Meta(ge=0, le=100)]
        severity: Literal["low", "medium", "high"]
        tags: Annotated[list[Annotated[str, Meta(max_length=50)]], Meta(max_length=50)]
        parent_id: str | None
        schedule: Schedule
        version: Positive = 1
        throttle: str = "5m"
        actions_enabled: bool = True

    return Body


def bulk() -> Any:
    class Item(Struct, forbid_unknown_fields=True):
        id: str
        count: Count
        tags: list[str]

    return list[Item]


def integers() -> Any:
    return list[Annotated[int, Meta(ge=0, le=1_000_000)]]


def floats() -> Any:
    return dict[str, float]


def events() -> Any:
    class Log(Struct, tag="log", forbid_unknown_fields=True):
        message: str
        level: Literal["info", "warn", "error"]
        logger: str

    class Metric(Struct, tag="metric", forbid_unknown_fields=True):
        name: str
        value: float
        unit: str

    class Span(Struct, tag="span", forbid_unknown_fields=True):
        id: str
        parent: str | None
        duration: Count

    class Email(Struct, tag="email", forbid_unknown_fields=True):
        to: list[str]
        subject: str
        html: bool

    class Webhook(Struct, tag="webhook", forbid_unknown_fields=True):
        url: str
        retries: Annotated[int, Meta(ge=0, le=10)]
        timeout: Annotated[int, Meta(ge=1, le=600)]

    return list[Log | Metric | Span | Email | Webhook]


# Here and not in `tree`, where its name could not be found by itself.
class Node(Struct, forbid_unknown_fields=True):
    name: str
    value: int
    children: list["Node"]


def tree() -> Any:
    return Node


def search() -> Any:
    class Search(Struct, forbid_unknown_fields=True):
        page: Positive = 1
        per_page: Annotated[int, Meta(ge=1, le=10_000)] = 20
        search: Annotated[str, Meta(max_length=1000)] | UnsetType = UNSET
        search_fields: Annotated[list[Text100], Meta(max_length=20)] | UnsetType = UNSET
        default_search_operator: Literal["OR", "AND"] = "OR"
        sort_field: Text100 | UnsetType = UNSET
        sort_order: Literal["asc", "desc"] | UnsetType = UNSET
        filter: Annotated[str, Meta(max_length=2000)] | UnsetType = UNSET
        from_: Count | UnsetType = field(name="from", default=UNSET)
        to: Count | UnsetType = UNSET
        enabled: bool | UnsetType = UNSET
        min_score: Annotated[float, Meta(ge=0, le=1)] | UnsetType = UNSET
        include_hidden: bool = False
        namespace: Annotated[str, Meta(max_length=64)] = "default"
        track_total: bool = True
        fields: Annotated[list[Text100], Meta(max_length=20)] | UnsetType = UNSET
        has_reference: Text100 | UnsetType = UNSET
        cursor: Annotated[str, Meta(max_length=500)] | UnsetType = UNSET
        ids: Annotated[list[Text100], Meta(max_length=100)] | UnsetType = UNSET

    return Search


def operations() -> Any:
    class Reference(Struct, forbid_unknown_fields=True):
        type: str
        id: Id
        name: str

    class Create(Struct, forbid_unknown_fields=True):
        type: Annotated[str, Meta(min_length=1)]
        title: Annotated[str, Meta(max_length=200)]
        references: Annotated[list[Reference], Meta(max_length=100)]
        overwrite: bool

    class Update(Struct, forbid_unknown_fields=True):
        id: Id
        version: Count
        set: dict[str, str | int | float | bool | list[str]]

    class Delete(Struct, forbid_unknown_fields=True):
        id: Id
        force: bool

    # A union of Structs needs a tag, which this data does not have.
    class Operation(Struct, forbid_unknown_fields=True):
        create: Create | UnsetType = UNSET
        update: Update | UnsetType = UNSET
        delete: Delete | UnsetType = UNSET

        def __post_init__(self) -> None:
            if (self.create is UNSET) + (self.update is UNSET) + (self.delete is UNSET) != 2:
                raise ValueError("one of create, update and delete is needed")

    return list[Operation]


def config() -> Any:
    Level = Literal["off", "fatal", "error", "warn", "info", "debug", "trace"]

    class Ssl(Struct, forbid_unknown_fields=True):
        enabled: bool = False
        certificate: str | UnsetType = UNSET
        key: str | UnsetType = UNSET
        client_auth: Literal["none", "optional", "required"] = "none"

    class Cors(Struct, forbid_unknown_fields=True):
        enabled: bool = False
        allow_credentials: bool = False
        allow_origin: list[str] = field(default_factory=lambda: ["*"])

    class Server(Struct, forbid_unknown_fields=True):
        name: Annotated[str, Meta(min_length=1, max_length=256)]
        host: str = "localhost"
        port: Annotated[int, Meta(ge=1, le=65535)] = 5601
        base_path: Annotated[str, Meta(min_length=1)] | None = None
        max_payload: Positive = 1048576
        ssl: Ssl = field(default_factory=Ssl)
        cors: Cors = field(default_factory=Cors)

    class Timeouts(Struct, forbid_unknown_fields=True):
        request: Positive = 30000
        ping: Positive = 30000

    class Sniff(Struct, forbid_unknown_fields=True):
        on_start: bool = False
        interval: Positive | None = None

    class SearchSection(Struct, forbid_unknown_fields=True):
        hosts: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(min_length=1)]
        username: str | UnsetType = UNSET
        password: str | UnsetType = UNSET
        headers: dict[str, str] = field(default_factory=dict)
        timeouts: Timeouts = field(default_factory=Timeouts)
        sniff: Sniff = field(default_factory=Sniff)

    class Appender(Struct, forbid_unknown_fields=True):
        kind: Literal["console", "file"]
        layout: Literal["json", "pattern"]
        path: str | UnsetType = UNSET
        max_files: Annotated[int, Meta(ge=1, le=100)] = 5

    class Logger(Struct, forbid_unknown_fields=True):
        name: str
        level: Level
        appenders: list[str] = field(default_factory=lambda: ["default"])

    class Logging(Struct, forbid_unknown_fields=True):
        level: Level
        appenders: dict[str, Appender]
        loggers: list[Logger] = field(default_factory=list)

    class Telemetry(Struct, forbid_unknown_fields=True):
        url: str
        interval: Positive

    class Config(Struct, forbid_unknown_fields=True):
        server: Server
        search: SearchSection
        logging: Logging
        plugins: dict[str, bool]
        telemetry: Telemetry | None = None
        locale: str = "en"

    return Config


TYPES: dict[str, Callable[[], Any]] = {
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
IN_TEXT = {"query", "search"}
WITHOUT_STRUCTS = {"integers", "floats"}


def struct(name: str) -> Callable[[], Validate]:
    is_strict = name not in IN_TEXT
    return lambda: partial(convert, type=TYPES[name](), strict=is_strict)


def struct_in_json(name: str) -> Callable[[], Validate]:
    return lambda: json.Decoder(TYPES[name]()).decode


def then_to_builtins(build: Callable[[], Validate]) -> Callable[[], Validate]:
    def validator() -> Validate:
        validate = build()
        return lambda value: to_builtins(validate(value))

    return validator


PEERS = [
    Peer(
        name="msgspec Struct",
        package="msgspec",
        build={name: struct(name) for name in TYPES},
        from_json={name: struct_in_json(name) for name in TYPES},
        error=ValidationError,
        details=str,
        plain=to_builtins,
        remark="yields objects, not dicts; reports the first error only",
    ),
    Peer(
        name="msgspec Struct, then dicts",
        package="msgspec",
        build={
            name: struct(name) if name in WITHOUT_STRUCTS else then_to_builtins(struct(name))
            for name in TYPES
        },
        from_json={name: then_to_builtins(struct_in_json(name)) for name in TYPES},
        error=ValidationError,
        details=str,
        remark="`to_builtins` of the Struct, which is the output of ours; reports the first error only",
    ),
]
