"""A dict whose tag names the schema: comparisons for a few tags, a table of functions for many."""

from typing import Final

from kbn_schema.codegen.place import Place
from kbn_schema.codegen.survey import Node
from kbn_schema.codegen.writer import Writer
from kbn_schema.plan import Tagged

MAX_INLINE: Final = 8  # branches that are compared one after the other


def write(writer: Writer, node: Node, plan: Tagged, place: Place) -> None:
    """Call the function of the tag, or of the fallback for a text that is no tag."""
    count = len(plan.branches)
    # A union with an id is found by it: what is left inside can only be settled from there, all of it,
    # which would ask the author's own checks again.
    if not count or (node.schema.id is not None and writer.may_judge(node)):
        place.leave("")
        return
    branches = dict(zip(plan.branches, node.children[:count], strict=True))
    fallback = node.children[count] if plan.fallback is not None else None
    known = place if node.schema.id is None else place.forgetting()
    write_dispatch(writer, plan.tag, branches, fallback, known)


def write_dispatch(
    writer: Writer, tag: str, branches: dict[str, Node], fallback: Node | None, place: Place
) -> None:
    """Write the choice by the text under the key *tag*; without one the value is left."""
    out = writer.source
    text = out.fresh("tag")

    def write_choice(copy: str) -> None:
        out.line(f"{text} = {copy}.get({out.bind(tag, 'KEY')})")
        with out.block(f"if type({text}) is not str:"):
            place.leave("")
        if fallback is None and len(branches) <= MAX_INLINE:
            for name, node in branches.items():
                with out.block(f"elif {text} == {out.bind(name, 'KEY')}:"):
                    writer.value(node, place.copied(copy))
            with out.block("else:"):
                place.leave("")
        else:
            with out.block("else:"):
                _write_table(writer, text, branches, fallback, place)

    writer.text_keyed(place, write_choice)


def _write_table(
    writer: Writer, text: str, branches: dict[str, Node], fallback: Node | None, place: Place
) -> None:
    branch = writer.source.fresh("branch")
    other = f", {writer.function(fallback)}" if fallback is not None else ""
    writer.source.line(f"{branch} = {writer.table(branches)}.get({text}{other})")
    with writer.source.block(f"if {branch} is None:"):
        place.leave("")
    with writer.source.block("else:"):
        writer.take(writer.called(branch, place.value), "Left", place)
