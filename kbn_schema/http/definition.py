"""This module checks a route while it is declared: the author's mistakes are found here, not by a client."""

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, cast

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.paths import Template
from kbn_schema.http.route import BodyOptions, RouteOptions, Timeouts, TransportOptions
from kbn_schema.http.validation import Rules
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.wording import escape, type_word


def refuse(where: str, reason: str) -> NoReturn:
    """Raise the error of the declaration *where*: *reason* says what is wrong and how to mend it."""
    raise SchemaDefinitionError(escape(f"{where}: {reason}"))


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


def require_options(where: str, declared: Mapping[str, Any]) -> None:
    """Check what is said of a route, but for what `validate` holds.

    Raises:
        SchemaDefinitionError: An option is unknown, or is not what it should be, or `validate` is missing.
    """
    if "validate" not in declared:
        raise SchemaDefinitionError(
            f"{where} does not have a 'validate' specified. "
            "Use 'false' as the value if you want to bypass validation."
        )
    _require_known(where, "the route", declared, RouteOptions.__annotations__)
    if declared.get("access", "internal") not in ("internal", "public"):
        refuse(where, "'access' must be 'internal' or 'public'")
    for name in ("summary", "description"):
        require_text(where, name, declared.get(name, ""))
    _require_texts(where, "tags", declared.get("tags", ()))
    if not isinstance(declared.get("deprecated", False), bool | Mapping):
        word = type_word(declared["deprecated"])
        refuse(where, f"deprecated must be True, False or a mapping, but is [{word}]")
    options = _require_mapping(where, "options", declared, TransportOptions.__annotations__)
    _require_body(where, _require_mapping(where, "options.body", options, BodyOptions.__annotations__))
    timeout = _require_mapping(where, "options.timeout", options, Timeouts.__annotations__)
    for name, milliseconds in timeout.items():
        require_size(where, f"options.timeout.{name}", milliseconds)


def _require_body(where: str, body: Mapping[str, Any]) -> None:
    require_size(where, "options.body.max_bytes", body.get("max_bytes", 0))
    accepts = body.get("accepts", ())
    if not isinstance(accepts, str):
        _require_texts(where, "options.body.accepts", accepts)
    if body.get("output", "data") not in ("data", "stream"):
        refuse(where, "options.body.output must be 'data' or 'stream'")
    parse = body.get("parse", True)
    if not isinstance(parse, bool) and parse != "gunzip":
        refuse(where, "options.body.parse must be True, False or 'gunzip'")


def _require_texts(where: str, name: str, value: object) -> None:
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
    _require_known(where, name, mapping, known)
    return mapping


def _require_known(where: str, name: str, mapping: Mapping[str, Any], known: Iterable[str]) -> None:
    for key in mapping:
        if key not in known:
            listed = ", ".join(f"[{word}]" for word in known)
            refuse(where, f"{name} has an unknown option [{key}], expected {listed}")


def require_no_body(where: str, rules: Rules, declared: RouteOptions) -> None:
    """Refuse what is said of the body of a GET; Kibana knows no body options there, either."""
    if rules.body is not None or "body" in declared.get("options", {}):
        place = "options" if rules.body is None else "validate"
        refuse(where, f"{place} must not have [body]: GET has none; use [query], or another method")


def require_same_names(where: str, rules: Rules, template: Template) -> None:
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
