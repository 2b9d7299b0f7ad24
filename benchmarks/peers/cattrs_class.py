"""cattrs over attrs classes: types from hooks made strict, bounds from attrs' validators."""

from collections.abc import Callable
from typing import Any, Literal, NewType

from attrs import Factory, define, field, validators
from attrs.validators import deep_iterable, ge, le, matches_re, max_len, min_len, optional
from cattrs import BaseValidationError, Converter, transform_error
from cattrs.gen import make_dict_structure_fn, override

from benchmarks.peer import Peer, Validate

and_: Any = validators.and_  # mypy infers no common type for bounds
Positive = ge(1)
Id: Any = and_(min_len(1), max_len(64))
Texts100: Any = deep_iterable(max_len(100), max_len(20))
Bounded = NewType("Bounded", int)
Value = str | int | float | bool | list[str]


def exactly(*types: type) -> Callable[[Any, Any], Any]:
    """Return a hook that takes *types* only: cattrs itself would convert with ``int(value)``."""

    def structure(value: Any, _: Any) -> Any:
        if type(value) not in types:
            raise ValueError(f"not of type {types[0].__name__}")
        return value

    return structure


def bounded(value: Any, _: Any) -> Any:
    if type(value) is not int or not 0 <= value <= 1_000_000:
        raise ValueError("not an integer within the bounds")
    return value


def boolean(value: Any, _: Any) -> bool:
    if value in ("true", "false"):
        return value == "true"
    if type(value) is not bool:
        raise ValueError("not a boolean")
    return value


def value(value: Any, _: Any) -> Any:
    if type(value) is list and all(type(item) is str for item in value):
        return value
    if type(value) not in (str, int, float, bool):
        raise ValueError("not a value")
    return value


def strict() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, exactly(str))
    converter.register_structure_hook(int, exactly(int))
    converter.register_structure_hook(float, exactly(float, int))
    converter.register_structure_hook(bool, exactly(bool))
    return converter


def coercing() -> Converter:
    converter = Converter(forbid_extra_keys=True)
    converter.register_structure_hook(str, exactly(str))
    converter.register_structure_hook(bool, boolean)
    return converter


def structure(converter: Converter, type_: Any) -> Validate:
    return lambda value: converter.structure(value, type_)


def params() -> Validate:
    @define
    class Params:
        type: str

    return structure(strict(), Params)


def query_class() -> Any:
    @define
    class Query:
        page: int = field(default=1, validator=Positive)
        per_page: int = field(default=20, validator=and_(ge(1), le(100)))
        search: str | None = field(default=None, validator=optional(max_len(256)))

    return Query


def query() -> Validate:
    return structure(coercing(), query_class())


def typed_query() -> Validate:
    return structure(strict(), query_class())


def body() -> Validate:
    @define
    class Schedule:
        interval: str = field(validator=and_(min_len(1), max_len(20)))
        timezone: str = field(validator=max_len(64))
        start_at: int = field(validator=ge(0))
        count: int = field(validator=and_(ge(1), le(100)))
        enabled: bool

    @define
    class Body:
        name: str = field(validator=and_(min_len(1), max_len(200)))
        description: str = field(validator=max_len(1000))
        rule_type_id: str = field(validator=and_(max_len(100), matches_re(r"[a-z][a-z0-9_.-]*")))
        consumer: str = field(validator=Id)
        enabled: bool
        muted: bool
        notify: bool
        owner: str = field(validator=Id)
        space: str = field(validator=max_len(64))
        interval_sec: int = field(validator=and_(ge(1), le(86400)))
        threshold: float = field(validator=and_(ge(0), le(1e6)))
        window_size: int = field(validator=and_(ge(1), le(1000)))
        risk_score: int = field(validator=and_(ge(0), le(100)))
        severity: Literal["low", "medium", "high"]
        tags: list[str] = field(validator=deep_iterable(max_len(50), max_len(50)))
        parent_id: str | None
        schedule: Schedule
        version: int = field(default=1, validator=Positive)
        throttle: str = "5m"
        actions_enabled: bool = True

    return structure(strict(), Body)


def bulk() -> Validate:
    @define
    class Item:
        id: str
        count: int = field(validator=ge(0))
        tags: list[str]

    return structure(strict(), list[Item])


def integers() -> Validate:
    converter = strict()
    converter.register_structure_hook(Bounded, bounded)
    return structure(converter, list[Bounded])


def floats() -> Validate:
    return structure(strict(), dict[str, float])


def events() -> Validate:
    @define
    class Log:
        type: Literal["log"]
        message: str
        level: Literal["info", "warn", "error"]
        logger: str

    @define
    class Metric:
        type: Literal["metric"]
        name: str
        value: float
        unit: str

    @define
    class Span:
        type: Literal["span"]
        id: str
        parent: str | None
        duration: int = field(validator=ge(0))

    @define
    class Email:
        type: Literal["email"]
        to: list[str]
        subject: str
        html: bool

    @define
    class Webhook:
        type: Literal["webhook"]
        url: str
        retries: int = field(validator=and_(ge(0), le(10)))
        timeout: int = field(validator=and_(ge(1), le(600)))

    return structure(strict(), list[Log | Metric | Span | Email | Webhook])


# Here and not in `tree`, where its name could not be found by itself.
@define
class Node:
    name: str
    value: int
    children: "list[Node]"


def tree() -> Validate:
    return structure(strict(), Node)


def search() -> Validate:
    @define
    class Search:
        page: int = field(default=1, validator=Positive)
        per_page: int = field(default=20, validator=and_(ge(1), le(10_000)))
        search: str | None = field(default=None, validator=optional(max_len(1000)))
        search_fields: list[str] | None = field(default=None, validator=optional(Texts100))
        default_search_operator: Literal["OR", "AND"] = "OR"
        sort_field: str | None = field(default=None, validator=optional(max_len(100)))
        sort_order: Literal["asc", "desc"] | None = None
        filter: str | None = field(default=None, validator=optional(max_len(2000)))
        from_: int | None = field(default=None, validator=optional(ge(0)))
        to: int | None = field(default=None, validator=optional(ge(0)))
        enabled: bool | None = None
        min_score: float | None = field(default=None, validator=optional(and_(ge(0), le(1))))
        include_hidden: bool = False
        namespace: str = field(default="default", validator=max_len(64))
        track_total: bool = True
        fields: list[str] | None = field(default=None, validator=optional(Texts100))
        has_reference: str | None = field(default=None, validator=optional(max_len(100)))
        cursor: str | None = field(default=None, validator=optional(max_len(500)))
        ids: list[str] | None = field(default=None, validator=optional(Texts100))

    converter = coercing()
    hook = make_dict_structure_fn(
        Search, converter, _cattrs_forbid_extra_keys=True, from_=override(rename="from")
    )
    converter.register_structure_hook(Search, hook)
    return structure(converter, Search)


def operations() -> Validate:
    @define
    class Reference:
        type: str
        id: str = field(validator=Id)
        name: str

    @define
    class Create:
        type: str = field(validator=min_len(1))
        title: str = field(validator=max_len(200))
        references: list[Reference] = field(validator=max_len(100))
        overwrite: bool

    @define
    class Update:
        id: str = field(validator=Id)
        version: int = field(validator=ge(0))
        set: dict[str, Value]

    @define
    class Delete:
        id: str = field(validator=Id)
        force: bool

    @define
    class CreateOne:
        create: Create

    @define
    class UpdateOne:
        update: Update

    @define
    class DeleteOne:
        delete: Delete

    converter = strict()
    converter.register_structure_hook(Value, value)
    return structure(converter, list[CreateOne | UpdateOne | DeleteOne])


def config() -> Validate:
    Level = Literal["off", "fatal", "error", "warn", "info", "debug", "trace"]

    @define
    class Ssl:
        enabled: bool = False
        certificate: str | None = None
        key: str | None = None
        client_auth: Literal["none", "optional", "required"] = "none"

    @define
    class Cors:
        enabled: bool = False
        allow_credentials: bool = False
        allow_origin: list[str] = Factory(lambda: ["*"])

    @define
    class Server:
        name: str = field(validator=and_(min_len(1), max_len(256)))
        host: str = "localhost"
        port: int = field(default=5601, validator=and_(ge(1), le(65535)))
        base_path: str | None = field(default=None, validator=optional(min_len(1)))
        max_payload: int = field(default=1048576, validator=Positive)
        ssl: Ssl = Factory(Ssl)
        cors: Cors = Factory(Cors)

    @define
    class Timeouts:
        request: int = field(default=30000, validator=Positive)
        ping: int = field(default=30000, validator=Positive)

    @define
    class Sniff:
        on_start: bool = False
        interval: int | None = field(default=None, validator=optional(Positive))

    @define
    class SearchSection:
        hosts: list[str] = field(validator=deep_iterable(max_len(200), min_len(1)))
        username: str | None = None
        password: str | None = None
        headers: dict[str, str] = Factory(dict)
        timeouts: Timeouts = Factory(Timeouts)
        sniff: Sniff = Factory(Sniff)

    @define
    class Appender:
        kind: Literal["console", "file"]
        layout: Literal["json", "pattern"]
        path: str | None = None
        max_files: int = field(default=5, validator=and_(ge(1), le(100)))

    @define
    class Logger:
        name: str
        level: Level
        appenders: list[str] = Factory(lambda: ["default"])

    @define
    class Logging:
        level: Level
        appenders: dict[str, Appender]
        loggers: list[Logger] = Factory(list)

    @define
    class Telemetry:
        url: str
        interval: int = field(validator=Positive)

    @define
    class Config:
        server: Server
        search: SearchSection
        logging: Logging
        plugins: dict[str, bool]
        telemetry: Telemetry | None = None
        locale: str = "en"

    return structure(strict(), Config)


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
        name="cattrs",
        package="cattrs",
        build=BUILD,
        error=BaseValidationError,
        details=transform_error,
        plain=lambda output: plain(output),
        none_for_absent=True,
        remark="yields objects, not dicts; what is absent becomes None; "
        "made strict by hooks, though any iterable is a list",
    )
]


def plain(output: Any) -> Any:
    dicts = Converter().unstructure(output)
    if isinstance(dicts, dict) and "from_" in dicts:
        dicts["from"] = dicts.pop("from_")
    return dicts
