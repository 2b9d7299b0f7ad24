"""Translate the recorded cases of @kbn/config-schema into Python: schemas, values, functions."""

import base64
import datetime
import io
import json
import re
from typing import Any

import kbn_schema as s
from kbn_schema import MISSING, ByteSize, Duration

FUNCTIONS = {
    "byteSize": s.byte_size,
    "arrayOf": s.array_of,
    "recordOf": s.record_of,
    "mapOf": s.map_of,
    "oneOf": s.one_of,
    "allOf": s.all_of,
    "discriminatedUnion": s.discriminated_union,
    "offeringBasedSchema": s.offering_based_schema,
}
OPTIONS = {
    "defaultValue": "default",
    "minLength": "min_length",
    "maxLength": "max_length",
    "coerceFromNumber": "coerce_from_number",
    "minSize": "min_size",
    "maxSize": "max_size",
}
OWN_META = ("description", "title", "deprecated", "id")


def schema(expression: dict[str, Any]) -> Any:
    """Build the schema of a schema expression; raises what building it raises."""
    built = BUILDERS.get(expression["fn"], _plain)(expression)
    for step in expression.get("chain", []):
        built = _chained(built, step)
    return built


def _function(expression: dict[str, Any]) -> Any:
    return FUNCTIONS.get(expression["fn"]) or getattr(s, expression["fn"])


def _plain(expression: dict[str, Any]) -> Any:
    return _function(expression)(**options(expression.get("options")))


def _with(*keys: str) -> Any:
    def build(expression: dict[str, Any]) -> Any:
        parts = [_part(expression[key]) for key in keys]
        return _function(expression)(*parts, **options(expression.get("options")))

    return build


def _part(part: Any) -> Any:
    if isinstance(part, list):
        return [schema(item) for item in part]
    if is_schema(part):
        return schema(part)
    return {name: schema(prop) for name, prop in part.items()} if isinstance(part, dict) else part


def _operand(operand: Any) -> Any:
    return schema(operand) if is_schema(operand) else value(operand)


def _conditional(e: dict[str, Any]) -> Any:
    branches = schema(e["then"]), schema(e["else"])
    return s.conditional(value(e["left"]), _operand(e["right"]), *branches, **options(e.get("options")))


def _offering(e: dict[str, Any]) -> Any:
    branches = {name: schema(e[name]) for name in ("serverless", "traditional") if name in e}
    return s.offering_based_schema(**branches, **options(e.get("options")))


BUILDERS: dict[str, Any] = {
    "never": lambda e: s.never(),
    "lazy": lambda e: s.lazy(e["id"]),
    "literal": lambda e: s.literal(value(e["value"])),
    "object": _with("props"),
    "arrayOf": _with("items"),
    "recordOf": _with("key", "value"),
    "mapOf": _with("key", "value"),
    "maybe": _with("of"),
    "nullable": _with("of"),
    "oneOf": _with("of"),
    "union": _with("of"),
    "allOf": _with("of"),
    "intersection": _with("of"),
    "discriminatedUnion": _with("discriminator", "of"),
    "conditional": _conditional,
    "offeringBasedSchema": _offering,
}


def _chained(built: Any, step: dict[str, Any]) -> Any:
    if "extendsDeep" in step:
        return built.extends_deep(**options(step["extendsDeep"]))
    props = {name: _deleted_or_schema(prop) for name, prop in step["extends"]["props"].items()}
    return built.extends(props, **options(step["extends"].get("options"), reset=True))


def _deleted_or_schema(prop: Any) -> Any:
    return schema(prop) if is_schema(prop) else value(prop)


def is_schema(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("fn"), str)


def options(encoded: dict[str, Any] | None, reset: bool = False) -> dict[str, Any]:
    """Return Python options; *reset* keeps an explicit undefined, which resets in `extends`."""
    found: dict[str, Any] = {}
    for name, option in (encoded or {}).items():
        if name == "meta":
            meta = {key: value(item) for key, item in option.items()}
            found |= {key: meta.pop(key) for key in OWN_META if key in meta}
            found |= {"meta": meta} if meta else {}
            continue
        decoded = value(option)
        if decoded is not MISSING or reset:
            found[OPTIONS.get(name, name)] = decoded
    return found


def value(encoded: Any) -> Any:
    """Return the value that *encoded* stands for."""
    if isinstance(encoded, list):
        return [value(item) for item in encoded]
    if not isinstance(encoded, dict):
        return encoded
    first = next(iter(encoded), "")
    if first.startswith("$"):
        return SPECIAL[first](encoded)
    return {key: item for key, part in encoded.items() if (item := value(part)) is not MISSING}


class Instance:
    """An instance of a class, which is no plain object."""


SPECIAL: dict[str, Any] = {
    "$undefined": lambda e: MISSING,
    "$nan": lambda e: float("nan"),
    "$inf": lambda e: float("inf") * e["$inf"],
    "$negzero": lambda e: -0.0,
    "$number": lambda e: float(e["$number"]),
    "$bytes": lambda e: base64.b64decode(e["$bytes"]),
    "$date": lambda e: datetime.datetime.fromtimestamp(e["$date"] / 1000, datetime.UTC),
    "$regexp": lambda e: re.compile(e["$regexp"]),
    "$set": lambda e: set(map(str, e["$set"])),
    "$bigint": lambda e: int(e["$bigint"]),
    "$function": lambda e: lambda: None,
    "$instance": lambda e: Instance(),
    "$map": lambda e: {_key(key): value(item) for key, item in e["$map"]},
    "$duration": lambda e: Duration.of(e["$duration"]),
    "$byteSize": lambda e: ByteSize(e["$byteSize"]),
    "$stream": lambda e: io.BytesIO(),
    "$contextRef": lambda e: s.context_ref(e["$contextRef"]),
    "$siblingRef": lambda e: s.sibling_ref(e["$siblingRef"]),
    "$fn": lambda e: NAMED[e["$fn"]](*map(value, e.get("args", []))),
    "$raw": lambda e: {key: value(item) for key, item in e["$raw"].items()},
}


def _key(key: Any) -> Any:
    # A Map may have objects as keys; a tuple is what a dict can have.
    return ("object",) if isinstance(key, dict) else key


def encode(item: Any) -> Any:
    """Return the encoding of an output, for comparisons and for `fail_with_json`."""
    if isinstance(item, ByteSize):
        return {"$byteSize": int(item)}
    if isinstance(item, Duration):
        return {"$duration": item.milliseconds}
    if isinstance(item, bytes):
        return {"$bytes": base64.b64encode(item).decode()}
    if isinstance(item, io.IOBase):
        return {"$stream": "Stream"}
    if item is MISSING:
        return {"$undefined": True}
    if isinstance(item, float) and item.is_integer():
        return int(item)
    if isinstance(item, list):
        return [encode(part) for part in item]
    if isinstance(item, dict):
        return {key: encode(part) for key, part in item.items()}
    return item


def canonical(item: Any) -> str:
    return json.dumps(encode(item), separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def _raise(message: str) -> None:
    raise ValueError(message)


NAMED: dict[str, Any] = {
    "ok": lambda: lambda v: None,
    "fail_with": lambda message: lambda v: message,
    "throw_with": lambda message: lambda v: _raise(message),
    "fail_if_equal": lambda x, message: lambda v: message if canonical(v) == canonical(x) else None,
    "fail_if_key_equal": lambda key, x, m: lambda v: m if canonical(v.get(key)) == canonical(x) else None,
    "fail_if_length_gt": lambda n, message: lambda v: message if len(v) > n else None,
    "fail_unless_prefix": lambda p, message: lambda v: None if v.startswith(p) else message,
    "fail_with_json": lambda: lambda v: "got " + canonical(v),
    "return_value": lambda x: lambda v: x,
    "return_const": lambda x: lambda: x,
}
