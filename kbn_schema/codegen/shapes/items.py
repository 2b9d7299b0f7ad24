"""A list: a loop over a copy."""

from kbn_schema.codegen.conditions import length, negated
from kbn_schema.codegen.place import Copy, Place
from kbn_schema.codegen.shapes.choice import proof
from kbn_schema.codegen.source import Source
from kbn_schema.codegen.survey import Node
from kbn_schema.codegen.writer import Writer
from kbn_schema.left import MAX_NOTES
from kbn_schema.plan import Items


def write(writer: Writer, node: Node, plan: Items, place: Place) -> None:
    """Judge each item, then the size."""
    out = writer.source
    name = out.fresh("item")
    accepted = proof(node.children[0], name, out)
    with out.block(f"if type({place.value}) is list:"):
        if accepted or plan.min_size or node.judges:
            _write_loop(writer, node, plan, place, name, accepted)
        else:
            # In a tree, most lists of children are empty.
            with out.block(f"if not {place.value}:"):
                place.put("[]")
            with out.block("else:"):
                _write_loop(writer, node, plan, place, name, accepted)
    with out.block("else:"):
        place.leave("")


def _write_loop(writer: Writer, node: Node, plan: Items, place: Place, item: str, accepted: str) -> None:
    out = writer.source
    copy = Copy(out.fresh("out"), out.fresh("left"))
    with writer.inside():
        if accepted:
            _prove(out, place.value, copy, item, accepted)
        else:
            _rebuild(writer, place.value, copy, item, node.children[0])
    size = length(f"len({copy.new})", plan.min_size, plan.max_size)
    if size:
        with out.block(f"if not {size}:"):
            out.line(f"{copy.left} = {copy.left} or ()")
    writer.conclude(node, place, copy.new, copy.left)


def _prove(out: Source, value: str, copy: Copy, item: str, accepted: str) -> None:
    """Look at each item of a copy; only from the first surprise on is noted which ones are not fine."""
    out.line(f"{copy.new} = {value}.copy()")
    out.line(f"{copy.left} = None")
    with out.block(f"for {item} in {copy.new}:"), out.block(f"if {negated(accepted)}:"):
        out.generator(copy.left, "(at, None)", f"at, {item} in enumerate({copy.new})", negated(accepted))
        out.line("break")


def _rebuild(writer: Writer, value: str, copy: Copy, name: str, item: Node) -> None:
    """Build a new list, for items that become something else."""
    out = writer.source
    out.line(f"{copy.new} = []")
    out.line(f"{copy.left} = None")

    def put(output: str) -> None:
        out.line(f"{copy.new}.append({output})")

    def leave(known: str) -> None:
        more = f", {known}" if known else ""
        out.line(f"{copy.left} = note({copy.left}, len({copy.new}){more})")
        put(name)
        with out.block(f"if len({copy.left}) == {MAX_NOTES}:"):
            out.line(f"{copy.left} = rest_of_list({copy.left}, {copy.new}, {value})")
            out.line("break")

    # The author's own code might add to the list that it is judged in.
    walked = f"{value}.copy()" if writer.may_judge(item) else value
    with writer.loop(f"for {name} in {walked}:"):
        writer.value(item, Place(name, put, leave, lambda: put(name)))
