"""What the page says, and that nothing of an author's becomes markup: without a browser."""

import base64
import hashlib
import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from html.parser import HTMLParser

import jsonschema_rs
import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.demo.application import make_router
from kbn_schema.demo.store import Store
from kbn_schema.http import Router, TestClient
from kbn_schema.json_schema import Definitions
from kbn_schema.kinds import byte_size, duration
from kbn_schema.openapi import document, page
from kbn_schema.openapi.page.examples import Examples
from kbn_schema.openapi.page.html import coloured, element, join, json_text, link, prose, text
from kbn_schema.openapi.page.patterns import text_for
from kbn_schema.openapi.page.trees import Trees
from kbn_schema.openapi.page.wording import facts
from tests.examples import EXAMPLES
from tests.openapi.page_routes import answer, make

FILE = '{"type": "dashboard", "id": "a", "attributes": {"title": "A"}}'
VOID = {"input", "link", "meta"}
REF = "#/components/schemas/"
NASTY = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "' autofocus onfocus='alert(1)",
    "<!-- --!> <!--",
    "[x](javascript:alert(1)) `<b>` **b**",
    "&lt;script&gt; &amp;amp;",
    "a\x00b\x1b[2Jc\x7fd",
    "\u202eevil\u2066\u200f",
    "]]> <![CDATA[",
]


class Reader(HTMLParser):
    """The elements of a page with their attributes, its text, and what is not closed as it should be."""

    def __init__(self, content):
        super().__init__()
        self.elements = []
        self.words = []
        self.open = []
        self.wrong = []
        self.feed(content)
        self.close()

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.wrong.append((tag, names))
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def handle_data(self, words):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.words.append(words)

    @property
    def text(self):
        return "".join(self.words)

    def each(self, *tags):
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def shop():
    return make()


@pytest.fixture(scope="module")
def written(shop):
    return page.render(
        shop, document(shop, title="Shop", version="1.4.0", servers=["https://shop.example.com"])
    )


@pytest.fixture(scope="module")
def read(written):
    return Reader(written)


def routes_of(read):
    return {each["id"] for each in read.each("article") if each["class"] == "route"}


def with_body(body, **rest):
    router = Router()
    router.put("/api/x", access="public", validate={"request": {"body": body}}, **rest)(answer)
    return Reader(page.render(router))


def test_every_element_is_closed_where_it_belongs(read):
    assert ([], []) == (read.wrong, read.open)


def test_no_id_is_there_twice(read):
    ids = [each["id"] for _, each in read.elements if "id" in each]

    assert sorted(set(ids)) == sorted(ids)


def test_every_link_of_the_page_leads_to_something(read):
    ids = {each["id"] for _, each in read.elements if "id" in each}
    wanted = {each["href"][1:] for each in read.each("a") if each["href"].startswith("#")}
    described = {
        each[name] for _, each in read.elements for name in ("aria-labelledby", "data-of") if name in each
    }

    assert set() == (wanted | described) - ids


def test_the_page_asks_for_nothing_from_elsewhere(read):
    loading = [
        each for tag, each in read.elements if tag in ("img", "iframe", "object", "embed", "base", "form")
    ]
    sources = [
        value for _, each in read.elements for name, value in each.items() if name in ("src", "srcset")
    ]

    assert ([], []) == (loading, sources)
    assert [True] == [each["href"].startswith("data:image/svg+xml,") for each in read.each("link")]


def test_nothing_in_style_or_script_asks_for_anything_either(written):
    inside = "".join(re.findall(r"<(?:style|script)>(.*?)</(?:style|script)>", written, re.DOTALL))

    assert [] == re.findall(r"url\(|@import|https?:|fetch\(|XMLHttpRequest|WebSocket|eval|innerHTML", inside)


def test_the_policy_allows_what_is_in_the_page_and_nothing_else(written, read):
    policy = next(each["content"] for each in read.each("meta") if "http-equiv" in each)
    inside = re.findall(r"<(style|script)>(.*?)</\1>", written, re.DOTALL)
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
        for _, content in inside
    ]

    assert (
        f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]} {hashes[2]}; img-src data:; "
        "base-uri 'none'; form-action 'none'" == policy
    )
    assert ["style", "script", "script"] == [tag for tag, _ in inside]


def test_no_element_has_a_style_or_a_handler_of_its_own(read):
    names = {name for _, each in read.elements for name in each}

    assert set() == {name for name in names if name == "style" or name.startswith("on")}


def test_the_same_routes_give_the_same_bytes_whatever_the_hash_seed():
    program = (
        "import hashlib; from kbn_schema.openapi import page; from tests.openapi.page_routes import make;"
        "print(hashlib.sha256(page.render(make()).encode()).hexdigest())"
    )
    made = set()
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        ran = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, check=True
        )
        made.add(ran.stdout)

    assert 1 == len(made)


def test_headings_go_down_one_step_at_a_time(read):
    levels = [int(tag[1]) for tag, _ in read.elements if re.fullmatch(r"h[1-6]", tag)]

    assert 1 == levels[0]
    assert 1 == levels.count(1)
    assert all(later <= earlier + 1 for earlier, later in itertools.pairwise(levels))


def test_the_whole_is_said_once(read):
    for said in ("Shop", "1.4.0", "https://shop.example.com", "2023-10-31, 2026-06-01"):
        assert said in read.text


@pytest.mark.parametrize(
    "said",
    [
        "/api/orders/{shop}/{id?}",
        "Items are sold, and not deleted.",
        "Required privileges: items:write and one of shop:manage, shop:owner.",
        "No privileges are required: Everybody may order.",
        "Generally available; added in 8.1.0",
        "1 to 100 characters",
        "at least 0 · below 10,000",
        "matches ^[A-Z]{2}$",
        "one of name, price · default name",
        "1 to 50 items · each: at least 1 character",
        "Exactly one of, told apart by kind",
        "keys: at most 10 characters",
        "At most 1,048,576 bytes.",
        "kbn-xsrf",
        "There is no such item",
        "integer deprecated",
        "Two letters, as in DE.",
        "array of Item",
    ],
)
def test_what_authors_declare_is_said(read, said):
    assert said in read.text


def test_privileges_are_not_said_twice(read):
    assert "[Required authorization]" not in read.text


def test_a_link_to_the_route_that_replaces_another_is_one(read):
    assert {"href": "#put-items-id"} in read.each("a")


def test_a_deprecated_version_links_to_the_one_to_use(read):
    assert {"href": "#post-orders-shop-id:2026-06-01"} in read.each("a")


@pytest.mark.parametrize(
    "said",
    [
        "What changed since 2023-10-31: 4 breaking, 1 compatible",
        "breaking body.comment",
        "breaking body.items[]",
        "breaking body.when",
        "was maybe(string(max_length=200))",
        "string() → string(min_length=1)",
    ],
)
def test_what_changed_since_the_version_before_is_said(read, said):
    assert said in read.text


def test_versions_that_are_alike_say_so():
    router = Router()
    route = router.versioned.get("/api/x", access="public")
    for version in ("2023-10-31", "2024-01-01"):
        route.add_version(version, validate=False, handler=answer)

    assert "What changed since 2023-10-31: nothing that a client can see" in Reader(page.render(router)).text


def test_each_version_is_compared_with_the_one_before():
    router = Router()
    route = router.versioned.put("/api/x", access="internal")
    for version, most in (("10", 3), ("9", 2), ("1", 1)):
        block = {"body": schema.object({"a": schema.string(max_length=most)})}
        route.add_version(version, validate=block, handler=answer)
    read = Reader(page.render(router))

    assert re.findall(r"What changed since (\d+): 1 compatible", read.text) == ["9", "1"]
    assert re.findall(r"max_length=(\d)\) → string\(max_length=(\d)", read.text) == [("2", "3"), ("1", "2")]


def test_a_version_that_is_not_deprecated_any_more_is_no_news():
    router = Router()
    route = router.versioned.get("/api/x", access="public")
    why = {"severity": "warning", "reason": {"type": "bump", "new_api_version": "2026-06-01"}}
    route.add_version("2023-10-31", validate=False, deprecated=why, handler=answer)
    route.add_version("2026-06-01", validate=False, handler=answer)

    assert "nothing that a client can see" in Reader(page.render(router)).text


def test_changes_call_schemas_by_their_names():
    item = schema.object({"a": schema.string()}, id="Item")
    router = Router()
    route = router.versioned.put("/api/x", access="public")
    route.add_version("2023-10-31", validate={"body": schema.array_of(item)}, handler=answer)
    route.add_version("2026-06-01", validate={"body": schema.string()}, handler=answer)
    content = Reader(page.render(router)).text

    assert "array_of(Item)" in content
    assert "lazy(" not in content


def test_of_a_change_that_is_no_schema_no_turn_is_shown():
    router = Router()
    route = router.versioned.get("/api/x", access="public")
    for version, description in (("2023-10-31", "Fine."), ("2024-01-01", "Good.")):
        block = {"request": {}, "response": {200: {"body": schema.any(), "description": description}}}
        route.add_version(version, validate=block, handler=answer)
    read = Reader(page.render(router))

    assert "What changed since 2023-10-31: 1 compatible" in read.text
    assert [] == [each for each in read.each("p") if each.get("class") == "turn"]


def test_one_version_alone_has_nothing_to_be_compared_with(shop):
    assert "What changed" not in Reader(page.render(shop, api_version="newest")).text


def test_versions_are_offered_from_new_to_old(read):
    offered = [each["value"] for each in read.each("input") if each.get("type") == "radio"]

    assert ["2026-06-01", "2023-10-31"] == offered


def test_pages_and_hidden_routes_are_left_out():
    router = Router()
    router.get("/page", validate=False, options={"http_resource": True})(answer)
    router.get("/hidden", validate=False, options={"exclude_from_oas": True})(answer)
    router.get("/api/shown", validate=False)(answer)
    read = Reader(page.render(router))

    assert {"get-shown"} == routes_of(read)


@pytest.mark.parametrize(("access", "count"), [("public", 5), ("internal", 1), ("all", 6)])
def test_access_says_which_routes_are_shown(shop, access, count):
    read = Reader(page.render(shop, access=access))

    assert count == len(routes_of(read))


@pytest.mark.parametrize(
    ("version", "shown"),
    [("newest", ["2026-06-01"]), ("oldest", ["2023-10-31"]), ("2023-10-31", ["2023-10-31"])],
)
def test_one_version_may_be_shown_alone(shop, version, shown):
    read = Reader(page.render(shop, api_version=version))

    assert shown == [each["value"] for each in read.each("input") if each.get("type") == "radio"]


def test_a_router_without_routes_gives_a_page_that_says_so():
    read = Reader(page.render(Router()))

    assert "Routes0" in read.text
    assert [] == read.wrong


def test_routes_whose_ids_would_be_the_same_have_anchors_of_their_own():
    router = Router()
    router.get("/api/a-b", validate=False)(answer)
    router.get("/api/a_b", validate=False)(answer)
    router.get("/", validate=False)(answer)
    read = Reader(page.render(router))

    assert {"get-root", "get-a-b", "get-a-b-2"} == routes_of(read)


def test_no_path_gives_the_id_of_something_else():
    router = Router()
    for path in ("/api/x", "/api/x/title", "/api/x.title", "/api/x:title", "/é", "/ü", "/main"):
        router.get(path, validate=False)(answer)
    versioned = router.versioned.get("/api/y", access="public")
    versioned.add_version("2023-10-31", validate=False, handler=answer)
    router.get("/api/y.2023-10-31", validate=False)(answer)
    read = Reader(page.render(router))
    ids = [each["id"] for _, each in read.elements if "id" in each]

    assert sorted(set(ids)) == sorted(ids)


def test_a_schema_that_leads_nowhere_names_its_route():
    router = Router()
    router.put("/api/x", validate={"body": schema.lazy("nothing")})(answer)

    with pytest.raises(SchemaDefinitionError, match=r"\[put\] at \[/api/x\]"):
        page.render(router)


def test_an_error_that_names_its_route_names_it_once():
    router = Router()
    router.get("/api/x", validate={"query": schema.object({}, id="X")})(answer)

    with pytest.raises(SchemaDefinitionError) as error:
        page.render(router)

    assert 1 == str(error.value).count("The [get] at [/api/x]: ")


@pytest.mark.parametrize("nasty", NASTY)
def test_no_text_of_an_author_becomes_markup(nasty):
    """Wherever a text may stand, it is seen as it is, and the elements are those of harmless texts."""

    def elements(words):
        # A line feed would part a paragraph, and a backtick make code.
        body = schema.object(
            {
                f"key {words}": schema.string(
                    description=words, title=words, examples=[words], default=words
                ),
                "one": schema.enum([words, "b"]),
                "meta": schema.string(meta={"x-told": words}),
            },
            description=words,
        )
        made = {
            "info": {"title": words, "version": words, "description": words},
            "servers": [{"url": "https://a.example/" + words, "description": words}],
            "externalDocs": {"url": "javascript:" + words, "description": words},
            "components": {"securitySchemes": {words: {"type": "http", "description": words}}},
        }
        router = Router()
        router.put(
            "/api/x",
            summary=words,
            description=words,
            tags=[words, "other " + words],
            discontinued=words,
            deprecated={"documentation_url": "javascript:" + words},
            security={"authz": {"required_privileges": [words]}},
            validate={
                "request": {"query": schema.object({words: schema.string()}), "body": body},
                "response": {200: {"description": words, "body": body}},
            },
        )(answer)
        return Reader(page.render(router, made))

    read, harmless = elements(nasty.replace("`", "'")), elements("harmless")

    assert [tag for tag, _ in harmless.elements] == [tag for tag, _ in read.elements]
    assert [list(each) for _, each in harmless.elements] == [list(each) for _, each in read.elements]
    assert [] == read.wrong
    assert {"#", "h"} >= {each["href"][0] for each in read.each("a")}
    assert text_shown(nasty.replace("`", "'")) in read.text


def text_shown(words):
    """*words* as they are seen: what cannot be seen is spelled."""
    kept = "".join([c if c.isprintable() else ascii(c)[1:-1] for c in words])
    return kept.strip()


def test_a_page_of_nasty_texts_is_utf_8_without_what_cannot_be_seen():
    router = Router()
    router.put("/api/x", description="\ud800".join(NASTY), validate={"body": schema.string(examples=NASTY)})(
        answer
    )

    content = page.render(router)

    content.encode()
    assert all(c.isprintable() or c == "\n" for c in content)


def test_addresses_of_the_web_become_links_and_nothing_else_does():
    assert '<a href="https://a.b/?x=1&amp;y" rel="noreferrer noopener">w</a>' == link(
        "w", "https://a.b/?x=1&y"
    )
    for address in (
        "javascript:alert(1)",
        " https://a",
        "//a.b",
        "data:text/html,x",
        "JaVaScRiPt:x",
        None,
        1,
    ):
        assert "<a" not in link("w", address)


def test_prose_has_paragraphs_and_code_and_nothing_more():
    assert "<p>a\nb</p><p>c <code>&lt;d&gt;</code></p>" == prose("a\nb\n\n\nc `<d>`\n")
    assert "<p>one ` alone</p>" == prose("one ` alone")
    assert "<p><code>a</code> and ` alone</p>" == prose("`a` and ` alone")
    assert "" == prose(" \n ")


def test_elements_escape_what_is_in_them():
    assert '<p class="a&quot;b" hidden>&lt;i&gt;</p>' == element(
        "p", "<i>", None, class_='a"b', hidden=True, id=None
    )
    assert "&amp;, <b></b>" == join("&", element("b"), by=", ")
    assert "a\\x00b" == text("a\x00b")


def test_json_is_shown_as_json_that_reads_back():
    value = {"a\u202e": "\u2028\x7f😀", "b": "\ud800", "n": [1, None]}

    shown = json_text(value)

    assert value == json.loads(shown)
    assert shown.isprintable()


def test_what_json_has_not_is_shown_nevertheless():
    circle: list = []
    circle.append(circle)

    assert ["...", "..."] == [json_text(circle), json_text(10**5000)]


def test_keys_of_json_are_apart_from_its_values():
    assert '{\n  <span class="key">&quot;a&quot;</span>: &quot;b: c&quot;\n}' == coloured(
        json_text({"a": "b: c"}, 2)
    )


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({"minLength": 1, "maxLength": 1}, ["exactly 1 character"]),
        ({"minLength": 2}, ["at least 2 characters"]),
        ({"maxLength": 1}, ["at most 1 character"]),
        ({"minLength": 0}, []),
        ({"maxItems": 0}, ["at most 0 items"]),
        ({"minimum": 1, "maximum": 10_000}, ["1 to 10,000"]),
        ({"minimum": 0}, ["at least 0"]),
        ({"exclusiveMinimum": 0.5, "maximum": 1}, ["at most 1", "above 0.5"]),
        ({"multipleOf": 5}, ["a multiple of 5"]),
        ({"type": "string", "enum": ["a", "", " b"]}, ["one of a, &quot;&quot;, &quot; b&quot;"]),
        ({"enum": ["a", 1]}, ["one of &quot;a&quot;, 1"]),
        ({"default": None}, ["default null"]),
        ({"additionalProperties": False}, ["no other keys"]),
        ({"additionalProperties": True}, ["other keys too"]),
        ({"x-new": {"a": 1}}, ["x-new {&quot;a&quot;: 1}"]),
        ({"contains": 1}, ["contains 1"]),
        (
            {"pattern": duration.SPELLED, "minimum": 3_600_000, "maximum": 2**53 - 1},
            ["at least 1h", "such as 1h30m or PT1H30M, or milliseconds"],
        ),
        (
            {"pattern": byte_size.SPELLED, "minimum": 0, "maximum": 1500},
            ["at most 1500b", "such as 10mb, or bytes"],
        ),
        ({"type": "string", "examples": ["a", "b" * 100]}, ["for example a"]),
    ],
)
def test_bounds_are_said_in_words(described, said):
    assert said == [re.sub(r"</?code>", "", fact) for fact in facts(described)]


def test_many_values_are_folded():
    [said] = facts({"enum": list(range(300))})

    assert 1 == said.count("<details")
    assert "and 288 more" in said


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({"not": {}}, "nothing · not {}"),
        ({"properties": {"a": False, "b": True}}, "object a nothing not {} b any value"),
        ({"enum": [1, "a"]}, 'value · one of 1 , "a"'),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "boolean"}]},
            "array 0 string 1 boolean",
        ),
        (
            {"allOf": [{"type": "string"}, {"minLength": 2}]},
            "all of the following All of string any value at least 2 characters",
        ),
        ({"allOf": [{"$ref": REF + "Named"}]}, "Named"),
        (
            {"type": "object", "additionalProperties": {"maxLength": 3}},
            "object of any value any key any value at most 3 characters",
        ),
        (
            {"pattern": duration.SPELLED, "type": ["integer", "string", "null"]},
            "duration or null · such as 1h30m or PT1H30M, or milliseconds",
        ),
        ({"pattern": byte_size.SPELLED, "type": ["integer", "string"]}, "size · such as 10mb, or bytes"),
        ({"type": "object", "propertyNames": False}, "object · keys false"),
        (
            {"properties": {"a": {"type": "object", "additionalProperties": {"type": "string"}}}},
            "object a object of string",
        ),
    ],
)
def test_what_no_kind_describes_so_is_said_too(described, said):
    shown = Reader(str(Trees({"Named": {"type": "string"}}).whole(described, True)))

    assert said == " ".join(word.strip() for word in shown.words if word.strip())


def test_lists_in_lists_are_told_to_a_depth():
    described = {"type": "string", "maxLength": 7}
    for _ in range(100):
        described = {"type": "array", "items": described}
    shown = Reader(str(Trees({}).whole(described, True))).text

    assert 10 < shown.count("array of") < 100
    assert "at most 7" not in shown


def test_a_schema_that_nests_deep_ends():
    deep = schema.string()
    for _ in range(100):
        deep = schema.object({"a": deep, "b": schema.array_of(schema.string())})
    read = with_body(deep)

    assert [] == read.wrong
    assert 40 > sum("tree" == each.get("class") for each in read.each("ul"))


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_a_made_example_fits_the_schema_that_it_is_for(example, whole):
    definitions = Definitions("openapi-3.1")
    root = definitions.add(example.schema, "input")
    named = definitions.finish()
    made = Examples(named, whole).of(root)
    if root == {"not": {}}:
        assert made is None
        return

    checked = jsonschema_rs.Draft202012Validator(
        {**root, "components": {"schemas": named}}, validate_formats=True
    )

    assert made is not None
    assert checked.is_valid(made.value)


def test_the_example_of_an_author_goes_before_one_that_is_made():
    given = Examples({}).of({"type": "integer", "examples": [7]})

    assert given is not None
    assert (7, False) == (given.value, given.is_made)


A_AND_B = [
    {"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]},
    {"properties": {"b": {"const": 2}}, "required": ["a", "b"]},
]


@pytest.mark.parametrize(
    ("described", "value"),
    [
        ({"example": 5}, 5),
        ({"type": ["null"]}, None),
        ({"type": "array", "items": True, "minItems": 2}, [{}, {}]),
        ({"type": "array", "prefixItems": [{"const": 1}, {"type": "boolean"}]}, [1, True]),
        ({"allOf": A_AND_B}, {"a": 1, "b": 2}),
        ({"allOf": [A_AND_B[0]], "anyOf": [A_AND_B[1]], "oneOf": [True]}, {"a": 1, "b": 2}),
        ({"anyOf": [False, {"type": "array", "items": False, "minItems": 1}, {"const": 3}]}, 3),
        ({"allOf": [True, {"const": 4}]}, 4),
        ({"type": "object", "required": ["a"], "additionalProperties": {"const": 1}}, {"a": 1}),
        ({"type": "object", "minProperties": 2, "additionalProperties": {"const": 1}}, {"key": 1, "key2": 1}),
        ({"type": "number", "minimum": 0.25, "maximum": 0.3}, 0.25),
    ],
)
def test_an_example_is_made_for_what_no_kind_describes_so(described, value):
    made = Examples({}).of(described)

    assert made is not None
    assert value == made.value


@pytest.mark.parametrize(
    "described",
    [
        {"type": "array", "items": False, "minItems": 1},
        {"type": "array", "minItems": 21},
        {"anyOf": [False]},
        {"allOf": [False]},
        {"$ref": REF + "Nowhere"},
        {"allOf": [{"$ref": REF + "Nowhere"}]},
        {"$ref": REF + "Itself"},
        {"type": "object", "minProperties": 1, "propertyNames": {"const": 3}},
        {"type": "string", "minLength": 501},
        {"type": "string", "format": "date", "pattern": "("},
        {"type": "string", "format": "date", "maxLength": 3},
        {"type": "number", "minimum": 5, "maximum": 4},
    ],
)
def test_no_example_is_made_where_nothing_fits(described):
    named = {"Itself": {"allOf": [{"$ref": REF + "Itself"}]}}

    assert None is Examples(named).of(described)


def test_what_may_be_left_out_is_where_none_is_known():
    within = {"a": {"type": "array", "items": False}, "b": False, "c": {"const": 1}}
    made = Examples({}, whole=True).of({"type": "object", "properties": within})
    other = Examples({}, whole=True).of({"type": "object", "additionalProperties": {"not": {}}})

    assert made is not None
    assert other is not None
    assert ({"a": [], "c": 1}, {}) == (made.value, other.value)


def test_no_example_is_made_where_none_ends():
    named = {
        "Endless": {
            "type": "object",
            "properties": {"next": {"$ref": "#/components/schemas/Endless"}},
            "required": ["next"],
        }
    }

    assert None is Examples(named).of({"$ref": "#/components/schemas/Endless"})


def test_an_example_that_would_be_endlessly_large_is_not_made():
    named = {
        f"S{each}": schema_of_two({"$ref": f"#/components/schemas/S{each + 1}"}) for each in range(60)
    } | {"S60": {"type": "string"}}

    assert None is Examples(named).of({"$ref": "#/components/schemas/S0"})


def schema_of_two(inner):
    return {"type": "object", "properties": {"a": inner, "b": inner}, "required": ["a", "b"]}


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{2}$", "^[a-z0-9][a-z0-9._\\-]*$", '^"[0-9]{1,18}"$', "^(?:a|b)+c?$", "^\\d{4}-\\d\\d$", "x",
        "^[^a]$", "^(a)\\1$", "^(?=b)[ab]$", "^\\w+\\s\\S$", "^[\\s\\S]*$", "^.$",
        "^[^ab]+$", "^[é-ü]$", "^[ßé]$", "^(?:(?:x)){2}$", "^((?:ab){0})$",
    ],
)  # fmt: skip
def test_a_made_text_matches_its_pattern(pattern):
    made = text_for(pattern)

    assert made is not None
    assert re.search(pattern, made)


@pytest.mark.parametrize(("least", "most"), [(5, 5), (3, None), (0, 1), (36, 36)])
def test_a_made_text_is_as_long_as_it_has_to_be(least, most):
    made = text_for("^[a-z]+$", least, most)

    assert made is not None
    assert least <= len(made) <= (most or 100)


@pytest.mark.parametrize(
    "pattern",
    [
        "^(?!)$",
        "(",
        "^a$",
        "^(?:a{1000}){1000}$",
        "^(a+)+(?<!a)$",
        "^([^\\s\\S])$",
        "^[^\\s\\S]{3}$",
        "^[^\\x00-\\x7f]{3}$",
    ],
)
def test_no_text_is_made_where_none_is_known(pattern):
    assert None is text_for(pattern, 3, 4)


SAYS = {
    "x-codeSamples": [
        {"lang": "python", "source": "client.get_x()"},
        {"source": "GET /x"},
        {"lang": "none"},
        "none",
    ],
    "responses": {"200": {"content": {"application/json": {"example": {"seen": 1}}}}},
    "parameters": [
        {"name": "q", "in": "query", "required": True, "example": "seven"},
        {"name": "r", "in": "query", "required": True, "schema": {"type": "string", "pattern": "^(?!)$"}},
    ],
}


def test_what_an_author_adds_to_an_operation_is_shown():
    router = Router()
    options = {"oas_operation_object": SAYS}
    router.get("/x", validate=False, options=options, security={"authc": {"enabled": "optional"}})(answer)
    content = page.render(router)
    read = Reader(content)

    assert "Those who are not logged in may call it, too." in read.text
    assert all(word in read.text for word in ("python", "client.get_x()", "Sample", "GET /x", '"seen": 1'))
    assert commands(content)[0][-1].endswith("/x?q=seven&r=r")


def test_whom_to_ask_and_what_to_read_is_said():
    info = {
        "title": "X",
        "version": "1",
        "contact": {"email": "a@example.org"},
        "license": {"name": "MIT", "url": "https://example.org/mit"},
    }
    told = {"info": info, "externalDocs": {"url": "https://example.org/more"}}
    read = Reader(page.render(Router(), told))

    assert all(word in read.text for word in ("a@example.org", "MIT", "https://example.org/more"))
    assert {"https://example.org/mit", "https://example.org/more"} <= {
        each.get("href") for each in read.each("a")
    }


def test_a_form_is_sent_field_by_field():
    body = schema.object({"a": schema.string(examples=["b&c"]), "n": schema.integer()})
    router = Router()
    accepts = {"body": {"accepts": ["application/x-www-form-urlencoded"]}}
    router.post("/x", validate={"body": body}, options=accepts)(answer)
    [words] = commands(page.render(router))

    assert ["--data-urlencode", "a=b&c", "--data-urlencode", "n=1"] == words[-4:]


def commands(content):
    """The commands of curl on a page, as words."""
    shown = re.findall(r"<figcaption><span>Request.*?<pre[^>]*><code>(.*?)</code>", content, re.DOTALL)
    return [shlex.split(Reader(one).text.replace("\\\n", " ")) for one in shown]


def sent(client, words):
    method, url, headers, body = "GET", "", {}, None
    rest = iter(words[1:])
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word in ("-d", "--data-binary"):
            body = next(rest).replace("@file", FILE)
        else:
            url = word
    return client.request(method, url.removeprefix("http://localhost:8000"), headers=headers, body=body)


def test_every_command_of_the_demo_is_taken_by_it():
    """Made values are not there, or not in the state that is asked for; none is malformed."""
    with Store() as store:
        router = make_router(store)
        answers = [sent(TestClient(router), words) for words in commands(page.render(router))]

    assert len(answers) >= 9
    assert [] == [one.text for one in answers if one.status in (400, 405, 415, 500)]


def test_a_field_that_is_a_file_is_sent_as_one():
    body = schema.object(
        {
            "alt": schema.string(),
            "image": schema.stream(),
            "more": schema.array_of(schema.buffer(), min_size=1),
            "at": schema.string(examples=["@home;x"]),
        },
        id="Upload",
    )
    router = Router()
    accepts = {"body": {"accepts": ["multipart/form-data"]}}
    router.post("/api/images", validate={"body": body}, options=accepts)(answer)
    [words] = commands(page.render(router))

    assert ["-F", "alt=string", "-F", "image=@file", "-F", "more=@file", "--form-string", "at=@home;x"] == (
        words[4:]
    )


@pytest.mark.parametrize(
    ("scheme", "words", "field"),
    [
        ({"type": "http", "scheme": "bearer"}, ["-H", "authorization: Bearer TOKEN"], ""),
        ({"type": "http", "scheme": "basic"}, ["-u", "USER:PASSWORD"], ""),
        ({"type": "http", "scheme": "Digest"}, ["-H", "authorization: Digest CREDENTIALS"], ""),
        ({"type": "apiKey", "in": "header", "name": "x-key"}, ["-H", "x-key: KEY"], ""),
        ({"type": "apiKey", "in": "cookie", "name": "sid"}, ["-b", "sid=KEY"], ""),
        ({"type": "apiKey", "in": "query", "name": "a key"}, [], "?a%20key=KEY"),
        ({"type": "oauth2", "flows": {}}, ["-H", "authorization: Bearer TOKEN"], ""),
        ({"type": "mutualTLS"}, [], ""),
    ],
)
def test_a_command_says_who_sends_it(scheme, words, field):
    router = Router()
    router.get("/api/x", access="public", validate=False)(answer)
    told = document(router, security_schemes={"login": scheme}, security=[{"login": []}])
    content = page.render(router, told)

    assert [["curl", f"http://localhost:8000/api/x{field}", *words]] == commands(content)
    assert "Asks for login." in Reader(content).text


@pytest.mark.parametrize(
    ("authc", "base", "said"),
    [
        (False, [{"login": []}], "Nobody has to log in: no secrets."),
        ("optional", [{"login": []}], "May be called without logging in, or with login."),
        (True, [], ""),
    ],
)
def test_no_command_has_credentials_where_none_are_needed(authc, base, said):
    router = Router()
    security = {"authc": {"enabled": authc} | ({} if authc else {"reason": "no secrets."})}
    router.get("/api/x", access="public", validate=False, security=security)(answer)
    schemes = {"login": {"type": "http", "scheme": "bearer"}}
    content = page.render(router, document(router, security_schemes=schemes, security=base))

    assert [["curl", "http://localhost:8000/api/x"]] == commands(content)
    assert said in Reader(content).text
    assert "Asks for" not in content


def test_commands_quote_whatever_stands_in_them():
    body = schema.object({"it's": schema.string(examples=["$(rm -rf ~) `x` ' \\ \n é"])})
    router = Router()
    router.put(
        "/api/{id}",
        validate={"params": schema.object({"id": schema.string(examples=["a/b'?&#é"])}), "body": body},
    )(answer)

    [words] = commands(page.render(router))

    assert ["curl", "-X", "PUT", "http://localhost:8000/api/a%2Fb%27%3F%26%23%C3%A9"] == words[:4]
    assert {"it's": "$(rm -rf ~) `x` ' \\ \n é"} == json.loads(words[-1])


def test_a_page_of_many_routes_is_made_in_no_time():
    """5 s and 10 MB are for 300 routes and 1,000 schemas; here is a tenth."""
    router = Router()
    named = [
        schema.object(
            {f"a{each}": schema.string(max_length=9), "b": schema.array_of(schema.integer())},
            id=f"Schema{each}",
        )
        for each in range(100)
    ]
    for number in range(30):
        part = schema.object({str(each): named[each] for each in range(number, 100, 30)})
        router.put(f"/api/part{number}/{{id}}", validate={"body": part})(answer)

    assert 1_000_000 > len(page.render(router))
