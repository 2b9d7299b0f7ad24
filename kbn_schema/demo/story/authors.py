"""This module tells what a route author writes: the lines of a schema, and of the route that takes it."""

from typing import Final

from kbn_schema.demo.screen import Screen
from kbn_schema.demo.story.source import Excerpt, excerpt

SHOWN: Final = (
    ("A schema of what may stand in a query", "schemas.py", "find_query", None),
    ("A route that takes it", "routes.py", "find", 3),
)


def tell(screen: Screen) -> None:
    """Show the source, which needs nothing of the demo to be imported."""
    for title, file, name, statements in SHOWN:
        _show(screen, title, excerpt(file, name, statements))


def _show(screen: Screen, title: str, shown: Excerpt) -> None:
    screen.heading(f"{title} (kbn_schema/demo/{shown.file}, line {shown.line})")
    screen.lines(shown.lines)
    screen.gap()
