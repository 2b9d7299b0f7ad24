"""This module makes changes in the text of the demo's source; the installed files stay as they are."""

from collections.abc import Iterator
from typing import Final

import attrs

from kbn_schema.demo.story.source import text_of


@attrs.frozen
class Edit:
    """What somebody changes in a *file*: texts that it has once, and what they become, line for line."""

    file: str
    replaced: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The file with the change.

        Raises:
            LookupError: It does not have what is to be changed, or has it twice.
        """
        text = text_of(self.file)
        for before, after in self.replaced:
            if text.count(before) != 1:
                raise LookupError(f"[{before}] is not once in [{self.file}]")
            text = text.replace(before, after)
        return text

    @property
    def changed(self) -> Iterator[str]:
        """The lines that change, as ``diff`` shows them."""
        lines = zip(text_of(self.file).splitlines(), self.text.splitlines(), strict=True)
        for before, after in lines:
            if before != after:
                yield f"-{before}"
                yield f"+{after}"


# A handler takes what the schema of its query does not have.
TYPO: Final = Edit("routes.py", (('page=query["page"]', 'page=query["pgae"]'),))
# One option breaks clients, the other is accepted and means something else; the third harms nobody.
SMALLER_PAGES: Final = Edit(
    "schemas.py",
    (
        ("max=100, default=20", "max=50, default=10"),
        ('"search": schema.string(max_length=100', '"search": schema.string(max_length=200'),
    ),
)
