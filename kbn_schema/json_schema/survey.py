"""This module tells which schemas a document has to keep apart from where they stand."""

from typing import Any

from kbn_schema.makers import Makers


def apart(schema: Any, makers: Makers, most: int) -> set[Any]:
    """The schemas in and behind *schema* that need definitions: those that a `lazy` stands for.

    Where there are more than *most*, counted wherever they stand, what is met twice needs one, too: else the
    document might never end.
    """
    beyond: set[Any] = set()
    shared: set[Any] = set()
    sizes: dict[Any, int] = {}
    waiting = [(schema, False)]
    while waiting:
        current, is_done = waiting.pop()
        inside = current.children()
        if is_done:
            sizes[current] = min(1 + sum([sizes[child] for child in inside]), most + 1)
        elif current in sizes:
            shared.add(current)
        else:
            sizes[current] = 1  # until it is done
            others = set(makers.handed_on(current)).difference(inside)
            beyond.update(others)
            waiting.append((current, True))
            waiting.extend((child, False) for child in (*inside, *others))
    return beyond if max(sizes.values()) <= most else beyond | {one for one in shared if one.children()}
