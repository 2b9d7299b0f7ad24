"""Sizes in bytes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attrs

from kbn_schema import messages
from kbn_schema.exact import exact_number, exact_str
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.bounds import out_of_quantity_bounds, quantity_bounds
from kbn_schema.kinds.definition import refuse
from kbn_schema.missing import MISSING, Missing
from kbn_schema.plan import Call, Plan
from kbn_schema.problems import fail
from kbn_schema.quantities import MAX_SAFE_INTEGER, ByteSize, Unparsable
from kbn_schema.references import Reference
from kbn_schema.run import Run

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.json_schema import SchemaWriter
    from kbn_schema.stubs import Hint, TypeWriter
    from kbn_schema.testing.values import Values
    from kbn_schema.testing.writer import StrategyWriter

# For JSON Schema, which cannot compare a text with the bounds.
SPELLED = "^(?:[1-9][0-9]*[kKmMgG]?[bB]|[0-9]+)$"


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class ByteSizeSchema(Schema[ByteSize]):
    """Accept a size such as ``"10mb"`` or a number of bytes; yield a `ByteSize`, an `int` of bytes.

    Units are b, kb, mb and gb, in any letter case and in steps of 1024; counts are whole, and
    a text of bare digits is a number of bytes. A `ByteSize` prints with its unit.

    Codes: ``format`` for text that is no size, ``unsafe_number`` for a number that is
    negative, not whole or above 2**53 - 1, ``min``, ``max``.

    Args:
        default: As for all kinds. A text or a number is read when the schema is built.
        min: Smallest size, inclusive: a text, a number of bytes or a `ByteSize`.
        max: Largest size, inclusive: a text, a number of bytes or a `ByteSize`.

    Raises:
        SchemaDefinitionError: a bound or the default is no size, or *min* is above *max*.

    Source:
        Kibana `schema.byteSize`.

    Example:
        >>> from kbn_schema import schema
        >>> size = schema.byte_size(max="1gb").validate("1536kb")
        >>> size + 0, str(size)
        (1572864, '1.5mb')
    """

    combinator = "byte_size"
    word = "bytes"
    expected = "ByteSize"

    default: "str | int | Callable[[], ByteSize] | Reference | Missing" = MISSING  # type: ignore[assignment]  # pyright: ignore[reportIncompatibleVariableOverride]
    min: str | int | None = None
    max: str | int | None = None

    def prepare(self) -> None:
        quantity_bounds(self, read_byte_size)

    def check(self, value: object, run: Run) -> Any:
        if value is MISSING:
            return self.missing(run)
        try:
            size = read_byte_size(value)
        except Unparsable:
            return fail(messages.BYTE_SIZE, {"format": "byte_size"})
        except ValueError:
            return fail(messages.UNSAFE_BYTE_SIZE)
        except TypeError:
            return self.mismatch(value)
        failure = out_of_quantity_bounds(self, size)
        return self.finish(size, run) if failure is None else failure

    def plan(self) -> Plan:
        return Call(str, int, float)

    def describe(self, out: "SchemaWriter") -> dict[str, Any]:
        least, most = (0, MAX_SAFE_INTEGER) if out.is_exact else (None, None)
        least = least if self.min is None else read_byte_size(self.min)
        most = most if self.max is None else read_byte_size(self.max)
        bounds = out.bounds(least, most)
        return out.quantity(SPELLED, bounds) if out.is_input else out.typed("integer", **bounds)

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.instance(ByteSize, sent=("str", "int"), printed="int")

    def term(self, out: "TermWriter") -> "Term":
        least = None if self.min is None else read_byte_size(self.min)
        most = None if self.max is None else read_byte_size(self.max)
        return out.quantity("bytes", least, most)

    def strategy(self, out: "StrategyWriter") -> "Values":
        least = None if self.min is None else read_byte_size(self.min)
        most = None if self.max is None else read_byte_size(self.max)
        return out.sizes(least, most)

    def adopt_default(self, value: Any) -> Any:
        try:
            return read_byte_size(value)
        except ValueError:
            refuse(self, "default is no byte size")
        except TypeError:
            return value  # defaults are trusted


def read_byte_size(value: object) -> ByteSize:
    """Return the size that *value* is or spells; raise `ValueError`, or `TypeError` for another type."""
    if type(value) is ByteSize:
        return value
    text = exact_str(value)
    if text is not None:
        return ByteSize.parse(text)
    number = exact_number(value)
    if number is None:
        raise TypeError
    return ByteSize.of(number)
