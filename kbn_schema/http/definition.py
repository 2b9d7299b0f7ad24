"""This module checks a route while it is declared: the author's mistakes are found here, not by a client."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from kbn_schema.http.blocks import combinators_for, read_block
from kbn_schema.http.bodies import body_format
from kbn_schema.http.header_fields import require_header_names
from kbn_schema.http.intake import Intake
from kbn_schema.http.mistakes import refuse, require_arguments, require_known
from kbn_schema.http.once import Once
from kbn_schema.http.paths import Template
from kbn_schema.http.route import Availability, BodyOptions, Deprecation, Timeouts, TransportOptions
from kbn_schema.http.rules import Rules, Validate
from kbn_schema.http.security import require_security
from kbn_schema.kinds.definition import is_async
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.wording import type_word

# Kibana's text; Python writes it `False`.
NO_VALIDATE = (
    "does not have a 'validate' specified. Use 'false' as the value if you want to bypass validation."
)
HANDLER = ("context", "request", "response")


def require_path(where: str, name: str, path: object) -> None:
    """Refuse a *path* that is no text, or could be glued to what stands before it."""
    require_text(where, name, path)
    if not str(path).startswith("/"):
        refuse(where, f"{name} [{path}] must start with a slash")


def require_text(where: str, name: str, value: object) -> None:
    """Refuse a *value* that is no text."""
    if not isinstance(value, str):
        refuse(where, f"{name} must be a string, but is [{type_word(value)}]")


def require_size(where: str, name: str, value: object) -> None:
    """Refuse a *value* that is no whole number of at least 0."""
    if isinstance(value, bool) or not isinstance(value, int):
        refuse(where, f"{name} must be a whole number, but is [{type_word(value)}]")
    if value < 0:
        refuse(where, f"{name} must be at least [0]")


def require_options(where: str, declared: Mapping[str, Any], known: Iterable[str], route: str) -> None:
    """Check what is said of *route* (``GET /users``), but for what `validate` holds.

    Raises:
        SchemaDefinitionError: An option is unknown, or is not what it should be.
    """
    require_known(where, "the route", declared, known, "option")
    if declared.get("access", "internal") not in ("internal", "public"):
        refuse(where, "'access' must be 'internal' or 'public'")
    for name in ("summary", "description", "discontinued"):
        require_text(where, name, declared.get(name, ""))
    require_flag(where, "enable_query_version", declared.get("enable_query_version", False))
    require_texts(where, "tags", declared.get("tags", ()))
    require_deprecation(where, declared.get("deprecated", False))
    require_security(where, declared.get("security", {}))
    options = _require_mapping(where, "options", declared, TransportOptions.__annotations__)
    for name in ("http_resource", "xsrf_required", "exclude_from_oas"):
        require_flag(where, f"options.{name}", options.get(name, False))
    _require_availability(where, options)
    _require_operation(where, options.get("oas_operation_object", {}))
    body = _require_mapping(where, "options.body", options, BodyOptions.__annotations__)
    _require_body(where, body, route)
    timeout = _require_mapping(where, "options.timeout", options, Timeouts.__annotations__)
    for name, milliseconds in timeout.items():
        require_size(where, f"options.timeout.{name}", milliseconds)


def require_flag(where: str, name: str, value: object) -> None:
    """Refuse a *value* that is neither True nor False."""
    if not isinstance(value, bool):
        refuse(where, f"{name} must be True or False, but is [{type_word(value)}]")


def require_word(where: str, name: str, value: object, words: Iterable[object]) -> None:
    """Refuse a *value* that is none of *words*."""
    if not any(value is word or (isinstance(value, str) and value == word) for word in words):
        listed = ", ".join(repr(word) for word in words)
        refuse(where, f"{name} must be one of {listed}")


def require_deprecation(where: str, deprecated: object) -> None:
    """Refuse what does not say whether, or why, something is deprecated."""
    if isinstance(deprecated, bool):
        return
    if not isinstance(deprecated, Mapping):
        refuse(where, f"deprecated must be True, False or a mapping, but is [{type_word(deprecated)}]")
    block = cast("Mapping[str, Any]", deprecated)
    require_known(where, "deprecated", block, Deprecation.__annotations__, "option")
    require_text(where, "deprecated.documentation_url", block.get("documentation_url", ""))
    message = block.get("message", "")
    if not isinstance(message, str) or not (message.isascii() and message.isprintable()):
        refuse(where, "deprecated.message must be a line of printable ASCII: it is sent in a header")
    require_word(where, "deprecated.severity", block.get("severity", "warning"), ("warning", "critical"))
    reason = _require_mapping(where, "deprecated.reason", block, _REASON)
    kinds = ("bump", "remove", "migrate", "deprecate")
    require_word(where, "deprecated.reason.type", reason.get("type", "deprecate"), kinds)


_REASON = ("type", "new_api_version", "new_api_path", "new_api_method")


def _require_availability(where: str, options: Mapping[str, Any]) -> None:
    told = _require_mapping(where, "options.availability", options, Availability.__annotations__)
    stability = told.get("stability", "stable")
    require_word(where, "options.availability.stability", stability, ("experimental", "beta", "stable"))
    require_text(where, "options.availability.since", told.get("since", ""))


def _require_operation(where: str, operation: object) -> None:
    name = "options.oas_operation_object"
    if callable(operation):
        require_arguments(where, name, operation)
    elif not isinstance(operation, Mapping):
        refuse(where, f"{name} must be a mapping, or a function, but is [{type_word(operation)}]")


def _require_body(where: str, body: Mapping[str, Any], route: str) -> None:
    require_size(where, "options.body.max_bytes", body.get("max_bytes", 0))
    accepts = body.get("accepts", ())
    if not isinstance(accepts, str):
        require_texts(where, "options.body.accepts", accepts)
    output = body.get("output", "data")
    if output not in ("data", "stream"):
        # Kibana's text.
        refuse(
            where,
            f"[options.body.output: '{output}'] in route {route} is not valid. "
            "Only 'data' or 'stream' are valid.",
        )
    parse = body.get("parse", True)
    if not isinstance(parse, bool) and parse != "gunzip":
        refuse(where, "options.body.parse must be True, False or 'gunzip'")


def require_texts(where: str, name: str, value: object) -> None:
    """Refuse a *value* that is no list of texts."""
    if not isinstance(value, list | tuple):
        refuse(where, f"{name} must be a list of strings, but is [{type_word(value)}]")
    for item in cast("list[object]", value):
        if not isinstance(item, str):
            refuse(where, f"{name} must be a list of strings, but has an item of type [{type_word(item)}]")


def _require_mapping(
    where: str, name: str, outer: Mapping[str, Any], known: Iterable[str]
) -> Mapping[str, Any]:
    """The mapping that the last word of *name* stands for in *outer*."""
    value = outer.get(name.rpartition(".")[2], {})
    if not isinstance(value, Mapping):
        refuse(where, f"{name} must be a mapping, but is [{type_word(value)}]")
    mapping = cast("Mapping[str, Any]", value)
    require_known(where, name, mapping, known, "option")
    return mapping


def make_intake(
    where: str, validate: Validate, declared: Mapping[str, Any], method: str, template: Template, dev: bool
) -> Once[Intake]:
    """What a route does with a request; a lazy *validate* is read at the first one, or now under *dev*.

    Raises:
        SchemaDefinitionError: The block is malformed, or does not fit the route.
    """
    options = declared.get("options", {}).get("body", {})

    def read(block: object) -> Intake:
        rules = read_block(block, where)
        if method == "GET":
            _require_no_body(where, rules, declared)
        _require_same_names(where, rules, template)
        require_header_names(rules.headers, where)
        wants_xsrf = method != "GET" and declared.get("options", {}).get("xsrf_required", False)
        return Intake(rules, body_format(where, options, rules.body), wants_xsrf)

    if callable(validate):
        if is_async(validate):
            refuse(where, "'validate' must be a plain function: an async one is never awaited")
        wanted = combinators_for(validate, where)
        intake = Once(lambda: read(validate(**wanted)))
    else:
        intake = Once(lambda: read(validate))
    if dev or not callable(validate):
        intake()
    return intake


def _require_no_body(where: str, rules: Rules, declared: Mapping[str, Any]) -> None:
    """Refuse what is said of the body of a GET; Kibana knows no body options there, either."""
    if rules.body is not None or "body" in declared.get("options", {}):
        place = "options" if rules.body is None else "validate"
        refuse(where, f"{place} must not have [body]: GET has none; use [query], or another method")


def _require_same_names(where: str, rules: Rules, template: Template) -> None:
    """Refuse a schema of params that does not have the parameters of the path.

    Whatever else stands for a schema, or allows unknown keys, may take them as they come.
    """
    rule = rules.params
    if not isinstance(rule, ObjectSchema) or rule.unknowns == "allow":
        return
    for name in rule.props:
        if name not in template.names:
            refuse(where, f"params has a prop [{name}] that is no parameter of the path; rename or remove it")
    for name in template.names:
        if name not in rule.props and rule.unknowns != "ignore":
            refuse(where, f"params has no prop for the parameter [{name}] of the path; add one")
