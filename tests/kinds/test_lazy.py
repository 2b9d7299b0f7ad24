import pickle

import pytest

import kbn_schema as s


def node():
    return NODE


NODE = s.object({"v": s.number(), "next": s.maybe(s.lazy(node))})
NAMED = s.object({"v": s.number(), "next": s.maybe(s.lazy("node"))}, id="node")


def chain(length):
    return {"v": "1", "next": chain(length - 1)} if length > 1 else {"v": "1"}


def depth(value):
    return 1 + depth(value["next"]) if "next" in value else 1


@pytest.mark.parametrize("schema", [NODE, NAMED], ids=["callable", "id"])
@pytest.mark.parametrize("length", [1, 2, 199, 200])
def test_values_may_be_nested_200_levels_deep(schema, length):
    assert length == depth(schema.validate(chain(length)))


@pytest.mark.parametrize("schema", [NODE, NAMED], ids=["callable", "id"])
@pytest.mark.parametrize("length", [201, 300])
def test_deeper_values_are_refused(schema, length):
    issue = schema.issues_of(chain(length))[0]

    assert (("next",) * 200, "depth") == (issue.path, issue.code)


@pytest.mark.parametrize("schema", [NODE, NAMED], ids=["callable", "id"])
def test_a_value_that_contains_itself_is_refused(schema):
    value: dict[str, object] = {"v": 1}
    value["next"] = value

    assert ["depth"] == [issue.code for issue in schema.issues_of(value)]


def test_an_id_names_one_schema_of_a_tree():
    with pytest.raises(s.SchemaDefinitionError, match="two schemas in one tree have the id"):
        s.object({"in": s.object({"next": s.maybe(s.lazy("node"))}, id="node")}, id="node")


@pytest.mark.parametrize(
    ("around", "value"),
    [
        (s.object({"a": s.maybe(s.lazy("me"))}, id="me"), {"a": {"a": {}}}),
        (s.array_of(s.lazy("me"), id="me"), [[], [[]]]),
        (s.record_of(s.string(), s.lazy("me"), id="me"), {"a": {"b": {}}}),
        (s.map_of(s.string(), s.lazy("me"), id="me"), {"a": {"b": {}}}),
        (s.one_of(s.literal("x"), s.array_of(s.lazy("me")), id="me"), ["x", ["x"]]),
        (s.conditional(s.context_ref("a"), 1, s.never(), s.array_of(s.lazy("me")), id="me"), [[], [[]]]),
        (
            s.discriminated_union("t", s.object({"t": s.literal("a"), "in": s.maybe(s.lazy("me"))}), id="me"),
            {"t": "a", "in": {"t": "a"}},
        ),
    ],
    ids=lambda part: getattr(part, "combinator", "value"),
)
def test_any_schema_around_may_be_meant(around, value):
    assert value == around.validate(value)


def test_only_a_schema_around_may_be_meant():
    beside = s.object({"a": s.lazy("elsewhere"), "b": s.maybe(s.object({}, id="elsewhere"))})

    with pytest.raises(s.SchemaDefinitionError) as error:
        beside.validate({"a": {}})

    text = "lazy(): no schema around it has the id [elsewhere]; set id='elsewhere' on the one it means"
    assert text == str(error.value)


def test_a_missing_value_is_refused_where_one_must_be():
    tree = s.object({"next": s.lazy("node")}, id="node")

    assert [("next", "next")] == [issue.path for issue in tree.issues_of({"next": {}})]


def test_an_object_that_only_needs_itself_can_never_be():
    only = s.object({"next": s.lazy(lambda: only)})

    assert not only.is_valid({})
    assert not only.is_valid({"next": {}})


def test_a_default_of_what_it_stands_for_counts():
    assert {"a": 5} == s.object({"a": s.lazy(lambda: s.number(default=5))}).validate({})


def test_the_callable_is_called_once_and_not_before_the_first_use():
    calls: list[int] = []

    def found():
        calls.append(1)
        return s.number()

    schema = s.array_of(s.lazy(found))
    before = len(calls)
    schema.validate([1, 2])
    schema.validate([3])

    assert (0, 1) == (before, len(calls))


def test_two_schemas_may_refer_to_each_other():
    even = s.object({"odd": s.maybe(s.lazy(lambda: odd))})
    odd = s.object({"even": s.maybe(s.lazy(lambda: even))})

    assert [True, False] == [
        even.is_valid({"odd": {"even": {"odd": {}}}}),
        even.is_valid({"odd": {"odd": {}}}),
    ]


def itself():
    return ITSELF


ITSELF = s.lazy(itself)
PAIR: dict[str, s.Schema[object]] = {}
PAIR["a"] = s.lazy(lambda: PAIR["b"])
PAIR["b"] = s.maybe(s.one_of(s.string(), PAIR["a"]))


@pytest.mark.parametrize(
    ("schema", "value"),
    [(ITSELF, 1), (PAIR["a"], 1), (s.one_of(s.lazy("me"), s.string(), id="me"), 1), (s.nullable(ITSELF), 1)],
    ids=["itself", "pair", "id", "nullable"],
)
def test_a_circle_that_never_enters_the_value_is_refused(schema, value):
    with pytest.raises(s.SchemaDefinitionError) as error:
        schema.validate(value)

    assert "lazy(): it refers only to itself; put it inside an object, array, record or map" == str(
        error.value
    )


def fail():
    raise KeyError("secret")


@pytest.mark.parametrize(
    ("target", "text"),
    [
        (lambda: None, "lazy(): what the callable returns must be a schema, but is [null]"),
        (
            lambda: s.string,
            "lazy(): what the callable returns must be a schema, but is [Object] "
            "(call the combinator: string() and not string)",
        ),
        (fail, "lazy(): the callable must return a schema, but raised KeyError"),
    ],
)
def test_a_callable_that_gives_no_schema_is_refused_at_the_first_use(target, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.lazy(target).validate(1)

    assert text == str(error.value)


@pytest.mark.parametrize(
    ("target", "word"), [(1, "number"), ("", "string"), (None, "null"), (s.string(), "Object")]
)
def test_only_an_id_or_a_callable_will_do(target, word):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.lazy(target)

    assert f"lazy(): give it the id of a schema around it or a callable, not [{word}]" == str(error.value)


@pytest.mark.parametrize(
    ("schema", "text"), [(s.lazy("a'"), """schema.lazy("a'")"""), (s.lazy(node), "schema.lazy(node)")]
)
def test_spells_itself_as_python(schema, text):
    assert text == repr(schema)


@pytest.mark.parametrize("schema", [NODE, NAMED], ids=["callable", "id"])
def test_a_used_one_pickles(schema):
    schema.validate(chain(3))

    assert 3 == depth(pickle.loads(pickle.dumps(schema)).validate(chain(3)))


def test_issues_of_recursive_values_have_the_whole_path():
    assert [("next", "next", "v")] == [
        issue.path for issue in NAMED.issues_of({"v": 1, "next": {"v": 1, "next": {"v": "x"}}})
    ]


def test_has_kibanas_word_in_a_structure():
    assert ["link", "link?"] == [
        schema.get_schema_structure()[0]["type"] for schema in (s.lazy("a"), s.maybe(s.lazy("a")))
    ]


@pytest.mark.parametrize(
    "target", [s.number(default=1), s.object({}), s.maybe(s.number()), s.nullable(s.any())]
)
def test_where_nothing_is_there_the_target_says_what_becomes_of_it(target):
    inner = s.object({"a": s.lazy(lambda: target)}, unknowns="ignore")
    outer = s.one_of(inner, s.object({"b": s.any()}))

    assert inner.validate({}) == outer.validate({"b": 1}) == outer.compile().validate({"b": 1})
