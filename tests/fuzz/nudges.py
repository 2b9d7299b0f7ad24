"""Values one step away from a given one, as calls: a part of it changed, at any depth."""

import json
import random
from collections.abc import Iterator
from typing import Any

import attrs

from kbn_schema import MISSING
from tests.fuzz.calls import Call, call, named
from tests.fuzz.texts import NAMES, ODD_NAMES

NAN, INFINITY = float("nan"), float("inf")
JSON_TYPES = (str, int, float, bool, type(None), list, dict)
STRANGERS: list[Any] = [
    None, True, False, 0, 1, -1, 1.0, -0.0, 0.5, NAN, INFINITY, -INFINITY, 10**400, -(10**400), 2**53,
    2**53 + 1, 1e308, "", " ", "0", "5", " 5 ", "05", "5.0", "1e3", "1e999", "nan", "Infinity", "-0", "+5",
    "5\n", "١", "1_0", "true", "TRUE ", "null", "[]", "{}", "[1]", '["a"]', '{"a": 1}', '{"a": 1, "a": 2}',
    "{", "[1,", '"a"', " [1] ", "\ufeff[]", '{"a": 1e999}', "9" * 5000, "a", "\ud800", "x" * 400, b"a", b"",
    [], {}, [[]], [None], [1], ["1"], {"a": 1}, {"": 1}, MISSING, [MISSING], {"a": MISSING}, call("object"),
    call("set", [1]), call("tuple", [1]), call("bytearray"), call("datetime.date", 2026, 1, 31),
    call("datetime.datetime", 2026, 1, 31), call("datetime.timedelta", 1), named("parts.STREAM"),
    named("parts.Color.RED"), named("parts.Level.HIGH"), named("parts.Mixed.ONE"), named("object"),
    call("nasty.Silent"), call("nasty.SilentStr", "a"), call("nasty.SilentInt", 1),
    call("nasty.SilentFloat", 0.5), call("nasty.SilentBytes", b"a"), call("nasty.SilentDict", {"a": 1}),
    call("nasty.SilentList", [1]), call("nasty.LyingStr", "5"), call("nasty.LyingDict", {"b": 2}),
    call("nasty.LyingList", ["x"]), call("nasty.Claiming"), call("nasty.BoolLike", 1),
    call("nasty.endless"), named("nasty.Tone.A"), named("nasty.Rank.ONE"), call("nasty.PlainFloat", NAN),
    call("nasty.PlainInt", 2**60), call("kbn_schema.ByteSize", 5), call("kbn_schema.Duration", 5),
    call("nasty.deep", 201, 1), call("nasty.deep", 199, {}, "a"), call("nasty.deep", 300, None, "a"),
    call("nasty.looped", [1], 0), call("nasty.looped", {"a": 1}, "a"), call("nasty.many", 150, "x"),
    call("nasty.alike", 102), call("nasty.keys", 150, "x"), call("nasty.copies", 120, {"a": "x"}),
    "[" * 300, call("nasty.Shifting", {"a": 1}), call("nasty.ordered", {"a": 1}),
    call("nasty.filling", {"a": 1}),
    call("nasty.counted", "aab"), call("nasty.read_only", {"a": 1}), call("nasty.user_dict", {"a": 1}),
    call("nasty.chained", {"a": 1}), call("nasty.Point", 1, 2), call("nasty.Record", 1),
    call("nasty.Namespace"),
    call("nasty.decimal", "1.5"), call("nasty.fraction", 1), call("nasty.complex_", 1),
    call("nasty.view", b"a"),
    call("nasty.frozen", [1]), call("nasty.counting", 3), call("nasty.ahead", [1]),
    call("nasty.keys_of", {"a": 1}),
    call("nasty.proxy"), named("nasty"), named("nasty.ELLIPSIS"), named("nasty.NOT_IMPLEMENTED"),
    call("nasty.Undecided"), named("nasty.Meta"), call("nasty.Growing", [1]), call("nasty.boxed", 1),
    call("nasty.Shifting", {}), call("nasty.Failing"), call("nasty.user_text", "a"), call("nasty.DeepRepr"),
]  # fmt: skip
KEYS: list[Any] = [
    *NAMES, *ODD_NAMES, "x", "extra", "typ", "nam", 0, 1, 1.5, None, True, b"a", MISSING,
    call("nasty.PlainStr", "a"), call("nasty.PlainStr", "type"), call("nasty.LyingStr", "b"),
    call("nasty.OtherHash", "a"), call("nasty.OtherHash", "type"), call("nasty.OtherHash", "x"),
    named("nasty.Tone.A"), named("nasty.Tone.TYPE"), call("nasty.Moody"), call("nasty.Claiming"),
    call("tuple", [1, "a"]), named("parts.Color.RED"), named("nasty.Rank.TWO"), 10**400, NAN, "5", " 5 ",
    "x" * 300,
]  # fmt: skip
JSON_STRANGERS = [one for one in STRANGERS if type(one) in JSON_TYPES and one == one]
JSON_KEYS = [key for key in KEYS if type(key) is str]


@attrs.define
class Nudging:
    """Changes a value in one place."""

    rng: random.Random
    hostile: bool = True  # whether what is no JSON comes up often

    def nudged(self, value: Any) -> Any:
        """Return *value* with one place in it changed."""
        place = self.rng.choice(list(places(value)))
        if not place and self.rng.random() < 0.6:
            place = self.rng.choice(list(places(value)))  # the root is hit often enough
        part = at(value, place)
        draws = [self.stranger, *FITTING_NUDGES.get(type(part), [])]
        draws += FITTING_NUDGES.get(type(part), []) + FITTING_NUDGES[object]
        if not self.hostile and type(part) in JSON_NUDGES and self.rng.random() < 0.8:
            draws = JSON_NUDGES[type(part)]
        draw = self.rng.choice(draws)
        return put(value, place, draw(part) if draw == self.stranger else draw(self, part))

    def stranger(self, part: Any) -> Any:
        return self.rng.choice(STRANGERS if self.hostile or self.rng.random() < 0.1 else JSON_STRANGERS)

    def key(self) -> Any:
        """Return a key, mostly one that no schema names."""
        return self.rng.choice(KEYS if self.hostile or self.rng.random() < 0.1 else JSON_KEYS)

    def wrapped(self, part: Any) -> Any:
        return self.rng.choice([[part], {"value": part}, call("tuple", [part]), [part, part], {"a": part}])

    def text(self, part: str) -> Any:
        return self.rng.choice([
            part[:-1], part[1:], part + "a", part + "0", part + "\n", " " + part, part + " ",
            part.swapcase(), part * 2, call("nasty.PlainStr", part), call("nasty.LyingStr", part),
            call("nasty.SilentStr", part), call("nasty.OtherHash", part), [part], f'["{part}"]',
            f'"{part}"', part.encode(errors="replace"),
            *([int(part), float(part), bool(int(part))] if part.isdecimal() and len(part) < 300 else []),
        ])  # fmt: skip

    def number(self, part: float) -> Any:
        if part != part or abs(part) > 1e300:
            return self.stranger(part)
        spelled = str(part)
        return self.rng.choice([
            spelled, f" {spelled} ", f"0{spelled}", f"{spelled}.0", f"{spelled}e0", f"{spelled}\n",
            float(part), part + 1, part - 1, part + 0.5, -part, bool(part), int(part), part * 2**60,
            part + 1e-9, call("nasty.PlainInt", int(part)), call("nasty.PlainFloat", float(part)),
            call("nasty.SilentInt", int(part)), call("nasty.BoolLike", int(part)), 10**400, NAN, [part],
        ])  # fmt: skip

    def json_text(self, part: str) -> Any:
        return self.rng.choice([
            part[:-1], part[1:], part + "a", part + "0", part + "\n", " " + part, part.swapcase(), part * 2,
            [part], None, 1, True, {}, *([int(part)] if part.isdecimal() and len(part) < 300 else []),
        ])  # fmt: skip

    def json_number(self, part: float) -> Any:
        if part != part or abs(part) > 1e300:
            return 1
        return self.rng.choice([
            str(part), part + 1, part - 1, part + 0.5, -part, bool(part), int(part), float(part),
            part * 2**60, part + 1e-9, [part], None, {},
        ])  # fmt: skip

    def json_entries(self, part: dict[Any, Any]) -> Any:
        return self.rng.choice([
            self._dropped, self._dropped, self._added, self._added_first, self._reordered,
        ])(part)  # fmt: skip

    def json_items(self, part: list[Any]) -> Any:
        return self.rng.choice([
            [*part, None], part[1:], part[:-1], [*part, *part], list(reversed(part)), part * 60, [part],
            {"a": part}, [*part, self.stranger(part)],
        ])  # fmt: skip

    def truth(self, part: bool) -> Any:
        return self.rng.choice([int(part), float(part), str(part), f" {str(part).lower()}", not part])

    def entries(self, part: dict[Any, Any]) -> Any:
        return self.rng.choice([
            self._dropped, self._dropped, self._added, self._added, self._added_first, self._other_key,
            self._other_key, self._missing, self._reordered, self._doubled_key, self._shared,
        ])(part)  # fmt: skip

    def _dropped(self, part: dict[Any, Any]) -> Any:
        gone = self.rng.choice(list(part)) if part else None
        return {key: item for key, item in part.items() if key is not gone}

    def _added(self, part: dict[Any, Any]) -> Any:
        return {**part, self.key(): self.rng.choice([1, "x", None, {}, [1]])}

    def _added_first(self, part: dict[Any, Any]) -> Any:
        return {self.key(): 1, **part}

    def _other_key(self, part: dict[Any, Any]) -> Any:
        if not part:
            return self._added(part)
        changed = self.rng.choice(list(part))
        by = self._key_like(changed)
        return {(by if key is changed else key): item for key, item in part.items()}

    def _key_like(self, key: Any) -> Any:
        if type(key) is not str:
            return self.key()
        kind = self.rng.choice(["PlainStr", "LyingStr", "OtherHash"])
        return self.rng.choice([
            call(f"nasty.{kind}", key), call(f"nasty.{kind}", key), key + "x", key.swapcase(), key[:-1],
            key.encode(errors="replace"), self.key(),
        ])  # fmt: skip

    def _doubled_key(self, part: dict[Any, Any]) -> Any:
        if not part or type(key := self.rng.choice(list(part))) is not str:
            return self._added(part)
        return {**part, call("nasty.OtherHash", key): self.rng.choice([part[key], 1, "x"])}

    def _missing(self, part: dict[Any, Any]) -> Any:
        return {**part, self.rng.choice([*part, "a"]): MISSING}

    def _reordered(self, part: dict[Any, Any]) -> Any:
        return dict(self.rng.sample(list(part.items()), len(part)))

    def _shared(self, part: dict[Any, Any]) -> Any:
        one = call("nasty.itself", self.rng.choice([*part.values(), {"a": 1}]))
        return {**part, **dict.fromkeys(self.rng.sample([*part, "a", "b"], 2), one)}

    def items(self, part: list[Any]) -> Any:
        index = self.rng.randrange(len(part) + 1)
        one = call("nasty.itself", part[0] if part else [])
        return self.rng.choice([
            [*part, self.stranger(part)], part[1:], part[:-1], [*part, *part], list(reversed(part)),
            [*part[:index], MISSING, *part[index:]], [*part[:index], None, *part[index:]],
            [one, one, *part[1:]], part * 60, [call("nasty.itself", part), *part],
            [*part, *([self.stranger(part)] * 120)],
        ])  # fmt: skip

    def container(self, part: Any) -> Any:
        name = "Dict" if type(part) is dict else "List"
        return self.rng.choice([
            json_text(part), json_text(part), f" {json_text(part)}\n", call(f"nasty.Plain{name}", part),
            call(f"nasty.Silent{name}", part), call(f"nasty.Lying{name}", part),
            call("tuple", part) if part else (), self._looped(part), self._tower(part),
        ])  # fmt: skip

    def deeper(self, value: Any) -> Any:
        """Return *value* inside itself, once or for ever."""
        return self.rng.choice([self._tower, self._tower, self._looped])(value)

    def _looped(self, part: Any) -> Any:
        path = self._way_down(part)
        return call("nasty.looped", part, *path) if path else part

    def _tower(self, part: Any) -> Any:
        path = self._way_down(part)
        small = len(list(places(part))) < 8
        levels = self.rng.choice([3, 100, *range(195, 205)] if small else [1, 3])
        return call("nasty.tower", levels // len(path) or 1, part, *path) if path else part

    def _way_down(self, part: Any) -> list[Any]:
        """Return a path into *part*; one that ends at a container where there is one, most of the time."""
        found = [
            place for place in places(part) if place and not any(isinstance(step, Call) for step in place)
        ]
        inner = [place for place in found if type(at(part, place)) in (dict, list)]
        choice = inner if inner and self.rng.random() < 0.8 else found
        return list(self.rng.choice(choice)) if choice else []

    def junk(self, depth: int = 0) -> Any:
        """Return random JSON, with a stranger in it at times."""
        kind = self.rng.randrange(8 if depth < 3 else 5)
        if kind < 4:
            return self.rng.choice([*NAMES, 0, 1, 1.5, "1", None, True, "red", "t0"])
        if kind == 4:
            return self.stranger(None)
        count = self.rng.randrange(4)
        if kind == 5:
            return [self.junk(depth + 1) for _ in range(count)]
        keys = [*NAMES, *NAMES, "1", "2", self.key()]
        return {self.rng.choice(keys): self.junk(depth + 1) for _ in range(count)}


JSON_NUDGES: dict[type[Any], list[Any]] = {
    str: [Nudging.json_text],
    int: [Nudging.json_number],
    float: [Nudging.json_number],
    dict: [Nudging.json_entries],
    list: [Nudging.json_items],
}
FITTING_NUDGES: dict[type[Any], list[Any]] = {
    str: [Nudging.text, Nudging.text],
    int: [Nudging.number, Nudging.number],
    float: [Nudging.number, Nudging.number],
    bool: [Nudging.truth],
    dict: [Nudging.entries, Nudging.entries, Nudging.entries, Nudging.container],
    list: [Nudging.items, Nudging.items, Nudging.container],
    object: [Nudging.wrapped],
}


def json_text(part: Any) -> str:
    """Return *part* as JSON, what JSON cannot spell as null."""
    try:
        return json.dumps(part, default=lambda other: None, skipkeys=True)
    except (TypeError, ValueError):
        return "[]"


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each part of *value*, calls being leaves."""
    yield path
    if type(value) is dict:
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif type(value) is list:
        for index, item in enumerate(value[:20]):
            yield from places(item, (*path, index))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def put(value: Any, path: tuple[Any, ...], part: Any) -> Any:
    """Return a copy of *value* with *part* at *path*."""
    if not path:
        return part
    first, *rest = path
    inner = put(value[first], tuple(rest), part)
    if type(value) is list:
        return [*value[:first], inner, *value[first + 1 :]]
    return {key: (inner if key is first or key == first else item) for key, item in value.items()}
