"""mashumaro: dataclasses with generated decoders. It converts rather than checks: bounds are functions."""

import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Annotated, Any, Literal

from mashumaro import DataClassDictMixin, field_options
from mashumaro.codecs import BasicDecoder
from mashumaro.config import BaseConfig
from mashumaro.dialect import Dialect
from mashumaro.exceptions import (
    ExtraKeysError,
    InvalidFieldValue,
    MissingField,
    SuitableVariantNotFoundError,
)
from mashumaro.types import Discriminator

from benchmarks.peer import Peer, Validate

Check = Callable[[Any], Any]


def exactly(*types: type) -> Check:
    def check(value: Any) -> Any:
        if type(value) not in types:
            raise ValueError(f"not of type {types[0].__name__}")
        return value

    return check


def text(minimum: int = 0, maximum: int = 1 << 30) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not str or not minimum <= len(value) <= maximum:
            raise ValueError("not a text within the bounds")
        return value

    return check


def integer(minimum: int, maximum: int = 1 << 62) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not int or not minimum <= value <= maximum:
            raise ValueError("not an integer within the bounds")
        return value

    return check


def number(minimum: float, maximum: float) -> Check:
    def check(value: Any) -> Any:
        if type(value) not in (int, float) or not minimum <= value <= maximum:
            raise ValueError("not a number within the bounds")
        return value

    return check


def from_text(minimum: int, maximum: int = 1 << 62) -> Check:
    check = integer(minimum, maximum)
    return lambda value: check(int(value))


def texts(maximum: int, longest: int, minimum: int = 0) -> Check:
    def check(value: Any) -> Any:
        if type(value) is not list or not minimum <= len(value) <= maximum:
            raise ValueError("not a list within the bounds")
        return [item(element) for element in value]

    item = text(maximum=longest)
    return check


def boolean_in_text(value: Any) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    return bool(exactly(bool)(value))


EXACT = {
    str: {"deserialize": exactly(str)},
    int: {"deserialize": exactly(int)},
    float: {"deserialize": exactly(float, int)},
    bool: {"deserialize": exactly(bool)},
}


class Exact(Dialect):
    serialization_strategy = EXACT


class Bounded(Dialect):
    serialization_strategy = {int: {"deserialize": integer(0, 1_000_000)}}


class Strict(DataClassDictMixin):
    class Config(BaseConfig):
        forbid_extra_keys = True
        serialization_strategy = EXACT


def checked(check: Check, default: Any = ..., name: str | None = None) -> Any:
    """Return a field that *check* reads; with a *default* it may be left out, with None it may be null."""
    if default is ...:
        return field(metadata=field_options(deserialize=check, alias=name))
    if default is None:
        return field(default=None, metadata=field_options(deserialize=or_none(check), alias=name))
    return field(default=default, metadata=field_options(deserialize=check, alias=name))


def or_none(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def params() -> Validate:
    @dataclass(kw_only=True)
    class Params(Strict):
        type: str

    return Params.from_dict


def query() -> Validate:
    @dataclass(kw_only=True)
    class Query(Strict):
        page: int = checked(from_text(1), 1)
        per_page: int = checked(from_text(1, 100), 20)
        search: str | None = checked(text(0, 256), None)

    return Query.from_dict


def typed_query() -> Validate:
    @dataclass(kw_only=True)
    class Query(Strict):
        page: int = checked(integer(1), 1)
        per_page: int = checked(integer(1, 100), 20)
        search: str | None = checked(text(0, 256), None)

    return Query.from_dict


def body() -> Validate:
    pattern = re.compile(r"[a-z][a-z0-9_.-]*")

    def check_rule(value: Any) -> str:
        if type(value) is not str or len(value) > 100 or not pattern.fullmatch(value):
            raise ValueError("not an id")
        return value

    @dataclass(kw_only=True)
    class Schedule(Strict):
        interval: str = checked(text(1, 20))
        timezone: str = checked(text(0, 64))
        start_at: int = checked(integer(0))
        count: int = checked(integer(1, 100))
        enabled: bool

    @dataclass(kw_only=True)
    class Body(Strict):
        name: str = checked(text(1, 200))
        description: str = checked(text(0, 1000))
        rule_type_id: str = checked(check_rule)
        consumer: str = checked(text(1, 64))
        enabled: bool
        muted: bool
        notify: bool
        owner: str = checked(text(1, 64))
        space: str = checked(text(0, 64))
        interval_sec: int = checked(integer(1, 86400))
        threshold: float = checked(number(0, 1e6))
        window_size: int = checked(integer(1, 1000))
        risk_score: int = checked(integer(0, 100))
        severity: Literal["low", "medium", "high"]
        tags: list[str] = checked(texts(50, 50))
        parent_id: str | None
        schedule: Schedule
        version: int = checked(integer(1), 1)
        throttle: str = "5m"
        actions_enabled: bool = True

    return Body.from_dict


def bulk() -> Validate:
    @dataclass(kw_only=True)
    class Item(Strict):
        id: str
        tags: list[str]
        count: int = checked(integer(0))

    return BasicDecoder(list[Item]).decode


def integers() -> Validate:
    return BasicDecoder(list[int], default_dialect=Bounded).decode


def floats() -> Validate:
    return BasicDecoder(dict[str, float], default_dialect=Exact).decode


def events() -> Validate:
    @dataclass(kw_only=True)
    class Log(Strict):
        type: Literal["log"] = "log"
        message: str
        level: Literal["info", "warn", "error"]
        logger: str

    @dataclass(kw_only=True)
    class Metric(Strict):
        type: Literal["metric"] = "metric"
        name: str
        value: float
        unit: str

    @dataclass(kw_only=True)
    class Span(Strict):
        type: Literal["span"] = "span"
        id: str
        parent: str | None
        duration: int = checked(integer(0))

    @dataclass(kw_only=True)
    class Email(Strict):
        type: Literal["email"] = "email"
        to: list[str]
        subject: str
        html: bool

    @dataclass(kw_only=True)
    class Webhook(Strict):
        type: Literal["webhook"] = "webhook"
        url: str
        retries: int = checked(integer(0, 10))
        timeout: int = checked(integer(1, 600))

    by_type = Discriminator(field="type", include_supertypes=True)
    return BasicDecoder(list[Annotated[Log | Metric | Span | Email | Webhook, by_type]]).decode


# Here and not in `tree`, where its name could not be found by itself.
@dataclass(kw_only=True)
class Node(Strict):
    name: str
    value: int
    children: list["Node"]


def tree() -> Validate:
    return Node.from_dict


def search() -> Validate:
    @dataclass(kw_only=True)
    class Search(Strict):
        page: int = checked(from_text(1), 1)
        per_page: int = checked(from_text(1, 10_000), 20)
        search: str | None = checked(text(0, 1000), None)
        search_fields: list[str] | None = checked(texts(20, 100), None)
        default_search_operator: Literal["OR", "AND"] = "OR"
        sort_field: str | None = checked(text(0, 100), None)
        sort_order: Literal["asc", "desc"] | None = None
        filter: str | None = checked(text(0, 2000), None)
        from_: int | None = checked(from_text(0), None, "from")
        to: int | None = checked(from_text(0), None)
        enabled: bool | None = checked(boolean_in_text, None)
        min_score: float | None = checked(lambda value: number(0, 1)(float(value)), None)
        include_hidden: bool = checked(boolean_in_text, False)
        namespace: str = checked(text(0, 64), "default")
        track_total: bool = checked(boolean_in_text, True)
        fields: list[str] | None = checked(texts(20, 100), None)
        has_reference: str | None = checked(text(0, 100), None)
        cursor: str | None = checked(text(0, 500), None)
        ids: list[str] | None = checked(texts(100, 100), None)

    return Search.from_dict


def operations() -> Validate:
    @dataclass(kw_only=True)
    class Reference(Strict):
        type: str
        name: str
        id: str = checked(text(1, 64))

    @dataclass(kw_only=True)
    class Create(Strict):
        references: list[Reference]
        overwrite: bool
        type: str = checked(text(1))
        title: str = checked(text(0, 200))

    @dataclass(kw_only=True)
    class Update(Strict):
        set: dict[str, str | int | float | bool | list[str]]
        id: str = checked(text(1, 64))
        version: int = checked(integer(0))

    @dataclass(kw_only=True)
    class Delete(Strict):
        force: bool
        id: str = checked(text(1, 64))

    @dataclass(kw_only=True)
    class CreateOne(Strict):
        create: Create

    @dataclass(kw_only=True)
    class UpdateOne(Strict):
        update: Update

    @dataclass(kw_only=True)
    class DeleteOne(Strict):
        delete: Delete

    return BasicDecoder(list[CreateOne | UpdateOne | DeleteOne]).decode


def config() -> Validate:
    Level = Literal["off", "fatal", "error", "warn", "info", "debug", "trace"]

    @dataclass(kw_only=True)
    class Ssl(Strict):
        enabled: bool = False
        certificate: str | None = None
        key: str | None = None
        client_auth: Literal["none", "optional", "required"] = "none"

    @dataclass(kw_only=True)
    class Cors(Strict):
        enabled: bool = False
        allow_credentials: bool = False
        allow_origin: list[str] = field(default_factory=lambda: ["*"])

    @dataclass(kw_only=True)
    class Server(Strict):
        name: str = checked(text(1, 256))
        host: str = "localhost"
        port: int = checked(integer(1, 65535), 5601)
        base_path: str | None = checked(text(1), None)
        max_payload: int = checked(integer(1), 1048576)
        ssl: Ssl = field(default_factory=Ssl)
        cors: Cors = field(default_factory=Cors)

    @dataclass(kw_only=True)
    class Timeouts(Strict):
        request: int = checked(integer(1), 30000)
        ping: int = checked(integer(1), 30000)

    @dataclass(kw_only=True)
    class Sniff(Strict):
        on_start: bool = False
        interval: int | None = checked(integer(1), None)

    @dataclass(kw_only=True)
    class SearchSection(Strict):
        hosts: list[str] = checked(texts(1 << 30, 200, 1))
        username: str | None = None
        password: str | None = None
        headers: dict[str, str] = field(default_factory=dict)
        timeouts: Timeouts = field(default_factory=Timeouts)
        sniff: Sniff = field(default_factory=Sniff)

    @dataclass(kw_only=True)
    class Appender(Strict):
        kind: Literal["console", "file"]
        layout: Literal["json", "pattern"]
        path: str | None = None
        max_files: int = checked(integer(1, 100), 5)

    @dataclass(kw_only=True)
    class Logger(Strict):
        name: str
        level: Level
        appenders: list[str] = field(default_factory=lambda: ["default"])

    @dataclass(kw_only=True)
    class Logging(Strict):
        level: Level
        appenders: dict[str, Appender]
        loggers: list[Logger] = field(default_factory=list)

    @dataclass(kw_only=True)
    class Telemetry(Strict):
        url: str
        interval: int = checked(integer(1))

    @dataclass(kw_only=True)
    class Config(Strict):
        server: Server
        search: SearchSection
        logging: Logging
        plugins: dict[str, bool]
        telemetry: Telemetry | None = None
        locale: str = "en"

    return Config.from_dict


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
        name="mashumaro",
        package="mashumaro",
        build=BUILD,
        error=(ExtraKeysError, InvalidFieldValue, MissingField, SuitableVariantNotFoundError, ValueError),
        plain=lambda output: plain(output),
        none_for_absent=True,
        remark="yields objects, not dicts; what is absent becomes None; types and bounds by functions of "
        "the user's; reports the first error only",
    )
]


def plain(output: Any) -> Any:
    if isinstance(output, list):
        return [plain(item) for item in output]
    if not is_dataclass(output):
        return output
    dicts = asdict(output)  # type: ignore[arg-type]
    if "from_" in dicts:
        dicts["from"] = dicts.pop("from_")
    return dicts
