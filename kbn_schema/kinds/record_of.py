"""Dicts with text keys."""

from typing import TYPE_CHECKING, Any

import attrs
from typing_extensions import TypeVar, Unpack

from kbn_schema.kinds.base import Schema, T_co, wrong_type
from kbn_schema.kinds.entries import EntriesSchema
from kbn_schema.kinds.options import Options, Unknowns
from kbn_schema.numbers import spell_integer
from kbn_schema.plan import Entries, Plan
from kbn_schema.problems import Failure
from kbn_schema.wording import show

if TYPE_CHECKING:
    from kbn_schema.contract import Term, TermWriter
    from kbn_schema.stubs import Hint, TypeWriter

V = TypeVar("V")


@attrs.frozen(kw_only=True, eq=False, repr=False, slots=False)
class RecordSchema(EntriesSchema[T_co]):
    """See `record_of`."""

    combinator = "record_of"
    word = "record"

    def plan(self) -> Plan:
        return Entries(self.key, self.value)

    def hint(self, out: "TypeWriter") -> "Hint":
        return out.dict_of(self.key, self.value, keeps_keys=False)

    def term(self, out: "TermWriter") -> "Term":
        return out.record(self.key, self.value, unknowns=self.unknowns)

    def output_key(self, key: Any, outcome: Any, alike: dict[int, int]) -> Any:
        """Return the key as text: a number or boolean as JSON spells it, else the text that came."""
        if type(outcome) is str or type(outcome) is Failure:
            return outcome
        if type(outcome) is int:
            return spell_integer(outcome)
        if outcome is None or type(outcome) is bool or type(outcome) is float:
            return show(outcome)
        return key if type(key) is str else wrong_type("string", key)


def record_of(
    key: Schema[Any],
    value: Schema[V],
    *,
    unknowns: Unknowns | None = None,
    **options: Unpack[Options[dict[str, V]]],
) -> RecordSchema[dict[str, V]]:
    """Accept a dict whose keys and values fit, or its JSON text; yield a new `dict` with text keys.

    Keys are put out as *key* validated them, as text: with number keys ``" 2 "`` becomes
    ``"2"``. Of two keys that become one, the later entry counts. A *key* that takes no text,
    such as ``literal(5)``, therefore refuses the output when it is validated again. A bad key
    has the path ``key("NAME")``.

    Each entry is a root of its own: a sibling reference in it sees nothing outside.

    Codes: ``json`` for text that is no JSON, ``depth`` for what is nested more than 200 levels
    deep.

    Args:
        key: The schema of each key.
        value: The schema of each value.
        unknowns: What objects further down that state nothing inherit, see `object`.

    Raises:
        SchemaDefinitionError: *key* or *value* is no schema.

    Source:
        Kibana `schema.recordOf`.

    Example:
        >>> from kbn_schema import schema
        >>> lengths = schema.record_of(schema.string(max_length=3), schema.number())
        >>> lengths.validate({"a": "1"})
        {'a': 1}
        >>> lengths.issues_of({"a": 1, "long": 2})[0].path
        ('key("long")',)
    """
    return RecordSchema(key, value, unknowns=unknowns, **options)
