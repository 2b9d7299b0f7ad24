"""pydantic's models: the output is an object. Strict but where a URL brings text."""

from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from benchmarks.peer import Peer, Validate

Id = Annotated[str, Field(min_length=1, max_length=64)]
Text100 = Annotated[str, Field(max_length=100)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Coercing(BaseModel):
    model_config = ConfigDict(extra="forbid")  # numbers and booleans from text


def params() -> Validate:
    class Params(Strict):
        type: str

    return Params.model_validate


def query() -> Validate:
    class Query(Coercing):
        page: Positive = 1
        per_page: Annotated[int, Field(ge=1, le=100)] = 20
        search: Annotated[str, Field(max_length=256)] | None = None

    return Query.model_validate


def typed_query() -> Validate:
    class Query(Strict):
        page: Positive = 1
        per_page: Annotated[int, Field(ge=1, le=100)] = 20
        search: Annotated[str, Field(max_length=256)] | None = None

    return Query.model_validate


def body() -> Validate:
    class Schedule(Strict):
        interval: Annotated[str, Field(min_length=1, max_length=20)]
        timezone: Annotated[str, Field(max_length=64)]
        start_at: Count
        count: Annotated[int, Field(ge=1, le=100)]
        enabled: bool

    class Body(Strict):
        name: Annotated[str, Field(min_length=1, max_length=200)]
        description: Annotated[str, Field(max_length=1000)]
        rule_type_id: Annotated[str, Field(max_length=100, pattern=r"^[a-z][a-z0-9_.-]*$")]
        consumer: Id
        enabled: bool
        muted: bool
        notify: bool
        owner: Id
        space: Annotated[str, Field(max_length=64)]
        interval_sec: Annotated[int, Field(ge=1, le=86400)]
        threshold: Annotated[float, Field(ge=0, le=1e6)]
        window_size: Annotated[int, Field(ge=1, le=1000)]
        risk_score: Annotated[int, Field(ge=0, le=100)]
        severity: Literal["low", "medium", "high"]
        tags: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=50)]
        parent_id: str | None
        schedule: Schedule
        version: Positive = 1
        throttle: str = "5m"
        actions_enabled: bool = True

    return Body.model_validate


def bulk() -> Validate:
    class Item(Strict):
        id: str
        count: Count
        tags: list[str]

    return TypeAdapter(list[Item]).validate_python


def events() -> Validate:
    class Log(Strict):
        type: Literal["log"]
        message: str
        level: Literal["info", "warn", "error"]
        logger: str

    class Metric(Strict):
        type: Literal["metric"]
        name: str
        value: float
        unit: str

    class Span(Strict):
        type: Literal["span"]
        id: str
        parent: str | None
        duration: Count

    class Email(Strict):
        type: Literal["email"]
        to: list[str]
        subject: str
        html: bool

    class Webhook(Strict):
        type: Literal["webhook"]
        url: str
        retries: Annotated[int, Field(ge=0, le=10)]
        timeout: Annotated[int, Field(ge=1, le=600)]

    event = Annotated[Log | Metric | Span | Email | Webhook, Field(discriminator="type")]
    return TypeAdapter(list[event]).validate_python


# Here and not in `tree`, where its name could not be found by itself.
class Node(Strict):
    name: str
    value: int
    children: list["Node"]


def tree() -> Validate:
    return Node.model_validate


def search() -> Validate:
    class Search(Coercing):
        page: Positive = 1
        per_page: Annotated[int, Field(ge=1, le=10_000)] = 20
        search: Annotated[str, Field(max_length=1000)] | None = None
        search_fields: Annotated[list[Text100], Field(max_length=20)] | None = None
        default_search_operator: Literal["OR", "AND"] = "OR"
        sort_field: Text100 | None = None
        sort_order: Literal["asc", "desc"] | None = None
        filter: Annotated[str, Field(max_length=2000)] | None = None
        from_: Count | None = Field(default=None, alias="from")
        to: Count | None = None
        enabled: bool | None = None
        min_score: Annotated[float, Field(ge=0, le=1)] | None = None
        include_hidden: bool = False
        namespace: Annotated[str, Field(max_length=64)] = "default"
        track_total: bool = True
        # Its users could not call it `fields`, which the base class has.
        fields_: Annotated[list[Text100], Field(max_length=20)] | None = Field(default=None, alias="fields")
        has_reference: Text100 | None = None
        cursor: Annotated[str, Field(max_length=500)] | None = None
        ids: Annotated[list[Text100], Field(max_length=100)] | None = None

    return Search.model_validate


def operations() -> Validate:
    class Reference(Strict):
        type: str
        id: Id
        name: str

    class Create(Strict):
        type: Annotated[str, Field(min_length=1)]
        title: Annotated[str, Field(max_length=200)]
        references: Annotated[list[Reference], Field(max_length=100)]
        overwrite: bool

    class Update(Strict):
        id: Id
        version: Count
        set: dict[str, str | int | float | bool | list[str]]

    class Delete(Strict):
        id: Id
        force: bool

    class CreateOne(Strict):
        create: Create

    class UpdateOne(Strict):
        update: Update

    class DeleteOne(Strict):
        delete: Delete

    # Left to right is what `one_of` does; pydantic's own mode would try all three.
    operation = Annotated[CreateOne | UpdateOne | DeleteOne, Field(union_mode="left_to_right")]
    return TypeAdapter(list[operation]).validate_python


def config() -> Validate:
    Level = Literal["off", "fatal", "error", "warn", "info", "debug", "trace"]

    class Ssl(Strict):
        enabled: bool = False
        certificate: str | None = None
        key: str | None = None
        client_auth: Literal["none", "optional", "required"] = "none"

    class Cors(Strict):
        enabled: bool = False
        allow_credentials: bool = False
        allow_origin: list[str] = ["*"]

    class Server(Strict):
        name: Annotated[str, Field(min_length=1, max_length=256)]
        host: str = "localhost"
        port: Annotated[int, Field(ge=1, le=65535)] = 5601
        base_path: Annotated[str, Field(min_length=1)] | None = None
        max_payload: Positive = 1048576
        ssl: Ssl = Field(default_factory=Ssl)
        cors: Cors = Field(default_factory=Cors)

    class Timeouts(Strict):
        request: Positive = 30000
        ping: Positive = 30000

    class Sniff(Strict):
        on_start: bool = False
        interval: Positive | None = None

    class SearchSection(Strict):
        hosts: Annotated[list[Annotated[str, Field(max_length=200)]], Field(min_length=1)]
        username: str | None = None
        password: str | None = None
        headers: dict[str, str] = Field(default_factory=dict)
        timeouts: Timeouts = Field(default_factory=Timeouts)
        sniff: Sniff = Field(default_factory=Sniff)

    class Appender(Strict):
        kind: Literal["console", "file"]
        layout: Literal["json", "pattern"]
        path: str | None = None
        max_files: Annotated[int, Field(ge=1, le=100)] = 5

    class Logger(Strict):
        name: str
        level: Level
        appenders: list[str] = ["default"]

    class Logging(Strict):
        level: Level
        appenders: dict[str, Appender]
        loggers: list[Logger] = Field(default_factory=list)

    class Telemetry(Strict):
        url: str
        interval: Positive

    class Config(Strict):
        server: Server
        search: SearchSection
        logging: Logging
        plugins: dict[str, bool]
        telemetry: Telemetry | None = None
        locale: str = "en"

    return Config.model_validate


BUILD: dict[str, Callable[[], Validate]] = {
    "params": params,
    "query": query,
    "typed_query": typed_query,
    "body": body,
    "bulk": bulk,
    "events": events,
    "tree": tree,
    "search": search,
    "operations": operations,
    "config": config,
}
SAME = "a list or a record has no model: see pydantic TypedDict"

PEERS = [
    Peer(
        name="pydantic BaseModel",
        package="pydantic",
        build=BUILD,
        error=ValidationError,
        details=lambda error: error.errors(),
        plain=lambda output: to_jsonable_python(output, by_alias=True),
        none_for_absent=True,
        remark="yields objects, not dicts; what is absent becomes None",
        absent={"integers": SAME, "floats": SAME},
    )
]
