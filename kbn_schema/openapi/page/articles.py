"""This module shows one route: what it is, and for each version what it takes and answers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from kbn_schema.diff import Change
from kbn_schema.http.bodies import family
from kbn_schema.json_schema import JsonSchema
from kbn_schema.openapi.page.changes import show_changes
from kbn_schema.openapi.page.examples import Example, Examples
from kbn_schema.openapi.page.html import (
    Markup,
    code,
    coloured,
    element,
    join,
    json_text,
    link,
    prose,
    sentence,
)
from kbn_schema.openapi.page.logins import Logins
from kbn_schema.openapi.page.requests import Sample, command
from kbn_schema.openapi.page.routes import ShownRoute, ShownVersion
from kbn_schema.openapi.page.trees import Trees
from kbn_schema.openapi.page.wording import is_ours, number

Changes = Mapping[tuple[str, str], Sequence[Change]]
Places = Mapping[tuple[str, str], str]


@attrs.frozen
class Articles:
    """Shows routes; *places* are the ids of all of them, by method and path."""

    named: Mapping[str, JsonSchema]
    changes: Changes
    """By the id of the route and the version, what changed since the one before."""
    places: Places
    server: str
    logins: Logins

    def article(self, shown: ShownRoute) -> Markup:
        """Return what the page says of *shown*."""
        title_id = f"{shown.id}:title"
        title = element("h3", element("a", shown.title, href=f"#{shown.id}"), id=title_id)
        panels = [self._panel(shown, index) for index in range(len(shown.versions))]
        return element(
            "article",
            element("header", title, _line(shown)),
            _picker(shown),
            *panels,
            class_="route",
            id=shown.id,
            aria_labelledby=title_id,
        )

    def _panel(self, shown: ShownRoute, index: int) -> Markup:
        version = shown.versions[index]
        said = element("div", *self._said(shown, version, index), class_="said")
        examples = element("div", *self._examples(shown, version), class_="examples")
        if not version.name:
            return element("div", said, examples, class_="panel")
        return element(
            "section",
            said,
            examples,
            class_="panel",
            id=shown.anchor_of(version.name),
            data_version=str(index + 1),
            aria_label=f"Version {version.name}",
        )

    def _said(self, shown: ShownRoute, version: ShownVersion, index: int) -> Iterable[Markup | None]:
        operation = version.operation
        yield self._deprecation(shown, version)
        if operation.get("x-discontinued"):
            yield element("p", f"Discontinued: {operation['x-discontinued']}", class_="note")
        yield _says(operation)
        if index + 1 < len(shown.versions):
            changes = self.changes[shown.id, version.name]
            yield show_changes(changes, shown.versions[index + 1].name)
        yield self._security(version)
        yield from self._parameters(version)
        yield self._body(version)
        yield from self._answers(version)

    def _deprecation(self, shown: ShownRoute, version: ShownVersion) -> Markup | None:
        told = version.route.deprecated
        if not told and not version.operation.get("deprecated"):
            return None
        why = told if isinstance(told, Mapping) else {}
        said: list[Markup] = [element("b", "Deprecated.")]
        if why.get("message"):
            said.append(join(sentence(str(why["message"]))))
        said.append(self._instead(shown, why.get("reason", {})))
        if why.get("documentation_url"):
            said.append(link("Read more", why["documentation_url"]))
        kind = "note critical" if why.get("severity") == "critical" else "note"
        return element("p", join(*[part for part in said if part], by=" "), class_=kind)

    def _instead(self, shown: ShownRoute, reason: Mapping[str, Any]) -> Markup:
        kind = reason.get("type")
        if kind == "bump":
            wanted = str(reason.get("new_api_version"))
            known = wanted in [version.name for version in shown.versions]
            where = element("a", wanted, href=f"#{shown.anchor_of(wanted)}") if known else code(wanted)
            return join("Use version ", where, " instead.")
        if kind == "migrate":
            method, path = str(reason.get("new_api_method")).upper(), str(reason.get("new_api_path"))
            place = self.places.get((method, path))
            words = f"{method} {path}"
            return join(
                "Use ", code(words) if place is None else element("a", words, href=f"#{place}"), " instead."
            )
        return join("It will be removed." if kind == "remove" else "")

    def _security(self, version: ShownVersion) -> Markup | None:
        told = version.route.security
        login = [*(self.logins.said(version.operation) or _authentication(told.get("authc", {})))]
        lines = [*login, *_authorization(told.get("authz", {}))]
        return join(element("h4", "Access"), *[element("p", line) for line in lines]) if lines else None

    def _parameters(self, version: ShownVersion) -> Iterable[Markup]:
        parameters = version.operation.get("parameters", ())
        for place, caption in _PLACES.items():
            rows = [self._parameter(one) for one in parameters if one.get("in") == place]
            if rows:
                head = element("tr", element("th", "Name", scope="col"), element("th", "Value", scope="col"))
                table = element("table", element("thead", head), element("tbody", *rows))
                yield join(element("h4", caption), table)

    def _parameter(self, parameter: Mapping[str, Any]) -> Markup:
        content = parameter.get("content")
        holder = next(iter(content.values()), {}) if isinstance(content, Mapping) else parameter
        schema = holder.get("schema", {})
        trees = Trees(self.named)
        marks = [_mark(word) for word in ("required", "deprecated") if parameter.get(word)]
        as_json = " as JSON" if isinstance(content, Mapping) else None
        line = join(element("span", trees.type_of(schema), class_="type"), as_json)
        name = element("code", str(parameter["name"]), class_="name")
        return element(
            "tr",
            element("th", join(name, *marks, by=" "), scope="row"),
            element("td", line, element("div", trees.said(schema), class_="schema"), _says(parameter)),
        )

    def _body(self, version: ShownVersion) -> Markup | None:
        body = version.operation.get("requestBody")
        if not isinstance(body, Mapping):
            return None
        mark = _mark("required" if body.get("required") else "optional")
        size = version.route.max_bytes
        limit = None if size is None else element("p", f"At most {number(size)} bytes.", class_="facts")
        content = [self._content(name, told, True) for name, told in body.get("content", {}).items()]
        return join(element("h4", "Body ", mark), _says(body), limit, *content)

    def _content(self, media_type: str, told: Mapping[str, Any], unfolded: bool) -> Markup:
        name = element("p", code(media_type), class_="media")
        tree = Trees(self.named).whole(told.get("schema", {}), unfolded)
        return element("div", name, tree, class_="content")

    def _answers(self, version: ShownVersion) -> Iterable[Markup]:
        yield element("h4", "Answers")
        for status, answer in version.operation["responses"].items():
            yield self._answer(str(status), answer)

    def _answer(self, status: str, answer: Mapping[str, Any]) -> Markup:
        is_fine = status.startswith("2")
        kind = "fine" if is_fine else "refused" if status[:1] in "45" else "other"
        line = join(element("b", status, class_=kind), " ", str(answer.get("description", "")))
        content = [self._content(name, told, is_fine) for name, told in answer.get("content", {}).items()]
        headers = self._headers(answer.get("headers"))
        if not content and headers is None:
            return element("div", line, class_="answer empty")
        return element("details", element("summary", line), headers, *content, class_="answer", open=is_fine)

    def _headers(self, headers: Any) -> Markup | None:
        if not isinstance(headers, Mapping) or not headers:
            return None
        rows = [
            self._parameter({"name": name, **told})
            for name, told in headers.items()
            if isinstance(told, Mapping)
        ]
        head = element("tr", element("th", "Header", scope="col"), element("th", "Value", scope="col"))
        return element("table", element("thead", head), element("tbody", *rows))

    def _examples(self, shown: ShownRoute, version: ShownVersion) -> Iterable[Markup]:
        credentials = self.logins.credentials(version.operation)
        made = command(shown, version, self._sample(version), self.named, self.server, credentials)
        label = "Request" if not version.name else f"Request, version {version.name}"
        yield _figure(label, join(made.text), made.is_made)
        for status, answer in version.operation["responses"].items():
            for media_type, told in answer.get("content", {}).items():
                for example in self._of_answer(str(status), media_type, told):
                    name = f"Answer {status}{f', {example.name}' if example.name else ''}"
                    yield _figure(name, coloured(json_text(example.value, 2)), example.is_made)
        for sample in version.operation.get("x-codeSamples", ()):
            if isinstance(sample, Mapping) and isinstance(sample.get("source"), str):
                label = str(sample.get("label") or sample.get("lang") or "Sample")
                yield _figure(label, join(sample["source"]), False)

    def _sample(self, version: ShownVersion) -> Sample | None:
        body = version.operation.get("requestBody")
        content = body.get("content", {}) if isinstance(body, Mapping) else {}
        for media_type, told in content.items():
            given, schema = _told_examples(told), told.get("schema", {})
            examples = Examples(self.named)
            return Sample(media_type, given[0] if given else examples.of(schema), examples.files(schema))
        return None

    def _of_answer(self, status: str, media_type: str, told: Mapping[str, Any]) -> list[Example]:
        given, schema = _told_examples(told), told.get("schema", {})
        if given or not status.startswith("2") or family(media_type.partition(";")[0]) != "json":
            return given
        example = Examples(self.named, whole=True).of(schema)
        return [example] if example is not None else []


def _says(told: Mapping[str, Any]) -> Markup | None:
    description = told.get("description")
    if not isinstance(description, str) or is_ours(description):
        return None
    return element("div", prose(description), class_="says")


def _mark(word: str) -> Markup:
    return element("span", word, class_=f"mark {word}")


def _line(shown: ShownRoute) -> Markup:
    words = join(method(shown.method), " ", element("code", path(shown.path), class_="path"))
    return element("p", words, *_badges(shown), class_="endpoint")


def path(template: str) -> Markup:
    """Return the path *template*: where it is too long for a line, it breaks between two segments."""
    return join(*[element("span", f"/{part}", class_="part") for part in template[1:].split("/")])


def method(name: str) -> Markup:
    """Return the *name* of a method, in its colour."""
    return element("span", name, class_=f"method {name.lower()}")


def _badges(shown: ShownRoute) -> Iterable[Markup]:
    operation = shown.newest.operation
    words: list[tuple[str, str]] = [(shown.endpoint.access, "badge")]
    if shown.is_deprecated:
        words.append(("deprecated", "badge deprecated"))
    if operation.get("x-state"):
        words.append((str(operation["x-state"]), "badge"))
    words += [(str(tag), "badge") for tag in operation.get("tags", ())[1:]]
    return [join(" ", element("span", word, class_=kind)) for word, kind in words]


def _picker(shown: ShownRoute) -> Markup | None:
    names = [version.name for version in shown.versions]
    if names == [""]:
        return None
    default = getattr(shown.endpoint, "default_version", None)
    choices: list[Markup] = []
    for index, version in enumerate(shown.versions):
        told = ["newest"] if index == 0 and len(names) > 1 else []
        told += ["default"] if version.name == default else []
        told += ["deprecated"] if version.operation.get("deprecated") else []
        button = element(
            "input", type="radio", name=f"{shown.id}-version", value=version.name, checked=index == 0
        )
        small = element("small", ", ".join(told)) if told else None
        choices.append(element("label", button, element("span", version.name, " ", small)))
    return element("fieldset", element("legend", "Version"), *choices, class_="versions")


def _authorization(told: Mapping[str, Any]) -> Iterable[Markup]:
    if told.get("enabled") is False:
        reason = told.get("reason")
        yield join(f"No privileges are required{f': {reason}' if reason else '.'}")
    wanted = [_privileges(one) for one in told.get("required_privileges", ())]
    if wanted:
        yield join("Required privileges: ", join(*wanted, by=" and "), ".")


def _privileges(wanted: Any) -> Markup:
    if not isinstance(wanted, Mapping):
        return code(str(wanted))
    every = [_privileges(one) for key in ("all_required", "all_of") for one in wanted.get(key, ())]
    some = [_privileges(one) for key in ("any_required", "any_of") for one in wanted.get(key, ())]
    chosen = [join("one of ", join(*some, by=", "))] if some else []
    return join(*every, *chosen, by=" and ")


def _authentication(told: Mapping[str, Any]) -> Iterable[Markup]:
    if told.get("enabled") is False:
        reason = told.get("reason")
        yield join(f"Nobody has to log in{f': {reason}' if reason else '.'}")
    if told.get("enabled") == "optional":
        yield join("Those who are not logged in may call it, too.")


def _figure(label: str, content: Markup, is_made: bool) -> Markup:
    note = element("small", "generated") if is_made else None
    copy = element("button", "Copy", type="button", class_="copy", aria_label=f"Copy: {label}")
    caption = element("figcaption", element("span", label, " ", note), copy)
    # It scrolls, so the keyboard has to reach it.
    block = element("pre", element("code", content), tabindex="0", role="group", aria_label=label)
    return element("figure", caption, block)


def _told_examples(told: Mapping[str, Any]) -> list[Example]:
    """The examples beside a schema, as OpenAPI has them."""
    if "example" in told:
        return [Example(told["example"], False)]
    examples = told.get("examples")
    listed = examples.items() if isinstance(examples, Mapping) else ()
    told_values = [(str(name), one) for name, one in listed if isinstance(one, Mapping) and "value" in one]
    # Where only schemas have examples, these have the names that nobody gave.
    return [Example(one["value"], False, _UNNAMED.sub("", name)) for name, one in told_values]


_UNNAMED: Final = re.compile(r"^example(?:-[0-9]+)?$")
_PLACES: Final[Mapping[str, str]] = {
    "path": "Path",
    "query": "Query",
    "header": "Headers",
    "cookie": "Cookies",
}
