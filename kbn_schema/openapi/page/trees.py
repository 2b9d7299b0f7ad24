"""This module shows JSON Schemas as lists that fold."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import attrs

from kbn_schema.json_schema import JsonSchema
from kbn_schema.openapi.page.html import Markup, code, element, join, json_text, prose
from kbn_schema.openapi.page.wording import facts, is_ours, is_plain, quantity_of

PREFIX: Final = "#/components/schemas/"
MAX_DEPTH: Final = 16
OPEN_TO: Final = 2
MANY: Final = 24


def anchor_of(name: str) -> str:
    """The id of the named schema on the page."""
    return f"schema-{name}"


@attrs.frozen
class Trees:
    """Shows schemas that refer to the *named* ones."""

    named: Mapping[str, JsonSchema]

    def whole(self, schema: JsonSchema, unfolded: bool = False) -> Markup:
        """Return what is to be said of *schema*; *unfolded*: with what is in it, though it has a name."""
        name = _name_of(schema)
        if name is None:
            return self.content(schema)
        content = self.named.get(name)
        if not unfolded or content is None:
            line = element("p", self._line(schema), class_="root")
            return element("div", line, self._under(schema), self._reference(name), class_="schema")
        others = {key: value for key, value in schema.items() if key not in ("$ref", "allOf")}
        line = element("p", self._line(schema), *_in_line({**content, **others}), class_="root")
        said = join(self._remarks(others), self._remarks(content))
        return element("div", line, said, self._inside(content, 0), class_="schema")

    def content(self, schema: JsonSchema, name: str | None = None) -> Markup:
        """Return what *schema* says, and what is in it; *name* stands above it already."""
        told = {**schema, "title": None} if schema.get("title") == name else schema
        line = element("p", self._line(told), *_in_line(schema), class_="root")
        referred = _name_of(_innermost(schema))
        inside = self._inside(schema, 0) if referred is None else self._reference(referred)
        return element("div", line, self._remarks(schema), inside, class_="schema")

    def type_of(self, schema: JsonSchema) -> Markup:
        """Return the type of *schema*, in a few words."""
        return self._type(schema, 0, True)

    def said(self, schema: JsonSchema) -> Markup:
        """Return what stands under the line of *schema*, and what is inside of it."""
        return join(self._under(schema), self._inside(schema, 1))

    def _line(self, schema: JsonSchema, linked: bool = True) -> Markup:
        # A summary is pressed as a whole, so no link may be in it.
        marks = [_mark("deprecated")] if schema.get("deprecated") else []
        title = schema.get("title")
        shown = title if isinstance(title, str) and title != _name_of(schema) else None
        told = [element("span", shown, class_="title")] if shown else []
        return join(*told, element("span", self._type(schema, 0, linked), class_="type"), *marks, by=" ")

    def _reference(self, name: str) -> Markup:
        """Where the content of a named schema is; the script shows it right here."""
        where = element("a", f"Go to {name}", href=f"#{anchor_of(name)}")
        return element(
            "details",
            element("summary", "Show its content"),
            element("p", where),
            class_="lazy",
            data_of=anchor_of(name),
        )

    def _under(self, schema: JsonSchema) -> Markup:
        said = _said(schema)
        told = element("p", join(*said, by=" · "), class_="facts") if said else None
        return join(told, self._remarks(schema))

    def _remarks(self, schema: JsonSchema) -> Markup:
        inner = _innermost(schema)
        holders = (schema, inner) if inner is not schema else (schema,)
        words = [one["description"] for one in holders if isinstance(one.get("description"), str)]
        return join(*[element("div", prose(one), class_="says") for one in words if not is_ours(one)])

    def _inside(self, schema: JsonSchema, depth: int) -> Markup:
        inner = _innermost(schema)
        if depth > MAX_DEPTH:
            return element("pre", json_text(inner, 2)) if _has_rows(inner) else join()
        return join(*self._parts(inner, depth))

    def _parts(self, schema: JsonSchema, depth: int) -> Iterable[Markup]:
        rows = self._rows(schema, depth)
        if rows:
            yield element("ul", *rows, class_="tree")
        for key, words in (("anyOf", "One of"), ("oneOf", "Exactly one of"), ("allOf", "All of")):
            choices = schema.get(key)
            if isinstance(choices, list) and not self._is_short(schema):
                yield element("p", words, _told_apart(schema), class_="choose")
                yield element(
                    "ol", *[self._row(None, choice, False, depth) for choice in choices], class_="tree"
                )

    def _rows(self, schema: JsonSchema, depth: int) -> list[Markup]:
        required = schema.get("required", ())
        properties = schema.get("properties", {})
        rows = [self._row(name, inner, name in required, depth) for name, inner in properties.items()]
        for index, inner in enumerate(schema.get("prefixItems", ())):
            rows.append(self._row(str(index), inner, False, depth))
        others = schema.get("additionalProperties")
        if isinstance(others, dict) and others and not (is_plain(others) and not properties):
            rows.append(self._row(None, others, False, depth, "any other key" if properties else "any key"))
        return rows

    def _row(
        self, name: str | None, schema: Any, required: bool, depth: int, instead: str | None = None
    ) -> Markup:
        schema = _mapping(schema)
        label = [element("code", name, class_="name")] if name is not None else []
        label += [element("i", instead)] if instead else []
        marks = [_mark("required")] if required else []
        inner = _innermost(schema)
        referred = _name_of(inner)
        inside = join() if referred is not None else self._inside(schema, depth + 1)
        is_folded = referred is not None or bool(inside)
        line = join(*label, self._line(schema, not is_folded), *marks, by=" ")
        if referred is not None:
            body = element("p", element("a", f"Go to {referred}", href=f"#{anchor_of(referred)}"))
            folded = element(
                "details", element("summary", line), body, class_="lazy", data_of=anchor_of(referred)
            )
            return element("li", folded, self._under(schema))
        if not is_folded:
            return element("li", element("div", line, class_="line"), self._under(schema))
        is_open = depth + 1 < OPEN_TO and len(inner.get("properties", ())) <= MANY
        summary = element("summary", line, *_in_line(schema))
        return element("li", element("details", summary, self._remarks(schema), inside, open=is_open))

    def _type(self, schema: Any, depth: int, linked: bool) -> Markup:
        schema = _mapping(schema)
        name = _name_of(schema)
        if name is not None:
            return element("a", name, href=f"#{anchor_of(name)}") if linked else join(name)
        if "const" in schema:
            return code(json_text(schema["const"]))
        if schema.get("not") == {}:
            return join("nothing")
        choices = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(choices, list) and choices:
            return self._choice(schema, choices, depth, linked)
        if isinstance(schema.get("allOf"), list):
            return join("all of the following")
        return self._by_type(schema, depth, linked)

    def _choice(self, schema: JsonSchema, choices: Sequence[Any], depth: int, linked: bool) -> Markup:
        if self._is_short(schema):
            return join(*[self._type(choice, depth + 1, linked) for choice in choices], by=" or ")
        return join(f"one of {len(choices)}")

    def _is_short(self, schema: JsonSchema) -> bool:
        """Whether the choices of *schema* are told in its line."""
        choices = [_mapping(choice) for choice in schema.get("anyOf") or schema.get("oneOf") or ()]
        some = [choice for choice in choices if choice != {"type": "null"}]
        has_content = len(some) > 1 and any(_name_of(choice) for choice in some)
        return 0 < len(choices) <= MAX_CHOICES and not has_content and all(map(is_plain, choices))

    def _by_type(self, schema: JsonSchema, depth: int, linked: bool) -> Markup:
        quantity = quantity_of(schema)
        if quantity is not None:
            words = ["duration" if quantity == "duration" else "size"]
            return join(*words, *(["null"] if "null" in schema.get("type", ()) else []), by=" or ")
        kinds = schema.get("type", [])
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if not kinds:
            kinds = _guessed(schema)
        return join(*[self._one_type(str(kind), schema, depth, linked) for kind in kinds], by=" or ")

    def _one_type(self, kind: str, schema: JsonSchema, depth: int, linked: bool) -> Markup:
        if kind == "array" and "items" in schema and depth <= MAX_DEPTH:
            return join("array of ", self._type(schema["items"], depth + 1, linked))
        others = schema.get("additionalProperties")
        if kind == "object" and isinstance(others, dict) and others and not schema.get("properties"):
            return (
                join("object of ", self._type(others, depth + 1, linked))
                if depth <= MAX_DEPTH
                else join(kind)
            )
        if kind != "string":
            return join(kind)
        if schema.get("contentMediaType") == "application/octet-stream" or schema.get("format") == "binary":
            return join("bytes")
        told = schema.get("format") or schema.get("contentMediaType")
        return join(kind, f" ({told})") if told else join(kind)


def _in_line(schema: JsonSchema) -> list[Markup]:
    # What folds itself has no place in a summary.
    said = [fact for fact in _said(schema, False) if "<details" not in fact]
    return [element("span", " · ", fact, class_="facts") for fact in said]


def _said(schema: JsonSchema, examples: bool = True) -> list[Markup]:
    """The bounds of *schema*, and of the items where it is a list."""
    said = facts(schema, examples)
    inner = _innermost(schema)
    each = facts(inner) if inner is not schema and "$ref" not in inner else []
    return [*said, join("each: ", join(*each, by=", "))] if each else said


def _told_apart(schema: JsonSchema) -> Markup | None:
    discriminator = schema.get("discriminator")
    if not isinstance(discriminator, Mapping) or "propertyName" not in discriminator:
        return None
    return join(", told apart by ", code(str(discriminator["propertyName"])))


def _guessed(schema: JsonSchema) -> list[str]:
    if "enum" in schema:
        return ["value"]
    return ["object"] if "properties" in schema else ["any value"]


def _name_of(schema: JsonSchema) -> str | None:
    """The name of what *schema* refers to; None where it says itself what it is."""
    where = schema.get("$ref")
    every = schema.get("allOf")
    if where is None and isinstance(every, list) and len(every) == 1 and not schema.keys() - _REMARKS:
        where = _mapping(every[0]).get("$ref")
    return where.removeprefix(PREFIX) if isinstance(where, str) else None


def _innermost(schema: JsonSchema) -> JsonSchema:
    """The items of a list, of lists of such, and so on; the values of an object with any keys."""
    for _ in range(MAX_DEPTH):
        if _name_of(schema) is not None:
            return schema
        others = schema.get("additionalProperties")
        if isinstance(schema.get("items"), dict) and not schema.get("prefixItems"):
            schema = schema["items"]
        elif isinstance(others, dict) and is_plain(others) and others and not schema.get("properties"):
            schema = others
        else:
            break
    return schema


def _has_rows(schema: JsonSchema) -> bool:
    return bool(schema.keys() & {"properties", "prefixItems", "anyOf", "oneOf", "allOf"})


def _mapping(schema: Any) -> JsonSchema:
    if isinstance(schema, dict):
        return schema
    return {} if schema is True else {"not": {}}


def _mark(word: str) -> Markup:
    return element("span", word, class_=f"mark {word}")


_REMARKS: Final = {"allOf", "title", "description", "deprecated", "default", "examples", "example"}
MAX_CHOICES: Final = 4
