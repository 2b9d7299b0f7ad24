"""A dict with props: its copy becomes the output, and only what surprises is repaired in it."""

import attrs

from kbn_schema.codegen.place import Copy, Place
from kbn_schema.codegen.source import Source
from kbn_schema.codegen.survey import Node
from kbn_schema.codegen.writer import Writer
from kbn_schema.plan import Absence, Members, Prop, absence_of


@attrs.define
class Member:
    """One prop on its way into the source: its *position* in the order of checking, and its *key*."""

    position: int
    key: str
    node: Node
    left: bool
    absence: Absence
    variable: str
    asked_missing: bool  # whether `check` of the node's schema is the one to ask about a missing value


def write(writer: Writer, node: Node, plan: Members, place: Place) -> None:
    """Judge each prop, then whether there are other keys."""
    writer.text_keyed(
        place, lambda new: _write(writer, node, plan, place, Copy(new, writer.source.fresh("left")))
    )


def _write(writer: Writer, node: Node, plan: Members, place: Place, copy: Copy) -> None:
    out = writer.source
    members = _members(out, node, plan)
    out.line(f"{copy.left} = None")
    _read_required(out, copy, [member for member in members if member.absence.required])
    with writer.inside():
        size = str(sum(not member.absence.stays for member in members))
        if any(member.absence.stays for member in members):
            initial, size = size, out.fresh("size")
            out.line(f"{size} = {initial}")
        for member in members:
            _write_member(writer, copy, member, size)
    _write_unknown(out, copy, plan, size)
    writer.conclude(node, place, copy.new, copy.left)


def _members(out: Source, node: Node, plan: Members) -> list[Member]:
    return [
        _member(out, at, prop, child)
        for at, (prop, child) in enumerate(zip(plan.props, node.children, strict=True))
    ]


def _member(out: Source, position: int, prop: Prop, node: Node) -> Member:
    absence = absence_of(prop.schema)
    asked_missing = absence.required and prop.schema is node.schema
    return Member(
        position, out.bind(prop.name, "KEY"), node, prop.left, absence, out.fresh("value"), asked_missing
    )


def _read_required(out: Source, copy: Copy, required: list[Member]) -> None:
    if not required:
        return
    with out.block("try:"):
        for member in required:
            out.line(f"{member.variable} = {copy.new}[{member.key}]")
    with out.block("except KeyError:"):
        if len(required) == 1:
            out.line(f"{required[0].variable} = MISSING")
            return
        keys = out.bind(tuple(out.namespace[member.key] for member in required), "KEYS")
        out.assign([member.variable for member in required], f"get_all({copy.new}, {keys})")


def _write_member(writer: Writer, copy: Copy, member: Member, size: str) -> None:
    out = writer.source

    def leave(known: str) -> None:
        more = f", {known}" if known else ""
        out.line(f"{copy.left} = note({copy.left}, {member.position}{more})")

    if member.left:
        leave("")
        return

    def ask(check: str) -> None:
        arguments = f"{copy.left}, {member.position}, {copy.new}, {member.key}, {check}, {member.variable}"
        out.line(f"{copy.left} = {'judge' if member.asked_missing else 'judge_present'}({arguments})")

    place = Place(member.variable, lambda new: out.line(f"{copy.new}[{member.key}] = {new}"), leave, ask=ask)
    if member.absence.required:
        writer.value(member.node, place)
        return
    with out.block(f"if {member.key} in {copy.new}:"):
        out.line(f"{member.variable} = {copy.new}[{member.key}]")
        if member.absence.stays:
            out.line(f"{size} += 1")
        writer.value(member.node, place)
    if not member.absence.stays:
        with out.block("else:"):
            _write_default(writer, place, member.absence)


def _write_default(writer: Writer, place: Place, absence: Absence) -> None:
    out = writer.source
    writer.reach(absence.levels)
    if absence.make is not None:
        place.put(f"{out.bind(absence.make, 'DEFAULT')}()")
    elif absence.default is not ...:
        place.put(out.constant(absence.default, "DEFAULT"))
    else:
        place.leave("")


def _write_unknown(out: Source, copy: Copy, plan: Members, size: str) -> None:
    """Compare the size: all props are counted, so a key more is an unknown one."""
    if plan.unknowns == "allow":
        return
    with out.block(f"if len({copy.new}) != {size}:"):
        if plan.unknowns == "ignore":
            names = out.bind(frozenset(prop.name for prop in plan.props), "NAMES")
            out.line(f"{copy.new} = {{key: item for key, item in {copy.new}.items() if key in {names}}}")
        else:
            out.line(f"{copy.left} = {copy.left} or []")
