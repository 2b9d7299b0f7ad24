"""This module checks what a route says of who may call it.

Nothing here lets anybody in or keeps anybody out: a hook does, which reads `request.route.security`.
"""

from collections.abc import Mapping
from typing import Any, Final, cast

from kbn_schema import schema as s
from kbn_schema.errors import ValidationError
from kbn_schema.http.mistakes import refuse, require_known
from kbn_schema.kinds.base import Schema
from kbn_schema.wording import type_word


def require_security(where: str, security: object) -> None:
    """Refuse a *security* that does not say who may call the route *where*."""
    _require_parts(where, security, ("authz", "authc"))


def require_version_security(where: str, security: object) -> None:
    """Refuse what is no *security* of one version, which has no ``authc`` of its own."""
    if security is not None:
        _require_parts(where, security, ("authz",))


def _require_parts(where: str, security: object, known: tuple[str, ...]) -> None:
    said = _mapping(where, "security", security)
    require_known(where, "security", said, known, "option")
    for name, part in said.items():
        _require_part(where, name, _mapping(where, f"security.{name}", part))


def _require_part(where: str, name: str, part: Mapping[str, Any]) -> None:
    rule = _OFF if part.get("enabled", True) is False else _ON[name]
    try:
        rule.validate(_plain(part))
    except ValidationError as error:
        # In Kibana's words, and of a union what is wrong with the branch that came closest, in one line.
        told = [f"[{'.'.join(map(str, (name, *issue.path)))}]: {issue.message}" for issue in error.issues]
        refuse(where, "; ".join(told))


def _plain(value: object) -> object:
    """*value* in dicts and lists, which schemas want."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in cast("Mapping[object, object]", value).items()}
    return (
        [_plain(item) for item in cast("list[object]", value)] if isinstance(value, list | tuple) else value
    )


def _mapping(where: str, name: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        refuse(where, f"{name} must be a mapping, but is [{type_word(value)}]")
    return cast("Mapping[str, Any]", value)


_PRIVILEGE: Final = s.string(min_length=1)
_PRIVILEGES: Final = s.array_of(_PRIVILEGE, min_size=1)
_SET: Final = s.object(
    {
        "all_required": s.maybe(
            s.array_of(s.one_of(_PRIVILEGE, s.object({"any_of": _PRIVILEGES})), min_size=1)
        ),
        "any_required": s.maybe(
            s.array_of(s.one_of(_PRIVILEGE, s.object({"all_of": _PRIVILEGES})), min_size=1)
        ),
    },
    # Kibana's words.
    validate=lambda them: None if them else "either any_required or all_required must be specified",
)
_ON: Final[Mapping[str, Schema[Any]]] = {
    "authz": s.object({"required_privileges": s.array_of(s.one_of(_PRIVILEGE, _SET), min_size=1)}),
    "authc": s.object({"enabled": s.one_of(s.literal(True), s.literal("optional"))}),
}
_OFF: Final = s.object({"enabled": s.literal(False), "reason": s.string(min_length=1)})
