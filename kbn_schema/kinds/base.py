"""Schema: the questions that every kind answers, and what all kinds share."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, get_args

import attrs
from typing_extensions import TypeVar

from kbn_schema import messages
from kbn_schema.errors import SchemaDefinitionError, ValidationError
from kbn_schema.exact import copy_containers
from kbn_schema.kinds.compiling import compiler, grow_warm
from kbn_schema.kinds.definition import (
    collect_tree,
    copied_default,
    hint_for,
    refuse,
    require_known,
    require_options,
    require_unknowns,
)
from kbn_schema.kinds.json_input import read_document
from kbn_schema.kinds.options import NO_META, Dialect, Side, Structure, Unknowns, own_examples, own_meta
from kbn_schema.kinds.verdict import judge
from kbn_schema.late import IMPORTING, make_ready
from kbn_schema.left import UNTOUCHED, Left
from kbn_schema.messages import Message
from kbn_schema.missing import MISSING, Missing
from kbn_schema.plan import ASKS, REQUIRED, Absence, Plan
from kbn_schema.problems import Failure, Issue, fail, fail_alike, fail_because, fail_in_words
from kbn_schema.references import Reference, SiblingRef
from kbn_schema.run import Run, too_deep
from kbn_schema.spelling import is_default, spell_schema
from kbn_schema.wording import type_word

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import Presence, SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.nodes import Shape
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter

T_co = TypeVar("T_co", covariant=True, default=Any)

# Values that need no copy when a default is handed out.
IMMUTABLE = (str, int, float, bool, bytes, type(None), Missing)


def require_schema(schema: "Schema[Any] | str", child: object, place: str) -> None:
    """Refuse a *child* of *schema* that is no schema; *place* says in the text where it stands.

    Raises:
        SchemaDefinitionError: *child* is no schema; the text names the combinator *schema*.
    """
    if not issubclass(type(child), Schema):
        refuse(schema, f"{place} must be a schema, but is [{type_word(child)}]{hint_for(child)}")


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class Schema(Generic[T_co]):
    """A description of values; immutable. The class parameter is the type of the output.

    The options are common to all kinds but ``literal``, ``never``, ``maybe``,
    ``nullable`` and ``lazy``.

    A kind of your own is a subclass with a `check`, see ``docs/how-to/custom-kind.md``.

    Args:
        default: What stands in for a missing value: a value (copied when the schema is built,
            and each time it is handed out), a callable without arguments, or a reference. It is
            trusted: neither checked nor passed to *validate*. None is a default like any other.
            A callable that raises is an issue with the code ``default``.
        validate: Called with the validated value, after all else succeeded. A string
            that it returns is the error, and so is the text of a `ValueError` or
            `AssertionError` that it raises; False and any other exception are an error
            in our words. It cannot replace the value. The issue has the code ``custom``.
        title: Short name, for documents.
        description: Explanation, for documents.
        deprecated: Whether the value should no longer be sent, for documents.
        examples: Values, for documents.
        id: Name of the schema: `lazy` refers to it, documents use it. Unique in one
            tree, without a period.
        meta: What else documents should say: ``x-...`` keys, ``availability``.

    Raises:
        SchemaDefinitionError: an option has the wrong type, or an id is used twice.
    """

    combinator: ClassVar[str] = ""
    """What texts call the kind and its subclasses; where nothing is stated, the name of the class."""
    word: ClassVar[str] = ""
    """What `get_schema_structure` calls it, if not by its combinator."""
    expected: ClassVar[str] = ""
    """What texts call its type, if not by its combinator."""
    type_message: ClassVar[Message] = messages.TYPE
    """The sentence for a value of another type."""
    climb: ClassVar[int] = 0
    """The levels between this schema and its children, for sibling references: 1 in a container."""

    if not TYPE_CHECKING:  # checkers tell by `__init__` what the options are

        def __new__(cls, *nested, **options):
            require_known(cls, options)
            return super().__new__(cls)

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.combinator = cls.combinator or cls.__name__

    default: "T_co | Callable[[], T_co] | Reference | Missing" = MISSING
    validator: "Callable[[T_co], object] | None" = attrs.field(default=None, alias="validate")
    """The option *validate*; the method has its name."""
    title: str | None = None
    description: str | None = None
    deprecated: bool = False
    examples: Sequence[Any] = attrs.field(default=(), converter=own_examples)
    id: str | None = None
    meta: Mapping[str, Any] = attrs.field(default=NO_META, converter=own_meta)

    # --- what a kind answers ---

    def prepare(self) -> None:
        """Check the options of the kind, once the schema is built; see `refuse`.

        Raises:
            SchemaDefinitionError: One of them is not what it should be.
        """

    def check(self, value: object, run: Run) -> Any:
        """Return the output for *value*, or a `Failure` with every problem in it.

        This is the meaning of the schema. *value* is `MISSING` where there is none: begin
        with ``if value is MISSING: return self.missing(run)``. Call the `check` of schemas
        inside with the same *run*, and not their `validate`, which knows neither the path nor
        the run. What is raised, but for a `ValidationError` of another schema, becomes an issue
        with the code ``fault``.
        """
        raise NotImplementedError

    def plan(self) -> Plan | None:
        """Return what compiled code may accept without asking `check`; None leaves everything to it.

        A plan speaks for the class that states it: subclasses are left to their `check`.
        """
        return None

    def absence(self) -> Absence:
        """Return what compiled code may make of a missing value; asked only beside a `plan`."""
        default: Any = self.default
        if default is MISSING:
            return REQUIRED
        if isinstance(default, Reference) or callable(default):
            return ASKS
        if type(default) in IMMUTABLE:
            return Absence(default=default)
        if type(default) is list and all(type(item) in IMMUTABLE for item in default):
            return Absence(make=default.copy)
        return Absence(make=partial(copy.deepcopy, default))

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        """Return what JSON Schema can say of the values, in the words of *out*; the common options apart.

        It may accept more than `check`, and never less: what says nothing is the schema of any value.
        """
        return {}

    def hint(self, out: "TypeWriter") -> "Hint":
        """Return the type of the values, in the words of *out*.

        A kind that does not say it has the type of its class parameter as output, and takes anything.
        """
        return out.output_of(type(self))

    def term(self, out: "TermWriter") -> "Term":
        """Return what a contract says of the values, in the words of *out*; the common options apart.

        A kind that does not say it is told by its name, its options, and what its `check` does.
        """
        return out.custom(self)

    def strategy(self, out: "StrategyWriter") -> "Values | Shape | SearchStrategy[Any]":
        """Return the values, in the words of *out*, or as a Hypothesis strategy; the common options apart.

        A kind that does not say it is drawn from its examples.
        """
        return out.custom(self)

    def may_be_absent(self, out: "Presence") -> bool:
        """Return whether a missing value is accepted; of an output, whether it may be missing.

        *out* says which of the two is asked, and answers for schemas inside.
        """
        return self.has_default if out.is_input else isinstance(self.default, Reference)

    def children(self) -> "tuple[Schema[Any], ...]":
        """Return the schemas inside this one, in a fixed order; none by default."""
        return ()

    def handed_on(self) -> "tuple[Schema[Any], ...]":
        """Return the schemas inside that are given the same value as this one, as by `maybe`."""
        return ()

    def rebuild(self, change: "Callable[[Schema[Any]], Schema[Any]]") -> Self:
        """Return this schema with *change* applied to each of its children; itself where it has none."""
        return self

    def structure(self, path: list[str], optional: bool) -> list[Structure]:
        """Return the lines of `get_schema_structure` for *path*; *optional* if the value may be left out."""
        mark = "?" if optional or self.has_default else ""
        return [{"path": path, "type": (self.word or self.combinator) + mark}]

    # --- what users call ---

    def validate(
        self,
        value: object = MISSING,
        context: Mapping[str, Any] | None = None,
        namespace: str | None = None,
        *,
        strip_unknown_keys: bool = False,
    ) -> T_co:
        """Return the output for *value*; the input is never modified.

        Args:
            value: Anything; left out, or `MISSING`, it is a missing value.
            context: What `context_ref` reads: a mapping, as deep as its paths go; None is an empty one.
            namespace: Put in front of every path in texts, such as ``"request query"``; paths of issues are
                without it.
            strip_unknown_keys: Drop unknown keys, however deep, where no schema states
                what happens to them.

        Raises:
            ValidationError: *value* does not fit. Nothing else leaves `validate`, but
                `SchemaDefinitionError` from a `lazy` that cannot be resolved.
        """
        output: T_co = self.enforce(value, Run(_mapping(context), strip=strip_unknown_keys), namespace)
        return output

    def validate_json(
        self,
        data: bytes | str,
        context: Mapping[str, Any] | None = None,
        namespace: str | None = None,
        *,
        strip_unknown_keys: bool = False,
    ) -> T_co:
        """Return the output for the value that *data*, one JSON text, spells.

        JSON is read strictly: NaN, infinities and numbers as large, duplicate keys, lone
        surrogates, integers of more than 4,300 digits, a byte order mark and what is nested more
        than 200 levels deep are refused. There is no limit of size; the time is in proportion to it.

        Args:
            data: Bytes are UTF-8. Anything else than bytes and text, also a `bytearray`, is refused.
            context: As for `validate`.
            namespace: As for `validate`.
            strip_unknown_keys: As for `validate`.

        Raises:
            ValidationError: *data* is no such JSON, or its value does not fit.

        Source:
            RFC 8259.

        Example:
            >>> from kbn_schema import schema
            >>> schema.object({"page": schema.integer()}).validate_json(b'{"page": 2}')
            {'page': 2}
        """
        value = read_document(data)
        if type(value) is Failure:
            self._accept(value, namespace)
        return self.validate(value, context, namespace, strip_unknown_keys=strip_unknown_keys)

    def is_valid(self, value: object, context: Mapping[str, Any] | None = None) -> bool:
        """Return whether `validate` would accept *value* in that *context*.

        Raises:
            SchemaDefinitionError: A `lazy` in there cannot be resolved.
        """
        return not self.issues_of(value, context)

    def issues_of(self, value: object, context: Mapping[str, Any] | None = None) -> tuple[Issue, ...]:
        """Return what is wrong with *value* in that *context*, at most 100 issues, none if it fits.

        They stand in the order of the schema.

        Raises:
            SchemaDefinitionError: A `lazy` in there cannot be resolved.

        Example:
            >>> from kbn_schema import schema
            >>> schema.object({"page": schema.integer(min=1)}).issues_of({"page": 0})
            (Issue('page', 'min', 'Value must be equal to or greater than [1].'),)
        """
        try:
            self.enforce(value, Run(_mapping(context)), None)
        except ValidationError as error:
            return error.issues
        return ()

    def compile(self) -> Self:
        """Return this schema, after writing and compiling the function that `validate` becomes.

        Without it that happens at some later use, once it pays. After it, `validate` compiles
        nothing and imports nothing. To call it again does nothing. A `lazy` that cannot be resolved is
        left to `validate`.
        """
        if "_source" not in self.__dict__:
            self.compile_now()
        make_ready()
        return self

    @property
    def source(self) -> str:
        """The Python that `validate` runs, for reading; it holds nothing of the schema's texts.

        Equal schemas have equal source. The schema is compiled for it.
        """
        source: str = self.compile().__dict__["_source"].text
        return source

    def json_schema(self, side: Side = "input", dialect: Dialect = "2020-12") -> dict[str, Any]:
        """Return a JSON Schema of the values, a new one at each call.

        What JSON Schema cannot say is left out, so it may accept more than `validate`: what `validate`
        functions and references ask for, and where two schemas of a `conditional` are chosen. The
        schemas with an id, and recursive ones, stand in ``$defs``, in the OpenAPI dialects in
        ``components``. A default that is a callable is called twice, and told if it makes the same.

        Args:
            side: What `validate` accepts of JSON, or what it yields, as JSON has it.
            dialect: "2020-12" takes texts that are coerced, too, such as ``"5"`` for a number. The OpenAPI
                dialects leave them out.

        Raises:
            SchemaDefinitionError: *side* or *dialect* is another word, or a `lazy` cannot be resolved.

        Example:
            >>> from kbn_schema import schema
            >>> schema.string(max_length=5).json_schema(dialect="openapi-3.1")
            {'type': 'string', 'maxLength': 5}
        """
        if side not in get_args(Side):
            refuse("json_schema", "side must be 'input' or 'output'")
        if dialect not in get_args(Dialect):
            refuse("json_schema", "dialect must be '2020-12', 'openapi-3.1' or 'openapi-3.0'")
        with IMPORTING:
            from kbn_schema.json_schema import document  # noqa: PLC0415 - few programs need it

        return document(self, side, dialect)

    def get_schema_structure(self) -> list[Structure]:
        """Return the leaves of nested objects, as ``{"path": ["a", "b"], "type": "string?"}``.

        It does not enter arrays, records, maps and unions; ``?`` marks what may be left out.

        Source:
            Kibana `Type.getSchemaStructure`.

        Example:
            >>> from kbn_schema import schema
            >>> schema.object({"port": schema.number(default=5601)}).get_schema_structure()
            [{'path': ['port'], 'type': 'number?'}]
        """
        return self.structure([], optional=False)

    def extends_deep(self, unknowns: Unknowns | Missing = MISSING) -> Self:
        """Return the schema with *unknowns* on each object in it, whatever those state now.

        What a `lazy` with a callable stands for is outside, and stays as it is. Without *unknowns*, it is
        this schema itself.

        Args:
            unknowns: ``"forbid"``, ``"ignore"`` or ``"allow"``.

        Raises:
            SchemaDefinitionError: *unknowns* is another word.

        Example:
            >>> from kbn_schema import schema
            >>> user = schema.object({"name": schema.string(), "home": schema.object({})})
            >>> user.extends_deep("ignore").validate({"name": "Ada", "age": 36, "home": {"street": "A"}})
            {'name': 'Ada', 'home': {}}
        """
        if unknowns is MISSING:
            return self
        require_unknowns(self, unknowns)
        return self.rebuild(lambda child: child.extends_deep(unknowns))

    # --- what kinds share ---

    def enforce(self, value: object, run: Run, namespace: str | None) -> Any:
        """Return the output for *value*, checked in *run*; paths in texts begin with the *namespace*.

        Raises:
            ValidationError: *value* does not fit.
        """
        compiled = self.__dict__.get("_compiled")
        if compiled is not None and not run.optional:
            return compiled(value, run, namespace)
        try:
            return self._accept(self.outcome(value, run), namespace)
        finally:
            grow_warm(self, run)

    def _accept(self, outcome: Any, namespace: str | None) -> Any:
        if type(outcome) is Failure:
            raise ValidationError(outcome, namespace) from outcome.cause
        return outcome

    def _settle(self, value: object, left: Any, context: Any, namespace: str | None, strip: bool) -> Any:
        """Go on where compiled code stopped: *left* is what it left of *value*, None for all of it.

        *context* is that of the user, or the `Run` of a caller that has one.
        """
        if type(left) is Left and left is not UNTOUCHED:
            told = left.told(context.strip if isinstance(context, Run) else strip)
            if told is not None:
                raise ValidationError(told, namespace) from told.cause
        run = context if isinstance(context, Run) else Run(_mapping(context), strip)
        return self._accept(self.outcome(value, run, None if left is UNTOUCHED else left), namespace)

    def compile_now(self) -> None:
        """Let compiled code do what `validate` does, as far as the class has not changed that."""
        compiled, source = compiler()(self, self._settle)
        compiled.__doc__ = Schema.validate.__doc__
        object.__setattr__(self, "_source", source)
        kind = type(self)
        if kind.outcome is Schema.outcome:
            object.__setattr__(self, "_compiled", compiled)
            if kind.validate is Schema.validate and kind.enforce is Schema.enforce:
                # The function hides the method, which saves a call on each validation.
                object.__setattr__(self, "validate", compiled)

    def outcome(self, value: object, run: Run, left: Any = None) -> Any:
        """Return `check`'s answer in *run*, with whatever is raised on the way turned into a failure.

        *value* is `MISSING` where there is none. *left* is what compiled code left of *value*; None, as
        without it, stands for all of it.
        """
        try:
            if left is not None:
                return left if type(left) is Failure else left.check(value, run)
            return self.check(value, run)
        except (SchemaDefinitionError, MemoryError):
            raise
        except RecursionError:
            return too_deep()
        except Exception as error:  # nothing else may leave `validate`
            return failure_of(error)

    @property
    def has_default(self) -> bool:
        """Whether a missing value becomes something else."""
        return self.default is not MISSING

    def missing(self, run: Run, message: Message | None = None) -> Any:
        """Return the outcome for a missing value: the default, or a failure (*message*, else the type).

        Where *run* is that of `validate_key`, it stays `MISSING` without a default.
        """
        if self.default is not MISSING:
            return self.get_default(run)
        if run.optional:
            return MISSING
        return self.mismatch(MISSING) if message is None else fail(message)

    def answers_missing(self, run: Run) -> bool:
        """Return whether in *run* a missing value becomes something else, or is allowed."""
        return self.has_default

    def left_out(self, run: Run) -> Any:
        """Return the outcome in *run* for a missing value that `maybe` allows: `MISSING`, not the default."""
        return MISSING

    def get_default(self, run: Run) -> Any:
        """Return the default for this *run*, nothing of it shared with another; or a failure."""
        default: Any = self.default
        if isinstance(default, Reference):
            return self._read_default(default, run)
        if not callable(default):
            return default if type(default) in IMMUTABLE else copy.deepcopy(default)
        try:
            return self.adopt_made(default())
        except MemoryError:
            raise
        except Exception as error:  # the author's code: whatever it raises
            return fail_because(messages.DEFAULT, error)

    def _read_default(self, default: Reference, run: Run) -> Any:
        if run.optional and isinstance(default, SiblingRef) and len(run.scopes) < default.levels:
            return fail(messages.NO_SIBLING)
        return copy_containers(default.read(run, MISSING))

    def adopt_default(self, value: Any) -> Any:
        """Return the default *value* in the form of the output, for kinds that have one of their own.

        It is called while the schema is built, for a default that is neither a callable nor a reference.

        Raises:
            SchemaDefinitionError: It has no such form.
        """
        return value

    def adopt_made(self, value: Any) -> Any:
        """Return the default *value* that the author's callable made, in the form of the output.

        What is raised becomes an issue with the code ``default``.
        """
        return value

    def mismatch(self, value: object) -> Failure:
        """Return the failure of a *value* of another type."""
        message = self.type_message.required() if value is MISSING else self.type_message
        return _wrong_type(message, self.expected or self.combinator, type_word(value))

    def finish(self, output: Any, run: Run) -> Any:
        """Return *output*, or the `Failure` of the author's own check; *run* is that of `check`."""
        return output if self.validator is None else judge(self.validator, output)

    def __attrs_post_init__(self) -> None:
        if type(self) is Schema:
            refuse("Schema", "it is the base of all kinds; use a combinator, or a subclass with a check")
        require_options(self)
        self.prepare()
        default = self.default
        if not (default is MISSING or isinstance(default, Reference) or callable(default)):
            object.__setattr__(self, "default", self.adopt_default(copied_default(self, default)))
        collect_tree(self)

    @property
    def ids(self) -> "Mapping[str, Schema[Any]]":
        """The schemas with an id in this tree, by id."""
        ids: Mapping[str, Schema[Any]] = self.__dict__.get("_ids", {})
        return ids

    def own_references(self) -> Iterator[Reference]:
        """Yield the references that this schema itself reads."""
        if isinstance(self.default, Reference):
            yield self.default

    def precedents(self) -> frozenset[str]:
        """Return the names of the siblings that are checked before this schema, beside those it refers to."""
        inside = self.handed_on()
        if not inside:
            return frozenset()
        # Kept, for what is shared would be asked once for each way to it.
        if "_precedents" not in self.__dict__:
            found = frozenset(name for schema in inside for name in schema.precedents())
            object.__setattr__(self, "_precedents", found)
        kept: frozenset[str] = self.__dict__["_precedents"]
        return kept

    def references(self) -> frozenset[tuple[int, str]]:
        """Return the siblings that this tree reads from further out: levels up, and first key."""
        references: frozenset[tuple[int, str]] = self.__dict__.get("_references", frozenset())
        return references

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self  # immutable: as with a tuple, the copy is the thing itself

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.arguments())

    def arguments(self) -> dict[str, Any]:
        """Return the arguments that build this schema again, those left at their default left out."""
        return {
            field.alias: dict(value) if isinstance(value, MappingProxyType) else value
            for field in attrs.fields(type(self))
            if field.init and not is_default(field, value := getattr(self, field.name))
        }

    def __repr__(self) -> str:
        return spell_schema(self)


def failure_of(error: Exception) -> Failure:
    """Return the failure of what a `check` raised, which only that of an author's kind does."""
    if isinstance(error, ValidationError):  # it called the `validate` of another schema
        return error.found if isinstance(error.found, Failure) else fail_in_words(str(error))
    return fail_because(messages.FAULT, error)


def wrong_type(expected: str, value: object) -> Failure:
    """Return the failure of a *value* that is not of the *expected* type."""
    return _wrong_type(messages.TYPE, expected, type_word(value))


@lru_cache(maxsize=1024)
def _wrong_type(message: Message, expected: str, got: str) -> Failure:
    return fail_alike(message, expected=expected, got=got)


def _restore(kind: type[Schema[Any]], arguments: dict[str, Any]) -> Schema[Any]:
    return kind(**arguments)


def _mapping(context: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return {} if context is None else context
