"""Every combinator by the name that users type: the vocabulary, and the only list of kinds.

>>> from kbn_schema import schema
>>> schema.object({"page": schema.maybe(schema.number(min=1))}).validate({"page": "2"})
{'page': 2}

The module of a kind is imported when its combinator is first named: a program that needs five of them
should not pay for thirty. Checkers and editors see plain imports.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from kbn_schema import late

if TYPE_CHECKING:
    from kbn_schema.kinds.all_of import all_of
    from kbn_schema.kinds.any import AnySchema as any
    from kbn_schema.kinds.array_of import array_of
    from kbn_schema.kinds.boolean import BooleanSchema as boolean
    from kbn_schema.kinds.buffer import BufferSchema as buffer
    from kbn_schema.kinds.byte_size import ByteSizeSchema as byte_size
    from kbn_schema.kinds.conditional import conditional, offering_based_schema
    from kbn_schema.kinds.date import DateSchema as date
    from kbn_schema.kinds.date_time import DateTimeSchema as date_time
    from kbn_schema.kinds.discriminated_union import discriminated_union
    from kbn_schema.kinds.duration import DurationSchema as duration
    from kbn_schema.kinds.email import EmailSchema as email
    from kbn_schema.kinds.enum import enum
    from kbn_schema.kinds.integer import IntegerSchema as integer
    from kbn_schema.kinds.ip import IpSchema as ip
    from kbn_schema.kinds.lazy import lazy
    from kbn_schema.kinds.literal import literal
    from kbn_schema.kinds.map_of import map_of
    from kbn_schema.kinds.maybe import maybe
    from kbn_schema.kinds.never import never
    from kbn_schema.kinds.nullable import nullable
    from kbn_schema.kinds.number import NumberSchema as number
    from kbn_schema.kinds.object import ObjectSchema as object
    from kbn_schema.kinds.one_of import one_of
    from kbn_schema.kinds.record_of import record_of
    from kbn_schema.kinds.stream import StreamSchema as stream
    from kbn_schema.kinds.string import StringSchema as string
    from kbn_schema.kinds.uri import UriSchema as uri
    from kbn_schema.kinds.uuid import UuidSchema as uuid
    from kbn_schema.references import ContextRef as context_ref
    from kbn_schema.references import SiblingRef as sibling_ref

    union = one_of
    intersection = all_of
else:
    # The same once more, as data: where each combinator is, and its name there.
    _PLACES = {
        "all_of": ("kinds.all_of", "all_of"),
        "any": ("kinds.any", "AnySchema"),
        "array_of": ("kinds.array_of", "array_of"),
        "boolean": ("kinds.boolean", "BooleanSchema"),
        "buffer": ("kinds.buffer", "BufferSchema"),
        "byte_size": ("kinds.byte_size", "ByteSizeSchema"),
        "conditional": ("kinds.conditional", "conditional"),
        "context_ref": ("references", "ContextRef"),
        "date": ("kinds.date", "DateSchema"),
        "date_time": ("kinds.date_time", "DateTimeSchema"),
        "discriminated_union": ("kinds.discriminated_union", "discriminated_union"),
        "duration": ("kinds.duration", "DurationSchema"),
        "email": ("kinds.email", "EmailSchema"),
        "enum": ("kinds.enum", "enum"),
        "integer": ("kinds.integer", "IntegerSchema"),
        "intersection": ("kinds.all_of", "all_of"),
        "ip": ("kinds.ip", "IpSchema"),
        "lazy": ("kinds.lazy", "lazy"),
        "literal": ("kinds.literal", "literal"),
        "map_of": ("kinds.map_of", "map_of"),
        "maybe": ("kinds.maybe", "maybe"),
        "never": ("kinds.never", "never"),
        "nullable": ("kinds.nullable", "nullable"),
        "number": ("kinds.number", "NumberSchema"),
        "object": ("kinds.object", "ObjectSchema"),
        "offering_based_schema": ("kinds.conditional", "offering_based_schema"),
        "one_of": ("kinds.one_of", "one_of"),
        "record_of": ("kinds.record_of", "record_of"),
        "sibling_ref": ("references", "SiblingRef"),
        "stream": ("kinds.stream", "StreamSchema"),
        "string": ("kinds.string", "StringSchema"),
        "union": ("kinds.one_of", "one_of"),
        "uri": ("kinds.uri", "UriSchema"),
        "uuid": ("kinds.uuid", "UuidSchema"),
    }

    def __getattr__(name):
        if name not in _PLACES:
            refuse_name(__name__, name)
        module, attribute = _PLACES[name]
        with late.IMPORTING:
            combinator = globals()[name] = getattr(import_module(f"kbn_schema.{module}"), attribute)
        return combinator

    def refuse_name(module, name):
        """Raise the error of *module*, this one or the package, which has no *name*."""
        # Names of Python's own are asked for everywhere, to see whether they are there.
        meant = [] if name.startswith("_") else _meant_by(name)
        if meant:
            words = " or ".join(f"[{combinator}]" for combinator in meant)
            # Without the module, or Python adds what looks alike: of [any_of], that is [all_of].
            raise AttributeError(f"there is no combinator [{name}]; write {words}", name=name)
        this = sys.modules[__name__]
        raise AttributeError(f"module {module!r} has no attribute {name!r}", name=name, obj=this)

    def _meant_by(name):
        with late.IMPORTING:
            synonyms = import_module("kbn_schema.kinds.synonyms")
        return synonyms.combinators_for(name)

    def __dir__():
        return sorted(__all__)


# Spelled out, for checkers read it.
__all__ = [
    "all_of", "any", "array_of", "boolean", "buffer", "byte_size", "conditional", "context_ref", "date",
    "date_time", "discriminated_union", "duration", "email", "enum", "integer", "intersection", "ip", "lazy",
    "literal", "map_of", "maybe", "never", "nullable", "number", "object", "offering_based_schema", "one_of",
    "record_of", "sibling_ref", "stream", "string", "union", "uri", "uuid",
]  # fmt: skip
