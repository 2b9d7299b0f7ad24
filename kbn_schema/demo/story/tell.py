"""This module tells the story of the demo, chapter by chapter, and whether all went as expected."""

from typing import Final

from kbn_schema.commands.answers import FINE, NO
from kbn_schema.demo.screen import BOLD, RED, Screen
from kbn_schema.demo.story import authors

ONWARD: Final = (
    ("kbn-schema demo --all", "all requests, not a chosen few"),
    ("kbn-schema demo --serve", "serves requests of your own"),
    ("kbn-schema stubs MODULE", "writes types for your routes"),
    ("kbn-schema snapshot MODULE:ROUTER", "writes the contract of them"),
    ("kbn-schema diff OLD NEW", "tells what changed, and whom it breaks"),
    ("kbn-schema --help", "lists the other commands"),
)


def tell(port: int = 0, *, is_whole: bool = False) -> int:
    """Tell all, with the demo served on *port* (0: a free one); return 1 if something is not as expected.

    A few requests are sent, or all of them if *is_whole*.
    """
    screen = Screen()
    screen.title("kbn_schema in five chapters, shown with a small store of saved objects")
    screen.chapter("1. What a route author writes")
    authors.tell(screen)
    outcomes = _ask(screen, port, is_whole)
    screen.chapter("5. Where to go next")
    _lead_on(screen)
    if not all(outcomes):
        screen.line("Not all answers are as expected.", RED)
        return NO
    screen.line("All answers are as expected.", BOLD)
    return FINE


def _ask(screen: Screen, port: int, is_whole: bool) -> list[bool]:
    """Tell the chapters in which something is asked, and of each answer if it was expected."""
    # They bring sqlite3, an HTTP server and processes: the first chapter can be read meanwhile.
    from kbn_schema.demo.story import checkers  # noqa: PLC0415

    with checkers.asking(checkers.find()) as inquiry:
        from kbn_schema.demo.steps import FIRST_LOOK, STORY  # noqa: PLC0415
        from kbn_schema.demo.story import changes, clients  # noqa: PLC0415

        screen.chapter("2. What clients get")
        outcomes = [*clients.tell(screen, STORY if is_whole else (FIRST_LOOK,), port)]
        screen.chapter("3. What the type checker says")
        outcomes.append(checkers.tell(screen, inquiry))
        screen.chapter("4. What CI says to a breaking change")
        outcomes.append(changes.tell(screen))
    return outcomes


def _lead_on(screen: Screen) -> None:
    screen.columns(ONWARD)
    screen.text(
        "The source of the demo is in kbn_schema/demo, where the package is installed."
        " In the repository, docs/tutorial/first-route.md builds an application from nothing."
    )
