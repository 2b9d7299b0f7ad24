"""The place where a value is judged: its variable, and the code for each of the three answers."""

from collections.abc import Callable


def nothing() -> None:
    """Write nothing: the value is kept where it is."""


class Copy:
    """The variables of a container that is judged: the *new* one, and the notes of what is *left*."""

    __slots__ = ("left", "new")

    def __init__(self, new: str, left: str) -> None:
        self.new: str = new
        self.left: str = left


class Place:
    """A variable with a *value*, and writers for what becomes of it.

    *keep* is for a value that is its own output, *put* takes the expression of another output, and
    *leave* is for a value that is left to `check`; it takes the expression of what is known already
    (a `Left` or a `Failure`), or an empty text. *copy* is the variable of a copy of the value, a
    dict of text keys, if there is one already. *ask*, where there is one, takes the name of a `check`
    that is called at once, since it asks nothing of the run.
    """

    __slots__ = ("ask", "copy", "keep", "leave", "put", "value")

    def __init__(
        self,
        value: str,
        put: Callable[[str], None],
        leave: Callable[[str], None],
        keep: Callable[[], None] = nothing,
        copy: str = "",
        ask: Callable[[str], None] | None = None,
    ) -> None:
        self.value: str = value
        self.put: Callable[[str], None] = put
        self.leave: Callable[[str], None] = leave
        self.keep: Callable[[], None] = keep
        self.copy: str = copy
        self.ask: Callable[[str], None] | None = ask

    def forgetting(self) -> "Place":
        """Return the same place for an attempt, of which nothing is known if it fails."""
        return Place(self.value, self.put, lambda known: self.leave(""), self.keep, self.copy)

    def copied(self, copy: str) -> "Place":
        """Return the same place with a *copy* of the value."""
        return Place(self.value, self.put, self.leave, self.keep, copy)
