"""This module reads the file of a contract, which may hold anything."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NoReturn

from kbn_schema import Schema
from kbn_schema.contract.model import (
    FORMAT,
    VERSION,
    BodyTerm,
    Contract,
    ContractError,
    Data,
    Endpoint,
    ResponseTerm,
    RouteTerm,
    Term,
)
from kbn_schema.contract.shape import file_shape, function_shape, misfit, route_shape, term_shape
from kbn_schema.errors import ValidationError
from kbn_schema.json_text import JsonTextError, read_json
from kbn_schema.problems import Issue, locate
from kbn_schema.wording import escape, show, show_number, type_word

Path = tuple[str | int, ...]
# How a term was found: from where, and by which keys. Paths are made of it where they are told.
Way = tuple["Way | None", Path]

NEWER: Final = "it was written by a newer kbn-schema: use that one"


def read(data: bytes, name: str) -> Contract:
    """Return the contract in *data*, the content of the file *name*.

    Raises:
        ContractError: It is none, or one that this version does not know; the text is one line, which begins
            with *name* and says where it is wrong.

    Source:
        ``docs/reference/contract-file.md``.
    """
    return _Reader(name).contract(data)


class _Reader:
    def __init__(self, name: str) -> None:
        self._name = escape(name)

    def contract(self, data: bytes) -> Contract:
        found = self._shaped(self._json(data))
        schemas: dict[str, Term] = found["schemas"]
        self._require_sense(found)
        self._require_ends(schemas)
        self._require_each_once(found["routes"])
        routes = sorted(map(_route, found["routes"]), key=lambda route: (route.path, route.method))
        return Contract(tuple(routes), schemas)

    def _json(self, data: bytes) -> Any:
        try:
            return read_json(data)
        except JsonTextError as error:
            self._refuse(str(error))

    def _shaped(self, found: Any) -> Data:
        if type(found) is not dict or found.get("format") != FORMAT:
            self._refuse("this is no contract: write one with kbn-schema snapshot")
        version = found.get("version")
        if type(version) is int and version != VERSION:
            remedy = NEWER if version > VERSION else "write it again with kbn-schema snapshot"
            told = f"the contract is of version [{show_number(version)}], and [{VERSION}] is known here"
            self._refuse(f"{told}; {remedy}")
        shaped: Data = self._fitting(file_shape(), found, ())
        shape = route_shape()
        routes = enumerate(shaped["routes"])
        shaped["routes"] = [self._fitting(shape, route, ("routes", index)) for index, route in routes]
        for holder, key, way in _roots(shaped):
            root = holder[key]
            is_function = type(root) is dict and root.get("type") == "function"
            shape = function_shape() if is_function and holder is not shaped["schemas"] else term_shape()
            holder[key] = self._fitting(shape, root, _path(way))
        return shaped

    def _fitting(self, shape: Schema[Any], found: Any, path: Path) -> Any:
        """*found*, which stands at *path*, if it has that *shape*."""
        try:
            shaped = shape.validate(found)
        except ValidationError as error:
            self._refuse_shape(error.issues[0], path)
        # Schemas take texts that spell other values, and we do not write those.
        if shaped != found:
            place, value = _first_difference(found, shaped)
            self._refuse(f"a value of type [{type_word(value)}] is not written so", (*path, *place))
        return shaped

    def _require_sense(self, found: Data) -> None:
        schemas = found["schemas"]
        for term, way in _terms(found):
            if term["type"] == "ref" and term["to"] not in schemas:
                self._refuse(f"it refers to [{show(term['to'])}], which is not in [schemas]", _path(way))
            what = misfit(term)
            if what is not None:
                self._refuse(what, _path(way))

    def _require_each_once(self, routes: list[Data]) -> None:
        seen: set[tuple[str, str]] = set()
        for index, route in enumerate(routes):
            if (route["method"], route["path"]) in seen:
                self._refuse("the route is there twice", ("routes", index))
            seen.add((route["method"], route["path"]))
            if route.get("default_version") not in (None, *route["versions"]):
                self._refuse("there is no such version", ("routes", index, "default_version"))

    def _require_ends(self, schemas: Mapping[str, Term]) -> None:
        """Refuse schemas that lead back to themselves without going into a value."""
        done: set[str] = set()
        for start in schemas:
            under_way: dict[str, None] = {}
            waiting = [(start, False)]
            while waiting:
                name, is_left = waiting.pop()
                if is_left:
                    del under_way[name]
                    done.add(name)
                elif name in under_way:
                    self._refuse("it refers only to itself", ("schemas", name))
                elif name not in done:
                    under_way[name] = None
                    waiting.append((name, True))
                    waiting.extend((target, False) for target in _handed_on(schemas[name]))

    def _refuse_shape(self, issue: Issue, path: Path) -> NoReturn:
        is_new_word = issue.code == "discriminator" and issue.params.get("got") == "string"
        unknown = issue.code == "unknown_key" or is_new_word
        self._refuse(f"{issue.message}; perhaps {NEWER}" if unknown else issue.message, (*path, *issue.path))

    def _refuse(self, what: str, path: Path = ()) -> NoReturn:
        raise ContractError(escape(f"{self._name}: {locate(path, None)}{what}"))


def _first_difference(found: Any, shaped: Any) -> tuple[Path, Any]:
    """Where the two, which are not the same, differ first, and what is found there."""
    path: Path = ()
    while True:
        steps: Iterable[str | int] = ()
        if type(found) is dict and type(shaped) is dict and found.keys() == shaped.keys():
            steps = found
        elif type(found) is list and type(shaped) is list and len(found) == len(shaped):
            steps = range(len(found))
        step = next((step for step in steps if found[step] != shaped[step]), None)
        if step is None:
            return path, found
        path, found, shaped = (*path, step), found[step], shaped[step]


def _terms(found: Data) -> Iterator[tuple[Term, Way]]:
    """All terms in a file, and the ways to them."""
    waiting: list[tuple[Term, Way]] = [(holder[key], way) for holder, key, way in _roots(found)]
    while waiting:
        term, way = waiting.pop()
        yield term, way
        if term["type"] in _INSIDE:
            waiting.extend([(inner, (way, step)) for step, inner in inside(term)])


def _roots(found: Data) -> Iterator[tuple[Data, str, Way]]:
    """The outermost terms in a file: what holds them under which key, and the way there."""
    yield from ((found["schemas"], name, (None, ("schemas", name))) for name in found["schemas"])
    for index, route in enumerate(found["routes"]):
        for version, endpoint in route["versions"].items():
            place: Way = (None, ("routes", index, "versions", version))
            request = endpoint.get("request", {})
            yield from ((request, part, (place, ("request", part))) for part in request)
            for status, response in endpoint.get("responses", {}).items():
                parts = [part for part in ("headers", "body") if part in response]
                yield from ((response, part, (place, ("responses", status, part))) for part in parts)


def _path(way: Way | None) -> Path:
    path: Path = ()
    while way is not None:
        way, step = way
        path = (*step, *path)
    return path


def inside(term: Term) -> Iterator[tuple[Path, Term]]:
    """The terms in *term*, and where they stand in it."""
    for name in _INSIDE.get(term["type"], ()):
        inner = term.get(name)
        if inner is None:
            continue
        if type(inner) is list:
            yield from (((name, index), one) for index, one in enumerate(inner))
        elif name == "right":
            if "term" in inner:
                yield (name, "term"), inner["term"]
        elif "type" in inner and type(inner["type"]) is str:
            yield (name,), inner
        else:
            yield from (((name, key), one) for key, one in inner.items())


def _handed_on(term: Term) -> Iterator[str]:
    """The names of what *term* leads to without going into the value."""
    waiting = [term]
    while waiting:
        current = waiting.pop()
        if current["type"] == "ref":
            yield current["to"]
        elif current["type"] in _HANDS_ON:
            names = _HANDS_ON[current["type"]]
            waiting.extend(inner for step, inner in inside(current) if step[0] in names)


def _route(data: Data) -> RouteTerm:
    told = dict(data)
    told["versions"] = {version: _endpoint(endpoint) for version, endpoint in data["versions"].items()}
    return RouteTerm(**told)


def _endpoint(data: Data) -> Endpoint:
    told: dict[str, Any] = {**data, "deprecated": data.get("deprecated") or False}
    if "tags" in told:
        told["tags"] = tuple(told["tags"])
    if "body" in told:
        body: Data = dict(told["body"])
        body["accepts"] = tuple(body["accepts"])
        told["body"] = BodyTerm(**body)
    if "responses" in told:
        told["responses"] = {status: ResponseTerm(**one) for status, one in told["responses"].items()}
    return Endpoint(**told)


# The facts of each word that are terms, or hold some.
_INSIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "array": ("items",),
    "record": ("keys", "values"),
    "object": ("props",),
    "union": ("of", "other"),
    "conditional": ("right", "then", "otherwise"),
    "optional": ("of",),
    "nullable": ("of",),
    "custom": ("inside",),
}
_HANDS_ON: Final[Mapping[str, tuple[str, ...]]] = {
    "union": ("of", "other"),
    "conditional": ("then", "otherwise"),
    "optional": ("of",),
    "nullable": ("of",),
}
