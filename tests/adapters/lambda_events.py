"""The events that AWS makes of requests, and the answers that clients get of what a function returns.

As "Lambda proxy integrations" in the API Gateway guide, "Invoking Lambda function URLs" and "Lambda functions
as targets" say; where these are silent, as recorded from AWS in
https://github.com/hotsock/voker/tree/main/vokerhttp/testdata. An event holds no more than what tells requests
apart, and goes through JSON, as Lambda's do.
"""

import json
import re
from base64 import b64decode, b64encode
from urllib.parse import unquote_to_bytes

from tests.adapters.contract import Answer

ESCAPE = re.compile("%[0-9A-Fa-f]{2}")
API_DOMAIN = "abc.execute-api.eu-west-1.amazonaws.com"
URL_DOMAIN = "abc.lambda-url.eu-west-1.on.aws"


class Lost(Exception):
    """What AWS does not hand on as it was sent."""


def rest_api(method, target, headers=(), body=None, stage="prod"):
    """The path is as it was sent, the query is decoded, and the length of a body is kept back."""
    path, _, query = target.partition("?")
    event = {
        "resource": "/{proxy+}",
        "path": path,
        "httpMethod": method,
        **one_and_many("headers", headers),
        **one_and_many("queryStringParameters", decoded_fields(query)),
        "pathParameters": {"proxy": path.removeprefix("/")},
        "requestContext": {"domainName": API_DOMAIN, "path": f"/{stage}{path}", "stage": stage},
        **content(body),
    }
    return through_json(event)


def http_api_1(method, target, headers=(), body=None, stage="$default", domain=API_DOMAIN):
    """Payload format 1.0: the path and the query are decoded, the path begins with the stage."""
    headers = with_length(headers, body)
    path, _, query = target.partition("?")
    path = staged(decoded_path(path), stage)
    event = {
        "version": "1.0",
        "resource": "$default",
        "path": path,
        "httpMethod": method,
        **one_and_many("headers", headers),
        **one_and_many("queryStringParameters", decoded_fields(query)),
        "pathParameters": None,
        "requestContext": {"domainName": domain, "path": path, "stage": stage},
        **content(body),
    }
    return through_json(event)


def http_api_2(method, target, headers=(), body=None, stage="$default", domain=API_DOMAIN):
    """Payload format 2.0: the path is decoded and begins with the stage, the query is as it was sent."""
    headers = with_length(headers, body)
    path, _, query = target.partition("?")
    path = staged(decoded_path(path), stage)
    others = [(name, value) for name, value in headers if name.lower() != "cookie"]
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        **cookies(headers),
        "headers": {name: ",".join(values) for name, values in grouped(others).items()},
        "requestContext": {"domainName": domain, "http": {"method": method, "path": path}, "stage": stage},
        **content(body),
    }
    return through_json(event)


def function_url(method, target, headers=(), body=None):
    """Payload format 2.0 with the path as it was sent, and cookies among the headers, too."""
    headers = with_length(headers, body)
    path, _, query = target.partition("?")
    decoded = unquote_to_bytes(path).decode(errors="replace")
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        **cookies(headers),
        "headers": {name: ",".join(values) for name, values in grouped(headers).items()},
        "requestContext": {
            "domainName": URL_DOMAIN,
            "http": {"method": method, "path": decoded},
            "stage": "$default",
        },
        **content(body),
    }
    return through_json(event)


def load_balancer(method, target, headers=(), body=None, has_many=True):
    """Nothing is decoded; *has_many* says whether the target group has multi-value headers."""
    headers = with_length(headers, body)
    path, _, query = target.partition("?")
    fields = [field.partition("=")[::2] for field in query.split("&") if field]
    shown = many if has_many else one
    event = {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x:1:targetgroup/a"}},
        "httpMethod": method,
        "path": path,
        **shown("queryStringParameters", fields),
        **shown("headers", headers),
        **content(body or b""),
    }
    return through_json(event)


def with_length(headers, body):
    """*headers*, among which there is always the length of the *body*."""
    if body is None or "content-length" in {name.lower() for name, _ in headers}:
        return headers
    return [*headers, ("content-length", str(len(body)))]


def one_and_many(name, pairs):
    """What format 1 shows of *pairs*; nulls where there are none."""
    if not pairs:
        return {name: None, named_many(name): None}
    return {**one(name, pairs), **many(name, pairs)}


def one(name, pairs):
    return {name: dict(pairs)}


def many(name, pairs):
    return {named_many(name): grouped(pairs)}


def named_many(name):
    return f"multiValue{name[0].upper()}{name[1:]}"


def grouped(pairs):
    """All values of each name, whatever its case, under the name that came first."""
    names, values = {}, {}
    for name, value in pairs:
        values.setdefault(names.setdefault(name.lower(), name), []).append(value)
    return values


def cookies(headers):
    found = [value for name, values in headers if name.lower() == "cookie" for value in values.split("; ")]
    return {"cookies": found} if found else {}


def decoded_fields(query):
    """The fields of *query*, as API Gateway decodes them.

    Raises:
        Lost: Something cannot be decoded.
    """
    pairs = [field.partition("=")[::2] for field in query.replace("+", " ").split("&") if field]
    return [(decoded(name), decoded(value)) for name, value in pairs]


def decoded_path(path):
    """*path*, as an HTTP API decodes it.

    Raises:
        Lost: It cannot be decoded, or is not what it was.
    """
    text = decoded(path)
    if "?" in text:
        raise Lost("an HTTP API ends the path at a decoded question mark")
    if text.count("/") > path.count("/"):
        raise Lost("an HTTP API decodes %2F, which is a slash then")
    return text


def decoded(text):
    if text.count("%") != len(ESCAPE.findall(text)):
        raise Lost("API Gateway decodes it, and answers a malformed escape with 400 itself")
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise Lost("API Gateway decodes it, and does not say what it makes of what is no UTF-8") from None


def staged(path, stage):
    return path if stage == "$default" else f"/{stage}{path}"


def content(body):
    """Text is handed on as it is, all else as base64."""
    if body is None:
        return {"body": None, "isBase64Encoded": False}
    try:
        return {"body": body.decode(), "isBase64Encoded": False}
    except UnicodeDecodeError:
        return {"body": b64encode(body).decode(), "isBase64Encoded": True}


def through_json(event):
    return json.loads(json.dumps(event))


def as_answer(event, returned):
    """What the client gets where a function has *returned* an answer to *event*."""
    returned = through_json(returned)
    assert {"statusCode", "body", "isBase64Encoded"} <= returned.keys()
    pairs = tuple((name.lower(), value) for name, value in returned_headers(event, returned))
    body = b64decode(returned["body"]) if returned["isBase64Encoded"] else returned["body"].encode()
    return Answer(returned["statusCode"], pairs, body)


def returned_headers(event, returned):
    known = {"statusCode", "body", "isBase64Encoded"}
    if "elb" in event["requestContext"]:
        assert returned["statusDescription"].startswith(f"{returned['statusCode']} ")
        name = "multiValueHeaders" if "multiValueHeaders" in event else "headers"
        known |= {"statusDescription", name}
    elif event.get("version") == "2.0":
        name = "headers"
        known |= {"headers", "cookies"}
        yield from (("set-cookie", cookie) for cookie in returned["cookies"])
    else:
        name = "multiValueHeaders"
        known |= {name}
    assert known == returned.keys()
    for header, value in returned[name].items():
        yield from ((header, each) for each in (value if isinstance(value, list) else [value]))


def text_answer(event, status, text):
    """What a function of one's own returns to *event*, without headers."""
    if event.get("version") == "2.0":
        extra = {"headers": {}, "cookies": []}
    elif "elb" in event["requestContext"]:
        extra = {"multiValueHeaders": {}, "statusDescription": f"{status} Text"}
    else:
        extra = {"multiValueHeaders": {}}
    return {"statusCode": status, **extra, "body": text, "isBase64Encoded": False}
