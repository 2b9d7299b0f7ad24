"""What is said of a library that is compared."""

from collections.abc import Callable, Mapping
from typing import Any

import attrs

Validate = Callable[[Any], Any]
Details = Callable[[Any], object]


def unchanged(output: Any) -> Any:
    return output


@attrs.frozen
class Peer:
    """One way to validate.

    Args:
        name: What tables call it.
        package: The distribution whose version is shown, None for what is part of the benchmarks.
        build: For each schema of `workloads.SCHEMAS` a function that builds it and returns what
            validates: it returns the output or raises *error*.
        from_json: The same for bytes of JSON, where a library reads them itself.
        error: What is raised for a value that does not fit.
        details: Returns the errors as data, given the exception.
        plain: Turns an output into dicts and lists, to compare it; not timed. None where a
            library only checks and has no output.
        none_for_absent: Whether its users get None for what is absent.
        remark: Where it does less, more or otherwise than the others.
        absent: For each schema that is not in *build* the reason.
    """

    name: str
    package: str | None
    build: Mapping[str, Callable[[], Validate]]
    error: type[Exception] | tuple[type[Exception], ...]
    from_json: Mapping[str, Callable[[], Validate]] = attrs.field(factory=dict)
    details: Details | None = None
    plain: Callable[[Any], Any] | None = unchanged
    none_for_absent: bool = False
    remark: str = ""
    absent: Mapping[str, str] = attrs.field(factory=dict)
