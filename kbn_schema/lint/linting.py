"""This module applies all rules to a module."""

from collections.abc import Collection, Iterator
from types import ModuleType

import attrs

from kbn_schema.http import Router
from kbn_schema.kinds.base import Schema
from kbn_schema.lint.catalogue import RULES
from kbn_schema.lint.findings import Advised, Finding, RouteRule, Rule, SchemaRule, SurveyRule
from kbn_schema.lint.guard import Guard
from kbn_schema.lint.silences import INVALID_SILENCE, UNUSED_SILENCE, Silences
from kbn_schema.lint.sources import Sources
from kbn_schema.lint.survey import AnySchema, Place, RouteSite, Survey
from kbn_schema.stubs.source import values_of

Holder = AnySchema | RouteSite


class NothingToLint(Exception):
    """The module has no schemas and no routes."""


@attrs.frozen
class Report:
    """What was found, sorted, and how many findings are silenced."""

    findings: tuple[Finding, ...]
    """By file, line and place; none twice."""
    silenced: int
    """How many times a finding is silenced, by ``lint_ignore`` with a reason."""


@attrs.frozen(eq=False)
class _Found:
    rule: Rule
    holder: Holder
    place: Place
    told: str | Advised

    def finding(self, sources: Sources) -> Finding:
        """What is told of it."""
        told = self.told
        if isinstance(told, Advised):
            return attrs.evolve(_finding(self.rule, self.place, told.message, sources), advice=told.advice)
        return _finding(self.rule, self.place, told, sources)


def lint(module: ModuleType, ignore: Collection[str] = ()) -> Report:
    """Return what is likely a mistake in *module*: in its routers, and in its schemas.

    A schema that is used in no route is taken for one of requests. What an author has written is called,
    as default values and validators, and whatever it raises ends nothing.

    Args:
        module: Its variables are looked through; what it only imports counts, too.
        ignore: Ids of findings that are left out.

    Raises:
        NothingToLint: It has no schemas and no routes.

    Source:
        ``docs/reference/lint.md`` lists the rules.
    """
    names = list(vars(module))
    variables = values_of(names, vars(module), Schema)
    routers = values_of(names, vars(module), Router).values()
    sources = Sources(module)
    survey = Survey(variables, routers, Guard(), sources.held_elsewhere)
    if not variables and not any(router.endpoints for router in routers):
        raise NothingToLint(module.__name__)
    # What is left out is looked for all the same: who has silenced it is told nothing.
    found = list(_found(survey))
    silences = Silences(survey, {rule.id for rule in RULES} - {UNUSED_SILENCE.id, INVALID_SILENCE.id})
    told = [one for one in found if not silences.silences(one.rule.id, one.holder)]
    findings = [one.finding(sources) for one in told]
    for place, message in silences.invalid:
        findings.append(_finding(INVALID_SILENCE, place, message, sources))
    for place, message in silences.unused([(one.rule.id, one.holder) for one in found]):
        findings.append(_finding(UNUSED_SILENCE, place, message, sources))
    kept = {finding for finding in findings if finding.id not in ignore}
    ordered = sorted(kept, key=lambda finding: finding.order)
    return Report(tuple(ordered), len(found) - len(told))


def _found(survey: Survey) -> Iterator[_Found]:
    for rule in RULES:
        if isinstance(rule, SchemaRule):
            for schema, site in survey.sites.items():
                for told in rule.find(site, survey):
                    yield _Found(rule, schema, site.place, told)
        elif isinstance(rule, RouteRule):
            for route in survey.routes:
                for message in rule.find(route, survey):
                    yield _Found(rule, route, route.place, message)
        elif isinstance(rule, SurveyRule):
            for site, message in rule.find(survey):
                yield _Found(rule, site.schema, site.place, message)


def _finding(rule: Rule, place: Place, message: str, sources: Sources) -> Finding:
    file, line = sources.where(place)
    return Finding(rule.id, rule.level, str(place), message, rule.advice, file, line)
