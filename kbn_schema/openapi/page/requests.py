"""This module writes a request as a command of curl."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import attrs

from kbn_schema.http.bodies import family
from kbn_schema.http.paths import parse_template
from kbn_schema.http.route import VERSION_HEADER
from kbn_schema.json_schema import JsonSchema
from kbn_schema.openapi.page.examples import Example, Examples
from kbn_schema.openapi.page.html import json_text
from kbn_schema.openapi.page.logins import Credentials
from kbn_schema.openapi.page.routes import ShownRoute, ShownVersion


@attrs.frozen
class Command:
    """A command to send a request; whether a value in it is ours, and not its author's."""

    text: str
    is_made: bool


@attrs.frozen
class Sample:
    """The body of a request: its media type, and the example, None where none is known."""

    media_type: str
    example: Example | None
    files: frozenset[str] = frozenset()
    """The fields that are files."""


def command(
    shown: ShownRoute,
    version: ShownVersion,
    sample: Sample | None,
    named: Mapping[str, JsonSchema],
    server: str,
    credentials: Credentials | None = None,
) -> Command:
    """Return how curl sends a request to *version*, with *sample* as its body, and *credentials* if any."""
    values = _Values(Examples(named))
    parameters = version.operation.get("parameters", ())
    credentials = credentials or Credentials()
    url = server.rstrip("/") + _path(shown.path, parameters, values)
    fields = "&".join([*_query(parameters, values), *credentials.query])
    url += f"?{fields}" if fields else ""
    words = [] if shown.method == "GET" else ["-X", shown.method]
    start = " ".join(["curl", *words])
    headers = _headers(version, parameters, sample, values)
    one_line = f"{start} {_quoted(url)}"
    lines = [one_line] if len(one_line) <= _WIDTH else [start, _quoted(url)]
    lines += [f"-{option} {_quoted(text)}" for option, text in credentials.options]
    lines += [f"-H {_quoted(header)}" for header in headers]
    values.is_made = values.is_made or credentials.are_asked
    if sample is not None:
        lines.append(_body(sample))
        values.is_made = values.is_made or (sample.example is None or sample.example.is_made)
    return Command(" \\\n  ".join(lines), values.is_made)


class _Values:
    """The values of parameters; keeps whether any was made."""

    def __init__(self, examples: Examples) -> None:
        self._examples = examples
        self.is_made = False

    def of(self, parameter: Mapping[str, Any], always: bool) -> Any:
        """The value to send; None where there is none to send."""
        given = parameter.get("example", _first_of(parameter.get("examples")))
        if given is not None:
            return given
        content = parameter.get("content")
        holder = next(iter(content.values()), {}) if isinstance(content, Mapping) else parameter
        schema = holder.get("schema", {})
        example = self._examples.of(schema)
        if example is None:
            self.is_made = self.is_made or always
            return parameter.get("name") if always else None
        if example.is_made and not always:
            return None
        self.is_made = self.is_made or example.is_made
        return json.dumps(example.value) if content else example.value


def _path(path: str, parameters: Any, values: _Values) -> str:
    by_name = {one["name"]: one for one in parameters if one.get("in") == "path"}
    template = parse_template(path, path)
    segments: list[str] = []
    names = iter(template.names)
    for literal in template.literals:
        if literal is not None:
            segments.append(literal)
            continue
        parameter = by_name.get(next(names), {"required": True})
        value = values.of(parameter, bool(parameter.get("required")))
        if value is not None:
            segments.append(_percent(_text_of(value)))
    return "/" + "/".join(segments)


def _query(parameters: Any, values: _Values) -> list[str]:
    fields: list[str] = []
    for one in parameters:
        if one.get("in") != "query":
            continue
        value = values.of(one, bool(one.get("required")))
        listed = value if isinstance(value, list) else [] if value is None else [value]
        fields += [f"{_percent(str(one['name']))}={_percent(_text_of(item))}" for item in listed]
    return fields


def _headers(version: ShownVersion, parameters: Any, sample: Sample | None, values: _Values) -> list[str]:
    found = [f"{VERSION_HEADER}: {version.name}"] if version.name else []
    for one in parameters:
        if one.get("in") == "header" and str(one["name"]).lower() != VERSION_HEADER:
            value = values.of(one, bool(one.get("required")))
            found += [] if value is None else [f"{one['name']}: {_text_of(value)}"]
    if sample is not None and sample.media_type not in _OWN_TYPE:
        found.append(f"content-type: {sample.media_type}")
    return found


def _body(sample: Sample) -> str:
    value = None if sample.example is None else sample.example.value
    if sample.media_type in _OWN_TYPE:
        fields = value if isinstance(value, Mapping) and value else {"file": ""}
        files = sample.files or ({*fields} if fields is not value else frozenset())
        return " ".join([_field(sample, name, item, name in files) for name, item in fields.items()])
    if family(sample.media_type) == "json" and sample.example is not None:
        return f"-d {_quoted(json_text(value, 2))}"
    return "--data-binary @file"


def _field(sample: Sample, name: str, value: Any, is_file: bool) -> str:
    if sample.media_type == _FORM:
        return f"--data-urlencode {_quoted(f'{name}={_text_of(value)}')}"
    if is_file:
        return f"-F {_quoted(f'{name}=@file')}"
    text = _text_of(value)
    # With -F, these would be read: from a file, or as the type of the part.
    option = "--form-string" if text.startswith(("@", "<", '"')) or ";" in text else "-F"
    return f"{option} {_quoted(f'{name}={text}')}"


def _text_of(value: Any) -> str:
    return value if isinstance(value, str) else json_text(value)


def _first_of(examples: Any) -> Any:
    """The value of the first of OpenAPI's named *examples*."""
    first = next(iter(examples.values()), None) if isinstance(examples, Mapping) else None
    return first.get("value") if isinstance(first, Mapping) else None


def _percent(text: str) -> str:
    return quote(text, safe="", errors="replace")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


_WIDTH: Final = 54
_FORM: Final = "application/x-www-form-urlencoded"
# Curl says these itself.
_OWN_TYPE: Final = frozenset({_FORM, "multipart/form-data"})
