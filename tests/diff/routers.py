"""Routers of one route, for comparisons: of a part of a request, of an answer, of a route itself."""

from typing import Any

from kbn_schema import contract, diff, schema
from kbn_schema.contract import Contract
from kbn_schema.http import Router

PUBLIC = "2023-10-31"
PATH = "/api/things"


def handle(context: Any, request: Any, response: Any) -> Any:
    return response.ok()


def requests(**parts: Any) -> Contract:
    """The contract of a route that takes *parts*."""
    return versioned({PUBLIC: {"validate": {"request": parts}}})


def answers(rule: Any = None, status: int = 200, **more: Any) -> Contract:
    """The contract of a route that answers with *rule*."""
    block = more if rule is None else {"body": rule, **more}
    return versioned({PUBLIC: {"validate": {"request": {}, "response": {status: block}}}})


def versioned(
    versions: Any, path: str = PATH, method: str = "post", access: str = "public", **options: Any
) -> Contract:
    """The contract of a route with *versions*: for each the arguments of `add_version`."""
    router = Router(version_resolution=options.pop("version_resolution", "oldest"))
    route = getattr(router.versioned, method)(path, access=access, **options)
    for version, given in versions.items():
        route.add_version(version, handler=handle, **given)
    return contract.of(router)


def plain(path: str = PATH, method: str = "post", validate: Any = False, **options: Any) -> Contract:
    """The contract of a route without versions."""
    router = Router()
    getattr(router, method)(path, validate=validate, **options)(handle)
    return contract.of(router)


def in_request(
    before: Any, after: Any, part: str = "body", profile: Any = "kibana"
) -> tuple[diff.Change, ...]:
    """What changed where *after* is taken instead of *before*."""
    return diff.compare(requests(**{part: before}), requests(**{part: after}), profile=profile)


def in_answer(before: Any, after: Any, profile: Any = "kibana") -> tuple[diff.Change, ...]:
    """What changed where *after* is answered instead of *before*."""
    return diff.compare(answers(before), answers(after), profile=profile)


def fields(before: Any, after: Any, part: str = "query", profile: Any = "kibana") -> tuple[diff.Change, ...]:
    """What changed where the field ``a`` of a part is *after* instead of *before*."""
    return in_request(schema.object({"a": before}), schema.object({"a": after}), part, profile)


RANK = {"INFO": 0, "WARN": 1, "ERR": 2}


def worst(changes: Any) -> str:
    """The highest level of *changes*; INFO where there is none."""
    return max((change.level for change in changes), key=RANK.__getitem__, default="INFO")
