"""This module checks requests and answers against the rules of a route.

All parts of a request are checked, so that one answer names every problem. The headline is that of the
first part that failed, in Kibana's order: params, query, body; headers, which Kibana does not check, stand
before the body.
"""

from collections.abc import Mapping
from typing import Any, cast

import attrs

from kbn_schema.errors import ValidationError
from kbn_schema.http.function_rule import RejectedValue
from kbn_schema.http.header_fields import pick_headers
from kbn_schema.http.logs import log
from kbn_schema.http.parts import Pairs
from kbn_schema.http.rendering import sent_headers
from kbn_schema.http.responses import Response
from kbn_schema.http.rules import PartName, Rule, Rules
from kbn_schema.http.streams import is_stream
from kbn_schema.kinds.base import Schema
from kbn_schema.kinds.stream import StreamSchema
from kbn_schema.missing import MISSING
from kbn_schema.problems import as_data, fail_in_words
from kbn_schema.run import Run


@attrs.define(eq=False)
class ValidRequest:
    """The validated parts; those undeclared are ``{}``."""

    params: Any
    """What the rule of the path's parameters yielded."""
    query: Any
    """What the rule of the query yielded."""
    headers: Any
    """What the rule of the headers yielded."""
    body: Any
    """What the rule of the body yielded, or a reader of it where that is a stream."""


class InvalidRequest(Exception):
    """A request did not fit; *errors* holds the `ValidationError` of each part that failed.

    They stand under the names of the parts, in this order: params, query, headers, body.
    """

    def __init__(self, errors: Mapping[PartName, ValidationError]) -> None:
        super().__init__(errors)
        self.errors = errors

    @property
    def message(self) -> str:
        """Kibana's text for the first problem."""
        return str(self.errors[self.source])

    @property
    def source(self) -> PartName:
        """The part of the first problem: ``params``, ``query``, ``headers`` or ``body``."""
        return next(iter(self.errors))

    @property
    def raw_error(self) -> Any:
        """The `ValidationError` of the part `source`, or what a function rule rejected that part with."""
        error = self.errors[self.source]
        return error.__cause__.error if isinstance(error.__cause__, RejectedValue) else error

    def log_causes(self, name: str) -> None:
        """Log what validators of an author raised that is no word to the client; *name* is the route's."""
        for error in self.errors.values():
            cause = error.__cause__
            if isinstance(cause, RejectedValue):
                rejected = cause.error  # a rule may have asked a schema; else it knew what it said
                cause = rejected.__cause__ if isinstance(rejected, ValidationError) else None
            if isinstance(cause, Exception):
                log.error("%s: a validator raised", name, exc_info=cause)
                cause.__traceback__ = None  # its frames hold what was sent, and lead to this error

    @property
    def issues(self) -> list[dict[str, Any]]:
        """Every problem as ``{"path", "code", "message", "params"}``, JSON-ready; at most 100 of each part.

        The path begins with the part.
        """
        issues: list[dict[str, Any]] = []
        for part, error in self.errors.items():
            for issue in error.found.told(as_data):
                issue["path"].insert(0, part)
                issue["params"] = {name: _sendable(fact) for name, fact in issue["params"].items()}
                issues.append(issue)
        return issues


def _sendable(fact: object) -> object:
    """*fact*, where a lone surrogate, which UTF-8 does not have, is spelled as messages spell it."""
    if isinstance(fact, str):
        return fact if fact.isascii() else fact.encode("utf-8", "backslashreplace").decode()
    return [_sendable(one) for one in cast("list[object]", fact)] if isinstance(fact, list | tuple) else fact


class InvalidResponse(Exception):
    """An answer does not fit what its route declares."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Failed output validation: {reason}")  # Kibana's text


def check_request(
    rules: Rules, values: Mapping[PartName, Any], is_form: bool = False
) -> ValidRequest | InvalidRequest:
    """Validate the decoded *values* of the parts that have a rule.

    The values of a query are texts, or lists of them for what was sent more than once; *is_form* tells
    that those of the body are, too.

    Returns:
        The valid parts, or what is wrong, which is not raised: most refusals are told to nobody's code.
    """
    valid = ValidRequest({}, {}, {}, {})
    errors: dict[PartName, ValidationError] = {}
    for part, rule, namespace in rules.declared:
        fields = part == "query" or (is_form and part == "body")
        try:
            setattr(valid, part, apply(rule, values[part], namespace, fields))
        except ValidationError as error:
            # Without its traceback, which holds this frame, which holds the error.
            errors[part] = error.with_traceback(None)
    return InvalidRequest(errors) if errors else valid


def check_response(rules: Rules, response: Response, mapped: bool = False, added: Pairs = ()) -> None:
    """Check the body and the headers that a handler answers with; nothing of them is changed.

    A status that is not declared passes, but for the answers of an `on_validation_error` (*mapped*). Headers
    that are *added* to every answer count as the handler's.

    Raises:
        InvalidResponse: It does not fit.
    """
    declared = rules.responses.get(response.status)
    if declared is None:
        if mapped:
            raise InvalidResponse(
                f"No response validation defined for status code [{response.status}] in 'validate.response'."
            )
        return
    try:
        _check_body(declared.body, response)
        if declared.headers is not None:
            sent = sent_headers(response.headers, added)
            values = pick_headers(declared.header_names, lambda name: sent.get(name, ()))
            apply(declared.headers, values, "response headers")
    except ValidationError as error:
        raise InvalidResponse(str(error)) from error


def _check_body(rule: Rule | None, response: Response) -> None:
    body = response.body
    if rule is None or response.status in (204, 205, 304):
        return
    if isinstance(rule, StreamSchema) and is_stream(body):  # an iterator is one here, too
        return
    apply(rule, MISSING if body is None else body, "response body")


def apply(rule: Rule, value: object, namespace: str, fields: bool = False) -> Any:
    """The output of *rule* for *value*.

    Raises:
        ValidationError: It does not fit; its text begins with *namespace*.
    """
    if isinstance(rule, Schema):
        if fields:
            return rule.enforce(value, Run({}, fields=True), namespace)
        return rule.validate(value, None, namespace)
    try:
        return rule.validate(value)
    except ValidationError as error:
        found, cause = error.found, error.__cause__
    except ValueError as error:
        found, cause = fail_in_words(str(error)), None
    # Out here, so that it does not hold the other one, whose traceback holds what was sent.
    raise ValidationError(found, namespace) from cause
