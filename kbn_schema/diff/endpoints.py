"""This module compares two endpoints: what is sent to them, what they answer, and whom they let in."""

from collections.abc import Iterator, Mapping
from typing import Final

from kbn_schema.contract import BodyTerm, Endpoint, ResponseTerm
from kbn_schema.diff import security
from kbn_schema.diff.advice import Place
from kbn_schema.diff.changes import Change, Profile
from kbn_schema.diff.differences import Difference, Found, Term
from kbn_schema.diff.grading import grade
from kbn_schema.diff.shapes import json_text
from kbn_schema.diff.walk import Walk

DOMAINS: Final = {"params": "params", "query": "fields", "headers": "headers", "body": "json"}
EMPTY: Final[Term] = {"type": "object", "props": {}, "unknowns": "forbid"}
MISSING: Final[Term] = {"type": "nothing"}
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
STABILITY: Final = {"experimental": 0, "beta": 1, "stable": 2, "": 2}
SHOWN: Final = ("summary", "description", "tags", "discontinued")


class Comparison:
    """One comparison of two endpoints; *renamed* are the parameters of the path, new names by old ones."""

    def __init__(
        self,
        walk: Walk,
        old: Endpoint,
        new: Endpoint,
        profile: Profile,
        place: Place,
        names: Mapping[str, bool],
        renamed: Mapping[str, str],
    ) -> None:
        self.walk = walk
        self.old = old
        self.new = new
        self.profile: Profile = profile
        self.place = place
        self.names = names
        self.renamed = renamed

    def changes(self) -> Iterator[Change]:
        """All that changed."""
        yield from self._told(self._whole())
        for part in ("params", "query", "headers", "body"):
            found = self._part(part)
            yield from grade(found, "request", self.profile, self.place, part)
        yield from grade(self._handling(), "request", self.profile, self.place, "body")
        yield from grade(self._xsrf(), "request", self.profile, self.place, "headers")
        yield from self._responses()

    def _told(self, found: Found) -> Iterator[Change]:
        return grade(found, "-", self.profile, self.place)

    # --- what concerns the whole ---

    def _whole(self) -> Found:
        old, new, found = self.old, self.new, Found()
        security.compare(old.security, new.security, found)
        if bool(old.deprecated) != bool(new.deprecated):
            rule = "endpoint-deprecated" if new.deprecated else "endpoint-undeprecated"
            found.add(Difference(rule, "note", None, None, {}))
        changed = [name for name in SHOWN if getattr(old, name) != getattr(new, name)]
        if old.deprecated and new.deprecated and json_text(old.deprecated) != json_text(new.deprecated):
            changed.append("deprecated")
        if changed:
            found.add(Difference("endpoint-annotated", "note", None, None, {"what": ", ".join(changed)}))
        self._compare_stability(found)
        self._compare_timeouts(found)
        return found

    def _compare_stability(self, found: Found) -> None:
        old, new = (str(said.availability.get("stability", "")) for said in (self.old, self.new))
        ranks = STABILITY.get(old, 2), STABILITY.get(new, 2)
        words = {"old": old or "stable", "new": new or "stable"}
        if ranks[1] < ranks[0]:
            found.add(Difference("availability-lowered", "same", old or None, new, words))
        elif ranks[1] > ranks[0]:
            found.add(Difference("availability-raised", "note", old, new or None, words))

    def _compare_timeouts(self, found: Found) -> None:
        names = sorted({*self.old.timeout, *self.new.timeout})
        for name in names:
            old, new = self.old.timeout.get(name), self.new.timeout.get(name)
            if old == new:
                continue
            words = {"what": f"{name} {old or 'none'} -> {new or 'none'} ms"}
            shorter = old is None or (new is not None and new < old)
            rule, effect = ("timeout-shortened", "same") if shorter else ("timeout-lengthened", "note")
            found.add(Difference(rule, effect, None, None, words))

    # --- what is sent ---

    def _part(self, part: str) -> Found:
        old, new = self.old.request.get(part), self.new.request.get(part)
        if old is None and new is None:
            return Found()
        if part == "params":
            old = self._path_params() if old is None else self._renamed(old)
        if old is None and new is not None:
            return self._declared(part, new)
        if old is None or new is None:
            found = Found()
            if part != "params":
                found.add(Difference("part-undeclared", "same", old, None, {"part": f"the {part}"}))
            return found
        return self.walk.compare(old, new, self._domain(part), ignores=part == "headers")

    def _domain(self, part: str) -> str:
        if part != "body":
            return DOMAINS[part]
        bodies = [endpoint.body for endpoint in (self.old, self.new)]
        only_forms = all(body is not None and set(body.accepts) <= FORMS for body in bodies)
        return "fields" if only_forms else "json"

    def _declared(self, part: str, new: Term) -> Found:
        # Who knew of no such part sends none.
        nothing = MISSING if part == "body" else EMPTY
        found = Found()
        narrows = self.walk.compare(nothing, new, DOMAINS[part], ignores=part == "headers").narrows
        rule, effect = ("part-required", "narrower") if narrows else ("part-declared", "same")
        found.add(Difference(rule, effect, None, new, {"part": f"the {part}"}))
        return found

    def _path_params(self) -> Term:
        """What is known of parameters that no schema checks: they are texts."""
        props: dict[str, Term] = {}
        for name, is_optional in self.names.items():
            text: Term = {"type": "string"}
            props[name] = {"type": "optional", "of": text} if is_optional else text
        return {"type": "object", "props": props, "unknowns": "forbid"}

    def _renamed(self, term: Term) -> Term:
        if all(old == new for old, new in self.renamed.items()):
            return term
        shape = self.walk.old.shape(term)
        if shape.word != "object":
            return term
        props = {self.renamed.get(name, name): prop for name, prop in shape.term["props"].items()}
        return self.walk.old.made(shape.term, json_text(self.renamed), {**shape.term, "props": props})

    def _handling(self) -> Found:
        old, new, found = self.old.body, self.new.body, Found()
        if old is None or new is None:
            return found
        gone = [kind for kind in old.accepts if not _is_covered(kind, new.accepts)]
        came = [kind for kind in new.accepts if not _is_covered(kind, old.accepts)]
        told = ", ".join(old.accepts), ", ".join(new.accepts)
        if gone:
            found.add(Difference("media-type-removed", "narrower", *told, {"types": ", ".join(gone)}))
        if came:
            found.add(Difference("media-type-added", "wider", *told, {"types": ", ".join(came)}))
        self._compare_sizes(old, new, found)
        return found

    def _compare_sizes(self, old: BodyTerm, new: BodyTerm, found: Found) -> None:
        if old.max_bytes != new.max_bytes:
            words = {"old": str(old.max_bytes), "new": str(new.max_bytes)}
            lower = new.max_bytes < old.max_bytes
            rule, effect = ("body-limit-lowered", "narrower") if lower else ("body-limit-raised", "wider")
            found.add(Difference(rule, effect, words["old"], words["new"], words))
        if old.taken != new.taken:
            words = {"old": old.taken, "new": new.taken}
            found.add(Difference("body-handling-changed", "same", old.taken, new.taken, words))
        if old.inflates and not new.inflates:
            found.add(Difference("content-encoding-refused", "narrower", None, None, {}))
        if new.inflates and not old.inflates:
            found.add(Difference("content-encoding-accepted", "wider", None, None, {}))

    def _xsrf(self) -> Found:
        found = Found()
        if self.new.xsrf_required and not self.old.xsrf_required:
            found.add(Difference("xsrf-required", "narrower", None, "kbn-xsrf", {}), "kbn-xsrf")
        if self.old.xsrf_required and not self.new.xsrf_required:
            found.add(Difference("xsrf-lifted", "wider", "kbn-xsrf", None, {}), "kbn-xsrf")
        return found

    # --- what is answered ---

    def _responses(self) -> Iterator[Change]:
        old, new = self.old.responses, self.new.responses
        for status in sorted({*old, *new}):
            before, after = old.get(status), new.get(status)
            if before is not None and after is not None:
                found = self._response(before, after)
            else:
                found = Found()
                rule, effect = _status_rule(status, is_new=before is None)
                found.add(Difference(rule, effect, None, None, {"status": status}))
            # A status is one of the answers, also where it is only documented.
            yield from grade(found, "response", self.profile, self.place, status)

    def _response(self, before: ResponseTerm, after: ResponseTerm) -> Found:
        found = Found()
        kinds = _essence(before.content_type), _essence(after.content_type)
        if kinds[0] != kinds[1]:
            words = {"old": kinds[0], "new": kinds[1]}
            found.add(Difference("content-type-changed", "both", *kinds, words))
        if before.description != after.description:
            found.add(Difference("annotation-changed", "note", None, None, {"what": "description"}))
        for part in ("body", "headers"):
            old, new = getattr(before, part), getattr(after, part)
            if old is not None and new is not None:
                domain = "answered" if part == "headers" else "json"
                found.merge(self.walk.compare(old, new, domain, ignores=part == "headers"), part)
            elif new is not None:
                found.add(Difference(f"response-{part}-declared", "narrower", None, new, {}), part)
            elif old is not None:
                found.add(Difference(f"response-{part}-undeclared", "wider", old, None, {}), part)
        return found


def _status_rule(status: str, is_new: bool) -> tuple[str, str]:
    if status.startswith("2"):
        return ("success-status-added", "wider") if is_new else ("success-status-removed", "both")
    return ("status-added" if is_new else "status-removed"), "note"


def _essence(content_type: str | None) -> str:
    """A media type without parameters; JSON is what an answer is unless it says otherwise."""
    return (content_type or "application/json").partition(";")[0].strip().lower()


def _is_covered(kind: str, accepts: tuple[str, ...]) -> bool:
    return any(_covers(one.lower(), kind.lower()) for one in accepts)


def _covers(wide: str, narrow: str) -> bool:
    """Whether the media type or range *narrow* is part of *wide*: ``text/*``, ``application/*+json``."""
    if wide in (narrow, "*/*", "*"):
        return True
    top, _, sub = wide.partition("/")
    other_top, _, other_sub = narrow.partition("/")
    if top != other_top:
        return False
    if sub == "*":
        return True
    return sub.startswith("*+") and other_sub.endswith(sub[1:])
