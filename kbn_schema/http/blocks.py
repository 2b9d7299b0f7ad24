"""This module reads the ``validate`` block of a route, in each of its forms, into `Rules`."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from kbn_schema import schema as combinators
from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.http.function_rule import FunctionRule
from kbn_schema.http.header_fields import require_header_names
from kbn_schema.http.mistakes import listed, refuse, require_arguments, require_known
from kbn_schema.http.once import Once
from kbn_schema.http.rules import PARTS, ResponseRule, Rule, Rules
from kbn_schema.http.signatures import parameters
from kbn_schema.kinds.definition import hint_for
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.wording import type_word


def read_block(validate: object, where: str) -> Rules:
    """Read a ``validate`` block that is not lazy; *where* names the route in errors.

    Raises:
        SchemaDefinitionError: It is not False, a mapping of parts to rules, or the full form.
    """
    if validate is False:
        return Rules()
    if not isinstance(validate, Mapping):
        refuse(
            where,
            f"'validate' must be False, a mapping of {listed(PARTS)}, or a function, "
            f"but is [{type_word(validate)}]",
        )
    block = cast(Mapping[object, object], validate)
    if "request" not in block and "response" not in block:
        return Rules(**_read_parts(block, "'validate'", where))
    for key in block:
        if key in PARTS:
            refuse(where, f"'validate' has an unknown key [{key}]: put it under 'request'")
    require_known(where, "'validate'", block, ("request", "response", "on_validation_error"), "key")
    request = block.get("request", False)
    if request is not False and not isinstance(request, Mapping):
        got = type_word(request)
        refuse(where, f"'validate.request' must be False or a mapping of {listed(PARTS)}, but is [{got}]")
    parts = {} if request is False else _read_parts(cast(Any, request), "'validate.request'", where)
    return Rules(
        **parts,
        responses=_read_responses(block.get("response", {}), where),
        on_validation_error=_read_mapper(block, where),
    )


def combinators_for(validate: Callable[..., Any], where: str) -> dict[str, Any]:
    """What a lazy block is called with: its parameters are combinators, by name.

    Raises:
        SchemaDefinitionError: A parameter is no combinator.
    """
    wanted = [p for p in parameters(validate) if p.default is p.empty or p.name in combinators.__all__]
    names = [parameter.name for parameter in wanted]
    if any(parameter.kind is parameter.POSITIONAL_ONLY for parameter in wanted):
        refuse(where, "the parameters of 'validate' are given by name: write it without a slash")
    for name in names:
        if name not in combinators.__all__:
            refuse(where, f"'validate' has a parameter [{name}] that is no combinator")
    return {name: getattr(combinators, name) for name in names}


def _read_parts(block: Mapping[object, object], name: str, where: str) -> dict[str, Any]:
    require_known(where, name, block, PARTS, "key")
    return {cast(str, part): read_rule(rule, cast(str, part), where) for part, rule in block.items()}


def read_rule(rule: object, key: str, where: str) -> Rule:
    """*rule* as something with a method `validate`.

    Raises:
        SchemaDefinitionError: It is neither a schema nor a function.
    """
    if _has_validate(rule):
        return cast(Rule, rule)
    # `schema.array_of`, say, that was not called.
    is_combinator = str(getattr(rule, "__module__", "")).startswith("kbn_schema.kinds.")
    if isinstance(rule, type) or is_combinator or not callable(rule):
        refuse(
            where,
            "expected a schema, an object with a method validate(value), or a function, "
            f"but got {_told(rule)}, at key: [{key}]",
        )
    return FunctionRule(rule, f"{where}: the rule at key: [{key}]")


def _has_validate(rule: object) -> bool:
    return not isinstance(rule, type) and callable(getattr(rule, "validate", None))


def _told(rule: object) -> str:
    """What *rule*, which is none, is, and what was probably meant."""
    got = f"the class [{rule.__name__}]" if isinstance(rule, type) else f"[{type_word(rule)}]"
    hint = " (write schema.object({...}))" if isinstance(rule, Mapping) else hint_for(rule)
    return got + hint


def _read_responses(block: object, where: str) -> dict[int, ResponseRule]:
    if not isinstance(block, Mapping):
        hint = ': write {200: {"body": ...}}' if _has_validate(block) else ""
        refuse(where, f"'validate.response' must be a mapping, but is [{type_word(block)}]{hint}")
    return {
        _read_status(status, where): _read_response(response, f"'validate.response' of [{status}]", where)
        for status, response in cast(Mapping[object, object], block).items()
    }


def _read_status(status: object, where: str) -> int:
    if type(status) is not int or not 100 <= status <= 599:
        refuse(where, "the keys of 'validate.response' must be statuses from 100 to 599, as integers")
    return status


def _read_response(response: object, name: str, where: str) -> ResponseRule:
    if not isinstance(response, Mapping):
        hint = ': write {"body": ...}' if _has_validate(response) else ""
        refuse(where, f"{name} must be a mapping, but is [{type_word(response)}]{hint}")
    known = ("body", "description", "body_content_type", "headers")
    declared = cast(Mapping[object, Any], response)
    require_known(where, name, declared, known, "key")
    for text in ("description", "body_content_type"):
        if not isinstance(declared.get(text, ""), str):
            refuse(where, f"{name}: [{text}] must be a string")
    return ResponseRule(
        declared.get("description", ""),
        declared.get("body_content_type"),
        _read_response_body(declared, name, where),
        _read_response_headers(declared, name, where),
    )


def _read_response_body(response: Mapping[object, Any], name: str, where: str) -> Once[Rule | None]:
    if "body" not in response:
        return Once[Rule | None](lambda: None)
    body, key = response["body"], f"{name}: body"
    if isinstance(body, Mapping):
        custom = cast(Mapping[object, Any], body)
        require_known(where, key, custom, ("custom",), "key", "; for an object, write schema.object({...})")
        body = custom.get("custom")
    elif callable(body) and not isinstance(body, type) and not hasattr(body, "validate"):
        return Once[Rule | None](lambda: read_rule(body(), key, where))
    rule = read_rule(body, key, where)
    return Once[Rule | None](lambda: rule)


def _read_response_headers(response: Mapping[object, Any], name: str, where: str) -> ObjectSchema | None:
    if "headers" not in response:
        return None
    headers = response["headers"]
    if not isinstance(headers, ObjectSchema):
        refuse(where, f"{name}: [headers] must be schema.object({{...}}), but is [{type_word(headers)}]")
    require_header_names(headers, f"{where}: {name}")
    for prop in headers.props:
        if prop.lower() in ("content-type", "content-length"):
            refuse(where, f"{name}: [headers] must not have [{prop}]: it is known of the body")
    return headers


def _read_mapper(block: Mapping[object, Any], where: str) -> Callable[..., Any] | None:
    if "on_validation_error" not in block:
        return None
    mapper = block["on_validation_error"]
    if not callable(mapper):
        # Kibana's text, with its spaces: `The [get] at [/x] has an invalid ...`.
        raise SchemaDefinitionError(
            f"{where} has an invalid 'validate.on_validation_error'. Expected a function."
        )
    if "response" not in block:
        raise SchemaDefinitionError(
            f"{where} has a 'validate.on_validation_error' without a 'validate.response'. "
            "Declare the statuses it answers with."
        )
    require_arguments(where, "on_validation_error", mapper, "error", "request", "response")
    return cast(Callable[..., Any], mapper)
