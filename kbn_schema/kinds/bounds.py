"""Read the bounds of a combinator, and refuse those that make no sense while it is built."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kbn_schema import messages
from kbn_schema.exact import exact_number
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.definition import refuse
from kbn_schema.problems import Failure, fail, fail_alike
from kbn_schema.references import Reference
from kbn_schema.wording import show, type_word

if TYPE_CHECKING:
    from kbn_schema.json_schema import SchemaWriter


def length_bounds(schema: Schema[Any], low: str, high: str) -> None:
    """Check two options that count something: exact, not negative, not crossed."""
    for name in (low, high):
        bound = getattr(schema, name)
        if bound is None:
            continue
        count = exact_number(bound)
        if type(count) is not int or count < 0:
            refuse(schema, f"{name} must be an integer of at least 0{_instead_of(bound)}")
        object.__setattr__(schema, name, count)
    refuse_crossed(schema, low, high)


def number_bounds(schema: Schema[Any]) -> None:
    """Check `min`, `max`, their exclusive forms, and `multiple_of`."""
    for name in ("min", "max", "exclusive_min", "exclusive_max", "multiple_of"):
        bound = getattr(schema, name)
        if bound is None:
            continue
        number = exact_number(bound)
        if number is None or not -float("inf") < number < float("inf"):
            refuse(schema, f"{name} must be a finite number{_instead_of(bound)}")
        object.__setattr__(schema, name, number)
    multiple_of = getattr(schema, "multiple_of")  # noqa: B009 - only some kinds have it
    if multiple_of is not None and multiple_of <= 0:
        refuse(schema, "multiple_of must be greater than 0")
    refuse_crossed(schema, "min", "max")
    for low, high in (("exclusive_min", "max"), ("min", "exclusive_max"), ("exclusive_min", "exclusive_max")):
        refuse_crossed(schema, low, high, strict=True)


def out_of_bounds(schema: Any, number: int | float) -> Failure | None:
    """Return what the bounds of *schema* have against *number*, or None."""
    if schema.min is not None and number < schema.min:
        return fail_alike(messages.MIN, limit=schema.min)
    if schema.max is not None and number > schema.max:
        return fail_alike(messages.MAX, limit=schema.max)
    if schema.exclusive_min is not None and number <= schema.exclusive_min:
        return fail_alike(messages.EXCLUSIVE_MIN, limit=schema.exclusive_min)
    if schema.exclusive_max is not None and number >= schema.exclusive_max:
        return fail_alike(messages.EXCLUSIVE_MAX, limit=schema.exclusive_max)
    if schema.multiple_of is not None and not is_multiple(number, schema.multiple_of):
        return fail_alike(messages.MULTIPLE_OF, limit=schema.multiple_of)
    return None


def described_bounds(schema: Any, out: "SchemaWriter", safe: int | None = None) -> dict[str, Any]:
    """Return the keywords for the bounds of *schema*, none of them outside of plus and minus *safe*."""
    least, most = schema.min, schema.max
    if safe is not None:
        least = max(-safe if least is None else least, -safe)
        most = min(safe if most is None else most, safe)
    return out.bounds(least, most, schema.exclusive_min, schema.exclusive_max, schema.multiple_of)


def is_multiple(number: int | float, of: int | float) -> bool:
    """Return whether *number* is a multiple of *of*, both taken as the decimals they print as."""
    if type(number) is int and type(of) is int:
        return number % of == 0
    from fractions import Fraction  # noqa: PLC0415 - slow to import, and only this option needs it

    return Fraction(repr(number) if type(number) is float else number) % Fraction(
        repr(of) if type(of) is float else of
    ) == 0  # fmt: skip


def quantity_bounds(schema: Schema[Any], read: Callable[[Any], Any]) -> None:
    """Check `min` and `max` of a kind whose bounds *read* turns into quantities, or raises ValueError."""
    for name in ("min", "max"):
        bound = getattr(schema, name)
        if bound is None:
            continue
        try:
            object.__setattr__(schema, name, read(bound))
        except (ValueError, TypeError):
            why = _instead_of(bound) if isinstance(bound, Reference) else " that can be read"
            refuse(schema, f"{name} is no {schema.combinator.replace('_', ' ')}{why}")
    refuse_crossed(schema, "min", "max")


def out_of_quantity_bounds(schema: Any, quantity: Any) -> Failure | None:
    """Return what the bounds of *schema* have against *quantity*, or None."""
    if schema.min is not None and quantity < schema.min:
        return fail(messages.QUANTITY_MIN, {"limit": str(schema.min)})
    if schema.max is not None and quantity > schema.max:
        return fail(messages.QUANTITY_MAX, {"limit": str(schema.max)})
    return None


def refuse_crossed(schema: Schema[Any], low: str, high: str, strict: bool = False) -> None:
    """Refuse a lower bound above the upper one (with *strict* also one that is equal)."""
    least, most = getattr(schema, low), getattr(schema, high)
    if least is None or most is None:
        return
    if least > most or (strict and least == most):
        relation = "be less than" if strict else "not exceed"
        refuse(schema, f"{low}={show_bound(least)} and {high}={show_bound(most)} accept nothing: "
                       f"{low} must {relation} {high}")  # fmt: skip


def show_bound(bound: Any) -> str:
    """Return the text of a number or a quantity."""
    return show(bound) if type(bound) in (int, float) else str(bound)


def _instead_of(bound: object) -> str:
    if isinstance(bound, Reference):
        return ": a reference may stand in default and conditional, and nowhere else"
    return f", but is [{type_word(bound)}]"
