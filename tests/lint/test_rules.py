"""Each finding: what it sees, and what is near and is none."""

import sys

import pytest

from tests.lint.modules import PRELUDE, findings_of, ids_of

LINE = PRELUDE.count("\n") + 1

FOUND = [
    ("unbounded-string", "a = s.string(min_length=1)"),
    ("unbounded-string", "a = s.string(pattern='[a-z]+')"),
    ("unbounded-string", "a = s.record_of(s.string(), s.integer(), validate=bool)"),
    ("unbounded-string", "route({'query': s.object({'a': s.maybe(s.string())})})"),
    ("unbounded-string", "route({'body': s.one_of(s.integer(), s.string())}, method='post')"),
    ("unbounded-string", "a = s.nullable(s.lazy(lambda: s.string()))"),
    ("unbounded-array", "a = s.array_of(s.boolean(), min_size=1)"),
    ("unbounded-array", "route({'query': s.object({'a': s.array_of(s.integer())})})"),
    ("unbounded-record", "a = s.map_of(s.uuid(), s.integer())"),
    ("unknown-keys", "route({'body': s.object({}, unknowns='allow')}, method='post')"),
    ("accepts-anything", "a = s.array_of(s.any(), max_size=2)"),
    ("accepts-anything", "a = s.object({'old': s.maybe(s.never())})"),
    ("exponential-pattern", "a = s.string(pattern='(a+)+', max_length=64)"),
    ("exponential-pattern", "a = s.string(pattern=re.compile('(?:[A-Z]+|a)*', re.I))"),
    ("polynomial-pattern", "a = s.string(pattern=r'\\s*\\s*x')"),
    ("polynomial-pattern", "a = s.string(pattern='.*.*=', max_length=20_000)"),
    ("accepts-nothing", "a = s.string(pattern='a{1,3}', min_length=4)"),
    ("accepts-nothing", "a = s.integer(min=1.2, max=1.8)"),
    ("accepts-nothing", "a = s.integer(exclusive_min=1, exclusive_max=2)"),
    ("accepts-nothing", "a = s.integer(min=4, max=9, multiple_of=10)"),
    ("unreachable-bound", "a = s.number(min=-10**20)"),
    ("text-only", "route({'query': s.object({'a': s.literal(1)})})"),
    ("text-only", "route({'query': s.object({'a': s.maybe(s.enum(['1', True]))})})"),
    ("text-only", "a = s.record_of(s.literal(1), s.integer())"),
    ("useless-maybe", "a = s.one_of(s.maybe(s.integer()), s.boolean())"),
    ("useless-maybe", "a = s.object({'a': s.maybe(s.maybe(s.integer()))})"),
    ("useless-maybe", "a = s.object({'a': s.nullable(s.maybe(s.integer()))})"),
    ("useless-maybe", "a = s.record_of(s.uuid(), s.maybe(s.integer()))"),
    ("unused-default", "a = s.nullable(s.integer(default=1))"),
    ("unused-default", "a = s.array_of(s.integer(default=1), max_size=1)"),
    ("unused-default", "a = s.one_of(s.integer(default=1), s.boolean())"),
    ("refused-default", "a = s.string(max_length=9, default=None)"),
    ("refused-default", "a = s.object({'a': s.integer()}, default={})"),
    ("refused-default", "a = s.integer(default=lambda: 'x')"),
    ("refused-default", "a = s.integer(default=lambda: 1 / 0)"),
    ("refused-default", "a = s.integer(default=3, validate=lambda value: 'odd' if value % 2 else None)"),
    ("refused-example", "a = s.date_time(examples=['2026-01-01T00:00:00Z', '2026-01-01'])"),
    ("validator-result", "a = s.integer(validate=lambda v: re.match('a', str(v)))"),
    ("validator-result",
     "from re import fullmatch as fits\n"
     "a = s.ip(validate=lambda v: fits('a', v))"),
    ("validator-result",
     "P = re.compile('a')\n"
     "a = s.ip(validate=lambda v: P.search(v))"),
    ("validator-result", "a = s.ip(validate=lambda v: (found := re.search('a', v)))"),
    ("validator-result", "a = s.ip(validate=lambda v: re.compile('a').match(v) if v else None)"),
    ("validator-result",
     "import functools\n"
     "a = s.ip(validate=functools.partial(re.match, 'a'))"),
    ("validator-result",
     "def v(value):\n    "
     "if not value:\n        "
     "return 'x'\n    "
     "return re.match('a', value)\n"
     "a = s.ip(validate=v)"),
    ("validator-result",
     "class V:\n    "
     "def __call__(self, v):\n        "
     "return re.match('a', v)\n"
     "a = s.ip(validate=V())"),
    ("validator-result",
     "class V:\n    "
     "def v(self, v):\n        "
     "return re.match('a', v)\n"
     "a = s.ip(validate=V().v)"),
    ("validator-result",
     "def make(p):\n    "
     "return lambda v: p.match(v)\n"
     "a = s.ip(validate=make(re.compile('a')))"),
    ("validator-result",
     "a = [s.ip(validate=lambda v: None), s.ip(validate=lambda v: re.match('a', v))][1]"),
    ("validator-result", "a = s.array_of(s.ip(), max_size=1, validate=lambda v: [x for x in v if x])"),
    ("validator-result", "a = s.array_of(s.ip(), max_size=1, validate=lambda v: len(v))"),
    ("validator-result", "a = s.ip(examples=['1.2.3.4'], validate=eval(\"lambda v: re.match('1', v)\"))"),
    ("validator-returns-value", "a = s.email(validate=lambda v: v)"),
    ("shadowed-branch", "a = s.one_of(s.any(), s.integer())"),
    ("shadowed-branch", "a = s.one_of(s.number(), s.integer())"),
    ("shadowed-branch", "a = s.one_of(s.string(max_length=40), s.uuid())"),
    ("shadowed-branch", "a = s.one_of(s.integer(), s.literal(1))"),
    ("shadowed-branch", "a = s.one_of(s.boolean(), s.enum(['true', 'false']))"),
    ("shadowed-branch", "a = s.one_of(s.string(max_length=9), s.string(max_length=3))"),
    ("shadowed-branch", "a = s.one_of(s.one_of(s.integer(), s.ip()), s.ip())"),
    ("shadowed-branch",
     "a = s.one_of(s.object({'a': s.integer()}, unknowns='ignore'), s.object({'a': "
     "s.integer(), 'b': s.integer()}))"),
    ("shadowed-branch", "a = s.one_of(s.object({'a': s.maybe(s.integer())}), s.object({}))"),
    ("shadowed-branch",
     "a = s.one_of(s.array_of(s.any(), max_size=2), s.array_of(s.integer(), max_size=1))"),
    ("shadowed-branch", "route({'query': s.object({'a': s.one_of(s.string(max_length=99), s.number())})})"),
    ("shadowed-branch", "route({'query': s.object({'a': s.one_of(s.number(), s.literal('1'))})})"),
    ("coerced-text", "a = s.one_of(s.boolean(), s.string(max_length=9))"),
    ("broken-lazy", "route({'body': s.object({'a': s.maybe(s.lazy(lambda: None))})}, method='post')"),
    ("broken-lazy", "route({'body': s.object({'a': s.maybe(s.lazy(lambda: exit()))})}, method='post')"),
    ("dangling-reference", "a = s.object({'a': s.conditional(s.sibling_ref('b'), 1, s.ip(), s.uuid())})"),
    ("dangling-reference", "a = s.object({'b': s.object({'a': s.ip(default=s.sibling_ref('...c'))})})"),
    ("constant-condition",
     "a = s.object({'t': s.integer(), 'a': s.conditional(s.sibling_ref('t'), '1', s.ip(), "
     "s.uuid())})"),
    ("constant-condition", "a = s.conditional(s.context_ref('a'), s.any(), s.ip(), s.uuid())"),
    ("constant-condition", "a = s.conditional(s.context_ref('a'), 1, *[s.ip()] * 2)"),
    ("constant-condition", "a = s.conditional(s.context_ref('a'), s.context_ref('a'), s.ip(), s.uuid())"),
    ("duplicate-id",
     "a = s.ip(id='x')\n"
     "b = s.ip(id='x', title='other')"),
    ("duplicate-id",
     "a = s.one_of([s.ip()], id='x')\n"
     "b = s.one_of([s.uuid()], id='x')"),
    ("no-version", "router.versioned.get('/api/x', access='internal')"),
    ("broken-block", "route(lambda: 1 / 0)"),
    ("broken-block", "route({'response': {200: {'body': lambda: 1 / 0}}})"),
    ("no-response-schema", "route(False)"),
    ("no-response-schema", "route({'response': {404: {'body': s.ip()}}})"),
    ("no-response-schema", "route({'response': {200: {'description': 'fine'}}})"),
    ("no-summary", "route(False, access='public')"),
    ("no-deprecation-reason", "route(False, deprecated={'severity': 'critical'})"),
    ("secret-in-url", "route({'params': s.object({'API_KEY': s.ip()})}, path='/api/x/{API_KEY}')"),
    ("optional-parameter", "route({'params': s.object({'a': s.ip()})}, path='/api/x/{a?}')"),
    ("missing-params", "route(False, path='/x/{a}')"),
    ("missing-params", "route({'query': s.object({'a': s.ip()})}, path='/x/{a*}')"),
    ("takes-no-object", "route({'query': s.integer()})"),
    ("takes-no-object", "route({'params': s.array_of(s.object({}), max_size=1)}, path='/x/{a}')"),
    ("takes-no-object", "route({'headers': s.maybe(s.literal('a'))})"),
    ("takes-no-object", "route(lambda: {'request': {'query': s.lazy(lambda: s.one_of(s.ip(), s.never()))}})"),
    ("takes-no-object", "route({'query': s.conditional(s.context_ref('a'), 1, s.ip(), s.never())})"),
    ("takes-no-object",
     "a = s.uuid(default='x', id='x')\n"
     "route({'query': a}, options={'http_resource': True})"),
    ("overlapping-path",
     "route(False, path='/x/y')\n"
     "route(False, method='put', path='/x/{a?}')"),
    ("overlapping-path",
     "route(False, path='/x/y/z')\n"
     "route(False, method='put', path='/x/{a*}')"),
]  # fmt: skip

SILENT = [
    ("unbounded-string", "a = s.string(pattern='[a-z]{1,20}')"),
    ("unbounded-string", "a = s.string(hostname=True)"),
    ("unbounded-string", "a = s.string(pattern='(?i:asc|desc)')"),
    ("unbounded-string", "route({'response': {200: {'body': s.string()}}})"),
    ("unbounded-string",
     "a = s.string()\n"
     "route({'response': {200: {'body': a}}})"),
    ("unbounded-string", "a = s.uri()"),
    ("unbounded-array", "route({'response': {200: {'body': s.array_of(s.ip())}}})"),
    ("unbounded-record", "a = s.record_of(s.enum(['a', 'b']), s.integer())"),
    ("unknown-keys", "a = s.object({}, unknowns='ignore')"),
    ("unknown-keys", "route({'response': {200: {'body': s.object({}, unknowns='allow')}}})"),
    ("accepts-anything", "a = s.any(validate=lambda value: None)"),
    ("accepts-anything", "a = s.object({'a': s.never()})"),
    ("accepts-anything", "router.static('/assets', '.')"),
    ("exponential-pattern", "a = s.string(pattern='(a+)+', max_length=20)"),
    ("exponential-pattern", "a = s.string(pattern='(?:a++)+')"),
    ("exponential-pattern", "route({'response': {200: {'body': s.string(pattern='(a+)+')}}})"),
    ("polynomial-pattern", "a = s.string(pattern='.*.*=', max_length=1000)"),
    ("accepts-nothing", "a = s.integer(min=4, max=10, multiple_of=10)"),
    ("accepts-nothing", "a = s.integer(exclusive_min=1, max=2)"),
    ("accepts-nothing", "a = s.string(pattern='a*', min_length=4)"),
    ("unreachable-bound", "a = s.number(max=2**53 - 1)"),
    ("unreachable-bound", "a = s.number(max=10**20, unsafe=True)"),
    ("unreachable-bound", "a = s.integer(max=10**20)"),
    ("text-only", "route({'body': s.literal(1)}, method='post')"),
    ("text-only", "route({'query': s.object({'a': s.literal('1')})})"),
    ("text-only",
     "a = s.literal(1)\n"
     "route({'query': s.object({'a': a})})\n"
     "route({'body': a}, method='post', path='/api/y')"),
    ("text-only", "route({'query': s.object({'a': s.object({'a': s.literal(1)})})})"),
    ("useless-maybe", "route({'body': s.maybe(s.object({'a': s.maybe(s.integer())}))}, method='post')"),
    ("unused-default",
     "a = s.integer(default=1)\n"
     "b = s.object({'a': a, 'b': s.maybe(a)})"),
    ("unused-default",
     "a = s.object({'t': s.ip(), 'a': s.maybe(s.conditional(s.sibling_ref('t'), '::1', "
     "s.integer(default=1), s.never()))})"),
    ("refused-default", "a = s.byte_size(min='1kb', default='2kb')"),
    ("refused-default", "a = s.duration(default='1m')"),
    ("refused-default", "a = s.date(default=__import__('datetime').date(2026, 1, 1))"),
    ("refused-default", "a = s.map_of(s.integer(), s.integer(), default={1: 2})"),
    ("refused-default", "a = s.integer(default=s.context_ref('a.b'))"),
    ("refused-default", "a = s.object({'a': s.integer(default=s.context_ref('a'))}, default={})"),
    ("refused-default", "a = s.object({'c': s.array_of(s.lazy('n'), max_size=1, default=[{}])}, id='n')"),
    ("refused-example", "a = s.number(examples=['5', 5])"),
    ("validator-result", "a = s.ip(validate=lambda v: bool(re.match('a', v)))"),
    ("validator-result", "a = s.ip(validate=lambda v: re.match('a', v) is not None)"),
    ("validator-result", "a = s.ip(validate=lambda v: re.match('a', v) or 'expected an a')"),
    ("validator-result", "a = s.ip(validate=lambda v: re.match('a', v) and 'unexpected a')"),
    ("validator-result", "a = s.ip(validate=lambda v: not re.match('a', v))"),
    ("validator-result", "a = s.ip(validate=lambda v: None if re.match('a', v) else 'expected an a')"),
    ("validator-result",
     "def v(value):\n    "
     "if not re.match('a', value):\n        "
     "return 'x'\n"
     "a = s.ip(validate=v)"),
    ("validator-result",
     "class P:\n    "
     "def match(self, v):\n        "
     "return 'x'\n"
     "p = P()\n"
     "a = s.ip(validate=lambda v: p.match(v))"),
    ("validator-result",
     "a = [s.ip(validate=lambda v: None), s.ip(validate=lambda v: re.match('a', v))][0]"),
    ("validator-result",
     "def len(v):\n    "
     "return 'x'\n"
     "a = s.ip(validate=lambda v: len(v))"),
    ("validator-result", "a = s.ip(validate=str.isdigit)"),
    ("validator-result",
     "def make():\n    "
     "a = s.ip(validate=lambda v: later.match(v))\n    "
     "yield a\n    "
     "later = re.compile('a')\n"
     "made = make()\n"
     "a = next(made)"),
    ("validator-result",
     "def v(value):\n    "
     "def f():\n        "
     "return re.match('a', value)\n    "
     "return bool(f())\n"
     "a = s.ip(validate=v)"),
    ("validator-returns-value", "a = s.integer(validate=lambda v: v)"),
    ("validator-returns-value",
     "def v(v):\n    "
     "v = None\n    "
     "return v\n"
     "a = s.ip(validate=v)"),
    ("shadowed-branch", "a = s.one_of(s.literal('a'), s.string(max_length=9))"),
    ("shadowed-branch", "a = s.one_of(s.string(max_length=99), s.number())"),
    ("shadowed-branch",
     "route({'query': s.object({'a': s.one_of(s.number(), s.boolean(), "
     "s.string(max_length=9))})})"),
    ("shadowed-branch",
     "route({'query': s.object({'a': s.one_of(s.string(max_length=99), s.array_of(s.ip(), "
     "max_size=2))})})"),
    ("shadowed-branch", "a = s.one_of(s.string(max_length=9, validate=bool), s.literal('a'))"),
    ("shadowed-branch", "a = s.one_of(s.string(max_length=3), s.literal('abcd'))"),
    ("shadowed-branch", "a = s.one_of(s.number(max=5), s.integer())"),
    ("shadowed-branch", "a = s.one_of(s.integer(), s.number())"),
    ("shadowed-branch", "a = s.one_of(s.object({'a': s.integer()}), s.object({'b': s.integer()}))"),
    ("shadowed-branch", "a = s.one_of(s.object({'a': s.integer()}), s.object({'a': s.maybe(s.integer())}))"),
    ("shadowed-branch", "a = s.one_of(s.object({}), s.object({}, unknowns='allow'))"),
    ("shadowed-branch",
     "a = s.one_of(s.object({'a': s.maybe(s.integer())}, unknowns='allow'), s.object({}, "
     "unknowns='allow'))"),
    ("shadowed-branch", "a = s.one_of(s.string(max_length=99, validate=bool), s.uuid())"),
    ("coerced-text", "a = s.one_of(s.string(max_length=9), s.number())"),
    ("coerced-text", "route({'query': s.object({'a': s.one_of(s.number(), s.string(max_length=9))})})"),
    ("coerced-text", "a = s.one_of(s.number(), s.string(pattern='[a-z]{1,9}'))"),
    ("broken-lazy", "a = s.array_of(s.lazy('b'), max_size=1)"),
    ("dangling-reference", "a = s.object({'a': s.ip(default=s.sibling_ref('b'))}, unknowns='allow')"),
    ("constant-condition",
     "a = s.object({'t': s.maybe(s.enum(['a', 'b'])), 'a': s.conditional(s.sibling_ref('t'), "
     "'b', s.ip(), s.uuid())})"),
    ("constant-condition",
     "a = s.object({'t': s.nullable(s.ip()), 'a': s.conditional(s.sibling_ref('t'), None, "
     "s.ip(), s.uuid())})"),
    ("constant-condition", "a = s.offering_based_schema(serverless=s.ip())"),
    ("duplicate-id",
     "a = s.object({'a': s.ip()}, id='x')\n"
     "b = s.object({'a': s.ip()}, id='x')"),
    ("no-response-schema", "route({'response': {204: {}}})"),
    ("no-response-schema", "route(False, options={'http_resource': True})"),
    ("no-response-schema", "router.static('/assets', '.')"),
    ("no-summary", "route(False)"),
    ("no-deprecation-reason", "route(False, deprecated={'reason': {'type': 'remove'}})"),
    ("secret-in-url", "route({'query': s.object({'a': s.ip()})})"),
    ("optional-parameter", "route({'params': s.object({'a': s.ip(default='::1')})}, path='/api/x/{a?}')"),
    ("missing-params", "route(False)"),
    ("missing-params", "route({'params': s.object({'a': s.ip()})}, path='/x/{a}')"),
    ("missing-params", "route(False, path='/{a*}', options={'http_resource': True})"),
    ("missing-params", "router.static('/assets', '.')"),
    ("takes-no-object", "route({'query': s.one_of(s.ip(), s.object({}))})"),
    ("takes-no-object", "route({'query': s.maybe(s.never()), 'headers': s.any()})"),
    ("takes-no-object", "route({'query': lambda value: value})"),
    ("takes-no-object", "route({'query': s.conditional(s.context_ref('a'), 1, s.ip(), s.object({}))})"),
    ("takes-no-object", "route({'query': s.lazy(lambda: 1 / 0)})"),
    ("takes-no-object", "route({'body': s.integer()}, method='post')"),
    ("takes-no-object", "a = s.integer()"),
    ("overlapping-path",
     "route(False, path='/x/y')\n"
     "route(False, path='/x/{a?}')"),
    ("overlapping-path",
     "route(False, path='/x/y')\n"
     "route(False, method='put', path='/x/{a}/z')"),
    ("overlapping-path",
     "route(False, path='/x/y')\n"
     "route(False, method='put', path='/x/y')\n"
     "route(False, method='put', path='/x/{a}')"),
]  # fmt: skip


@pytest.mark.parametrize(("id", "text"), FOUND, ids=[f"{n}-{id}" for n, (id, _) in enumerate(FOUND)])
def test_is_found(id, text, tmp_path):
    assert id in ids_of(tmp_path, text)


@pytest.mark.parametrize(("id", "text"), SILENT, ids=[f"{n}-{id}" for n, (id, _) in enumerate(SILENT)])
def test_is_not_found(id, text, tmp_path):
    assert id not in ids_of(tmp_path, text)


@pytest.mark.parametrize(
    ("schema", "advice"),
    [
        ("s.integer(max=5, default=9)", "accept it."),
        ("s.object({'a': s.integer()}, default={'a': None})", "accept it."),
        ("s.integer(default=lambda: 1 / 0)", "accept it."),
        ("s.integer(default=None)", "accept it: nullable() takes None."),
        ("s.integer(default=lambda: None)", "accept it: nullable() takes None."),
    ],
)
def test_nullable_is_advised_for_a_default_of_none_alone(schema, advice, tmp_path):
    found = findings_of(tmp_path, f"a = {schema}")

    assert [f"Change the default, or let the schema {advice}"] == [one.advice for one in found]


def test_a_place_is_the_way_from_a_variable(tmp_path):
    found = findings_of(
        tmp_path,
        "a = schema.object({\n"
        "    'b': schema.array_of(schema.one_of(\n"
        "        schema.object({\n"
        "            'c': schema.string(),\n"
        "        }), schema.ip()), max_size=1),\n"
        "})\n",
    )

    assert [("a.b[](0).c", LINE + 3)] == [(one.place, one.line) for one in found]


def test_a_place_is_the_way_from_a_route(tmp_path):
    (found,) = [
        one
        for one in findings_of(
            tmp_path,
            "foo = router.versioned.post('/api/foo', access='internal')\n"
            "@foo.add_version('1', validate={'request': {'body': schema.record_of(schema.enum(['a']), "
            "schema.string())}, 'response': {204: {}}})\n"
            "def handle(context, request, response):\n    return response.no_content()\n",
        )
        if one.id == "unbounded-string"
    ]

    assert ("POST /api/foo version 1 body{}", LINE + 1) == (found.place, found.line)


def test_a_place_is_in_a_request_where_there_is_one(tmp_path):
    found = findings_of(
        tmp_path,
        "held = [s.object({'a': s.record_of(s.ip(), s.ip())})]\n"
        "route({'response': {200: {'body': s.array_of(held[0])}}})\n"
        "route({'request': {'body': held[0]}, 'response': {204: {}}}, 'put')\n",
    )

    assert ["PUT /api/x body.a"] == [one.place for one in found]


def test_a_place_that_another_module_holds_is_told_by_its_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "held_elsewhere.py").write_text(
        "from kbn_schema import schema as s\nbook = s.object({\n    'a': s.ip(),\n    'b': s.string(),\n})\n"
    )
    (found,) = findings_of(
        tmp_path,
        "import held_elsewhere as held\n"
        "body = {'request': {'body': s.maybe(s.object({'book': held.book}))}, 'response': {204: {}}}\n"
        "route(body, 'put')\n",
    )
    monkeypatch.delitem(sys.modules, "held_elsewhere")

    assert ("PUT /api/x body.book.b", "held_elsewhere.py", 4) == (found.place, found.file, found.line)


@pytest.mark.parametrize(
    ("value", "shown"), [("'a\\nb'", r'"a\nb"'), ("3", "3"), ("True", "True"), ("None", "None")]
)
def test_an_alternative_is_called_with_the_value_of_a_literal(tmp_path, value, shown):
    told = {one.message for one in findings_of(tmp_path, f"a = s.one_of(s.any(), s.literal({value}))")}

    assert (
        f"alternative 1, literal({shown}), is never reached: alternative 0, any(), takes all that it takes"
        in told
    )


def test_what_is_said_of_a_route_is_said_once_for_all_versions(tmp_path):
    found = findings_of(
        tmp_path,
        "route(False, path='/x/{a}', method='put')\n"
        "x = router.versioned.get('/x/y', access='public')\n"
        "for day in ('2023-10-31', '2024-10-31'):\n"
        "    x.add_version(day, validate=False)(lambda context, request, response: response.ok())\n",
    )

    assert 1 == sum(one.id == "overlapping-path" for one in found)
    assert 1 == sum(one.id == "no-summary" for one in found)
    assert 3 == sum(one.id == "no-response-schema" for one in found)


def test_what_stands_in_many_places_is_told_once_at_its_variable(tmp_path):
    found = findings_of(
        tmp_path, "a = schema.string()\nb = schema.object({'x': a, 'y': a})\nc = schema.maybe(b)\n"
    )

    assert ["a"] == [one.place for one in found]
