"""Reads the recorded cases of Kibana's HTTP side: their schemas, rules and requests."""

import json
import re
from pathlib import Path
from urllib.parse import quote, urlencode

from kbn_schema import MISSING, schema
from kbn_schema.http import TestClient

# Our 500 does not name Kibana.
GENERIC = "An internal server error occurred. Check the server logs for details."


def load(name):
    """The cases of the file *name*, by id."""
    cases = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case for case in cases}


def snake(name):
    return re.sub(r"[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def must_be_x(value):
    return None if value == "x" else "must be x"


def bar_baz(data, result):
    data = {} if data in (MISSING, None) else data
    bar, baz = data.get("bar"), data.get("baz")
    if isinstance(bar, str) and isinstance(baz, int):
        return result.ok({"bar": bar, "baz": baz})
    return result.bad_request("Wrong payload", ["body"])


def foo_string(data, ok, bad_request):
    return ok(dict(data)) if isinstance(data.get("foo"), str) else bad_request("Not a string", ["foo"])


def always_bad(data, bad_request):
    return bad_request("nope")


def throws(data, result):
    raise Exception("Something went terribly wrong")


RULES = {"bar_baz": bar_baz, "foo_string": foo_string, "always_bad": always_bad, "throws": throws}


def option(value):
    return {"must_be_x": must_be_x}[value["fn"]] if isinstance(value, dict) else value


def build(tree):
    """The rule that a neutral tree of a case file describes: a schema, or a function."""
    options = {snake(name): option(value) for name, value in tree.get("opts", {}).items()}
    match tree:
        case {"rule": name}:
            return RULES[name]
        case {"t": "object", "props": props}:
            return schema.object({name: build(prop) for name, prop in props.items()}, **options)
        case {"t": "arrayOf", "items": item}:
            return schema.array_of(build(item), **options)
        case {"t": "oneOf", "types": types}:
            return schema.one_of([build(kind) for kind in types])
        case {"t": "discriminatedUnion", "discriminator": name, "types": types}:
            return schema.discriminated_union(name, [build(kind) for kind in types])
        case {"t": "conditional", "left": {"ref": "sibling", "key": key}, "right": right}:
            return schema.conditional(
                schema.sibling_ref(key), right, build(tree["then"]), build(tree["otherwise"])
            )
        case {"t": "literal", "value": value}:
            return schema.literal(value)
        case {"t": name, "inner": inner}:
            return getattr(schema, name)(build(inner))
        case {"t": name}:
            return getattr(schema, name)(**options)


def build_parts(parts):
    return {part: build(tree) for part, tree in parts.items()}


def block(validate):
    """The ``validate`` block of a case, in the form that it has there."""
    if not isinstance(validate, dict):
        return validate
    if not validate.keys() & {"request", "response"}:
        return build_parts(validate)
    full = {"request": build_parts(validate.get("request", {}))}
    if "response" in validate:
        full["response"] = {int(status): answers(said) for status, said in validate["response"].items()}
    return full


def answers(said):
    """What a case says of the answers of one status; a lazy body is told in Kibana's words."""
    if "body" not in said:
        return dict(said)
    body = said["body"]
    if isinstance(body, dict):
        return {"body": build(body)}
    names = re.findall(r"(\w+): schema\.(\w+)\(\)", body)
    return {"body": lambda: schema.object({name: getattr(schema, kind)() for name, kind in names})}


def url(path, sent):
    """The target of the request *sent* to the template *path*."""
    params = {name: quote(str(value), safe="") for name, value in sent.get("params", {}).items()}
    filled = re.sub(r"/\{(\w+)[?*]?\}", lambda found: slash(params.get(found[1])), sent.get("path", path))
    query = urlencode(sent.get("query", {}), doseq=True)
    return filled + (f"?{query}" if query else "")


def slash(value):
    return "" if value is None else f"/{value}"


def headers(sent):
    """The headers of the request *sent*, as pairs."""
    return [
        (name, value)
        for name, values in sent.get("headers", {}).items()
        for value in (values if isinstance(values, list) else [values])
    ]


def ask(router, method, path, sent):
    """The answer of *router* to the request *sent*."""
    body = sent.get("body", MISSING)
    return TestClient(router).request(method.upper(), url(path, sent), headers=headers(sent), json=body)


def seen_by(request):
    """What the handler of a case is asked for."""
    return {"params": request.params, "query": request.query, "body": request.body}
