"""Objects with named props."""

from collections.abc import Callable, Container, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self, overload

import attrs
from typing_extensions import TypeVar, Unpack

from kbn_schema import messages
from kbn_schema.errors import SchemaError
from kbn_schema.exact import exact_members, exact_str
from kbn_schema.kinds.base import Schema, require_schema
from kbn_schema.kinds.definition import refuse, require_unknowns
from kbn_schema.kinds.json_input import parse_json
from kbn_schema.kinds.maybe import MaybeSchema, maybe
from kbn_schema.kinds.never import NeverSchema
from kbn_schema.kinds.options import Changes, Structure, Unknowns
from kbn_schema.left import Left, check_noted
from kbn_schema.messages import Message
from kbn_schema.missing import MISSING, Missing
from kbn_schema.plan import ASKS, REQUIRED, Absence, Members, Plan, Prop, absence_of
from kbn_schema.problems import MAX_ISSUES, Failure, Problem, UnknownKey, collect
from kbn_schema.run import Run
from kbn_schema.wording import show, type_word

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import Presence, SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.writer import StrategyWriter

MAX_EMPTY_LEVELS = 20  # of objects in each other that are made at once where the outermost is missing

D_co = TypeVar("D_co", covariant=True, default=dict[str, Any])
# Of what is made from an object: a dict, unless an annotation asks for a TypedDict.
D = TypeVar("D", default=dict[str, Any])


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class ObjectSchema(Schema[D_co]):
    """Accept a dict with the given props, or its JSON text; yield a new `dict`.

    Every prop is required, unless its schema is `maybe` or has a default. Props come out
    in the order of the input, then those that defaults added. A missing object without
    default is validated as an empty one.

    The static type is ``dict[str, Any]``, or the TypedDict that an annotation asks for:
    ``find_query: "Schema[FindQuery]" = schema.object({...})``.

    Codes: ``unknown_key`` for each key without a prop, ``json`` for text that is no JSON,
    ``depth`` for what is nested more than 200 levels deep.

    Args:
        props: The schema of each prop, by name.
        unknowns: What happens to keys without a prop: "forbid" makes them an error,
            "ignore" drops them, "allow" keeps them as they are. Left out, the object
            inherits "ignore" from the object or the call around it, else it forbids.
            Keys that are no text are never allowed.

    Raises:
        SchemaDefinitionError: a name is no text, a prop is no schema, *unknowns* is another
            word, or references of props run in a circle.

    Source:
        Kibana `schema.object`.

    Example:
        >>> from kbn_schema import schema
        >>> page = schema.object(
        ...     {"page": schema.number(default=1), "sort": schema.maybe(schema.string())}, unknowns="ignore"
        ... )
        >>> page.validate({"sort": "name", "debug": "yes"})
        {'sort': 'name', 'page': 1}
    """

    combinator = "object"
    climb = 1
    type_message: ClassVar[Message] = messages.PLAIN_OBJECT

    props: Mapping[str, Schema[Any]] = attrs.field(kw_only=False)
    unknowns: Unknowns | None = None
    # Checkers cannot tell a lambda's argument from a dict display: what it gets is the output.
    validator: Callable[[Any], object] | None = attrs.field(default=None, alias="validate")
    order: tuple[tuple[str, Schema[Any], frozenset[str]], ...] = attrs.field(init=False, default=())
    """Each prop's name, schema, and the names it refers to, which come before it: the order of checking."""

    def prepare(self) -> None:
        require_unknowns(self, self.unknowns)
        object.__setattr__(self, "props", MappingProxyType(_own_props(self)))
        object.__setattr__(self, "order", _ordered(self))

    @property
    def has_default(self) -> bool:
        return True  # a missing object is an empty one

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING and self.default is not MISSING:
            return self.get_default(run)
        members = self._members({} if value is MISSING else value, run)
        if type(members) is Failure:
            return members
        data, others = members
        out: dict[str, Any] = {}
        known = run.enter(self, value, out, data)
        if known is not MISSING:
            return known
        strip, run.strip = run.strip, stripping(self.unknowns, run.strip)
        problems: list[Problem] = []
        failed: set[str] = set()
        # One frame a level: the loop calls `check` itself, so that 200 levels fit any stack.
        run.work += len(self.order)
        for name, prop, refers_to in self.order:
            if refers_to & failed:
                failed.add(name)  # it cannot be judged: what it depends on is wrong
                continue
            outcome = prop.check(data.get(name, MISSING), run)
            if type(outcome) is Failure:
                failed.add(name)
                collect(problems, outcome, name)
                if len(problems) >= MAX_ISSUES:
                    break
            elif outcome is not MISSING:
                out[name] = outcome
        run.strip = strip
        return run.leave(self, value, self._conclude(data, others, out, problems, run))

    def _members(self, value: object, run: Run) -> Any:
        value = parse_json(value, "object", run)
        if type(value) is Failure:
            return value
        members = exact_members(value)
        return self.mismatch(value) if members is None else members

    def resume(self, left: Left, run: Run) -> Any:
        """Return the outcome in *run* of what compiled code *left*: the noted props are checked, in order."""
        out = left.out
        run.go_on(self, left)
        strip, run.strip = run.strip, stripping(self.unknowns, run.strip)
        problems: list[Problem] = []
        failed: set[str] = set()
        for at, known in left.notes:
            name, prop, refers_to = self.order[at]
            if refers_to & failed:
                failed.add(name)
                continue
            outcome = check_noted(known, prop, out.get(name, MISSING), run)
            if type(outcome) is Failure:
                failed.add(name)
                collect(problems, outcome, name)
                if len(problems) >= MAX_ISSUES:
                    break
            elif outcome is not MISSING:
                out[name] = outcome
            else:
                out.pop(name, None)
        run.strip = strip
        outcome = self._conclude(left.raw, [], out, problems, run)
        run.come_back(left)
        return outcome

    def told(self, left: Left, strip: bool) -> Failure | None:
        """Return the failure of what compiled code *left*, if there is one and nothing is left to ask.

        *strip* tells whether unknown keys are dropped where the object states nothing.
        """
        names = self._names
        problems: list[Problem] = []
        for at, known in left.notes:
            failure = known if type(known) is not Left else known.told(stripping(self.unknowns, strip))
            if failure is None:
                return None
            collect(problems, failure, self.order[at][0])
        forbids = self.unknowns == "forbid" or (self.unknowns is None and not strip)
        if forbids and not names.issuperset(left.raw):
            self._refuse_unknown([key for key in left.raw if key not in names], left.raw, problems)
        return Failure(problems) if problems else None

    @property
    def _names(self) -> frozenset[str]:
        # Not a `cached_property`, which holds a lock in 3.11: a child that is forked then waits for ever.
        names: frozenset[str] | None = self.__dict__.get("_name_set")
        if names is None:
            names = self.__dict__["_name_set"] = frozenset(self.props)
        return names

    def _conclude(
        self, data: dict[str, Any], others: list[Any], out: dict[str, Any], problems: list[Problem], run: Run
    ) -> Any:
        names = self._names
        unknown = [] if names.issuperset(data) else [key for key in data if key not in names]
        unknowns = self.unknowns or ("ignore" if run.strip else "forbid")
        if unknowns != "ignore" and (others or unknown):
            self._refuse_unknown(others if unknowns == "allow" else [*unknown, *others], data, problems)
        if problems:
            return Failure(problems)
        for key in unknown:
            if unknowns == "allow":
                out[key] = data[key]
            else:
                out.pop(key, None)
        return self.finish(self._arranged(data, out), run)

    def _refuse_unknown(self, keys: list[Any], data: dict[str, Any], problems: list[Problem]) -> None:
        room = max(MAX_ISSUES - len(problems), 0)
        present = frozenset(data)
        problems.extend([_unknown_key(key, self.props, present) for key in keys[:room]])

    def _arranged(self, data: dict[str, Any], out: dict[str, Any]) -> dict[str, Any]:
        """Return *out* in the order of *data*, and what is not in there in the order of checking."""
        first = {key: out[key] for key in data if key in out}
        if len(first) == len(out):
            return first
        return {**first, **{name: out[name] for name, _, _ in self.order if name in out}}

    def plan(self) -> Plan | None:
        # A prop that reads siblings has to wait for them, and is not judged if they are wrong.
        props = [Prop(name, prop, bool(refers_to)) for name, prop, refers_to in self.order]
        return Members(props, self.unknowns)

    def absence(self) -> Absence:
        if self.default is not MISSING:
            return super().absence()
        absence: Absence | None = self.__dict__.get("_absence")
        if absence is None:
            absence = self.__dict__["_absence"] = _absence_of_empty(self)
        return absence

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        inside = out.within(self.unknowns)
        drops = out.drops_unknown(self.unknowns)
        is_open = self.unknowns == "allow" or (drops and out.is_input)
        properties: dict[str, Any] = {}
        required: list[str] = []
        for name, prop in self.props.items():
            described = inside.schema(prop)
            if is_open or described != out.nothing():
                properties[name] = described
            if not out.may_be_absent(prop):
                required.append(name)
        names = {"required": required} if required else {}
        return out.container("object", properties=properties, **names, additionalProperties=is_open)

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.fields(self.props, self.unknowns)

    def term(self, out: "TermWriter") -> "Term":
        return out.object(self.props, self.unknowns)

    def strategy(self, out: "StrategyWriter") -> "Shape":
        return out.object({name: prop for name, prop, _ in self.order}, self.unknowns)

    def may_be_absent(self, out: "Presence") -> bool:
        if self.default is not MISSING or not out.is_input:
            return super().may_be_absent(out)
        # A list comprehension or generator would be one more frame on each level.
        return all(map(out.may_be_absent, self.props.values()))

    def children(self) -> tuple[Schema[Any], ...]:
        return tuple(self.props.values())

    def rebuild(self, change: Callable[[Schema[Any]], Schema[Any]]) -> Self:
        return attrs.evolve(self, props={name: change(prop) for name, prop in self.props.items()})

    def structure(self, path: list[str], optional: bool) -> list[Structure]:
        if not self.props:
            return [{"path": path, "type": "object?"}]
        return [line for name, prop in self.props.items() for line in prop.structure([*path, name], False)]

    @overload
    def extends_deep(
        self: "ObjectSchema[dict[str, Any]]", unknowns: Unknowns | Missing = MISSING
    ) -> "ObjectSchema[D]": ...

    @overload
    def extends_deep(self, unknowns: Unknowns | Missing = MISSING) -> Self: ...

    def extends_deep(self, unknowns: Unknowns | Missing = MISSING) -> Any:
        """Return the object with *unknowns* on itself and on each object in it, whatever those state now.

        What a `lazy` with a callable stands for is outside, and stays as it is.
        """
        if unknowns is MISSING:
            return self
        return attrs.evolve(super().extends_deep(unknowns), unknowns=unknowns)

    def extends(
        self,
        props: "Mapping[str, Schema[Any] | Missing | None]",
        *,
        unknowns: Unknowns | Missing | None = None,
        **options: Unpack[Changes],
    ) -> "ObjectSchema[D]":
        """Return a new object with *props* added or replaced by name.

        A prop of None is taken away; an option of `MISSING` is reset.

        Args:
            props: Schemas by name; None (or `MISSING`) takes the prop away.
            unknowns: Replaces the one of this object.
            options: Replace the options of this object, which are kept otherwise; an
                option of `MISSING` is reset.

        Raises:
            SchemaDefinitionError: *props* is no mapping, or the new object makes no sense.

        Source:
            Kibana `ObjectType.extends`.

        Example:
            >>> from kbn_schema import schema
            >>> page = schema.object({"page": schema.number(), "sort": schema.string()})
            >>> sorted(page.extends({"size": schema.number(), "sort": None}).get_prop_schemas())
            ['page', 'size']
        """
        if not isinstance(props, Mapping):
            refuse("object().extends", f"props must be a dict, but is [{type_word(props)}]")
        merged: dict[str, Any] = {**self.props, **props}
        merged = {name: prop for name, prop in merged.items() if prop is not None and prop is not MISSING}
        changes: dict[str, Any] = dict(options) if unknowns is None else {**options, "unknowns": unknowns}
        kept: dict[str, Any] = {**self.arguments(), **changes, "props": merged}
        return ObjectSchema(**{name: option for name, option in kept.items() if option is not MISSING})

    def pick(self, *names: str) -> "ObjectSchema[D]":
        """Return a new object with the props *names* only; `default`, `validate` and `id` are dropped.

        Raises:
            SchemaDefinitionError: there is no prop of that name.
        """
        self._require_names("pick", names)
        return self._reshaped({name: prop for name, prop in self.props.items() if name in names})

    def omit(self, *names: str) -> "ObjectSchema[D]":
        """Return a new object without the props *names*; `default`, `validate` and `id` are dropped.

        Raises:
            SchemaDefinitionError: there is no prop of that name.
        """
        self._require_names("omit", names)
        return self._reshaped({name: prop for name, prop in self.props.items() if name not in names})

    def partial(self) -> "ObjectSchema[D]":
        """Return a new object in which each prop without a `default` may be left out.

        Shallow: objects in it are not changed. A `nullable` prop that is left out stays away,
        rather than become None. `default`, `validate` and `id` of this
        object, which speak of the whole, are dropped.
        """
        return self._reshaped({name: _optional(prop) for name, prop in self.props.items()})

    def _reshaped(self, props: dict[str, Schema[Any]]) -> "ObjectSchema[D]":
        whole = ("default", "validate", "id")
        kept = {name: value for name, value in self.arguments().items() if name not in whole}
        kept["props"] = props
        return ObjectSchema(**kept)

    def _require_names(self, method: str, names: tuple[str, ...]) -> None:
        for name in names:
            if not isinstance(name, str):
                refuse(f"object().{method}", "give it names, each an argument of its own")
            if name not in self.props:
                refuse(f"object().{method}", f"there is no prop [{show(name)}]")

    def get_prop_schemas(self) -> dict[str, Schema[Any]]:
        """Return the schemas of the props by name, in a dict of its own."""
        return dict(self.props)

    def validate_key(self, key: str, value: object = MISSING) -> Any:
        """Return the output of one prop for *value*; nothing is required.

        A missing value gives the default or `MISSING`, also deeper down; *key* is the
        namespace of the errors.

        Raises:
            ValidationError: *value* does not fit, or its default refers to a sibling.
            SchemaError: there is no prop *key*.

        Source:
            Kibana `ObjectType.validateKey`.

        Example:
            >>> from kbn_schema import schema
            >>> schema.object({"page": schema.number()}).validate_key("page", "7")
            7
        """
        if key not in self.props:
            raise SchemaError(f"{show(key)} is not a valid part of this schema")
        run = Run({}, optional=True)
        run.name(self)
        return self.props[key].enforce(value, run, key)


def stripping(unknowns: Unknowns | None, inherited: bool) -> bool:
    """Return whether objects further down that state nothing drop unknown keys."""
    return inherited if unknowns is None else unknowns == "ignore"


def _own_props(schema: ObjectSchema[Any]) -> dict[str, Schema[Any]]:
    if not isinstance(schema.props, Mapping):
        refuse(schema, f"props must be a dict of names and schemas, but is [{type_word(schema.props)}]")
    props: dict[str, Schema[Any]] = {}
    for key, prop in schema.props.items():
        name = exact_str(key)
        if name is None:
            refuse(schema, f"the name of a prop must be a string, but is [{type_word(key)}]")
        require_schema(schema, prop, f"prop [{show(name)}]")
        props[name] = prop
    return props


def _ordered(schema: ObjectSchema[Any]) -> tuple[tuple[str, Schema[Any], frozenset[str]], ...]:
    """Return the props in the order of checking: the first one whose references are all done is next."""
    props = schema.props
    refers_to = {
        name: frozenset(key for levels, key in prop.references() if levels == 1 and key in props)
        for name, prop in props.items()
    }
    comes_after = {
        name: refers_to[name] | ((prop.precedents() & props.keys()) - {name}) for name, prop in props.items()
    }
    waiting = list(props)
    if not any(comes_after.values()):
        return tuple((name, prop, refers_to[name]) for name, prop in props.items())
    order: list[str] = []
    while waiting:
        ready = next((name for name in waiting if comes_after[name].issubset(order)), None)
        if ready is None:
            refuse(schema, f"the sibling references of {', '.join(map(show, waiting))} run in a circle")
        waiting.remove(ready)
        order.append(ready)
    return tuple((name, props[name], refers_to[name]) for name in order)


def _absence_of_empty(schema: ObjectSchema[Any]) -> Absence:
    """Return what becomes of a missing object, which counts as an empty one."""
    try:
        absences = {name: absence_of(prop) for name, prop, _ in schema.order}
    except RecursionError:
        return ASKS
    if any(absence.required for absence in absences.values()):
        return REQUIRED
    levels = 1 + max((absence.levels for absence in absences.values()), default=0)
    asks = any(absence.asks for absence in absences.values()) or schema.validator is not None
    if asks or levels > MAX_EMPTY_LEVELS:
        return ASKS
    makers = {name: absence.maker() for name, absence in absences.items() if not absence.stays}
    return Absence(make=lambda: {name: make() for name, make in makers.items()}, levels=levels)


def _unknown_key(key: object, props: Iterable[str], present: Container[str]) -> Problem:
    shown = show(key)
    if not shown:
        return Problem(messages.UNKNOWN_EMPTY_KEY, {"key": ""}, ("", None))
    step = key if type(key) is str else shown
    return UnknownKey(messages.UNKNOWN_KEY, {"key": shown}, (step, None), props, present)


def _optional(prop: Schema[Any]) -> Schema[Any]:
    if prop.default is not MISSING or isinstance(prop, (MaybeSchema, NeverSchema)):
        return prop
    return maybe(prop)
