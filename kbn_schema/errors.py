"""The three errors of the package."""

from typing import Any

from kbn_schema import messages
from kbn_schema.problems import Failure, Issue, Path, Report, as_data, fail_in_words


class SchemaError(Exception):
    """Base of the two errors of schemas; raised itself by `validate_key` for a key that no prop has."""

    __slots__ = ()


class SchemaDefinitionError(SchemaError, ValueError):
    """The author's mistake, raised while a schema or a route is built (by `lazy`, at its first use)."""

    __slots__ = ()


class ValidationError(SchemaError, ValueError):
    """The data's mistake, raised by `validate`.

    ``str(error)`` is the text of the first problem, as @kbn/config-schema words it, at
    most 4 KiB. Beside it: `path`, `issues` and `to_dict`. None of them holds the
    rejected value, but for what `Issue` names. What an author's own check raised in place of
    an error is its ``__cause__``, for the log.

    Example:
        >>> from kbn_schema import schema
        >>> try:
        ...     schema.object({"page": schema.integer(min=1)}).validate({"page": 0})
        ... except ValidationError as error:
        ...     error.path, error.issues[0].code, error.issues[0].params
        (('page',), 'min', {'limit': 1})
    """

    # No `__init__`: what was found travels in `args`, and texts are made when asked for,
    # which halves the price of an error and lets it be pickled.
    __slots__ = ()

    @property
    def found(self) -> Failure | Report:
        """What was found; the words, where an error was made by hand: ``ValidationError("...")``."""
        first: object = self.args[0] if self.args else ""
        if type(first) is Failure or type(first) is Report:
            return first
        return fail_in_words(str(first) or messages.CUSTOM.text)

    @property
    def path(self) -> Path:
        """Keys and indices from the root to the first problem, without the namespace."""
        return self.found.path

    @property
    def issues(self) -> tuple[Issue, ...]:
        """All problems that were found, at most 100, in the order of the schema."""
        return self.found.issues()

    def to_dict(self) -> dict[str, Any]:
        """Return ``{"message", "path", "issues": [{"path", "code", "message", "params"}]}``, JSON-ready.

        The message has the namespace, the paths have not; keys in paths are escaped and cut to 64 characters.
        """
        found = self.found
        issues = found.told(as_data)
        return {"message": found.headline(self._namespace), "path": issues[0]["path"], "issues": issues}

    def __str__(self) -> str:
        return self.found.headline(self._namespace)

    @property
    def _namespace(self) -> str | None:
        namespace = self.args[1] if len(self.args) > 1 else None
        return namespace if isinstance(namespace, str) else None

    def __reduce__(self) -> tuple[Any, ...]:
        # The branches of nested unions share much and go deep; what was told of them does not.
        return type(self), (Report(str(self), self.path, self.issues), None)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"
