"""P9: what the strategy of a schema yields is accepted, and what the one of invalid values yields is not."""

from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import HypothesisException, Unsatisfiable

from kbn_schema import SchemaDefinitionError, messages
from kbn_schema.testing import from_schema, invalid_from_schema
from tests.fuzz.compare import show
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Subject, Told, tell

EXAMPLES = 8


def check(subject: Subject, tally: Tally) -> None:
    context = subject.cases[0].context() if subject.cases else None
    fitting = examples(lambda: from_schema(subject.judged, context=context), subject, tally, "P9")
    for value in fitting:
        told = tell(subject.judged, value, context)
        if told.kind == "broken":
            tally.excluded("P9", "a lazy leads nowhere, which its author has to hear")
            continue
        if told.kind == "refused" and {code for _, code, _, _ in told.issues} == {messages.DEFAULT.code}:
            tally.excluded("P9", "a default raises, which its author has to hear")
            continue
        assert told.kind == "accepted", (
            f"P9: a value of the strategy is refused\n{shown(subject, value, told)}"
        )
        tally.compared("P9")
    wrong = examples(
        lambda: invalid_from_schema(subject.judged, context=context), subject, tally, "P9-invalid"
    )
    for value in wrong:
        told = tell(subject.judged, value, context)
        assert told.kind != "accepted", f"P9: an invalid value is accepted\n{shown(subject, value, told)}"
        tally.compared("P9-invalid")


def examples(make: Any, subject: Subject, tally: Tally, name: str) -> list[Any]:
    """Return some values of the strategy that *make* returns, none where it says that there are none."""
    found: list[Any] = []
    try:
        strategy = make()

        @seed(subject.number)
        @settings(
            max_examples=EXAMPLES, database=None, deadline=None, phases=[Phase.generate], derandomize=False,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(strategy)
        def collect(value: Any) -> None:
            found.append(value)

        collect()
    except SchemaDefinitionError:
        tally.excluded(name, "a lazy leads nowhere, which its author has to hear")
    except Unsatisfiable:
        tally.excluded(name, "there is no such value, by the word of the strategy")
    except HypothesisException:
        tally.excluded(name, "a kind of an author's has no strategy, or next to nothing fits")
    return found


def shown(subject: Subject, value: Any, told: Told) -> str:
    """Return all about a value, for the message of a finding."""
    return f"schema: {show(subject.reference)}\nvalue:  {show(value)}\nsaid:   {show(told.content)}"


PROPERTY = Property("P9", "strategies yield what they say", check, share=0.002)
