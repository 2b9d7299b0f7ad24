"""pydantic over TypedDicts: the output is a dict, as ours is. Strict but where a URL brings text."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from benchmarks.peer import Peer, Validate

STRICT = ConfigDict(extra="forbid", strict=True)
COERCING = ConfigDict(extra="forbid")  # numbers and booleans from text


def params() -> TypeAdapter[Any]:
    @with_config(STRICT)
    class Params(TypedDict):
        type: str

    return TypeAdapter(Params)


def query_with(config: ConfigDict) -> TypeAdapter[Any]:
    @with_config(config)
    class Query(TypedDict):
        page: Annotated[int, Field(ge=1, default=1)]
        per_page: Annotated[int, Field(ge=1, le=100, default=20)]
        search: NotRequired[Annotated[str, Field(max_length=256)]]

    return TypeAdapter(Query)


def query() -> TypeAdapter[Any]:
    return query_with(COERCING)


def typed_query() -> TypeAdapter[Any]:
    return query_with(STRICT)


def body() -> TypeAdapter[Any]:
    @with_config(STRICT)
    class Schedule(TypedDict):
        interval: Annotated[str, Field(min_length=1, max_length=20)]
        timezone: Annotated[str, Field(max_length=64)]
        start_at: Annotated[int, Field(ge=0)]
        count: Annotated[int, Field(ge=1, le=100)]
        enabled: bool

    @with_config(STRICT)
    class Body(TypedDict):
        name: Annotated[str, Field(min_length=1, max_length=200)]
        description: Annotated[str, Field(max_length=1000)]
        rule_type_id: Annotated[str, Field(max_length=100, pattern=r"^[a-z][a-z0-9_.-]*$")]
        consumer: Annotated[str, Field(min_length=1, max_length=64)]
        enabled: bool
        muted: bool
        notify: bool
        owner: Annotated[str, Field(min_length=1, max_length=64)]
        space: Annotated[str, Field(max_length=64)]
        interval_sec: Annotated[int, Field(ge=1, le=86400)]
        threshold: Annotated[float, Field(ge=0, le=1e6)]
        window_size: Annotated[int, Field(ge=1, le=1000)]
        risk_score: Annotated[int, Field(ge=0, le=100)]
        severity: Literal["low", "medium", "high"]
        tags: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=50)]
        parent_id: str | None
        schedule: Schedule
        version: Annotated[int, Field(ge=1, default=1)]
        throttle: Annotated[str, Field(default="5m")]
        actions_enabled: Annotated[bool, Field(default=True)]

    return TypeAdapter(Body)


def bulk() -> TypeAdapter[Any]:
    @with_config(STRICT)
    class Item(TypedDict):
        id: str
        count: Annotated[int, Field(ge=0)]
        tags: list[str]

    return TypeAdapter(list[Item])


def integers() -> TypeAdapter[Any]:
    return TypeAdapter(list[Annotated[int, Field(ge=0, le=1_000_000)]], config=STRICT)


def floats() -> TypeAdapter[Any]:
    return TypeAdapter(dict[str, float], config=STRICT)


def events() -> TypeAdapter[Any]:
    @with_config(STRICT)
    class Log(TypedDict):
        type: Literal["log"]
        message: str
        level: Literal["info", "warn", "error"]
        logger: str

    @with_config(STRICT)
    class Metric(TypedDict):
        type: Literal["metric"]
        name: str
        value: float
        unit: str

    @with_config(STRICT)
    class Span(TypedDict):
        type: Literal["span"]
        id: str
        parent: str | None
        duration: Annotated[int, Field(ge=0)]

    @with_config(STRICT)
    class Email(TypedDict):
        type: Literal["email"]
        to: list[str]
        subject: str
        html: bool

    @with_config(STRICT)
    class Webhook(TypedDict):
        type: Literal["webhook"]
        url: str
        retries: Annotated[int, Field(ge=0, le=10)]
        timeout: Annotated[int, Field(ge=1, le=600)]

    event = Annotated[Log | Metric | Span | Email | Webhook, Field(discriminator="type")]
    return TypeAdapter(list[event])


# Here and not in `tree`, where its name could not be found by itself.
@with_config(STRICT)
class Node(TypedDict):
    name: str
    value: int
    children: "list[Node]"


def tree() -> TypeAdapter[Any]:
    return TypeAdapter(Node)


def search() -> TypeAdapter[Any]:
    Text = Annotated[str, Field(max_length=100)]
    Count = Annotated[int, Field(ge=0)]
    Search = TypedDict(
        "Search",
        {
            "page": Annotated[int, Field(ge=1, default=1)],
            "per_page": Annotated[int, Field(ge=1, le=10_000, default=20)],
            "search": NotRequired[Annotated[str, Field(max_length=1000)]],
            "search_fields": NotRequired[Annotated[list[Text], Field(max_length=20)]],
            "default_search_operator": Annotated[Literal["OR", "AND"], Field(default="OR")],
            "sort_field": NotRequired[Text],
            "sort_order": NotRequired[Literal["asc", "desc"]],
            "filter": NotRequired[Annotated[str, Field(max_length=2000)]],
            "from": NotRequired[Count],
            "to": NotRequired[Count],
            "enabled": NotRequired[bool],
            "min_score": NotRequired[Annotated[float, Field(ge=0, le=1)]],
            "include_hidden": Annotated[bool, Field(default=False)],
            "namespace": Annotated[str, Field(max_length=64, default="default")],
            "track_total": Annotated[bool, Field(default=True)],
            "fields": NotRequired[Annotated[list[Text], Field(max_length=20)]],
            "has_reference": NotRequired[Text],
            "cursor": NotRequired[Annotated[str, Field(max_length=500)]],
            "ids": NotRequired[Annotated[list[Text], Field(max_length=100)]],
        },
    )
    return TypeAdapter(with_config(COERCING)(Search))


def operations() -> TypeAdapter[Any]:
    Id = Annotated[str, Field(min_length=1, max_length=64)]

    @with_config(STRICT)
    class Reference(TypedDict):
        type: str
        id: Id
        name: str

    @with_config(STRICT)
    class Create(TypedDict):
        type: Annotated[str, Field(min_length=1)]
        title: Annotated[str, Field(max_length=200)]
        references: Annotated[list[Reference], Field(max_length=100)]
        overwrite: bool

    @with_config(STRICT)
    class Update(TypedDict):
        id: Id
        version: Annotated[int, Field(ge=0)]
        set: dict[str, str | int | float | bool | list[str]]

    @with_config(STRICT)
    class Delete(TypedDict):
        id: Id
        force: bool

    @with_config(STRICT)
    class CreateOne(TypedDict):
        create: Create

    @with_config(STRICT)
    class UpdateOne(TypedDict):
        update: Update

    @with_config(STRICT)
    class DeleteOne(TypedDict):
        delete: Delete

    # Left to right is what `one_of` does; pydantic's own mode would try all three.
    operation = Annotated[CreateOne | UpdateOne | DeleteOne, Field(union_mode="left_to_right")]
    return TypeAdapter(list[operation])


def config() -> TypeAdapter[Any]:
    Level = Literal["off", "fatal", "error", "warn", "info", "debug", "trace"]
    Positive = Annotated[int, Field(ge=1)]

    @with_config(STRICT)
    class Ssl(TypedDict):
        enabled: Annotated[bool, Field(default=False)]
        certificate: NotRequired[str]
        key: NotRequired[str]
        client_auth: Annotated[Literal["none", "optional", "required"], Field(default="none")]

    @with_config(STRICT)
    class Cors(TypedDict):
        enabled: Annotated[bool, Field(default=False)]
        allow_credentials: Annotated[bool, Field(default=False)]
        allow_origin: Annotated[list[str], Field(default_factory=lambda: ["*"])]

    @with_config(STRICT)
    class Server(TypedDict):
        name: Annotated[str, Field(min_length=1, max_length=256)]
        host: Annotated[str, Field(default="localhost")]
        port: Annotated[int, Field(ge=1, le=65535, default=5601)]
        base_path: Annotated[Annotated[str, Field(min_length=1)] | None, Field(default=None)]
        max_payload: Annotated[int, Field(ge=1, default=1048576)]
        ssl: Annotated[Ssl, Field(default_factory=lambda: {"enabled": False, "client_auth": "none"})]
        cors: Annotated[Cors, Field(default_factory=default_cors)]

    @with_config(STRICT)
    class Timeouts(TypedDict):
        request: Annotated[Positive, Field(default=30000)]
        ping: Annotated[Positive, Field(default=30000)]

    @with_config(STRICT)
    class Sniff(TypedDict):
        on_start: Annotated[bool, Field(default=False)]
        interval: Annotated[Positive | None, Field(default=None)]

    @with_config(STRICT)
    class SearchSection(TypedDict):
        hosts: Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1)]
        username: NotRequired[str]
        password: NotRequired[str]
        headers: Annotated[dict[str, str], Field(default_factory=dict)]
        timeouts: Annotated[Timeouts, Field(default_factory=lambda: {"request": 30000, "ping": 30000})]
        sniff: Annotated[Sniff, Field(default_factory=lambda: {"on_start": False, "interval": None})]

    @with_config(STRICT)
    class Appender(TypedDict):
        kind: Literal["console", "file"]
        layout: Literal["json", "pattern"]
        path: NotRequired[str]
        max_files: Annotated[int, Field(ge=1, le=100, default=5)]

    @with_config(STRICT)
    class Logger(TypedDict):
        name: str
        level: Level
        appenders: Annotated[list[str], Field(default_factory=lambda: ["default"])]

    @with_config(STRICT)
    class Logging(TypedDict):
        level: Level
        appenders: dict[str, Appender]
        loggers: Annotated[list[Logger], Field(default_factory=list)]

    @with_config(STRICT)
    class Telemetry(TypedDict):
        url: str
        interval: Positive

    @with_config(STRICT)
    class Config(TypedDict):
        server: Server
        search: SearchSection
        logging: Logging
        plugins: dict[str, bool]
        telemetry: Annotated[Telemetry | None, Field(default=None)]
        locale: Annotated[str, Field(default="en")]

    return TypeAdapter(Config)


def default_cors() -> dict[str, Any]:
    return {"enabled": False, "allow_credentials": False, "allow_origin": ["*"]}


ADAPTERS: dict[str, Callable[[], TypeAdapter[Any]]] = {
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


def python(adapter: Callable[[], TypeAdapter[Any]]) -> Callable[[], Validate]:
    return lambda: adapter().validate_python


def json(adapter: Callable[[], TypeAdapter[Any]]) -> Callable[[], Validate]:
    return lambda: adapter().validate_json


PEERS = [
    Peer(
        name="pydantic TypedDict",
        package="pydantic",
        build={name: python(adapter) for name, adapter in ADAPTERS.items()},
        from_json={name: json(adapter) for name, adapter in ADAPTERS.items()},
        error=ValidationError,
        details=lambda error: error.errors(),
    )
]
