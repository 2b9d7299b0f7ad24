"""The best a person would write by hand for W1 to W8: goal of the generator, yardstick of `instructions`.

Plain Python that copies, checks exact types and refuses unknown keys. An error says where
and no more. Change nothing here lightly: the budget of `instructions` is counted in it.
"""

import re
from collections.abc import Callable
from math import isfinite
from typing import Any

from benchmarks.peer import Peer, Validate

Path = tuple[str | int, ...]

RULE_TYPE_ID = re.compile(r"[a-z][a-z0-9_.-]*", re.ASCII).fullmatch
DIGITS = re.compile(r"[0-9]{1,15}", re.ASCII).fullmatch
SMALL_NUMBERS = {str(n): n for n in range(1001)}
SEVERITIES = frozenset({"low", "medium", "high"})
LEVELS = frozenset({"info", "warn", "error"})
TEXTS_ONLY = frozenset({str}).issuperset
FLOATS_ONLY = frozenset({float}).issuperset


class WrongError(Exception):
    """A value does not fit; the argument is where."""

    __slots__ = ()


def wrong(*path: str | int) -> WrongError:
    return WrongError(path)


def params(value: Any) -> dict[str, Any]:
    if type(value) is not dict or len(value) != 1:
        raise wrong()
    try:
        type_ = value["type"]
    except KeyError:
        raise wrong("type") from None
    if type(type_) is not str:
        raise wrong("type")
    return {"type": type_}


def query(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise wrong()
    out = value.copy()
    found = 0
    if "page" in out:
        found += 1
        page = out["page"]
        if type(page) is not int:
            page = out["page"] = number_in(page, "page")
        if page < 1:
            raise wrong("page")
    else:
        out["page"] = 1
    if "per_page" in out:
        found += 1
        per_page = out["per_page"]
        if type(per_page) is not int:
            per_page = out["per_page"] = number_in(per_page, "per_page")
        if not 1 <= per_page <= 100:
            raise wrong("per_page")
    else:
        out["per_page"] = 20
    if "search" in out:
        found += 1
        search = out["search"]
        if type(search) is not str or len(search) > 256:
            raise wrong("search")
    if found != len(value):
        raise wrong()
    return out


def number_in(text: Any, name: str) -> int:
    if type(text) is not str:
        raise wrong(name)
    number = SMALL_NUMBERS.get(text)
    if number is None:
        if not DIGITS(text):
            raise wrong(name)
        number = int(text)
    return number


def body(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise wrong()
    out = value.copy()
    try:
        name = out["name"]
        description = out["description"]
        rule_type_id = out["rule_type_id"]
        consumer = out["consumer"]
        enabled = out["enabled"]
        muted = out["muted"]
        notify = out["notify"]
        owner = out["owner"]
        space = out["space"]
        interval_sec = out["interval_sec"]
        threshold = out["threshold"]
        window_size = out["window_size"]
        risk_score = out["risk_score"]
        severity = out["severity"]
        tags = out["tags"]
        parent_id = out["parent_id"]
        schedule = out["schedule"]
    except KeyError as missing:
        raise wrong(*missing.args) from None
    if type(name) is not str or not 1 <= len(name) <= 200:
        raise wrong("name")
    if type(description) is not str or len(description) > 1000:
        raise wrong("description")
    if type(rule_type_id) is not str or len(rule_type_id) > 100 or not RULE_TYPE_ID(rule_type_id):
        raise wrong("rule_type_id")
    if type(consumer) is not str or not 1 <= len(consumer) <= 64:
        raise wrong("consumer")
    if enabled is not True and enabled is not False:
        raise wrong("enabled")
    if muted is not True and muted is not False:
        raise wrong("muted")
    if notify is not True and notify is not False:
        raise wrong("notify")
    if type(owner) is not str or not 1 <= len(owner) <= 64:
        raise wrong("owner")
    if type(space) is not str or len(space) > 64:
        raise wrong("space")
    if type(interval_sec) is not int or not 1 <= interval_sec <= 86400:
        raise wrong("interval_sec")
    if (type(threshold) is not float and type(threshold) is not int) or not 0 <= threshold <= 1e6:
        raise wrong("threshold")
    if type(window_size) is not int or not 1 <= window_size <= 1000:
        raise wrong("window_size")
    if type(risk_score) is not int or not 0 <= risk_score <= 100:
        raise wrong("risk_score")
    if type(severity) is not str or severity not in SEVERITIES:
        raise wrong("severity")
    if type(tags) is not list or len(tags) > 50:
        raise wrong("tags")
    tags = out["tags"] = tags.copy()
    for index, tag in enumerate(tags):
        if type(tag) is not str or len(tag) > 50:
            raise wrong("tags", index)
    if parent_id is not None and type(parent_id) is not str:
        raise wrong("parent_id")
    out["schedule"] = schedule_of(schedule)
    found = 17
    if "version" in out:
        found += 1
        version = out["version"]
        if type(version) is not int or version < 1:
            raise wrong("version")
    else:
        out["version"] = 1
    if "throttle" in out:
        found += 1
        if type(out["throttle"]) is not str:
            raise wrong("throttle")
    else:
        out["throttle"] = "5m"
    if "actions_enabled" in out:
        found += 1
        if type(out["actions_enabled"]) is not bool:
            raise wrong("actions_enabled")
    else:
        out["actions_enabled"] = True
    if found != len(value):
        raise wrong()
    return out


def schedule_of(value: Any) -> dict[str, Any]:
    if type(value) is not dict or len(value) != 5:
        raise wrong("schedule")
    out = value.copy()
    try:
        interval = out["interval"]
        timezone = out["timezone"]
        start_at = out["start_at"]
        count = out["count"]
        enabled = out["enabled"]
    except KeyError as missing:
        raise wrong("schedule", *missing.args) from None
    if type(interval) is not str or not 1 <= len(interval) <= 20:
        raise wrong("schedule", "interval")
    if type(timezone) is not str or len(timezone) > 64:
        raise wrong("schedule", "timezone")
    if type(start_at) is not int or start_at < 0:
        raise wrong("schedule", "start_at")
    if type(count) is not int or not 1 <= count <= 100:
        raise wrong("schedule", "count")
    if enabled is not True and enabled is not False:
        raise wrong("schedule", "enabled")
    return out


def bulk(value: Any) -> list[dict[str, Any]]:
    if type(value) is not list:
        raise wrong()
    out: list[dict[str, Any]] = []
    for item in value.copy():
        if type(item) is not dict or len(item) != 3:
            raise wrong(len(out))
        try:
            id_ = item["id"]
            count = item["count"]
            tags = item["tags"]
        except KeyError as missing:
            raise wrong(len(out), *missing.args) from None
        if type(id_) is not str:
            raise wrong(len(out), "id")
        if type(count) is not int or count < 0:
            raise wrong(len(out), "count")
        if type(tags) is not list:
            raise wrong(len(out), "tags")
        tags = tags.copy()
        for tag in tags:
            if type(tag) is not str:
                raise wrong(len(out), "tags", tags.index(tag))
        out.append({"id": id_, "count": count, "tags": tags})
    return out


def integers(value: Any) -> list[int]:
    if type(value) is not list:
        raise wrong()
    out = value.copy()
    for item in out:
        if type(item) is not int or not 0 <= item <= 1_000_000:
            raise wrong(out.index(item))
    return out


def floats(value: Any) -> dict[str, float]:
    if type(value) is not dict:
        raise wrong()
    out = value.copy()
    numbers = out.values()
    if TEXTS_ONLY(map(type, out)) and FLOATS_ONLY(map(type, numbers)) and isfinite(sum(numbers)):
        return out
    for key, item in out.items():
        if type(key) is not str or type(item) is not float or not isfinite(item):
            raise wrong(str(key))
    return out


def events(value: Any) -> list[dict[str, Any]]:
    if type(value) is not list:
        raise wrong()
    out: list[dict[str, Any]] = []
    for item in value.copy():
        if type(item) is not dict:
            raise wrong(len(out))
        tag = item.get("type")
        event = EVENTS.get(tag) if type(tag) is str else None
        if event is None:
            raise wrong(len(out), "type")
        copy = item.copy()
        try:
            fits = event(copy)
        except KeyError as missing:
            raise wrong(len(out), *missing.args) from None
        if not fits:
            raise wrong(len(out))
        out.append(copy)
    return out


def fits_log(out: dict[str, Any]) -> bool:
    level = out["level"]
    return (
        len(out) == 4
        and type(out["message"]) is str
        and type(level) is str
        and level in LEVELS
        and type(out["logger"]) is str
    )


def fits_metric(out: dict[str, Any]) -> bool:
    value = out["value"]
    return (
        len(out) == 4
        and type(out["name"]) is str
        and ((type(value) is float and value - value == 0) or type(value) is int)
        and type(out["unit"]) is str
    )


def fits_span(out: dict[str, Any]) -> bool:
    parent, duration = out["parent"], out["duration"]
    return (
        len(out) == 4
        and type(out["id"]) is str
        and (parent is None or type(parent) is str)
        and type(duration) is int
        and duration >= 0
    )


def fits_email(out: dict[str, Any]) -> bool:
    to, html = out["to"], out["html"]
    if len(out) != 4 or type(to) is not list:
        return False
    to = out["to"] = to.copy()
    for address in to:
        if type(address) is not str:
            return False
    return type(out["subject"]) is str and (html is True or html is False)


def fits_webhook(out: dict[str, Any]) -> bool:
    retries, timeout = out["retries"], out["timeout"]
    return (
        len(out) == 4
        and type(out["url"]) is str
        and type(retries) is int
        and 0 <= retries <= 10
        and type(timeout) is int
        and 1 <= timeout <= 600
    )


EVENTS: dict[str, Callable[[dict[str, Any]], bool]] = {
    "log": fits_log,
    "metric": fits_metric,
    "span": fits_span,
    "email": fits_email,
    "webhook": fits_webhook,
}


def tree(value: Any) -> dict[str, Any]:
    if type(value) is not dict or len(value) != 3:
        raise wrong()
    try:
        name = value["name"]
        number = value["value"]
        children = value["children"]
    except KeyError as missing:
        raise wrong(*missing.args) from None
    if type(name) is not str:
        raise wrong("name")
    if type(number) is not int:
        raise wrong("value")
    if type(children) is not list:
        raise wrong("children")
    return {"name": name, "value": number, "children": [tree(child) for child in children]}


def build(validate: Validate) -> Callable[[], Validate]:
    return lambda: validate


NOT_WRITTEN = "not written by hand"
PEERS = [
    Peer(
        name="by hand",
        package=None,
        build={
            "params": build(params),
            "query": build(query),
            "typed_query": build(query),
            "body": build(body),
            "bulk": build(bulk),
            "integers": build(integers),
            "floats": build(floats),
            "events": build(events),
            "tree": build(tree),
        },
        error=WrongError,
        details=lambda error: error.args[0],
        remark="the best Python that we would write by hand; an error says where, and no more",
        absent=dict.fromkeys(("search", "operations", "config"), NOT_WRITTEN),
    )
]
