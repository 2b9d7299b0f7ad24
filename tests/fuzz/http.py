"""P14: what a schema says of JSON, it says under every framework, of bodies, queries, parameters and headers.

There is one app for each framework, with one route for each part of a request; what the routes validate is
exchanged for each subject.
"""

import asyncio
import atexit
import contextlib
import functools
import json
import logging
import zlib
from collections.abc import Callable, Iterator
from typing import Any, Final, cast
from urllib.parse import quote, quote_plus

import attrs

from kbn_schema import MISSING, Schema, SchemaDefinitionError, ValidationError, schema
from kbn_schema.http import RequestParts, Router
from kbn_schema.http.definition import make_intake
from kbn_schema.http.header_fields import header_names
from kbn_schema.http.intake import Intake
from kbn_schema.http.once import Once
from kbn_schema.http.paths import parse_template
from kbn_schema.run import Run
from tests.fuzz.judges.reading import is_json
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject
from tests.same import same

METHODS: Final = {"body": "POST", "query": "GET", "params": "GET", "headers": "GET"}
PATHS: Final = {"body": "/body", "query": "/query", "params": "/params/{v}", "headers": "/headers"}
JSON: Final = ("Content-Type", "application/json")
# What a value is sent as, by the hash of its text.
SENT_AS: Final = ["body", "body", "body", "broken", "query", "query", "params", "headers"]


@attrs.frozen
class Sent:
    """A request that sends a value in *part*, with what `validate` says of it."""

    part: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes | None
    expected: "Verdict | None"


@attrs.frozen
class Verdict:
    """What was said: *kind* is "accepted", "refused" or "broken".

    *content* is what a handler gets, or the paths, codes and messages of the issues.
    """

    kind: str
    content: Any = None


@attrs.frozen
class Excluded(Exception):
    rule: str


def check(subject: Subject, tally: Tally) -> None:
    with silence():
        for given in subject.cases:
            if not is_json(given.part):
                tally.excluded("P14", "no JSON")
                continue
            try:
                sent = sending(subject.judged, given.part)
            except Excluded as excluded:
                tally.excluded("P14", excluded.rule)
                continue
            compare(sent)
            tally.compared("P14", len(apps()))


def sending(judged: Schema[Any], part: Any) -> Sent:
    """Let the routes validate with *judged*, and return a request that sends the value *part*.

    Raises:
        Excluded: It cannot be sent so.
    """
    text = json.dumps(part)
    way = SENT_AS[zlib.crc32(text.encode()) % len(SENT_AS)]
    try:
        return SENDERS[way](judged, part, text)
    except SchemaDefinitionError:
        raise Excluded(f"a schema that cannot be for {way}") from None


def in_body(judged: Schema[Any], part: Any, text: str) -> Sent:
    validate_with("body", judged)
    data = text.encode()
    expected = verdict(lambda: judged.validate_json(data, None, "request body"), "body")
    return Sent("body", "/body", [JSON], data, expected)


def broken(judged: Schema[Any], part: Any, text: str) -> Sent:
    """The text with something wrong in one place."""
    place = zlib.crc32(text.encode()[::-1])
    at, what = place % (len(text) + 1), BREAKS[place // 7 % len(BREAKS)]
    changed = text[:at] + text[at + 1 :] if what is None else text[:at] + what + text[at:]
    if not changed.strip():
        raise Excluded("an empty body, which is none")
    return in_body(judged, part, changed)


BREAKS: Final = [
    None,
    ",",
    '"',
    "\\",
    "]",
    "}",
    "{",
    "\n",
    "\ufeff",
    "\x00",
    "1",
    "-",
    ".",
    "e5",
    "NaN",
    '"a":1,',
    "\\ud800",
    "//",
    "[",
]


def in_query(judged: Schema[Any], part: Any, text: str) -> Sent:
    if type(part) is dict:
        rule, fields = judged, {name: texts_of(item) for name, item in part.items()}
    else:
        rule, fields = schema.object({"v": judged}), {"v": texts_of(part)}
    pairs = [(name, item) for name, items in fields.items() for item in items]
    if len(pairs) > 1000:
        raise Excluded("more than 1000 fields")
    validate_with("query", rule)
    value = {name: items[0] if len(items) == 1 else items for name, items in fields.items() if items}
    expected = verdict(lambda: rule.enforce(value, Run({}, fields=True), "request query"), "query")
    query = "&".join(f"{quote_plus(encoded(name))}={quote_plus(encoded(item))}" for name, item in pairs)
    return Sent("query", f"/query?{query}", [], None, expected)


def in_path(judged: Schema[Any], part: Any, text: str) -> Sent:
    segment = text_of(part)
    if segment in ("", ".", ".."):
        raise Excluded("a segment that means something")
    rule = schema.object({"v": judged})
    validate_with("params", rule)
    expected = verdict(lambda: rule.validate({"v": segment}, None, "request params"), "params")
    return Sent("params", f"/params/{quote(encoded(segment), safe='')}", [], None, expected)


def in_headers(judged: Schema[Any], part: Any, text: str) -> Sent:
    header = text_of(part)
    if not header.isprintable() or header != header.strip() or any(char > "\xff" for char in header):
        raise Excluded("no text of a header")
    rule = schema.object({"X-V": judged})
    validate_with("headers", rule)
    (name,) = header_names(rule) or ()
    expected = None if name.many else verdict(
        lambda: rule.validate({"X-V": header}, None, "request headers"), "headers"
    )  # fmt: skip
    return Sent("headers", "/headers", [("X-V", header)], None, expected)


SENDERS: Final = {
    "body": in_body,
    "broken": broken,
    "query": in_query,
    "params": in_path,
    "headers": in_headers,
}


def texts_of(part: Any) -> list[str]:
    return [text_of(item) for item in part] if type(part) is list else [text_of(part)]


def text_of(part: Any) -> str:
    return part if type(part) is str else json.dumps(part)


def encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise Excluded("a lone surrogate") from None


def verdict(validate: Callable[[], Any], part: str) -> Verdict:
    """What *validate* says, as an answer would say it of *part*."""
    try:
        return Verdict("accepted", validate())
    except ValidationError as error:
        told = error.to_dict()["issues"]
        issues = [[[part, *issue["path"]], issue["code"], issue["message"]] for issue in told]
        return Verdict("refused", [str(error), issues])
    except SchemaDefinitionError:
        return Verdict("broken")


def compare(sent: Sent) -> None:
    answers = {name: ask(sent) for name, ask in apps().items()}
    first = answers["router"]
    if sent.expected is not None:
        assert_told(sent, first)
    for name, other in answers.items():
        assert first.answer == other.answer, f"P14: {name} answers otherwise\n{sent}\n{first}\n{other}"
        assert same(first.seen, other.seen), (
            f"P14: under {name} the handler gets something else\n{sent}\n{first}\n{other}"
        )


def assert_told(sent: Sent, given: "Given") -> None:
    """Assert that the router says what `validate` does."""
    expected = sent.expected
    assert expected is not None
    status, body = given.answer
    statuses = {"accepted": 200, "refused": 400, "broken": 500}
    assert statuses[expected.kind] == status, f"P14: the status is not what validate says\n{sent}\n{given}"
    if expected.kind == "accepted":
        assert same(expected.content, given.seen), (
            f"P14: the handler does not get the output\n{sent}\n{given}"
        )
    if expected.kind == "refused":
        assert_refused(sent, json.loads(body))


def assert_refused(sent: Sent, told: Any) -> None:
    message, issues = sent.expected.content  # type: ignore[union-attr]
    kept = told["attributes"]["issues"]
    found = [[issue["path"], issue["code"], issue["message"]] for issue in kept]
    whole = issues if "omitted" not in told["attributes"] else issues[: len(kept)]
    assert found == whole, f"P14: the issues are not those of validate\n{sent}\n{told}"
    if issues[0][1] != "json" or issues[0][0] != ["body"]:  # Kibana has a text of its own for that
        assert message == told["message"], f"P14: the message is not that of validate\n{sent}\n{told}"


# --- the apps ---


@attrs.frozen
class Given:
    """What came back: status and body; and what the handler was given, if it was called."""

    answer: tuple[int, bytes]
    seen: Any


SEEN: Final[list[Any]] = []


def handle(context: Any, request: Any, response: Any) -> Any:
    SEEN.append(getattr(request, request.path.split("/")[1]))
    return response.ok(body="seen")


async def handle_async(context: Any, request: Any, response: Any) -> Any:
    return handle(context, request, response)


@functools.cache
def routers() -> tuple[Router, Router]:
    """Return one with a plain handler, and one with an async one."""
    made = Router(), Router()
    for router, handler in zip(made, (handle, handle_async), strict=True):
        for part, path in PATHS.items():
            getattr(router, METHODS[part].lower())(path, validate=False)(handler)
    return made


def validate_with(part: str, rule: Schema[Any]) -> None:
    """Let the routes for *part* validate with *rule*.

    Raises:
        SchemaDefinitionError: It cannot be one for that.
    """
    path, block = PATHS[part], cast(Any, {part: rule})
    intake: Once[Intake] = make_intake(part, block, {}, METHODS[part], parse_template(path, part), dev=True)
    if part == "body" and intake().body_format.taken != "data":
        raise Excluded("a body that is no JSON")
    for router in routers():
        for route in router.routes:
            if route.path == path:
                object.__setattr__(route, "intake", intake)


@functools.cache
def apps() -> dict[str, Callable[[Sent], Given]]:
    """Return what asks each framework's app, by name; the first is the router itself."""
    from tests.fuzz.http_apps import make_asgi_apps, make_others, make_wsgi_apps

    plain, asynchronous = routers()
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    calls: dict[str, Callable[[Sent], tuple[int, bytes]]] = {"router": functools.partial(by_router, plain)}
    calls |= make_others(plain) | make_wsgi_apps(plain) | make_asgi_apps(asynchronous, loop)
    return {name: functools.partial(seen_by, call) for name, call in calls.items()}


def by_router(router: Router, sent: Sent) -> tuple[int, bytes]:
    path, _, query = sent.target.partition("?")
    length = [] if sent.body is None else [("Content-Length", str(len(sent.body)))]
    answer = router.handle(
        RequestParts(METHODS[sent.part], path, query.encode(), [*sent.headers, *length], sent.body)
    )
    assert isinstance(answer.body, bytes)
    return answer.status, answer.body


def seen_by(call: Callable[[Sent], tuple[int, bytes]], sent: Sent) -> Given:
    SEEN.clear()
    answer = call(sent)
    assert len(SEEN) == (answer[0] == 200), f"P14: the handler was called {len(SEEN)} times\n{sent}"
    return Given(answer, SEEN[0] if SEEN else MISSING)


@contextlib.contextmanager
def silence() -> Iterator[None]:
    """Keep the log of what goes wrong to ourselves: checks of authors raise on purpose."""
    log = logging.getLogger("kbn_schema")
    before, log.disabled = log.disabled, True
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        log.disabled = before
        logging.disable(level)


PROPERTY = Property("P14", "every framework gives the same answer", check, share=0.003)
