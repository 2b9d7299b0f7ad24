"""When a schema is compiled. Nothing here knows how that is done, nor what a schema is."""

from collections.abc import Callable
from typing import Any, Final

from kbn_schema.late import IMPORTING
from kbn_schema.run import Run

# Values that may be checked before a schema is compiled: more than a schema meets that is used a few
# times, and fewer than compiling costs, which is repaid soon after; see `python -m benchmarks cold`.
WARM: Final = 500


def grow_warm(schema: Any, run: Run) -> None:
    """Compile *schema* once so much was checked that it is likely to go on."""
    attributes = schema.__dict__
    warmth = attributes.get("_warmth", 0)
    if warmth is None:
        return
    attributes["_warmth"] = warmth = warmth + run.work + 1
    if warmth <= WARM:
        return
    attributes["_warmth"] = None  # once, also if it fails
    try:
        schema.compile_now()
    except Exception:  # where little stack is left, say: `check` goes on doing the work
        return


def compiler() -> Callable[..., Any]:
    """Return `codegen.compile_schema`, imported at the first use, since few programs need it at once."""
    with IMPORTING:
        from kbn_schema.codegen import compile_schema  # noqa: PLC0415

    return compile_schema
