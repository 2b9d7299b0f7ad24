"""This module is the table of rules: what each means, and how severe it is in each direction and profile.

``docs/reference/compatibility.md`` is this table, made by `kbn_schema.diff.reference`; a test compares them.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from kbn_schema.diff.changes import Direction, Level, Profile

Levels = tuple[Level, Level, Level]
"""In a request, in a response under the profile kibana, in a response under strict."""

LEVELS: Final[Mapping[str, Levels]] = {
    "narrower": ("ERR", "INFO", "INFO"),
    "wider": ("INFO", "ERR", "ERR"),
    "both": ("ERR", "ERR", "ERR"),
    "same": ("WARN", "INFO", "INFO"),
    "unknown": ("WARN", "WARN", "WARN"),
    "note": ("INFO", "INFO", "INFO"),
}
EFFECTS: Final = {
    "narrower": "less is accepted",
    "wider": "more is accepted",
    "both": "something else is accepted",
    "same": "the same is accepted, and means something else",
    "unknown": "it cannot be told what is accepted",
    "note": "what is accepted stays",
}


@attrs.frozen
class Rule:
    """A rule.

    *effect* is what happens to the values that are accepted. *request* and *response* are the sentences, for
    rules about routes only the first. *advice* is the compatible spelling, if there is one. Levels are those
    of the effect, unless *given*; *strict_request* is another one of a request, which a single rule has.
    """

    name: str
    effect: str
    request: str
    response: str = ""
    advice: str = ""
    response_advice: str = ""
    given: Levels | None = None
    strict_request: Level | None = None

    def level(self, direction: Direction, profile: Profile) -> Level:
        """How severe it is."""
        request, kibana, strict = self.given or LEVELS[self.effect]
        if direction == "response":
            return strict if profile == "strict" else kibana
        return self.strict_request if profile == "strict" and self.strict_request is not None else request


KEEP_FIELD: Final = "keep the field, with deprecated=True"
OPTIONAL: Final = "wrap it in maybe(...) or give it a default"

_ROUTES: Final = (
    Rule("route-added", "note", "there is a new route"),
    Rule(
        "route-shadowed",
        "same",
        "requests that {old} took go to this route now, and may be answered otherwise",
        advice="give it a path that {old} does not take",
    ),
    Rule(
        "route-removed", "narrower", "every caller is answered 404", advice="keep the route, with deprecated"
    ),
    Rule("version-added", "note", "there is a new version"),
    Rule(
        "version-removed",
        "narrower",
        "clients that ask for version {version} are answered 400",
        advice="keep the version, with deprecated",
    ),
    Rule(
        "default-version-changed",
        "same",
        "clients that ask for no version get {new} instead of {old}",
        advice="keep {old} the default: {way}",
    ),
    Rule(
        "default-version-removed",
        "narrower",
        "clients that ask for no version are answered 400",
        advice="keep a default: {way}",
    ),
    Rule("default-version-added", "wider", "clients may leave out the version, and get {new}"),
    Rule(
        "query-version-refused",
        "narrower",
        "clients that name their version in the query, as apiVersion, are answered 400",
        advice="keep enable_query_version=True",
    ),
    Rule("query-version-accepted", "wider", "clients may name their version in the query, as apiVersion"),
    Rule("versions-introduced", "note", "the route has versions now"),
    Rule("versions-abandoned", "note", "the route has no versions any more, and serves all clients alike"),
    Rule(
        "access-restricted",
        "narrower",
        "the route is internal now, so that public clients may not call it",
        advice="keep it public, with deprecated",
    ),
    Rule("access-opened", "wider", "the route is public now"),
    Rule("path-parameter-renamed", "note", "the parameter {old} is called {new} now, which no client sees"),
    Rule(
        "path-segment-required",
        "narrower",
        "calls without the last segment are answered 404",
        advice="keep {{{name}{mark}}}",
    ),
    Rule("path-segment-optional", "wider", "the last segment may be left out"),
    Rule(
        "path-rest-narrowed",
        "narrower",
        "calls with several segments at the end are answered 404",
        advice="keep {{{name}*}}",
    ),
    Rule("path-rest-accepted", "wider", "several segments may stand at the end"),
    Rule("endpoint-deprecated", "note", "the endpoint is deprecated now"),
    Rule("endpoint-undeprecated", "note", "the endpoint is not deprecated any more"),
    Rule("endpoint-annotated", "note", "what documents say changed: {what}"),
    Rule("availability-lowered", "same", "the route is said to be less stable: {new} instead of {old}"),
    Rule("availability-raised", "note", "the route is said to be more stable: {new} instead of {old}"),
    Rule("timeout-shortened", "same", "slow requests end sooner: {what}"),
    Rule("timeout-lengthened", "note", "slow requests may take longer: {what}"),
    Rule(
        "authorization-tightened",
        "narrower",
        "users who lack what is asked for now are answered 403",
        advice="ask for no more than before",
    ),
    Rule("authorization-loosened", "wider", "more users are let in: a matter for a security review"),
    Rule(
        "authentication-tightened",
        "narrower",
        "who does not log in is answered 401",
        advice="keep authc as it is",
    ),
    Rule("authentication-loosened", "wider", "fewer have to log in: a matter for a security review"),
    Rule("security-annotated", "note", "what is said of the security changed, not who is let in"),
    Rule(
        "xsrf-required",
        "narrower",
        "calls without the header kbn-xsrf are answered 400",
        advice="keep xsrf_required=False",
    ),
    Rule("xsrf-lifted", "wider", "the header kbn-xsrf may be left out"),
    Rule("media-type-added", "wider", "bodies of type {types} are taken, too"),
    Rule(
        "media-type-removed",
        "narrower",
        "bodies of type {types} are answered 415",
        advice="keep accepting {types}",
    ),
    Rule(
        "body-limit-lowered",
        "narrower",
        "bodies of more than {new} bytes are answered 413; the limit was {old} bytes",
        advice="keep the limit at {old}, with max_bytes of the route or max_body_bytes of the router",
    ),
    Rule("body-limit-raised", "wider", "bodies may have up to {new} bytes; the limit was {old} bytes"),
    Rule("body-handling-changed", "same", "the handler gets the body as {new}, not as {old}"),
    Rule(
        "content-encoding-refused",
        "narrower",
        "compressed bodies are answered 415",
        advice='keep parse="gunzip"',
    ),
    Rule("content-encoding-accepted", "wider", "bodies may be compressed"),
    Rule(
        "part-required",
        "narrower",
        "nobody looked at {part} until now; requests without what is required there are refused",
        advice="let it be left out: maybe(...), or props that may be missing",
    ),
    Rule(
        "part-declared",
        "same",
        "nobody looked at {part} until now; what is sent there is checked, and may be refused",
    ),
    Rule("part-undeclared", "same", "nobody looks at {part} any more; nothing of it reaches the handler"),
    Rule("status-added", "note", "the status {status} is documented"),
    Rule("status-removed", "note", "the status {status} is not documented any more"),
    Rule(
        "success-status-added",
        "wider",
        "",
        "clients may be answered {status}",
        given=("INFO", "INFO", "WARN"),
    ),
    Rule(
        "success-status-removed", "both", "", "clients wait for {status}", response_advice="keep the status"
    ),
    Rule("content-type-changed", "both", "", "clients read {old}, and are sent {new}"),
    Rule("response-body-declared", "narrower", "", "there is a promise of what the body is"),
    Rule(
        "response-body-undeclared",
        "wider",
        "",
        "nothing is promised of the body any more",
        response_advice="keep the body",
    ),
    Rule("response-headers-declared", "narrower", "", "there is a promise of what the headers are"),
    Rule(
        "response-headers-undeclared",
        "wider",
        "",
        "nothing is promised of the headers any more",
        response_advice="keep the headers",
    ),
)

_FIELDS: Final = (
    Rule(
        "property-added",
        "wider",
        "{name} may be sent",
        "answers may have {name}, too; clients are expected to leave alone what they do not know",
        given=("INFO", "INFO", "WARN"),
    ),
    Rule(
        "required-property-added",
        "both",
        "requests without {name} are refused",
        "answers have {name}, too; clients are expected to leave alone what they do not know",
        advice=OPTIONAL,
        given=("ERR", "INFO", "WARN"),
    ),
    Rule(
        "property-claimed",
        "narrower",
        "{name} could be sent as anything, being unknown, and is checked now",
        "{name} is told now",
        advice="add it as any()",
    ),
    Rule(
        "property-declared", "same", "{name} reaches the handler, where it was unknown", "{name} is told now"
    ),
    Rule(
        "property-removed",
        "both",
        "requests with {name} are refused",
        "clients read {name}",
        advice=KEEP_FIELD,
        response_advice=KEEP_FIELD,
    ),
    Rule(
        "optional-property-removed",
        "narrower",
        "requests with {name} are refused",
        "clients may read {name}",
        advice=KEEP_FIELD,
        response_advice=KEEP_FIELD,
        given=("ERR", "ERR", "INFO"),
    ),
    Rule(
        "property-ignored",
        "wider",
        "{name} may still be sent, as anything, and is not checked any more",
        "nothing is promised of {name} any more",
        advice=KEEP_FIELD,
        response_advice=KEEP_FIELD,
        given=("WARN", "ERR", "ERR"),
    ),
    Rule(
        "header-respelled",
        "same",
        "the handler gets {old} as {new}, which no client sees",
        "{old} is spelled {new} now, which no client sees",
        given=("WARN", "INFO", "INFO"),
    ),
    Rule("property-permitted", "wider", "{name} may be there now", "answers may have {name}"),
    Rule("property-forbidden", "narrower", "requests with {name} are refused", "answers have no {name}"),
    Rule(
        "became-required",
        "narrower",
        "requests without it are refused",
        "it is always there",
        advice=OPTIONAL,
    ),
    Rule(
        "became-optional",
        "wider",
        "it may be left out",
        "clients count on it, and it may be missing",
        response_advice="keep it required",
    ),
    Rule("default-added", "same", "where it is left out, the handler gets {new}", "it has a default now"),
    Rule(
        "default-removed",
        "same",
        "where it is left out, the handler gets no {old} any more",
        "it has no default",
    ),
    Rule(
        "default-changed",
        "same",
        "requests that leave it out mean something else: {new} instead of {old}",
        "the default is {new} instead of {old}, which no answer shows",
        advice="keep the default",
    ),
    Rule(
        "absent-became-null",
        "same",
        "where it is left out, the handler gets None",
        "a missing value counts as null",
    ),
    Rule(
        "null-became-absent",
        "same",
        "where it is left out, the handler gets no None any more",
        "it stays missing",
    ),
    Rule(
        "nullable-added",
        "wider",
        "null is accepted",
        "clients may get null",
        response_advice="keep it from null",
    ),
    Rule(
        "nullable-removed",
        "narrower",
        "null is refused",
        "null does not come any more",
        advice="keep nullable(...)",
    ),
    Rule(
        "unknowns-forbidden",
        "narrower",
        "requests with unknown keys are refused",
        "no other keys come",
        advice="keep unknowns={old!r}",
    ),
    Rule(
        "unknowns-accepted",
        "wider",
        "requests may have unknown keys",
        "answers may have any other key",
        given=("INFO", "WARN", "ERR"),
    ),
    Rule(
        "unknowns-dropped", "same", "unknown keys do not reach the handler any more", "unknown keys may come"
    ),
    Rule("unknowns-kept", "same", "unknown keys reach the handler", "unknown keys may come"),
)

_TYPES: Final = (
    Rule(
        "type-changed",
        "both",
        "values that fitted are refused",
        "clients get values of another type",
        advice="accept both: one_of(old, new)",
    ),
    Rule(
        "integer-became-number",
        "both",
        "integers beyond 2^53 - 1 are refused: number() takes what a float holds",
        "clients get numbers that are no integers",
        advice="let it keep large integers: number(unsafe=True)",
    ),
    Rule(
        "type-widened",
        "wider",
        "all that fitted fits, and more",
        "clients may get more than they know",
        response_advice="keep the old type",
    ),
    Rule(
        "type-narrowed",
        "narrower",
        "values that fitted are refused",
        "clients get less than they know",
        advice="keep the old type",
    ),
    Rule(
        "type-respelled",
        "note",
        "the same values fit, spelled another way",
        "the same values, spelled another way",
    ),
    Rule(
        "coercion-lost",
        "wider",
        "all that fitted fits; but texts that were converted reach the handler as they are",
        "clients may get more than they know",
        given=("WARN", "ERR", "ERR"),
    ),
    Rule(
        "stream-read",
        "wider",
        "files fit as before, and the handler gets their bytes",
        "clients may get more than they know",
        given=("WARN", "ERR", "ERR"),
    ),
    Rule(
        "converted-text-bounded",
        "both",
        "texts of more than {max} characters are refused; a {word} fitted with any blanks before it",
        "clients get values of another type",
        advice="leave out max_length, or accept both: one_of(old, new)",
    ),
    Rule(
        "coercion-changed",
        "same",
        "the same values reach the handler as something else",
        "the same values fit",
    ),
    Rule(
        "list-accepted",
        "wider",
        "one value is accepted as before, or many; the handler gets a list",
        "clients get lists",
        given=("WARN", "ERR", "ERR"),
    ),
    Rule(
        "header-list-changed",
        "both",
        "values that fitted are refused: for a list, a header is split at its commas; for a union, it is not",
        "clients get values of another type",
        advice="keep the list",
    ),
    Rule(
        "format-added",
        "narrower",
        "texts that are no {new} are refused",
        "only texts in the format {new} come",
        advice="keep it without the format",
    ),
    Rule(
        "format-removed",
        "wider",
        "any text fits, not only the format {old}",
        "clients may get texts that are no {old}",
        given=("INFO", "WARN", "ERR"),
    ),
    Rule(
        "format-changed",
        "both",
        "texts in the format {old} are refused",
        "clients read {old} and get {new}",
        advice="accept both: one_of(old, new)",
        response_advice="keep the format",
    ),
    Rule(
        "pattern-added",
        "narrower",
        "texts outside the pattern are refused",
        "only texts of the pattern come",
        advice="keep it without a pattern",
    ),
    Rule("pattern-removed", "wider", "texts of any pattern fit", "clients may get texts outside the pattern"),
    Rule(
        "pattern-changed",
        "both",
        "texts of the old pattern may be refused",
        "clients may get other texts",
        advice="accept both: one_of(old, new)",
        response_advice="keep the pattern",
    ),
    Rule(
        "bound-tightened",
        "narrower",
        "values that fitted are refused: {option} {old} -> {new}",
        "fewer values come: {option} {old} -> {new}",
        advice="keep {kept}",
    ),
    Rule(
        "bound-loosened",
        "wider",
        "more values fit: {option} {old} -> {new}",
        "clients may have relied on the bound: {option} {old} -> {new}",
        response_advice="keep {kept}",
    ),
    Rule(
        "bound-changed",
        "both",
        "values that fitted are refused: {option} {old} -> {new}",
        "clients may get other values: {option} {old} -> {new}",
        advice="keep {kept}",
        response_advice="keep {kept}",
    ),
    Rule(
        "bound-respelled",
        "note",
        "no value is concerned: {option} {old} -> {new}",
        "no value is concerned: {option} {old} -> {new}",
    ),
    Rule(
        "unsafe-added",
        "wider",
        "numbers beyond 2**53 - 1 fit",
        "clients may get numbers that they cannot hold",
    ),
    Rule(
        "unsafe-removed",
        "narrower",
        "numbers beyond 2**53 - 1 are refused",
        "all numbers are safe",
        advice="keep unsafe=True",
    ),
    Rule("coerce-from-number-added", "wider", "numbers fit, too", "clients may get numbers"),
    Rule(
        "coerce-from-number-removed",
        "narrower",
        "numbers are refused",
        "only texts come",
        advice="keep coerce_from_number=True",
    ),
    Rule(
        "value-added",
        "wider",
        "{values} fits, too",
        "clients that handle every value do not know {values}",
        response_advice='say that more may come: meta={{"x-extensible-enum": True}}',
    ),
    Rule(
        "open-value-added",
        "wider",
        "{values} fits, too",
        "clients that do not expect further values may not know {values}",
        given=("INFO", "WARN", "ERR"),
    ),
    Rule(
        "value-removed",
        "narrower",
        "{values} is refused",
        "{values} does not come any more",
        advice="keep the value",
    ),
    Rule(
        "custom-changed",
        "both",
        "what this kind takes is not known here",
        "what this kind takes is not known here",
    ),
    Rule(
        "validator-added",
        "narrower",
        "{new} may refuse what fitted",
        "{new} checks what is answered",
        advice="keep it without the validator",
    ),
    Rule(
        "validator-removed",
        "wider",
        "{old} does not refuse anything any more",
        "{old} does not check any more what is answered",
        given=("INFO", "WARN", "ERR"),
    ),
    Rule(
        "validator-changed",
        "unknown",
        "{new} was changed, and may refuse what it let through; review it",
        "{new} was changed, and may let through what it refused; review it",
    ),
    Rule(
        "validator-replaced",
        "unknown",
        "{new} may refuse what {old} let through; review it",
        "{new} may let through what {old} refused; review it",
    ),
)

_UNIONS: Final = (
    Rule("branch-added", "wider", "{branch} fits, too", "clients may get {branch}, which they do not know"),
    Rule(
        "branch-removed",
        "narrower",
        "{branch} is refused",
        "{branch} does not come any more",
        advice="keep the branch",
    ),
    Rule(
        "branch-merged",
        "same",
        "another branch takes {branch}, perhaps as something else",
        "{branch} is part of another branch",
    ),
    Rule("branch-redundant", "note", "{branch} fitted already", "{branch} could come already"),
    Rule(
        "text-branch-added",
        "same",
        "texts that are no number or boolean are accepted as they are, beside those that are converted",
        "texts may come beside other values",
    ),
    Rule(
        "union-reordered",
        "same",
        "a value may fit an earlier branch now, and become something else",
        "the order of branches changed",
    ),
    Rule(
        "union-respelled",
        "note",
        "the order of branches changed, which no value shows",
        "the order of branches changed",
    ),
    Rule(
        "variant-added",
        "wider",
        "the variant {branch} fits, too",
        "clients that do not expect further variants may not know {branch}",
        given=("INFO", "WARN", "ERR"),
    ),
    Rule(
        "closed-variant-added",
        "wider",
        "the variant {branch} fits, too",
        "clients that handle every variant do not know {branch}",
    ),
    Rule(
        "variant-removed",
        "narrower",
        "the variant {branch} is refused",
        "the variant {branch} does not come any more",
        advice="keep the variant",
    ),
    Rule(
        "fallback-added",
        "wider",
        "variants that are not listed fit, too",
        "clients may get variants that are not listed",
        given=("INFO", "WARN", "ERR"),
    ),
    Rule(
        "fallback-removed",
        "narrower",
        "variants that are not listed are refused",
        "only listed variants come",
        advice="keep the fallback",
    ),
    Rule(
        "fallback-changed",
        "both",
        "a fallback takes what no other branch is for, which a plain union does not know",
        "a fallback differs from a branch of a plain union",
    ),
    Rule(
        "variant-left-to-fallback",
        "wider",
        "the fallback takes {branch}, and more",
        "what comes as {branch} may be anything that the fallback takes",
        given=("INFO", "WARN", "ERR"),
    ),
    Rule(
        "fallback-overtaken",
        "narrower",
        "what the fallback took is checked as {branch} now, and may be refused",
        "what came as anything comes as {branch}",
    ),
    Rule(
        "discriminator-added",
        "note",
        "only the branch that the tag names is asked, for better errors",
        "the tag names the branch",
    ),
    Rule(
        "discriminator-removed",
        "note",
        "each branch is asked in turn",
        "the tag does not name the branch any more",
    ),
    Rule(
        "discriminator-text-refused",
        "narrower",
        "JSON text of an object is refused: a discriminated union reads none",
        "JSON text does not come",
    ),
    Rule("discriminator-text-accepted", "wider", "JSON text of an object fits, too", "JSON text may come"),
    Rule("discriminator-changed", "same", "another prop names the branch", "another prop names the branch"),
    Rule(
        "condition-added",
        "narrower",
        "what fitted always fits only under a condition",
        "what could come comes only under a condition",
        advice="keep it without the condition",
    ),
    Rule(
        "condition-lifted",
        "wider",
        "what fitted under a condition fits always",
        "what came under a condition may come always",
        response_advice="keep the condition",
    ),
    Rule(
        "condition-lifted-required",
        "narrower",
        "the value had to be missing where the condition did not hold, and is required now",
        "it is always there",
        advice="wrap it in maybe(...)",
        given=("INFO", "INFO", "INFO"),
        strict_request="ERR",
    ),
    Rule(
        "condition-changed",
        "both",
        "values that fitted are refused: the condition is another one",
        "other values come: the condition is another one",
        advice="keep the condition",
        response_advice="keep the condition",
    ),
    Rule(
        "condition-input-changed",
        "both",
        "a condition reads {name}, which means something else now, so that another branch may be asked",
        "a condition reads {name}, which means something else now",
    ),
)

_NOTES: Final = (
    Rule("id-added", "note", "it has the id {new} now", "it has the id {new} now"),
    Rule(
        "id-changed",
        "same",
        "generated types have another name: {new} instead of {old}",
        "generated types have another name: {new} instead of {old}",
        given=("WARN", "WARN", "WARN"),
    ),
    Rule(
        "id-removed",
        "same",
        "generated types have no name of their own any more: it was {old}",
        "generated types have no name of their own any more: it was {old}",
        advice="keep the id",
        response_advice="keep the id",
        given=("WARN", "WARN", "WARN"),
    ),
    Rule(
        "annotation-changed",
        "note",
        "what documents say changed: {what}",
        "what documents say changed: {what}",
    ),
    Rule("deprecated-added", "note", "it is deprecated now", "it is deprecated now"),
    Rule("deprecated-removed", "note", "it is not deprecated any more", "it is not deprecated any more"),
)

RULES: Final[Mapping[str, Rule]] = {
    rule.name: rule for rule in (*_ROUTES, *_FIELDS, *_TYPES, *_UNIONS, *_NOTES)
}
GROUPS: Final[Mapping[str, tuple[Rule, ...]]] = {
    "Routes": _ROUTES,
    "Fields": _FIELDS,
    "Types": _TYPES,
    "Unions": _UNIONS,
    "Notes": _NOTES,
}
