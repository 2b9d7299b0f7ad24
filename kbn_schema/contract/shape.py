"""This module is the shape of the file of a contract, in a schema of our own.

It takes the words and facts that `TermWriter` writes and no others: one that is not known here may refuse
what a client sends.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from kbn_schema import Schema
from kbn_schema import schema as s
from kbn_schema.contract.model import FORMAT, VERSION

FORMATS: Final = ("hostname", "email", "uuid", "date", "date_time", "ip", "uri")
# What else is said of a text, by its format; one without has what that of a host name has.
FACTS_OF_FORMATS: Final[Mapping[str, tuple[str, ...]]] = {
    "hostname": ("min_length", "max_length", "pattern", "flags", "coerce_from_number"),
    "ip": ("versions",),
    "uri": ("scheme",),
}


@cache
def file_shape() -> Schema[Any]:
    """Return the schema of a file, without its routes and terms.

    These are many, and each is checked on its own: compiled code leaves values of more than 10,000 containers
    to `check`.
    """
    return s.object(
        {
            "format": s.literal(FORMAT),
            "version": s.literal(VERSION),
            "routes": s.array_of(s.any()),
            "schemas": s.record_of(s.string(), s.any()),
        }
    )


@cache
def route_shape() -> Schema[Any]:
    """Return the schema of one route, without its terms."""
    return s.object(
        {
            "method": s.string(min_length=1),
            "path": s.string(),
            "access": s.enum(["public", "internal"]),
            "default_version": s.maybe(s.string()),
            "query_version": _flag(),
            "versions": s.record_of(s.string(), _endpoint()),
        }
    )


@cache
def term_shape() -> Schema[Any]:
    """Return the schema of a term."""
    return _term()


@cache
def function_shape() -> Schema[Any]:
    """Return the schema of a function that stands for a term, in a part of a route."""
    return s.object({"type": s.literal("function"), **_function_props()})


def misfit(term: Mapping[str, Any]) -> str | None:
    """Return what is wrong with facts of *term* that depend on each other.

    It is no `validate` function of the schema, for that would keep unions from being compiled.
    """
    if term["type"] == "string":
        return _misfit_of_text(term)
    return _misfit_of_union(term) if term["type"] == "union" else None


@cache
def _endpoint() -> Schema[Any]:
    text = s.maybe(s.string())
    size = s.integer(min=0)
    anything = s.record_of(s.string(), s.any())
    body = s.object(
        {
            "accepts": s.array_of(s.string()),
            "max_bytes": size,
            "taken": s.enum(["data", "bytes", "stream"]),
            "inflates": _flag(),
        }
    )
    part = s.maybe(s.any())
    response = s.object({"description": text, "content_type": text, "headers": part, "body": part})
    return s.object(
        {
            "summary": text,
            "description": text,
            "tags": s.maybe(s.array_of(s.string())),
            "deprecated": s.maybe(s.one_of(s.literal(True), anything)),
            "discontinued": text,
            "availability": s.maybe(anything),
            "security": s.maybe(_security()),
            "xsrf_required": _flag(),
            "timeout": s.maybe(s.record_of(s.string(), size)),
            "body": s.maybe(body),
            "request": s.maybe(s.object({"params": part, "query": part, "headers": part, "body": part})),
            "responses": s.maybe(s.record_of(s.string(pattern="[1-5][0-9]{2}"), response)),
        }
    )


@cache
def _security() -> Schema[Any]:
    names = s.array_of(s.string())
    needed = {
        "all_required": s.maybe(s.array_of(s.one_of(s.string(), s.object({"any_of": names})))),
        "any_required": s.maybe(s.array_of(s.one_of(s.string(), s.object({"all_of": names})))),
    }
    reason = s.maybe(s.string())
    authz = {
        "enabled": s.maybe(s.literal(False)),
        "reason": reason,
        "required_privileges": s.maybe(s.array_of(s.one_of(s.string(), s.object(needed)))),
    }
    login = s.one_of(s.literal(True), s.literal(False), s.literal("optional"))
    return s.object(
        {
            "authz": s.maybe(s.object(authz)),
            "authc": s.maybe(s.object({"enabled": login, "reason": reason})),
        }
    )


@cache
def _term() -> Schema[Any]:
    return s.discriminated_union("type", _words())


@cache
def _words() -> list[Schema[Any]]:
    term = s.lazy(_term)
    terms = s.record_of(s.string(), term)
    texts = s.maybe(s.array_of(s.string(), min_size=1))
    size = s.maybe(_number())
    unknowns = s.maybe(s.enum(["forbid", "ignore", "allow"]))
    length = s.maybe(s.one_of(s.integer(min=0), _huge()))
    bounds: dict[str, Schema[Any]] = {}
    bounds.update(dict.fromkeys(("min", "max", "exclusive_min", "exclusive_max"), size))
    bounds["multiple_of"] = s.maybe(s.one_of(s.number(unsafe=True, exclusive_min=0), _huge()))
    text = {
        "type": s.literal("string"),
        **_common(),
        "format": s.maybe(s.enum(FORMATS)),
        "versions": texts,
        "scheme": texts,
        "min_length": length,
        "max_length": length,
        "pattern": s.maybe(s.string()),
        "flags": texts,
        "coerce_from_number": _flag(),
    }
    union = {
        "type": s.literal("union"),
        **_common(),
        "discriminator": s.maybe(s.string()),
        "of": s.one_of(s.array_of(term, min_size=1), terms),
        "other": s.maybe(term),
    }
    reference = _reference()
    value = s.object({"value": s.any()})
    side = s.one_of(*reference, value, s.object({"term": term}), _opaque())
    return [
        *(_word(name) for name in ("any", "nothing", "boolean", "bytes", "stream")),
        _word("number", unsafe=_flag(), **bounds),
        _word("integer", **bounds),
        s.object(text),
        _word("quantity", unit=s.enum(["bytes", "milliseconds"]), min=size, max=size),
        _word("values", values=s.array_of(_scalar(), min_size=1)),
        _word("array", items=term, min_size=length, max_size=length, unknowns=unknowns),
        _word("record", keys=term, values=term, unknowns=unknowns, keeps_keys=_flag()),
        _word("object", props=terms, unknowns=unknowns),
        s.object(union),
        _word("conditional", left=s.one_of(*reference), right=side, then=term, otherwise=term),
        _word("optional", of=term),
        _word("nullable", of=term),
        s.object({"type": s.literal("ref"), "to": s.string(), "required": _flag()}),
        _word(
            "custom",
            name=s.string(),
            check=s.object(_function_props()),
            options=s.maybe(s.record_of(s.string(), s.any())),
            inside=s.maybe(s.array_of(term)),
        ),
    ]  # fmt: skip


def _word(type: str, /, **facts: Schema[Any]) -> Schema[Any]:
    return s.object({"type": s.literal(type), **_common(), **facts})


@cache
def _common() -> dict[str, Schema[Any]]:
    text = s.maybe(s.string())
    made = s.object({"made_by": s.string(), "fingerprint": text})
    return {
        "default": s.maybe(s.one_of(s.object({"value": s.any()}), made, *_reference(), _opaque())),
        "validate": s.maybe(s.object(_function_props())),
        "title": text,
        "description": text,
        "id": text,
        "deprecated": _flag(),
        "examples": s.maybe(s.array_of(s.any())),
        "meta": s.maybe(s.record_of(s.string(), s.any())),
        "opaque": s.maybe(s.record_of(s.string(), s.string())),
    }


@cache
def _reference() -> list[Schema[Any]]:
    return [s.object({name: s.string()}) for name in ("context_ref", "sibling_ref")]


def _opaque() -> Schema[Any]:
    return s.object({"opaque": s.string(), "fingerprint": s.string()})


def _function_props() -> dict[str, Schema[Any]]:
    return {"name": s.string(), "fingerprint": s.maybe(s.string())}


def _flag() -> Schema[Any]:
    return s.maybe(s.literal(True))


@cache
def _number() -> Schema[Any]:
    return s.one_of(s.number(unsafe=True), _integer())


@cache
def _scalar() -> Schema[Any]:
    return s.one_of(s.string(), s.number(unsafe=True), s.boolean(), s.literal(None), _integer())


@cache
def _huge() -> Schema[Any]:
    """Return the schema of a length, or a step, that is too long for JSON."""
    return s.object({"integer": s.string(pattern="0x[1-9a-f][0-9a-f]*")})


@cache
def _integer() -> Schema[Any]:
    """Return the schema of an integer that is too long for JSON."""
    return s.object({"integer": s.string(pattern="-?0x[0-9a-f]+")})


def _misfit_of_text(text: Mapping[str, Any]) -> str | None:
    format = text.get("format", "hostname")
    known = FACTS_OF_FORMATS.get(format, ())
    if format == "ip" and "versions" not in text:
        return "the format [ip] has versions"
    facts = [fact for facts in FACTS_OF_FORMATS.values() for fact in facts]
    others = [fact for fact in facts if fact in text and fact not in known]
    return f"a text of this format has no [{others[0]}]" if others else None


def _misfit_of_union(union: Mapping[str, Any]) -> str | None:
    is_list = type(union["of"]) is list
    if is_list and ("discriminator" in union or "other" in union):
        return "a list of alternatives has no discriminator"
    return None if is_list or "discriminator" in union else "alternatives with names have a discriminator"
