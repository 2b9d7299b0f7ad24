"""This module finds what is said of a missing value where nobody asks."""

from collections.abc import Iterator
from typing import Final

from kbn_schema.http.paths import parse_template
from kbn_schema.json_schema.presence import Presence
from kbn_schema.kinds.maybe import MaybeSchema
from kbn_schema.kinds.object import ObjectSchema
from kbn_schema.lint.findings import RouteRule, SchemaRule
from kbn_schema.lint.survey import RouteSite, Site, Survey
from kbn_schema.missing import MISSING


def _useless_maybe(site: Site, _: Survey) -> Iterator[str]:
    if isinstance(site.schema, MaybeSchema) and not _is_asked(site):
        yield "its value is never missing here, so maybe() says nothing"


def _unused_default(site: Site, _: Survey) -> Iterator[str]:
    if site.schema.default is not MISSING and not _is_asked(site):
        yield "nobody asks for its default here"


def _is_asked(site: Site) -> bool:
    return any(use.is_asked for use in site.uses)


def _optional_parameter(site: RouteSite, _: Survey) -> Iterator[str]:
    params = site.rules.params
    template = parse_template(site.endpoint.path, site.place.root)
    if template.last != "?" or not isinstance(params, ObjectSchema):
        return
    name = template.names[-1]
    prop = params.props.get(name)
    if prop is not None and not Presence(is_input=True).may_be_absent(prop):
        yield f"the path may do without [{name}], and the schema of params may not"


RULES: Final = (
    SchemaRule(
        "useless-maybe",
        "warning",
        "An item of a list, an entry of a record and an alternative of a union are there or not: maybe() "
        "changes nothing about that.",
        "For null, write nullable(); for a prop that may be left out, put maybe() around the whole.",
        _useless_maybe,
    ),
    SchemaRule(
        "unused-default",
        "warning",
        "A default stands in for a missing value, but in maybe() a missing value stays missing, in "
        "nullable() it becomes None, and in lists, records and unions there is none.",
        "Leave out maybe(), or put the default on what is around, or take it away.",
        _unused_default,
    ),
    RouteRule(
        "optional-parameter",
        "error",
        "The path matches without its last parameter, and then the request is refused all the same.",
        "Put maybe() or a default on the parameter, or take the question mark out of the path.",
        _optional_parameter,
    ),
)
