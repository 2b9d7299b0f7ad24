"""This module reads the requests in the events of AWS, and writes each answer in the format of its event.

A format is a class that says where in an event the parts of a request are; all have the same methods in the
same order. A new format is one class more, and its place in `FORMATS`.
"""

from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, TypeVar, cast
from urllib.parse import quote

import attrs

from kbn_schema.adapters.shared import encode
from kbn_schema.http import RequestParts, ResponseParts
from kbn_schema.http.fields import decode_percent
from kbn_schema.http.parts import Pairs

T = TypeVar("T")
Texts = list[tuple[str, str]]


def is_request(event: Any) -> bool:
    """Whether there is a request in *event*."""
    context = event.get("requestContext") if isinstance(event, Mapping) else None
    return isinstance(context, Mapping) and ("http" in context or "httpMethod" in event)


def read(event: Any) -> "RequestEvent":
    """The request in *event*.

    Raises:
        TypeError: It is no mapping, or a field is not of its type.
        ValueError: There is no request in it.
    """
    if not isinstance(event, Mapping):
        raise TypeError(f"the event must be a mapping, but is [{type(event).__name__}]")
    if not is_request(event):
        raise ValueError(
            "the event is no request of API Gateway, of a function URL, or of an Application Load Balancer: "
            "it has neither [requestContext.http] nor [requestContext] and [httpMethod]"
        )
    fields = Fields(event)
    context = fields.part("requestContext")
    return next(each for each in FORMATS if each.fits(fields, context))(fields, context)


@attrs.frozen
class Fields:
    """The fields of an event, or of a part of one.

    Raises:
        TypeError: By each method, where a field is not of its type.
    """

    given: Mapping[str, Any]
    where: str = ""

    def has(self, name: str) -> bool:
        """Whether there is a field *name*, and it is not null."""
        return self.given.get(name) is not None

    def get(self, kind: type[T], name: str, default: T | None = None) -> T:
        """The field *name*; *default*, if there is one, where there is no such field."""
        value = self.given.get(name)
        if value is None and default is not None:
            return default
        if not isinstance(value, kind):
            raise TypeError(
                f"[{self.where}{name}] of the event must be of type [{kind.__name__}], "
                f"but is [{type(value).__name__}]"
            )
        return value

    def part(self, name: str) -> "Fields":
        """The fields of the mapping *name*."""
        return Fields(self.get(cast("type[Mapping[str, Any]]", Mapping), name, {}), f"{self.where}{name}.")

    def texts(self, name: str) -> list[str]:
        """The items of the list *name*."""
        items = {str(index): item for index, item in enumerate(self.get(list, name, []))}
        part = Fields(items, f"{self.where}{name}.")
        return [part.get(str, index) for index in items]

    def pairs(self, name: str) -> Texts:
        """The texts of the mapping *name*, or all of them, where it has a sibling with the repeated ones."""
        many = f"multiValue{name[0].upper()}{name[1:]}"
        if self.has(many):
            part = self.part(many)
            return [(key, text) for key in part.given for text in part.texts(key)]
        part = self.part(name)
        return [(key, part.get(str, key)) for key in part.given]

    def body(self) -> bytes | None:
        """The body; None where there is none.

        Raises:
            ValueError: It is said to be base64, but is not.
        """
        if not self.has("body"):
            return None
        text = self.get(str, "body")
        if not self.get(bool, "isBase64Encoded", False):
            return _as_bytes(text)
        try:
            return b64decode(text, validate=True)
        except ValueError:
            raise ValueError("the event has isBase64Encoded, but its body is no base64") from None


class RequestEvent(ABC):
    """A request in an *event*, part of which is its *context*; subclasses are formats."""

    def __init__(self, event: Fields, context: Fields) -> None:
        self.event = event
        self.context = context
        self.body: bytes | None = event.body()

    def head(self, raw: object, base_path: str = "") -> RequestParts:
        """The request without its body; its path is below *base_path*."""
        path = _below(base_path, self.path())
        headers = [(name, _as_latin(value)) for name, value in self.headers()]
        return RequestParts(self.method(), path, _as_bytes(self.query()), headers, None, raw)

    def answered(self, answer: ResponseParts) -> dict[str, Any]:
        """*answer* in the format of the event; a body that is no UTF-8 is sent as base64."""
        try:
            body, is_encoded = answer.body.decode(), False
        except UnicodeDecodeError:
            body, is_encoded = b64encode(answer.body).decode(), True
        return {
            "statusCode": answer.status,
            **self.answer_head(answer),
            "body": body,
            "isBase64Encoded": is_encoded,
        }

    @staticmethod
    @abstractmethod
    def fits(event: Fields, context: Fields) -> bool:
        """Whether this is the format of *event*, if none before it in `FORMATS` is."""

    @abstractmethod
    def method(self) -> str: ...

    @abstractmethod
    def path(self) -> str:
        """The path below the stage, percent-encoded."""

    @abstractmethod
    def query(self) -> str:
        """The query, percent-encoded."""

    @abstractmethod
    def headers(self) -> Texts: ...

    @abstractmethod
    def params(self) -> Mapping[str, str]:
        """The parameters of the path, decoded.

        Raises:
            Refusal: They cannot be decoded.
        """

    @abstractmethod
    def answer_head(self, answer: ResponseParts) -> dict[str, Any]:
        """The headers of *answer*, and what else there is beside its status and its body."""


class HttpApi(RequestEvent):
    """An HTTP API with payload format 2.0: the path is decoded."""

    @staticmethod
    def fits(event: Fields, context: Fields) -> bool:
        return "http" in context.given

    def method(self) -> str:
        return self.context.part("http").get(str, "method")

    def path(self) -> str:
        return _encoded(self.event.get(str, "rawPath"), self.context)

    def query(self) -> str:
        return self.event.get(str, "rawQueryString", "")

    def headers(self) -> Texts:
        headers = self.event.pairs("headers")
        cookies = self.event.texts("cookies")
        if cookies and "cookie" not in {name.lower() for name, _ in headers}:
            headers.append(("cookie", "; ".join(cookies)))
        return headers

    def params(self) -> Mapping[str, str]:
        return dict(self.event.pairs("pathParameters"))

    def answer_head(self, answer: ResponseParts) -> dict[str, Any]:
        headers = _by_name(answer.headers)
        cookies = headers.pop("set-cookie", [])
        return {"headers": _joined(headers), "cookies": cookies}


class FunctionUrl(HttpApi):
    """The URL of a function: as `HttpApi`, but the path is as it was sent."""

    @staticmethod
    def fits(event: Fields, context: Fields) -> bool:
        return HttpApi.fits(event, context) and ".lambda-url." in context.get(str, "domainName", "")

    def path(self) -> str:
        return self.event.get(str, "rawPath")


class RestApi(RequestEvent):
    """A REST API: the path is as it was sent, the query is decoded."""

    @staticmethod
    def fits(event: Fields, context: Fields) -> bool:
        return True

    def method(self) -> str:
        return self.event.get(str, "httpMethod")

    def path(self) -> str:
        return self.event.get(str, "path")

    def query(self) -> str:
        fields = self.event.pairs("queryStringParameters")
        return _as_query((_quoted(name), _quoted(value)) for name, value in fields)

    def headers(self) -> Texts:
        headers = self.event.pairs("headers")
        if self.body is not None and "content-length" not in {name.lower() for name, _ in headers}:
            headers.append(("content-length", str(len(self.body))))  # which it keeps to itself
        return headers

    def params(self) -> Mapping[str, str]:
        params = self.event.pairs("pathParameters")
        return {name: decode_percent(value, "request params") for name, value in params}

    def answer_head(self, answer: ResponseParts) -> dict[str, Any]:
        return {"multiValueHeaders": _by_name(answer.headers)}


class HttpApiFormat1(RestApi):
    """An HTTP API with payload format 1.0: as `RestApi`, but the path is decoded."""

    @staticmethod
    def fits(event: Fields, context: Fields) -> bool:
        return "version" in event.given

    def path(self) -> str:
        return _encoded(super().path(), self.context)

    def params(self) -> Mapping[str, str]:
        return dict(self.event.pairs("pathParameters"))


class LoadBalancer(RestApi):
    """An Application Load Balancer: as `RestApi`, but nothing is decoded, and there may be no repeats."""

    @staticmethod
    def fits(event: Fields, context: Fields) -> bool:
        return "elb" in context.given

    def query(self) -> str:
        return _as_query(self.event.pairs("queryStringParameters"))

    def answer_head(self, answer: ResponseParts) -> dict[str, Any]:
        description = {"statusDescription": f"{answer.status} {answer.phrase}"}
        if self.event.has("multiValueHeaders"):
            return description | super().answer_head(answer)
        headers = _by_name(answer.headers)
        cookies = zip(_cases("set-cookie"), headers.pop("set-cookie", []), strict=False)
        return description | {"headers": _joined(headers) | dict(cookies)}


FORMATS: tuple[type[RequestEvent], ...] = (FunctionUrl, HttpApi, LoadBalancer, HttpApiFormat1, RestApi)
"""In the order in which they are asked whether they fit."""


def _encoded(path: str, context: Fields) -> str:
    """The *path* of an HTTP API, which has decoded it, below the stage that is in front of it."""
    stage = context.get(str, "stage", "$default")
    has_stage = stage != "$default" and ".execute-api." in context.get(str, "domainName", "")
    return encode(_below(f"/{stage}", path) if has_stage else path)


def _below(base: str, path: str) -> str:
    if not f"{path}/".startswith(f"{base}/"):
        return path
    return path.removeprefix(base) or "/"


def _as_query(fields: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in fields)


def _quoted(text: str) -> str:
    return quote(_as_bytes(text), safe="")


def _as_bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # what is no text is refused later, as on any server


def _as_latin(value: str) -> str:
    """The *value* of a header as on any server, where each byte is a character."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return _as_bytes(value).decode("latin-1")
    return value


def _by_name(headers: Pairs) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name, []).append(value)
    return values


def _joined(headers: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: ", ".join(values) for name, values in headers.items()}


def _cases(name: str) -> Iterator[str]:
    """*name* in different cases: cookies cannot be joined, and one name has one value here."""
    return map("".join, product(*((letter, letter.upper()) for letter in name)))
