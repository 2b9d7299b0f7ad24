"""Random schemas over all combinators and options, as calls; see `SchemaMaker`."""

import random
from collections.abc import Callable
from typing import Any

import attrs

from tests.fuzz.calls import Call, Later, call, named
from tests.fuzz.texts import (
    HUGE,
    LITERALS,
    NAMES,
    NUMBERS,
    PATTERNS,
    STEPS,
    draw_name,
    draw_text,
    plain_constant,
)

CHECKS = [
    *["accept", "true", "seven", "truthy", "short"] * 4, "text", "empty_text", "false", "value_error",
    "assertion", "key_error", "recursion_error", "validation_error", "awaits", "truthy", "truthy", "short",
    "no_a", "enters_again",
]  # fmt: skip
CHANGES = ["change", "clear"]
PATHS = [
    "a", "b", "type", "a.b", "value", "name", "b.0", "...a", "...type", "....a", "..a", ".a", ".",
    "a.b.c", "children.0.name",
]  # fmt: skip
CONTEXT_PATHS = ["a.b", "a", "limit", "serverless", "list.0", "list.0.0", "text", "none", "gone", "a.c.1.x"]
ENUMS = ["Color", "Level", "Tone", "Mixed"]
WORDS = ["forbid", "ignore", "allow"]


@attrs.define
class SchemaMaker:
    """Draws schemas; *enclosing* are the ids around, *beside* the names of siblings."""

    rng: random.Random
    room: int = 24
    plain: bool = False
    made: list[Call] = attrs.field(factory=list)
    enclosing: list[str] = attrs.field(factory=list)
    beside: list[str] = attrs.field(factory=list)
    watched: int = 0
    pending: list[Later] = attrs.field(factory=list)  # functions of `lazy` that have nothing to return yet

    def schema(self, depth: int = 0) -> Call:
        """Return a schema; at most *room* calls of combinators in all, as far as possible."""
        self.room -= 1
        if self.made and self.chance(0.07):
            return self.rng.choice(self.made)  # the same node in two places
        deep = depth >= 5 or self.room <= 0
        few = deep or self.chance(0.25 if depth else 0.04)
        small, all_kinds = (PLAIN_LEAVES, PLAIN_KINDS) if self.plain else (LEAVES, KINDS)
        kinds = small if few else all_kinds
        draw: Callable[[SchemaMaker, int], Call] = self.rng.choice(kinds)
        found = draw(self, depth + 1)
        self.made.append(found)
        return found

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def pick(self, *choices: Any) -> Any:
        return self.rng.choice(choices)

    def common(self, *, default: Any = None, id_share: float = 0.04, makes: bool = False) -> dict[str, Any]:
        """Draw the common options; *default* are defaults of the kind's own.

        *makes* says that its output is always a new container, which a check may change.
        """
        options: dict[str, Any] = {}
        if self.plain:
            return self._plain_options(default, id_share)
        if self.chance(0.18):
            options["default"] = self.default(default)
        if self.chance(0.16):
            options["validate"] = self.check(CHANGES if makes and self.chance(0.15) else CHECKS)
        if self.chance(0.04):
            options |= self.pick(
                {"title": "T"}, {"deprecated": True}, {"meta": {"x-a": [1]}}, {"examples": [1]}
            )
        if self.chance(id_share):
            options["id"] = self.pick("node", "tree", "one", "two", "a")
        return options

    def _plain_options(self, default: Any, id_share: float) -> dict[str, Any]:
        options: dict[str, Any] = {}
        if self.chance(0.12) and default:
            options["default"] = self.pick(*default)
        if self.chance(0.05):
            options |= self.pick({"title": "T"}, {"description": "what it is"}, {"deprecated": True})
        if self.chance(id_share):
            options["id"] = self.pick("node", "tree", "one", "two")
        return options

    def default(self, own: Any) -> Any:
        if own is not None and self.chance(0.5):
            return self.pick(*own)
        return self.pick(
            "x", 0, None, True, 1.5, "", b"a", float("nan"), draw_text(self.rng), "\ud800", 10**400,
            [], {}, [[1]], {"a": [1], "b": {}}, call("tuple", [[1], 2]), call("set", [1]),
            call("parts.Token", [1]), call("parts.Token"), call("nasty.PlainDict", {"a": [1]}),
            call("nasty.PlainStr", "sub"), call("datetime.date", 2020, 1, 2),
            named("parts.ten"), named("parts.word"), named("parts.no_items"), named("parts.entry"),
            named("parts.kept"), named("parts.breaks"), named("parts.nothing"), named("parts.invalid"),
            call("parts.WatchedDefault", self.watch()), self.reference(), self.reference(), self.reference(),
        )  # fmt: skip

    def reference(self) -> Call:
        if self.chance(0.05):
            return call("parts.Fixed", self.pick("a", "a.b"))
        if self.chance(0.35):
            return call("schema.context_ref", self.pick(*CONTEXT_PATHS))
        near = [*self.beside, *self.beside, "..." + self.pick(*NAMES[:4])]
        path = self.pick(*PATHS) if self.chance(0.5) or not self.beside else self.pick(*near)
        return call("schema.sibling_ref", path or "a")

    def check(self, names: list[str]) -> Call:
        check = named(f"parts.{self.pick(*names)}")
        if self.chance(0.45):
            return call("parts.Watched", self.watch(), check)
        return check

    def names(self, count: int) -> list[str]:
        """Draw the names of *count* props: plain ones in most objects, in others any."""
        if self.plain or self.chance(0.6):
            return self.rng.sample(NAMES, count)
        return list(dict.fromkeys(draw_name(self.rng) for _ in range(count)))

    def watch(self) -> str:
        self.watched += 1
        return f"w{self.watched}"

    def ordered(self, low: str, high: str, values: list[Any]) -> dict[str, Any]:
        """Draw none, one or two bounds of *values*; crossed ones, which have to be refused, are rare."""
        pair = sorted([self.pick(*values), self.pick(*values)], reverse=not self.plain and self.chance(0.01))
        found = dict(zip((low, high), pair, strict=True))
        return {name: bound for name, bound in found.items() if self.chance(0.3)}


# --- leaves ---


def any_(maker: SchemaMaker, depth: int) -> Call:
    return call("schema.any", **maker.common())


def boolean(maker: SchemaMaker, depth: int) -> Call:
    return call("schema.boolean", **maker.common(default=[True, False]))


def string(maker: SchemaMaker, depth: int) -> Call:
    options = {
        **maker.ordered("min_length", "max_length", [0, 1, 2, 3, 5, 300]),
        **maker.common(default=["a", "", "abc"]),
    }
    if maker.chance(0.2):
        text = maker.pick(*PATTERNS)
        options["pattern"] = (
            text
            if maker.plain or maker.chance(0.7)
            else call("re.compile", text, maker.pick(0, 2, 256, 34, 8, 16))
        )
    if maker.chance(0.05):
        options["hostname"] = True
    if maker.chance(0.2):
        options["coerce_from_number"] = True
    return call("schema.string", **options)


def number(maker: SchemaMaker, depth: int) -> Call:
    options = {**_number_bounds(maker), **maker.common(default=[5, "5", 1.0])}
    if not maker.plain and maker.chance(0.25):
        options["unsafe"] = True
    return call("schema.number", **options)


def integer(maker: SchemaMaker, depth: int) -> Call:
    return call("schema.integer", **_number_bounds(maker), **maker.common(default=[5]))


def _number_bounds(maker: SchemaMaker) -> dict[str, Any]:
    if maker.chance(0.4):
        return {}
    values = NUMBERS if maker.plain or maker.chance(0.7) else [*NUMBERS, *HUGE]
    options = maker.ordered("min", "max", values)
    options |= (
        maker.ordered("exclusive_min", "exclusive_max", [-100, *values, 1e308]) if maker.chance(0.3) else {}
    )
    if maker.chance(0.2):
        options["multiple_of"] = maker.pick(*(STEPS[:6] if maker.plain else STEPS))
    if not maker.plain and maker.chance(0.05) and options:
        options[next(iter(options))] = call("nasty.PlainInt", 1)
    return options


def literal(maker: SchemaMaker, depth: int) -> Call:
    if maker.plain:
        return call("schema.literal", maker.pick(*PLAIN_LITERALS))
    if maker.chance(0.06):
        return call("schema.literal", maker.pick(named("parts.Level.HIGH"), call("nasty.PlainStr", "a")))
    literals = [*LITERALS, draw_text(maker.rng), draw_name(maker.rng)]
    return call("schema.literal", maker.pick(*literals))


def enum(maker: SchemaMaker, depth: int) -> Call:
    if not maker.plain and maker.chance(0.4):
        name = maker.pick(*ENUMS)
        return call("schema.enum", named(f"parts.{name}"), **maker.common())
    literals = PLAIN_LITERALS if maker.plain else LITERALS
    values: list[Any] = maker.rng.sample(literals, maker.pick(1, 2, 3, 5))
    if maker.plain or maker.chance(0.95):  # equal ones have to be refused
        values = list({(type(v) is bool, v): v for v in values}.values())
    return call("schema.enum", values, **maker.common())


def byte_size(maker: SchemaMaker, depth: int) -> Call:
    bounds = maker.ordered("min", "max", [0, 1, 1024, 2048, 2**30])
    return call("schema.byte_size", **bounds, **_trusted(maker, ["1kb", 5, "7"]))


def duration(maker: SchemaMaker, depth: int) -> Call:
    bounds = maker.ordered("min", "max", [0, 1, 1000, 60_000, 10**9])
    return call("schema.duration", **bounds, **_trusted(maker, ["1m", 5, "PT1S", named("parts.ten")]))


def _trusted(maker: SchemaMaker, defaults: list[Any]) -> dict[str, Any]:
    # Other texts and numbers are refused while the schema is built.
    options = maker.common()
    if "default" in options and not isinstance(options["default"], Call):
        options["default"] = maker.pick(*defaults)
    return options


def other_leaf(maker: SchemaMaker, depth: int) -> Call:
    names = ["uri", "ip", "date", "date_time", "uuid", "email", "buffer", "stream", "never", "never"]
    name = maker.pick(*(names[:6] if maker.plain else names))
    if name == "never":
        return call("schema.never")
    options = maker.common()
    if name == "uri" and maker.chance(0.4):
        options["scheme"] = maker.pick("http", ["http", "git+ssh"])
    if name == "ip" and maker.chance(0.4):
        options["versions"] = maker.pick(["ipv4"], ["ipv6"], ["ipv6", "ipvfuture"])
    return call(f"schema.{name}", **options)


def kind_of_author(maker: SchemaMaker, depth: int) -> Call:
    name = maker.pick(
        "Yes", "Odd", "Where", "Where", "Unhashable", "Gone", "Broken", "Old", "Plain", "Shouting",
        "Rounding", "Polite", "Filling", "Unsure", "Port",
    )  # fmt: skip
    return call(f"parts.{name}", **maker.common())


def lazy(maker: SchemaMaker, depth: int) -> Call:
    if maker.plain and not maker.enclosing:
        return string(maker, depth)
    if maker.enclosing and (maker.plain or maker.chance(0.75)):
        return call("schema.lazy", maker.pick(*maker.enclosing))
    if maker.chance(0.02):
        return call("schema.lazy", "nowhere")
    if maker.made and maker.chance(0.5):
        return call("schema.lazy", Later(maker.pick(*maker.made)))
    later = Later(None)
    maker.made.append(found := call("schema.lazy", later))
    maker.pending.append(later)
    return found


# --- with schemas inside ---


def object_(maker: SchemaMaker, depth: int, name: str = "schema.object") -> Call:
    names = maker.names(maker.pick(0, 1, 1, 2, 2, 3, 3, 4))
    options = maker.common(default=[{"a": 1}, {}, {"a": {"b": [1]}}], id_share=0.2, makes=True)
    if maker.chance(0.5):
        options["unknowns"] = maker.pick(*WORDS)
    beside, maker.beside = maker.beside, names
    props = {prop: within(maker, options, lambda: _prop(maker, depth)) for prop in names}
    maker.beside = beside
    if not maker.plain and maker.chance(0.03) and props:
        first = next(iter(props))
        props = {(call("nasty.PlainStr", key) if key == first else key): prop for key, prop in props.items()}
    return call(name, props, **options)


def _prop(maker: SchemaMaker, depth: int) -> Call:
    if maker.chance(0.2):
        return call("schema.maybe", maker.schema(depth))
    return maker.schema(depth)


def within(maker: SchemaMaker, options: dict[str, Any], draw: Callable[[], Call]) -> Call:
    """Draw what stands inside a schema of these *options*, which may have an id."""
    before = maker.enclosing
    maker.enclosing = [*before, options["id"]] if "id" in options else before
    found = draw()
    maker.enclosing = before
    return found


def array_of(maker: SchemaMaker, depth: int) -> Call:
    options = {
        **maker.ordered("min_size", "max_size", [0, 1, 2, 3, 150]),
        **maker.common(id_share=0.1, makes=True),
    }
    if maker.chance(0.15):
        options["unknowns"] = maker.pick(*WORDS)
    name = "parts.Sorted" if not maker.plain and maker.chance(0.04) else "schema.array_of"
    return call(name, within(maker, options, lambda: maker.schema(depth)), **options)


def record_of(maker: SchemaMaker, depth: int) -> Call:
    is_ours = maker.plain or maker.chance(0.95)
    return _entries(maker, depth, "schema.record_of" if is_ours else "parts.Prefixed")


def map_of(maker: SchemaMaker, depth: int) -> Call:
    return _entries(maker, depth, "schema.map_of")


def _entries(maker: SchemaMaker, depth: int, name: str) -> Call:
    options = maker.common(default=[{"a": 1}, {}], id_share=0.1, makes=True)
    if maker.chance(0.15):
        options["unknowns"] = maker.pick(*WORDS)
    draw = maker.pick(
        lambda: call("schema.string"), lambda: string(maker, depth), lambda: number(maker, depth),
        lambda: call("schema.number"), lambda: enum(maker, depth), lambda: call("schema.any"),
        lambda: integer(maker, depth), lambda: boolean(maker, depth), lambda: literal(maker, depth),
        lambda: one_of(maker, 6), lambda: nullable(maker, 6), lambda: maybe(maker, 6),
        lambda: call("parts.Unhashable"), lambda: call("parts.Where"), lambda: maker.schema(depth),
        lambda: call("schema.enum", named(f"parts.{maker.pick(*ENUMS)}")), lambda: date_or_size(maker),
    )  # fmt: skip
    if maker.plain:
        plain = [
            lambda: call("schema.string"), lambda: string(maker, depth), lambda: integer(maker, depth),
            lambda: call("schema.enum", ["a", "b", "c"]),
        ]  # fmt: skip
        draw = maker.pick(*plain)
    beside, maker.beside = maker.beside, []
    key = within(maker, options, draw)
    value = within(maker, options, lambda: maker.schema(depth))
    maker.beside = beside
    return call(name, key, value, **options)


def date_or_size(maker: SchemaMaker) -> Call:
    return call(f"schema.{maker.pick('date', 'byte_size', 'duration', 'buffer', 'uuid', 'ip')}")


def maybe(maker: SchemaMaker, depth: int) -> Call:
    is_ours = maker.plain or maker.chance(0.95)
    return call("schema.maybe" if is_ours else "parts.Optional", maker.schema(depth))


def nullable(maker: SchemaMaker, depth: int) -> Call:
    is_ours = maker.plain or maker.chance(0.95)
    return call("schema.nullable" if is_ours else "parts.NullIsEmpty", maker.schema(depth))


def one_of(maker: SchemaMaker, depth: int) -> Call:
    options = maker.common(id_share=0.05)
    count = maker.pick(1, 2, 2, 3, 3, 4)
    draw = maker.pick(_anything, _anything, _scalars, _scalars, _tagged, _half_tagged)
    alternatives = within(maker, options, lambda: draw(maker, depth, count))  # type: ignore[arg-type,return-value]
    if not maker.plain and maker.chance(0.04):
        return call("parts.LastOf", call("tuple", alternatives), **options)
    return call("schema.one_of", alternatives, **options)


def _anything(maker: SchemaMaker, depth: int, count: int) -> list[Call]:
    return [maker.schema(depth) for _ in range(count)]


def _scalars(maker: SchemaMaker, depth: int, count: int) -> list[Call]:
    """Alternatives of which several would take the same value."""
    draws = [
        lambda: call("schema.number"), lambda: call("schema.string"), lambda: call("schema.boolean"),
        lambda: number(maker, depth), lambda: string(maker, depth), lambda: integer(maker, depth),
        lambda: literal(maker, depth), lambda: literal(maker, depth), lambda: enum(maker, depth),
        lambda: array_of(maker, 5), lambda: byte_size(maker, depth), lambda: other_leaf(maker, depth),
    ]  # fmt: skip
    return [maker.rng.choice(draws)() for _ in range(count + 1)]


def _tagged(maker: SchemaMaker, depth: int, count: int, tag: str | None = None) -> list[Call]:
    """Objects with a prop that is a literal, a different one in each most of the time."""
    tag = tag or maker.pick("type", "a")
    found = []
    for index in range(count):
        branch = object_(maker, depth)
        value = f"t{index}" if maker.chance(0.85) else maker.pick("t0", 1, True, None, "1")
        branch.args = [{tag: call("schema.literal", value), **branch.args[0]}]  # type: ignore[index]
        branch.args[0][tag] = call("schema.literal", value)
        found.append(branch)
    return found


def _half_tagged(maker: SchemaMaker, depth: int, count: int) -> list[Call]:
    tagged = _tagged(maker, depth, count)
    tagged.insert(maker.rng.randrange(len(tagged) + 1), maker.schema(depth))
    return tagged


def discriminated_union(maker: SchemaMaker, depth: int) -> Call:
    options = maker.common(id_share=0.05)
    tag = maker.pick("type", "a")
    count = maker.pick(1, 2, 2, 3)

    def draw() -> Any:
        branches = []
        for index in range(count):
            branch = object_(maker, depth)
            branch.args[0][tag] = call("schema.literal", f"t{index}")  # type: ignore[index]
            branches.append(branch)
        if maker.chance(0.3):
            more = object_(maker, depth)
            more.args[0][tag] = call("schema.literal", "t9")  # type: ignore[index]
            other = object_(maker, depth)
            other.args[0][tag] = call("schema.literal", "t9")  # type: ignore[index]
            branches.append(call("schema.one_of", [more, other]))
        if maker.chance(0.35):
            fallback = object_(maker, depth)
            fallback.args[0][tag] = maker.pick(call("schema.string"), call("schema.any"), maker.schema(depth))  # type: ignore[index]
            branches.insert(maker.rng.randrange(len(branches) + 1), fallback)
        return branches

    return call("schema.discriminated_union", tag, within(maker, options, draw), **options)


def all_of(maker: SchemaMaker, depth: int) -> Call:
    options = maker.common(id_share=0.1)
    names = maker.rng.sample(NAMES, 3)

    def draw() -> Any:
        first = call("schema.object", {name: _prop(maker, depth) for name in names[:2]}, unknowns="allow")
        return [first, call("schema.object", {names[2]: _prop(maker, depth)})]

    if maker.chance(0.4):
        options["unknowns"] = maker.pick(*WORDS)
    return call("schema.all_of", within(maker, options, draw), **options)


def conditional(maker: SchemaMaker, depth: int) -> Call:
    options = maker.common(id_share=0.05)
    right = maker.pick(
        maker.pick(*LITERALS), maker.reference(), lambda: maker.schema(5), lambda: maybe(maker, 5),
        [1, {"x": "y"}], {"b": 1}, call("schema.string"), call("schema.any", default=1),
    )  # fmt: skip
    right = right() if callable(right) else right
    branches = [within(maker, options, lambda: maker.schema(depth)) for _ in range(2)]
    return call("schema.conditional", maker.reference(), right, *branches, **options)


def offering(maker: SchemaMaker, depth: int) -> Call:
    sides = {side: maker.schema(depth) for side in ("serverless", "traditional") if maker.chance(0.7)}
    return call("schema.offering_based_schema", **sides, **maker.common())


def tree(maker: SchemaMaker, depth: int) -> Call:
    """Draw an object that goes on inside itself, by id or by a function, directly or through another."""
    name = f"tree{len(maker.made)}"
    later = Later(None)
    again = call("schema.lazy", maker.pick(name, name, later))
    if maker.chance(0.2):
        again = call("schema.object", {"a": call("schema.maybe", again)}, **maker.common(makes=True))
    inner = _onward(maker, again)
    options = {**maker.common(makes=True), "id": name}
    if maker.chance(0.4):
        options["unknowns"] = maker.pick(*WORDS)
    beside, maker.beside = maker.beside, ["a", "children"]
    props = {
        "children": inner,
        **({"a": within(maker, options, lambda: maker.schema(4))} if maker.chance(0.6) else {}),
    }
    maker.beside = beside
    later.call = found = call("schema.object", props, **options)
    return found


def _onward(maker: SchemaMaker, again: Call) -> Call:
    """Return a schema that has *again* inside, and in which a value can end."""
    if maker.chance(0.2):
        later = {"type": call("schema.literal", "t0"), "a": call("schema.maybe", again)}
        branches = [call("schema.object", later), call("schema.object", {"type": call("schema.string")})]
        return call("schema.discriminated_union", "type", branches)
    if maker.chance(0.2):
        branches = [call("schema.object", {name: again}) for name in "ba"]
        return call("schema.one_of", [*branches, call("schema.any")])
    if maker.chance(0.15):
        return call(
            "schema.conditional", maker.reference(), "x", maker.schema(5), call("schema.maybe", again)
        )
    return maker.pick(
        call("schema.maybe", again), call("schema.nullable", again),
        call("schema.array_of", again), call("schema.array_of", again, **maker.common()),
        call("schema.record_of", call("schema.string"), again),
        call("schema.map_of", call("schema.any"), call("schema.maybe", again)),
        call("schema.one_of", [maker.schema(5), again]),
        call("schema.maybe", call("parts.Csv", again)),
        call("schema.array_of", call("schema.array_of", call("schema.nullable", again)), default=[]),
    )  # fmt: skip


def spine(maker: SchemaMaker, depth: int) -> Call:
    """Draw containers in each other, deeper than other draws go."""
    levels = maker.rng.randint(6, 30)
    found = maker.schema(5)
    for _ in range(levels):
        found = maker.pick(_around_object, _around_object, _around_array, _around_other)(maker, found)
    return found


def _around_object(maker: SchemaMaker, inner: Call) -> Call:
    props = {
        "a": inner,
        "b": maker.pick(call("schema.maybe", maker.schema(5)), call("schema.any", default=[])),
    }
    options = {
        **maker.pick({}, {}, {"unknowns": maker.pick(*WORDS)}),
        **_rarely(maker, validate=maker.check(CHECKS)),
    }
    return call(
        "schema.object",
        dict(maker.rng.sample(list(props.items()), maker.pick(1, 2))) | {"a": inner},
        **options,
    )


def _around_array(maker: SchemaMaker, inner: Call) -> Call:
    return call("schema.array_of", inner, **_rarely(maker, max_size=2, validate=maker.check(CHECKS)))


def _around_other(maker: SchemaMaker, inner: Call) -> Call:
    return maker.pick(
        call("schema.maybe", inner), call("schema.nullable", inner), call("schema.one_of", [inner]),
        call("schema.one_of", [call("schema.literal", 1), inner]),
        call("schema.one_of", [call("schema.object", {"x": call("schema.number")}), inner]),
        call("schema.record_of", call("schema.string"), inner), call("schema.lazy", Later(inner)),
        call("schema.discriminated_union", "type", [
            call("schema.object", {"type": call("schema.literal", "t0"), "a": call("schema.maybe", inner)}),
        ]),
    )  # fmt: skip


def _rarely(maker: SchemaMaker, **options: Any) -> dict[str, Any]:
    return {name: option for name, option in options.items() if maker.chance(0.06)}


def wide(maker: SchemaMaker, depth: int) -> Call:
    """Draw an object of many props, or a union of many alternatives."""
    count = maker.rng.randint(9, 24)
    props = {f"p{number}": maker.schema(5) for number in range(count)}
    if maker.chance(0.4):
        some = {
            name: (call("schema.maybe", prop) if maker.chance(0.5) else prop) for name, prop in props.items()
        }
        return call("schema.object", some, **maker.common(makes=True))
    if maker.chance(0.3):
        return call("schema.one_of", list(props.values()), **maker.common())
    branches = [
        call(
            "schema.object",
            {"type": call("schema.literal", f"t{number}"), "a": prop},
            **_rarely(maker, id=f"i{number}"),
        )
        for number, prop in enumerate(props.values())
    ]
    if maker.chance(0.5):
        return call("schema.discriminated_union", "type", branches, **maker.common())
    return call("schema.one_of", maker.rng.sample(branches, count), **maker.common())


def container_of_author(maker: SchemaMaker, depth: int) -> Call:
    if maker.chance(0.4):
        options = maker.common(id_share=0.1)
        name = maker.pick("Csv", "Split", "Aside")
        return call(f"parts.{name}", within(maker, options, lambda: maker.schema(depth)), **options)
    return object_(maker, depth, maker.pick("parts.Marked", "parts.Listed", "parts.PlainObject"))


def special_leaf(maker: SchemaMaker, depth: int) -> Call:
    if maker.chance(0.5):
        return call("parts.Curt", maker.pick("a", 1))
    return call("parts.Spoken", ["a", 1], **maker.common())


PLAIN_LITERALS = [value for value in LITERALS if plain_constant(value)]
LEAVES: list[Any] = [
    any_, boolean, string, number, string, number, integer, literal, enum, byte_size, duration, other_leaf,
    other_leaf, kind_of_author, lazy, lazy, special_leaf,
]  # fmt: skip
NESTED: list[Any] = [
    object_, object_, object_, object_, array_of, array_of, record_of, map_of, maybe, nullable, one_of,
    one_of, discriminated_union, all_of, conditional, offering, container_of_author, tree, wide,
]  # fmt: skip
KINDS = [*LEAVES[:4], *NESTED * 2]


def weighted(**weights: int) -> list[Any]:
    """Return the functions of these names, each as often as its weight says."""
    return [globals()[name] for name, weight in weights.items() for _ in range(weight)]


PLAIN_LEAVES = weighted(
    string=12, number=10, integer=6, literal=6, enum=3, boolean=4, any_=3, byte_size=1, duration=1,
    other_leaf=3, lazy=5,
)  # fmt: skip
PLAIN_KINDS = PLAIN_LEAVES[::2] + weighted(
    object_=20, array_of=12, one_of=10, discriminated_union=4, nullable=5, maybe=5, record_of=5, map_of=1,
)  # fmt: skip


def draw_schema(rng: random.Random, room: int | None = None) -> Call:
    """Return the calls that build one random schema; they may be refused by the combinators."""
    maker = SchemaMaker(rng, room=rng.choice([3, 8, 16, 30]) if room is None else room)
    draws = [tree, spine, wide] if maker.chance(0.15) else [lambda maker, depth: maker.schema()]
    root = rng.choice(draws)(maker, 0)  # type: ignore[operator]
    for later in maker.pending:
        later.call = maker.pick(*maker.made, root, root)
    return root


def draw_plain_schema(rng: random.Random, room: int | None = None) -> Call:
    """Return a schema as an API has it: JSON values, no code of an author's, no references."""
    maker = SchemaMaker(rng, room=rng.choice([3, 8, 16, 30]) if room is None else room, plain=True)
    return object_(maker, 0) if maker.chance(0.5) else maker.schema()
