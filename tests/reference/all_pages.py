"""The pages that have generated parts."""

from typing import Final

from tests.reference import combinators, command_line, issues
from tests.reference.pages import Page

PAGES: Final[tuple[Page, ...]] = (combinators.PAGE, command_line.PAGE, issues.PAGE)
