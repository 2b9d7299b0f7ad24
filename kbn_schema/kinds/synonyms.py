"""What our combinators and options are called elsewhere, to answer an author who comes from there.

The other names are those of Python, JSON Schema, pydantic, marshmallow, voluptuous, zod and Joi, as `plain`
makes them. Only mistakes need this module: it is imported late.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

# Combinators, as one writes them, and the names they have elsewhere. Of two with one name, the likelier is
# first.
COMBINATORS: Final[Mapping[str, str]] = {
    "all_of": "all and merge",
    "any": "anything unknown raw",
    "array_of": "list array sequence tuple set frozenset",
    "boolean": "bool",
    "buffer": "bytes bytearray binary",
    "byte_size": "filesize",
    "date": "date",
    "date_time": "datetime timestamp awaredatetime isodatetime",
    "discriminated_union": "discriminator taggedunion variant",
    "duration": "timedelta interval",
    "email": "emailstr",
    "enum": "choice choices select in",
    "integer": "int",
    "ip": "ipv4 ipv6 ipaddress",
    "lazy": "ref recursive forwardref",
    "literal": "const constant equal",
    "literal(None)": "none nonetype null",
    "map_of": "map",
    "maybe": "optional option notrequired",
    "never": "forbidden noreturn",
    "nullable": "allownone nullish",
    "number": "float num",
    "object": "dict mapping struct model nested typeddict",
    "one_of": "anyof either alternatives alternative or switch",
    "record_of": "record dict mapping",
    "string": "str text",
    "string(hostname=True)": "hostname",
    "string(pattern=...)": "regex regexp pattern match",
    "uri": "url anyurl httpurl",
    "uuid": "uuid guid uuid4",
}
# Options; of those on the left, a combinator has one or none.
OPTIONS: Final[Mapping[str, str]] = {
    "min min_length min_size": "min ge gte minimum minvalue minlength minsize minitems",
    "max max_length max_size": "max le lte maximum maxvalue maxlength maxsize maxitems",
    "exclusive_min": "gt exclusivemin exclusiveminimum greaterthan",
    "exclusive_max": "lt exclusivemax exclusivemaximum lessthan",
    "multiple_of": "step divisibleby",
    "pattern": "regex regexp match matches",
    "unknowns": "extra unknown unknownkeys additionalproperties allowunknown",
    "default": "defaultfactory defaultvalue loaddefault missing",
    "validate": "validator validators refine check test",
    "title": "label",
    "description": "help doc",
    "meta": "metadata jsonschemaextra schemaextra",
}
# What takes the place of an option where there is only one that includes its limit.
INCLUSIVE: Final[Mapping[str, str]] = {
    "exclusive_min": "min min_length min_size",
    "exclusive_max": "max max_length max_size",
}
# What elsewhere is an option, and here a combinator.
ADVICE: Final[Mapping[str, str]] = {
    "a value is required unless it has a default or stands in maybe(...)": "required",
    "write maybe({schema}(...))": "optional notrequired exactoptional",
    "write nullable({schema}(...))": "nullable allownone allownull none",
    "write enum([...])": "enum choices allowed oneof",
    "write literal(...)": "const equal",
    "write discriminated_union(...)": "discriminator",
    "write the combinator of the format, such as email() or date_time()": "format",
}
# The modules of the types that stand for a combinator, and the calls of those that take what is inside.
STANDARD: Final = ("builtins", "datetime", "uuid")
CALLS: Final[Mapping[str, str]] = {"array_of": "array_of(...)", "object": "object({...})"}


def plain(name: str) -> str:
    """*name* as the tables have it: without underscores, in lower case."""
    return name.replace("_", "").lower()


def combinators_for(name: str) -> list[str]:
    """Return the combinators that are called *name* elsewhere."""
    return _found(COMBINATORS, name)


def call_for(kind: type[Any]) -> str | None:
    """Return the call of the combinator that stands for *kind*, a type of Python."""
    meant = combinators_for(kind.__name__) if kind.__module__ in STANDARD else []
    return _called(meant[0]) if meant else None


def knows(name: str) -> bool:
    """Return whether an option is called *name* elsewhere."""
    return bool(_found(OPTIONS, name) or _found(ADVICE, name))


def hint_for_option(combinator: str, name: str, known: Collection[str]) -> str | None:
    """Return what to write for the option *name* of *combinator*, which has those that are *known*."""
    for options in _found(OPTIONS, name):
        for option in options.split():
            if option in known:
                return f"did you mean [{option}]?"
        for option in INCLUSIVE.get(options, "").split():
            if option in known:
                return f"write [{option}], which includes its limit"
    return next((advice.format(schema=combinator) for advice in _found(ADVICE, name)), None)


def _called(combinator: str) -> str:
    return combinator if combinator.endswith(")") else CALLS.get(combinator, f"{combinator}()")


def _found(table: Mapping[str, str], name: str) -> list[str]:
    return [ours for ours, theirs in table.items() if plain(name) in theirs.split()]
