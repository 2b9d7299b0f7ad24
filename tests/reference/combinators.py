"""This module makes the generated parts of docs/reference/combinators.md."""

import inspect
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, partial
from typing import Any, Final

import attrs

from kbn_schema import MISSING, Schema, schema
from kbn_schema.kinds.base import Schema as BaseSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.kinds.options import Options
from kbn_schema.references import Reference
from tests.reference.annotations import alternatives
from tests.reference.docstrings import Docstring
from tests.reference.markdown import anchor, cell, code, fence, prose, table, third_person
from tests.reference.pages import Page
from tests.reference.rows import definitions, main_row, rows_of
from tests.reference.static_types import told

# Each combinator under its first name, in the order in which one learns them.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "basic types": (
        "any", "string", "number", "integer", "boolean", "literal", "enum", "buffer", "stream",
    ),
    "formats": ("byte_size", "duration", "date_time", "date", "uuid", "email", "ip", "uri"),
    "containers": ("object", "array_of", "record_of", "map_of", "all_of"),
    "presence": ("maybe", "nullable", "never"),
    "choice": ("one_of", "discriminated_union", "conditional", "offering_based_schema", "lazy"),
    "references": ("context_ref", "sibling_ref"),
}  # fmt: skip

# In the order of the page.
METHODS: Final = (
    "validate", "validate_json", "is_valid", "issues_of", "compile", "source", "json_schema",
    "get_schema_structure", "extends_deep",
)  # fmt: skip
OF_OBJECTS: Final = ("extends", "pick", "omit", "partial", "get_prop_schemas", "validate_key")

# Options of `Schema`, in the order of its docstring.
COMMON: Final = tuple(Options.__annotations__)
ISSUES: Final = "issues.md"

Parameter = inspect.Parameter


@attrs.frozen
class Combinator:
    """What `kbn_schema.schema` has under one or more *names*."""

    names: tuple[str, ...]
    thing: Any
    doc: Docstring

    @property
    def parameters(self) -> dict[str, Parameter]:
        """What it is called with, but the options that all kinds have."""
        given = inspect.signature(self.thing).parameters
        return {
            name: one for name, one in given.items() if name not in COMMON and one.kind != one.VAR_KEYWORD
        }

    @property
    def options(self) -> list[str]:
        """The names of its keywords, but what stands in `call`."""
        found = self.parameters.values()
        return [one.name for one in found if one.kind == one.KEYWORD_ONLY and not self._is_schema(one)]

    @property
    def has_common_options(self) -> bool:
        """Whether it takes those of `Schema`."""
        given = inspect.signature(self.thing).parameters
        return "title" in given or any(one.kind == one.VAR_KEYWORD for one in given.values())

    @property
    def is_reference(self) -> bool:
        """Whether it makes a reference, and no schema."""
        return isinstance(self.thing, type) and issubclass(self.thing, Reference)

    @property
    def heading(self) -> str:
        """Its calls, with what they are about."""
        return ", ".join(code(f"{name}({', '.join(self._about())})") for name in self.names)

    @property
    def link(self) -> str:
        """A link to its section."""
        return f"#{anchor(self.heading)}"

    @property
    def signature(self) -> str:
        """The whole call."""
        others = [Parameter("options", Parameter.VAR_KEYWORD)] if self.has_common_options else []
        return f"schema.{self.names[0]}{_call([*self.parameters.values(), *others])}"

    def type_of(self, name: str) -> str:
        """The type of an argument, from the annotations, also of overloads."""
        return " | ".join(self._types(name))

    def default_of(self, name: str) -> str:
        """What counts where an argument is left out."""
        default = self._default(name)
        if default is Parameter.empty:
            return "required"
        return code(_value(default))

    def _types(self, name: str) -> list[str]:
        found: dict[str, None] = {}
        for annotation in self._annotations(name):
            found.update(dict.fromkeys(alternatives(annotation, self.thing.__module__)))
        # What stands for an argument that is left out; and what is said better by overloads.
        silent = {
            "MISSING",
            *(["None"] if self._default(name) is None else []),
            *(["Any"] * (len(found) > 1)),
        }
        return [text for text in found if text not in silent]

    def _about(self) -> Iterator[str]:
        for one in self.parameters.values():
            if one.kind == one.VAR_POSITIONAL:
                yield "a, b"
            elif one.kind != one.KEYWORD_ONLY:
                yield one.name
            elif self._is_schema(one):
                yield f"{one.name}="

    def _is_schema(self, one: Parameter) -> bool:
        return "Schema" in self._types(one.name)

    def _default(self, name: str) -> Any:
        found = inspect.signature(self.thing).parameters.get(name)
        if found is None:  # one of the common options of a function
            return MISSING
        return Parameter.empty if found.kind == found.VAR_POSITIONAL else found.default

    def _annotations(self, name: str) -> Iterator[Any]:
        signature = inspect.signature(self.thing).parameters
        if attrs.has(self.thing):  # the signature has what converters take
            yield next(field.type for field in attrs.fields(self.thing) if field.alias == name)
            return
        if name not in signature:
            yield Options.__annotations__[name]
            return
        yield signature[name].annotation
        for overload in typing.get_overloads(self.thing) if inspect.isfunction(self.thing) else ():
            given = inspect.signature(overload).parameters
            is_variadic = signature[name].kind == Parameter.VAR_POSITIONAL
            for one in given.values():
                others = is_variadic and one.name not in signature and one.kind != one.VAR_KEYWORD
                if one.name == name or others:
                    yield one.annotation


def _call(parameters: Iterable[Parameter]) -> str:
    """Parameters without types, in parentheses."""
    plain = [one.replace(annotation=one.empty, default=_shown(one.default)) for one in parameters]
    return str(inspect.Signature(plain))


class _Default(str):
    """A text that is its own repr."""

    __slots__ = ()
    __repr__ = str.__str__


def _shown(default: Any) -> Any:
    return default if default is Parameter.empty else _Default(_value(default))


def _value(value: Any) -> str:
    return repr(value).replace("'", '"')


@cache
def combinators() -> tuple[Combinator, ...]:
    """All combinators, in the order of `GROUPS`; the names of one thing are one."""
    names: dict[int, list[str]] = {}
    for name in schema.__all__:
        names.setdefault(id(getattr(schema, name)), []).append(name)
    made: list[Combinator] = []
    for first in (name for group in GROUPS.values() for name in group):
        thing = getattr(schema, first)
        others = sorted(name for name in names[id(thing)] if name != first)
        made.append(Combinator((first, *others), thing, Docstring.of(thing)))
    return tuple(made)


@cache
def links() -> dict[str, str]:
    """Where the sections of the combinators are, by all of their names."""
    return {name: one.link for one in combinators() for name in one.names}


def overview() -> str:
    """The table of all combinators."""
    return table(["combinator", "options of its own", "what comes out"], map(_overview_row, combinators()))


def _overview_row(one: Combinator) -> list[str]:
    options = " ".join(map(code, one.options))
    if one.is_reference:
        options = "a reference, not a schema"
    elif not one.has_common_options:
        options = "no options at all"
    _, _, yielded = one.doc.summary.rstrip(".").partition("; yield ")
    yielded = re.sub(r"^its ", "that schema's ", re.sub(r"^it\b", "the value", yielded))
    return [f"[{one.heading}]({one.link})", options, cell(yielded)]


def common_options() -> str:
    """The table of the options of `Schema`."""
    doc = Docstring.of(BaseSchema)
    rows = [
        [code(name), code(" | ".join(_type_of_common(name))), cell(text, links())]
        for name, text in doc.args.items()
    ]
    without_any = [one for one in combinators() if not (one.has_common_options or one.is_reference)]
    listed = [f"[{one.heading}]({one.link})" for one in without_any]
    return "\n\n".join(
        [
            f"All kinds have them but {', '.join(listed[:-1])} and {listed[-1]}.",
            table(["option", "type", "meaning"], rows),
        ]
    )


def _type_of_common(name: str) -> list[str]:
    return alternatives(Options.__annotations__[name], Options.__module__)


def methods(kind: type, names: tuple[str, ...]) -> str:
    """The table of some methods of a *kind*."""
    rows: list[list[str]] = []
    for name in names:
        method = inspect.getattr_static(kind, name)
        is_property = isinstance(method, property)
        doc = Docstring.of(method)
        said = " ".join([third_person(doc.summary), *doc.prose[: 0 if name == "validate_json" else None]])
        rows.append(
            [code(name if is_property else f"{name}{_call(_own_parameters(method))}"), cell(said, links())]
        )
    return table(["method", "answer"], rows)


def _own_parameters(method: Any) -> list[Parameter]:
    return list(inspect.signature(method).parameters.values())[1:]


def arguments_of_validate() -> str:
    """The table of what `validate` is called with."""
    doc = Docstring.of(Schema.validate)
    return table(
        ["argument", "meaning"], [[code(name), cell(text, links())] for name, text in doc.args.items()]
    )


def group(name: str) -> str:
    """The sections of a group."""
    return "\n\n".join(_section(one) for one in combinators() if one.names[0] in GROUPS[name])


def _section(one: Combinator) -> str:
    doc = one.doc
    parts = [
        f"### {one.heading}",
        code(one.signature),
        "\n".join(
            [
                prose(third_person(doc.summary), _others(one)),
                *(prose(text, _others(one)) for text in doc.prose),
            ]
        ),
        _codes(one),
        _options(one),
        fence("python", doc.example),
    ]
    if one.thing is ObjectSchema:
        examples = [Docstring.of(getattr(ObjectSchema, name)).example for name in OF_OBJECTS]
        parts += [methods(ObjectSchema, OF_OBJECTS), fence("python", "\n".join(filter(None, examples)))]
    parts += [_values(one), _told(one), _raises(one), prose(f"Source: {doc.source}")]
    return "\n\n".join(part for part in parts if part)


def _others(one: Combinator) -> dict[str, str]:
    """The links to the sections of others."""
    return {name: link for name, link in links().items() if name not in one.names}


def _codes(one: Combinator) -> str:
    known = dict.fromkeys(one.doc.listed_codes)
    text = prose(one.doc.codes, _others(one))
    for name in known:
        text = re.sub(rf"(?<!\[)`{name}`(?!\])", f"[`{name}`]({ISSUES}#{anchor(name)})", text)
    return text


def _options(one: Combinator) -> str:
    rows = [
        [code(name), code(one.type_of(name)), one.default_of(name), cell(text, _others(one))]
        for name, text in one.doc.args.items()
    ]
    return table(["argument", "type", "default", "meaning"], rows) if rows else ""


def _values(one: Combinator) -> str:
    lines = [line for row in rows_of(one.names) for line in row.lines]
    return table(["value", "what comes out, or the code and the message"], lines)


def _told(one: Combinator) -> str:
    if one.is_reference:
        return ""
    row = main_row(one.names)
    return told(row.example.schema, row.schema)


def _raises(one: Combinator) -> str:
    texts = [f"Raises `{name}`: {text}" for name, text in one.doc.raises.items()]
    return "\n".join(prose(text, _others(one)) for text in texts)


def names_in_tables() -> str:
    """The program that makes what the tables of values name."""
    return fence("python", definitions())


PAGE: Final = Page(
    "docs/reference/combinators.md",
    {
        "overview": overview,
        "common options": common_options,
        "methods": partial(methods, BaseSchema, METHODS),
        "arguments of validate": arguments_of_validate,
        **{name: partial(group, name) for name in GROUPS},
        "names in the tables": names_in_tables,
    },
)
