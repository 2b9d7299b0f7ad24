"""How each plan is written: one module a plan, and the table of all of them."""

from typing import Final

from kbn_schema.codegen.shapes import choice, entries, items, leaves, members, tagged
from kbn_schema.codegen.writer import Shapes
from kbn_schema.plan import Anything, Call, Choice, Entries, Items, Leaf, Members, Tagged

SHAPES: Final[Shapes] = {
    Leaf: leaves.write_leaf,
    Anything: leaves.write_anything,
    Call: leaves.write_call,
    Members: members.write,
    Items: items.write,
    Entries: entries.write,
    Choice: choice.write,
    Tagged: tagged.write,
}
