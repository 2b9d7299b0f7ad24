"""Values with nothing inside: a condition, a table of texts, or a call of `check`."""

from kbn_schema.codegen.conditions import condition, limits
from kbn_schema.codegen.place import Place
from kbn_schema.codegen.survey import Node
from kbn_schema.codegen.writer import Writer
from kbn_schema.plan import Anything, Call, Leaf


def write_leaf(writer: Writer, node: Node, plan: Leaf, place: Place) -> None:
    """Keep what is plainly fine, read what is spelled out in text, leave the rest."""
    with writer.unless(condition(plan, place.value, writer.source), place):
        if plan.spelled is None:
            _write_question(writer, node, place)
        else:
            _write_reading(writer, node, plan, place)


def _write_question(writer: Writer, node: Node, place: Place) -> None:
    if place.ask is None:
        place.leave("")
    else:
        place.ask(writer.source.bind(node.schema.check, "CHECK"))


def _write_reading(writer: Writer, node: Node, plan: Leaf, place: Place) -> None:
    out = writer.source
    table, read = out.bind(plan.spelled, "SPELLED"), out.fresh("read")
    out.line(f"{read} = {table}[{place.value}] if type({place.value}) is str else None")
    with out.block(f"if {' and '.join([f'{read} is not None', *limits(plan, read, out)])}:"):
        place.put(read)
    with out.block("else:"):
        _write_question(writer, node, place)


def write_anything(writer: Writer, node: Node, plan: Anything, place: Place) -> None:
    """Keep all but `MISSING`."""
    with writer.unless(f"{place.value} is not MISSING", place):
        place.leave("")


def write_call(writer: Writer, node: Node, plan: Call, place: Place) -> None:
    """Ask `check` about a value that is there; what it answers is final."""
    out = writer.source
    with out.block(f"if {place.value} is MISSING:"):
        place.leave("")
    with out.block("else:"):
        check = out.bind(node.schema.check, "CHECK")
        writer.take(f"{check}({place.value}, FREE)", "Failure", place)
