"""marshmallow: schemas of fields; unknown keys are refused as it stands."""

from collections.abc import Callable
from typing import Any

from marshmallow import Schema, ValidationError, fields
from marshmallow.validate import Length, OneOf, Range, Regexp

from benchmarks.peer import Peer, Validate


def text(minimum: int | None = None, maximum: int | None = None, **options: Any) -> Any:
    return fields.String(validate=Length(minimum, maximum), **required(options))


def integer(minimum: int | None = None, maximum: int | None = None, **options: Any) -> Any:
    return fields.Integer(strict=True, validate=Range(minimum, maximum), **required(options))


def from_text(minimum: int, maximum: int | None = None, **options: Any) -> Any:
    return fields.Integer(validate=Range(minimum, maximum), **options)


def number(minimum: float | None = None, maximum: float | None = None, **options: Any) -> Any:
    return fields.Float(validate=Range(minimum, maximum), **required(options))


def boolean(**options: Any) -> Any:
    return fields.Boolean(**required(options))


def words(*values: str, **options: Any) -> Any:
    return fields.String(validate=OneOf(values), **required(options))


def array(item: Any, minimum: int | None = None, maximum: int | None = None, **options: Any) -> Any:
    return fields.List(item, validate=Length(minimum, maximum), **required(options))


def record(value: Any, **options: Any) -> Any:
    return fields.Dict(keys=fields.String(), values=value, **required(options))


def schema(**named: Any) -> type[Schema]:
    made: type[Schema] = Schema.from_dict(named)
    return made


def nested(inner: Any, **options: Any) -> Any:
    return fields.Nested(inner, **required(options))


def required(options: dict[str, Any]) -> dict[str, Any]:
    return options if options.keys() & {"load_default", "required"} else {"required": True, **options}


class ByTag(fields.Field):
    """The schema that the tag names: marshmallow has no unions, its users write such a field."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        super().__init__()
        self.schemas = schemas

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        tag = value.get("type") if isinstance(value, dict) else None
        if not isinstance(tag, str) or tag not in self.schemas:
            raise ValidationError("unknown type")
        return self.schemas[tag].load(value)


class FirstOf(fields.Field):
    """The first of several fields that fits."""

    def __init__(self, *alternatives: Any) -> None:
        super().__init__()
        self.alternatives = alternatives

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        for alternative in self.alternatives:
            try:
                return alternative.deserialize(value)
            except ValidationError:
                pass
        raise ValidationError("no alternative fits")


class StrictBoolean(fields.Field):
    """True and false, and not their text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if type(value) is not bool:
            raise ValidationError("not a boolean")
        return value


def params() -> Validate:
    return schema(type=text())().load


def query() -> Validate:
    return schema(
        page=from_text(1, load_default=1),
        per_page=from_text(1, 100, load_default=20),
        search=text(maximum=256, required=False),
    )().load


def typed_query() -> Validate:
    return schema(
        page=integer(1, load_default=1),
        per_page=integer(1, 100, load_default=20),
        search=text(maximum=256, required=False),
    )().load


def body() -> Validate:
    schedule = schema(
        interval=text(1, 20),
        timezone=text(maximum=64),
        start_at=integer(0),
        count=integer(1, 100),
        enabled=boolean(),
    )
    return schema(
        name=text(1, 200),
        description=text(maximum=1000),
        rule_type_id=fields.String(required=True, validate=[Length(max=100), Regexp(r"^[a-z][a-z0-9_.-]*$")]),
        consumer=text(1, 64),
        enabled=boolean(),
        muted=boolean(),
        notify=boolean(),
        owner=text(1, 64),
        space=text(maximum=64),
        interval_sec=integer(1, 86400),
        threshold=number(0, 1e6),
        window_size=integer(1, 1000),
        risk_score=integer(0, 100),
        severity=words("low", "medium", "high"),
        tags=array(text(maximum=50), maximum=50),
        parent_id=fields.String(required=True, allow_none=True),
        schedule=nested(schedule),
        version=integer(1, load_default=1),
        throttle=text(load_default="5m"),
        actions_enabled=boolean(load_default=True),
    )().load


def bulk() -> Validate:
    return schema(id=text(), count=integer(0), tags=array(text()))(many=True).load


def integers() -> Validate:
    validate: Validate = array(integer(0, 1_000_000)).deserialize
    return validate


def floats() -> Validate:
    validate: Validate = record(fields.Float()).deserialize
    return validate


def events() -> Validate:
    is_tag = fields.String(required=True)  # it has chosen the schema
    event = ByTag(
        {
            "log": schema(type=is_tag, message=text(), level=words("info", "warn", "error"), logger=text())(),
            "metric": schema(type=is_tag, name=text(), value=number(), unit=text())(),
            "span": schema(
                type=is_tag,
                id=text(),
                parent=fields.String(required=True, allow_none=True),
                duration=integer(0),
            )(),
            "email": schema(type=is_tag, to=array(text()), subject=text(), html=boolean())(),
            "webhook": schema(type=is_tag, url=text(), retries=integer(0, 10), timeout=integer(1, 600))(),
        }
    )
    validate: Validate = array(event).deserialize
    return validate


# Here and not in `tree`, where its name could not be found by itself.
class Node(Schema):
    name = fields.String(required=True)
    value = fields.Integer(required=True, strict=True)
    children = fields.List(fields.Nested(lambda: Node()), required=True)


def tree() -> Validate:
    return Node().load


def search() -> Validate:
    made = Schema.from_dict(
        {
            "page": from_text(1, load_default=1),
            "per_page": from_text(1, 10_000, load_default=20),
            "search": text(maximum=1000, required=False),
            "search_fields": array(text(maximum=100), maximum=20, required=False),
            "default_search_operator": words("OR", "AND", load_default="OR"),
            "sort_field": text(maximum=100, required=False),
            "sort_order": words("asc", "desc", required=False),
            "filter": text(maximum=2000, required=False),
            "from": from_text(0),
            "to": from_text(0),
            "enabled": boolean(required=False),
            "min_score": number(0, 1, required=False),
            "include_hidden": boolean(load_default=False),
            "namespace": text(maximum=64, load_default="default"),
            "track_total": boolean(load_default=True),
            # Not `fields`, which a schema has itself.
            "fields_": array(text(maximum=100), maximum=20, required=False, data_key="fields"),
            "has_reference": text(maximum=100, required=False),
            "cursor": text(maximum=500, required=False),
            "ids": array(text(maximum=100), maximum=100, required=False),
        }
    )
    return made().load


def operations() -> Validate:
    reference = schema(type=text(), id=text(1, 64), name=text())
    create = schema(
        type=text(minimum=1),
        title=text(maximum=200),
        references=array(nested(reference), maximum=100),
        overwrite=boolean(),
    )
    value = FirstOf(text(), integer(), StrictBoolean(), array(text()))
    update = schema(id=text(1, 64), version=integer(0), set=record(value))
    delete = schema(id=text(1, 64), force=boolean())
    operation = FirstOf(
        nested(schema(create=nested(create))),
        nested(schema(update=nested(update))),
        nested(schema(delete=nested(delete))),
    )
    validate: Validate = array(operation).deserialize
    return validate


def config() -> Validate:
    level = ("off", "fatal", "error", "warn", "info", "debug", "trace")
    ssl = schema(
        enabled=boolean(load_default=False),
        certificate=text(required=False),
        key=text(required=False),
        client_auth=words("none", "optional", "required", load_default="none"),
    )
    cors = schema(
        enabled=boolean(load_default=False),
        allow_credentials=boolean(load_default=False),
        allow_origin=array(text(), load_default=lambda: ["*"]),
    )
    server = schema(
        name=text(1, 256),
        host=text(load_default="localhost"),
        port=integer(1, 65535, load_default=5601),
        base_path=text(minimum=1, load_default=None, allow_none=True),
        max_payload=integer(1, load_default=1048576),
        ssl=nested(ssl, load_default=lambda: ssl().load({})),
        cors=nested(cors, load_default=lambda: cors().load({})),
    )
    timeouts = schema(request=integer(1, load_default=30000), ping=integer(1, load_default=30000))
    sniff = schema(
        on_start=boolean(load_default=False), interval=integer(1, load_default=None, allow_none=True)
    )
    section = schema(
        hosts=array(text(maximum=200), minimum=1),
        username=text(required=False),
        password=text(required=False),
        headers=record(text(), load_default=dict),
        timeouts=nested(timeouts, load_default=lambda: timeouts().load({})),
        sniff=nested(sniff, load_default=lambda: sniff().load({})),
    )
    appender = schema(
        kind=words("console", "file"),
        layout=words("json", "pattern"),
        path=text(required=False),
        max_files=integer(1, 100, load_default=5),
    )
    logger = schema(
        name=text(), level=words(*level), appenders=array(text(), load_default=lambda: ["default"])
    )
    logging = schema(
        level=words(*level),
        appenders=record(nested(appender)),
        loggers=array(nested(logger), load_default=list),
    )
    telemetry = schema(url=text(), interval=integer(1))
    return schema(
        server=nested(server),
        search=nested(section),
        logging=nested(logging),
        plugins=record(boolean()),
        telemetry=nested(telemetry, load_default=None, allow_none=True),
        locale=text(load_default="en"),
    )().load


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
        name="marshmallow",
        package="marshmallow",
        build=BUILD,
        error=ValidationError,
        details=lambda error: error.messages,
        plain=lambda output: with_data_keys(output),
        remark="reads booleans and floats from text in every workload",
    )
]


def with_data_keys(output: Any) -> Any:
    """Return *output* with the one key that had to be renamed."""
    if not isinstance(output, dict) or "fields_" not in output:
        return output
    return {"fields" if key == "fields_" else key: item for key, item in output.items()}
