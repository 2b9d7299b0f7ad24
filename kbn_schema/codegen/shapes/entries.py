"""A dict of any keys: a loop over a copy."""

from kbn_schema.codegen.conditions import negated
from kbn_schema.codegen.place import Copy, Place
from kbn_schema.codegen.shapes.choice import proof
from kbn_schema.codegen.source import Source
from kbn_schema.codegen.survey import Node
from kbn_schema.codegen.writer import Writer
from kbn_schema.left import MAX_NOTES
from kbn_schema.plan import Entries, Leaf


def write(writer: Writer, node: Node, plan: Entries, place: Place) -> None:
    """Judge each entry; keys that would become something else are left, all of them."""
    out = writer.source
    key_node, item_node = node.children
    key, item = out.fresh("key"), out.fresh("item")
    key_accepted = "" if _reads_keys(key_node) else proof(key_node, key, out)
    if not key_accepted:
        place.leave("")
        return
    # That keys are text is proven for all at once.
    tests = [] if _is_any_text(key_node) else [key_accepted]

    def write_entries(new: str) -> None:
        copy = Copy(new, out.fresh("left"))
        out.line(f"{copy.left} = None")
        accepted = proof(item_node, item, out)
        with writer.inside():
            if accepted:
                _prove(out, copy, key, item, [*tests, accepted])
            else:
                _repair(writer, copy, key, item, tests, item_node)
        writer.conclude(node, place, copy.new, copy.left)

    writer.text_keyed(place, write_entries)


def _reads_keys(node: Node) -> bool:
    return isinstance(node.plan, Leaf) and str not in node.plan.types


def _is_any_text(node: Node) -> bool:
    plan = node.plan
    return isinstance(plan, Leaf) and plan.types == (str,) and plan.is_unlimited


def _prove(out: Source, copy: Copy, key: str, item: str, tests: list[str]) -> None:
    names, entries = (f"{key}, {item}", "items") if len(tests) > 1 else (item, "values")
    accepted = " and ".join(f"({test})" if " or " in test else test for test in tests)
    with out.block(f"for {names} in {copy.new}.{entries}():"), out.block(f"if {negated(accepted)}:"):
        out.generator(copy.left, f"({key}, None)", f"{key}, {item} in {copy.new}.items()", negated(accepted))
        out.line("break")


def _repair(writer: Writer, copy: Copy, key: str, item: str, tests: list[str], node: Node) -> None:
    out = writer.source

    def put(output: str) -> None:
        out.line(f"{copy.new}[{key}] = {output}")

    def leave(known: str) -> None:
        more = f", {known}" if known else ""
        out.line(f"{copy.left} = note({copy.left}, {key}{more})")
        with out.block(f"if len({copy.left}) == {MAX_NOTES}:"):
            out.line(f"{copy.left} = rest_of_dict({copy.left}, {copy.new}, {key})")
            out.line("break")

    with writer.loop(f"for {key}, {item} in {copy.new}.items():"):
        place = Place(item, put, leave)
        if not tests:
            writer.value(node, place)
            return
        with out.block(f"if {tests[0]}:"):
            writer.value(node, place)
        with out.block("else:"):
            leave("")
