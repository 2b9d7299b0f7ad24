import collections

import pytest

import kbn_schema as s

USER = s.object(
    {"name": s.string(), "age": s.number(default=0), "nick": s.maybe(s.string())},
    unknowns="ignore",
    default={"name": "nobody", "age": 0},
    validate=lambda user: "too young" if user.get("age", 18) < 0 else None,
    title="User",
    id="user",
)


def issues_of(schema, value):
    return [(issue.path, issue.code) for issue in schema.issues_of(value)]


# --- what comes out ---


def test_props_come_out_in_the_order_of_the_input_then_defaults():
    point = s.object({"a": s.number(), "b": s.number(), "c": s.number(default=3), "d": s.number(default=4)})

    assert ["d", "b", "a", "c"] == list(point.validate({"d": 1, "b": 2, "a": 1}))


def test_allowed_keys_keep_their_place():
    point = s.object({"a": s.number(), "b": s.number(default=2)}, unknowns="allow")

    assert ["x", "a", "y", "b"] == list(point.validate({"x": 1, "a": 1, "y": 2}))


def test_a_prop_checked_later_keeps_its_place():
    spread = s.object({"high": s.number(default=s.sibling_ref("low")), "low": s.number()})

    assert ["high", "low"] == list(spread.validate({"high": 2, "low": 1}))


@pytest.mark.parametrize(
    "value", [collections.OrderedDict(a=1), collections.defaultdict(int, a=1), '{"a": 1}']
)
def test_yields_an_exact_dict(value):
    found = s.object({"a": s.number()}).validate(value)

    assert (dict, {"a": 1}) == (type(found), found)


def test_keys_that_are_subclasses_of_text_become_text():
    class Key(str):
        pass

    found = s.object({"a": s.any()}, unknowns="allow").validate({Key("a"): 1, Key("b"): 2})

    assert ([str, str], {"a": 1, "b": 2}) == ([type(key) for key in found], found)


def test_a_missing_object_is_an_empty_one():
    assert {"a": {"b": 1}} == s.object({"a": s.object({"b": s.number(default=1)})}).validate({})


def test_what_a_missing_object_lacks_has_its_path():
    assert [(("a", "b"), "required")] == issues_of(s.object({"a": s.object({"b": s.number()})}), {})


def test_a_missing_maybe_is_no_key():
    assert {} == s.object({"a": s.maybe(s.any())}).validate({"a": s.MISSING})


# --- problems ---


def test_all_problems_are_told_in_the_order_of_the_props_then_unknown_keys():
    value = {"z": 1, "c": None, "b": {"x": 1}, "y": 2}
    schema = s.object({"a": s.number(), "b": s.object({"d": s.string()}), "c": s.boolean()})

    assert [
        (("a",), "required"),
        (("b", "d"), "required"),
        (("b", "x"), "unknown_key"),
        (("c",), "type"),
        (("z",), "unknown_key"),
        (("y",), "unknown_key"),
    ] == issues_of(schema, value)


def test_its_own_validator_sees_valid_objects_only():
    seen: list[object] = []
    point = s.object({"a": s.number()}, validate=seen.append)
    point.issues_of({"a": "x"})
    point.issues_of({"a": "1", "b": 1})
    point.issues_of({"a": "1"})

    assert [{"a": 1}] == seen


# --- unknown keys ---


@pytest.mark.parametrize(
    ("unknowns", "output"),
    [("ignore", {"a": 1}), ("allow", {"a": 1, "b": [1]})],
)
def test_unknown_keys_are_dropped_or_kept(unknowns, output):
    assert output == s.object({"a": s.number()}, unknowns=unknowns).validate({"a": "1", "b": [1]})


@pytest.mark.parametrize("unknowns", [None, "forbid"])
def test_unknown_keys_are_refused_by_default(unknowns):
    assert [(("b",), "unknown_key")] == issues_of(s.object({}, unknowns=unknowns), {"b": 1})


@pytest.mark.parametrize(
    ("outer", "inner", "inherits"),
    [
        ("ignore", None, True),
        ("allow", None, False),
        ("forbid", None, False),
        (None, None, False),
        ("ignore", "forbid", False),
        ("forbid", "ignore", True),
    ],
)
def test_ignoring_is_inherited_where_nothing_is_stated(outer, inner, inherits):
    around = s.object({"in": s.object({}, unknowns=inner)}, unknowns=outer)

    assert inherits == around.is_valid({"in": {"x": 1}})


TAGGED = s.object({"t": s.literal("t")})
ENTRY = {"t": "t", "x": 1}


@pytest.mark.parametrize(
    ("around", "value", "output"),
    [
        (s.maybe(TAGGED), ENTRY, {"t": "t"}),
        (s.nullable(TAGGED), ENTRY, {"t": "t"}),
        (s.array_of(TAGGED), [ENTRY], [{"t": "t"}]),
        (s.record_of(s.string(), TAGGED), {"k": ENTRY}, {"k": {"t": "t"}}),
        (s.map_of(s.string(), TAGGED), {"k": ENTRY}, {"k": {"t": "t"}}),
        (s.one_of(s.number(), TAGGED), ENTRY, {"t": "t"}),
        (s.lazy(lambda: TAGGED), ENTRY, {"t": "t"}),
        (s.conditional(s.context_ref("a"), 1, s.any(), TAGGED), ENTRY, {"t": "t"}),
        (s.discriminated_union("t", TAGGED), ENTRY, {"t": "t"}),
        (s.object({"k": TAGGED}), {"k": ENTRY}, {"k": {"t": "t"}}),
    ],
    ids=lambda part: getattr(part, "combinator", ""),
)
def test_ignoring_is_inherited_through_every_kind(around, value, output):
    assert {"in": output} == s.object({"in": around}, unknowns="ignore").validate({"in": value})


@pytest.mark.parametrize(
    ("unknowns", "accepted"), [("forbid", False), ("allow", False), ("ignore", True), (None, False)]
)
@pytest.mark.parametrize(
    ("build", "value"),
    [
        (lambda unknowns: s.array_of(TAGGED, unknowns=unknowns), [ENTRY]),
        (lambda unknowns: s.record_of(s.string(), TAGGED, unknowns=unknowns), {"k": ENTRY}),
        (lambda unknowns: s.map_of(s.string(), TAGGED, unknowns=unknowns), {"k": ENTRY}),
    ],
    ids=["array_of", "record_of", "map_of"],
)
def test_a_container_may_state_what_objects_in_it_inherit(build, value, unknowns, accepted):
    assert accepted == build(unknowns).is_valid(value)


def test_a_call_may_strip_unknown_keys_where_nothing_is_stated():
    around = s.object({"in": s.object({}), "strict": s.maybe(s.object({}, unknowns="forbid"))})

    assert {"in": {}} == around.validate({"in": {"x": 1}, "y": 2}, strip_unknown_keys=True)
    with pytest.raises(s.ValidationError, match=r"^\[strict.x\]"):
        around.validate({"in": {}, "strict": {"x": 1}}, strip_unknown_keys=True)


@pytest.mark.parametrize("unknowns", ["forbid", "allow"])
@pytest.mark.parametrize("key", [1, None, (1,), b"a"])
def test_keys_that_are_no_text_are_never_allowed(unknowns, key):
    assert ["unknown_key"] == [issue.code for issue in s.object({}, unknowns=unknowns).issues_of({key: 1})]


# --- building ---


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (
            lambda: s.object({"a": s.string}),
            "object(): prop [a] must be a schema, but is [Object] "
            "(call the combinator: string() and not string)",
        ),
        (lambda: s.object({"a": "b"}), "object(): prop [a] must be a schema, but is [string]"),
        (lambda: s.object({1: s.string()}), "object(): the name of a prop must be a string, but is [number]"),
        (lambda: s.object([]), "object(): props must be a dict of names and schemas, but is [Array]"),
        (lambda: s.object(None), "object(): props must be a dict of names and schemas, but is [null]"),
        (lambda: s.object({}, unknowns="drop"), "object(): unknowns must be 'forbid', 'ignore' or 'allow'"),
        (lambda: s.object({}, unknowns=True), "object(): unknowns must be 'forbid', 'ignore' or 'allow'"),
        (
            lambda: s.object({"a": s.any(id="x"), "b": s.any(id="x")}),
            "object(): two schemas in one tree have the id [x]; give each its own",
        ),
    ],
    ids=range(8),
)
def test_mistakes_are_refused_with_the_mend(build, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        build()

    assert text == str(error.value)


def test_one_schema_may_stand_in_many_places():
    name = s.string(id="name")

    assert {"a": "x", "b": "y"} == s.object({"a": name, "b": name}).validate({"a": "x", "b": "y"})


def test_props_given_are_not_kept():
    props = {"a": s.number()}
    schema = s.object(props)
    props["b"] = s.number()

    assert {"a": 1} == schema.validate({"a": 1})


def test_prop_schemas_are_handed_out_in_a_dict_of_ones_own():
    props = USER.get_prop_schemas()
    props.clear()

    assert ["name", "age", "nick"] == list(USER.get_prop_schemas())


# --- extends ---


def test_extends_adds_and_replaces_and_keeps_the_order():
    wider = s.object({"a": s.number(), "b": s.number()}).extends({"c": s.any(), "a": s.string()})

    assert "schema.object({'a': schema.string(), 'b': schema.number(), 'c': schema.any()})" == repr(wider)


@pytest.mark.parametrize("nothing", [None, s.MISSING])
def test_extends_deletes_props_of_none(nothing):
    assert ["name", "age"] == list(USER.extends({"nick": nothing, "unheard-of": nothing}).get_prop_schemas())


def test_extends_keeps_the_options():
    wider = USER.extends({"a": s.any()})

    assert ("User", "ignore", USER.validator, USER.default) == (
        wider.title,
        wider.unknowns,
        wider.validator,
        wider.default,
    )


def test_extends_replaces_options():
    wider = USER.extends({}, unknowns="allow", title="Person")

    assert ("Person", "allow", USER.description) == (wider.title, wider.unknowns, wider.description)


@pytest.mark.parametrize(
    ("option", "reset"),
    [("unknowns", None), ("default", s.MISSING), ("title", None), ("id", None)],
)
def test_extends_resets_an_option_of_missing(option, reset):
    assert reset is getattr(USER.extends({}, **{option: s.MISSING}), option)


def test_extends_resets_the_validator():
    assert {"name": "a", "age": -1} == USER.extends({}, validate=s.MISSING).validate({"name": "a", "age": -1})


def test_extends_leaves_the_old_one_alone():
    before = repr(USER)
    USER.extends({"name": None}, title="x")

    assert before == repr(USER)


@pytest.mark.parametrize("props", [{"a": "b"}, {1: s.any()}, {"a": s.string}])
def test_extends_refuses_what_is_no_prop(props):
    with pytest.raises(s.SchemaDefinitionError):
        USER.extends(props)


# --- extends_deep ---


@pytest.mark.parametrize("unknowns", ["forbid", "ignore", "allow"])
def test_extends_deep_sets_unknowns_on_every_object(unknowns):
    deep = s.object(
        {
            "array": s.array_of(s.object({}, unknowns="allow")),
            "record": s.record_of(s.string(), s.object({})),
            "maybe": s.maybe(s.nullable(s.object({}, unknowns="forbid"))),
            "union": s.one_of(s.object({}), s.string()),
            "tagged": s.discriminated_union("t", s.object({"t": s.literal("t")})),
            "either": s.conditional(s.context_ref("a"), 1, s.object({}), s.never()),
        }
    ).extends_deep(unknowns=unknowns)

    assert 7 == repr(deep).count("schema.object(") == repr(deep).count(f"unknowns='{unknowns}'")


def test_extends_deep_of_nothing_changes_nothing():
    assert USER is USER.extends_deep()


# --- pick, omit, partial ---


def test_pick_keeps_the_named_props_in_the_order_of_the_object():
    assert ["name", "nick"] == list(USER.pick("nick", "name").get_prop_schemas())


def test_omit_drops_the_named_props():
    assert ["name", "nick"] == list(USER.omit("age").get_prop_schemas())


def test_pick_of_nothing_is_empty():
    assert {} == USER.pick().validate({})


@pytest.mark.parametrize(
    "reshape", [lambda of: of.pick("name"), lambda of: of.omit("age"), lambda of: of.partial()]
)
def test_a_part_drops_what_speaks_of_the_whole(reshape):
    part = reshape(USER)

    assert (s.MISSING, None, None) == (part.default, part.validator, part.id)
    assert ("ignore", "User") == (part.unknowns, part.title)


@pytest.mark.parametrize("method", ["pick", "omit"])
def test_a_part_of_an_unknown_name_is_refused(method):
    with pytest.raises(s.SchemaDefinitionError) as error:
        getattr(USER, method)("name", "mane")

    assert f"object().{method}(): there is no prop [mane]" == str(error.value)


def test_partial_makes_each_prop_without_a_default_optional():
    assert {"age": 0} == USER.partial().validate({})


def test_partial_leaves_defaults_alone():
    assert {"age": 0} == USER.partial().validate({"nick": s.MISSING})


def test_partial_still_checks_what_is_there():
    assert [(("name",), "type")] == issues_of(USER.partial(), {"name": None})


def test_partial_is_shallow():
    shallow = s.object({"in": s.object({"a": s.number()})}).partial()

    assert ({}, [(("in", "a"), "required")]) == (shallow.validate({}), issues_of(shallow, {"in": {}}))


def test_partial_of_a_partial_is_the_same():
    assert repr(USER.partial()) == repr(USER.partial().partial())


def test_parts_of_parts():
    assert {"name": "a"} == USER.partial().omit("age").pick("name").extends({"b": s.maybe(s.any())}).validate(
        {"name": "a"}
    )


# --- validate_key ---


def test_validate_key_validates_one_prop():
    assert 3 == USER.validate_key("age", "3")


def test_validate_key_has_the_key_as_namespace():
    with pytest.raises(s.ValidationError) as error:
        s.object({"a": s.object({"b": s.number()})}).validate_key("a", {"b": "x"})

    assert ("[a.b]: expected value of type [number] but got [string]", ("b",)) == (
        str(error.value),
        error.value.path,
    )


@pytest.mark.parametrize(("key", "output"), [("name", s.MISSING), ("age", 0), ("nick", s.MISSING)])
def test_validate_key_requires_nothing(key, output):
    assert output == USER.validate_key(key)


def test_validate_key_requires_nothing_deeper_down():
    assert {} == s.object({"a": s.object({"b": s.number(), "c": s.one_of(s.string())})}).validate_key("a", {})


def test_validate_key_of_an_unknown_key_is_no_validation_error():
    with pytest.raises(s.SchemaError) as error:
        USER.validate_key("mane", 1)

    assert (s.SchemaError, "mane is not a valid part of this schema") == (type(error.value), str(error.value))


# --- structure ---


def test_the_structure_has_a_line_for_each_leaf():
    schema = s.object(
        {"a": s.object({"b": s.string(), "c": s.maybe(s.number())}), "d": s.array_of(s.any(), default=[])}
    )

    assert [
        {"path": ["a", "b"], "type": "string"},
        {"path": ["a", "c"], "type": "number?"},
        {"path": ["d"], "type": "array?"},
    ] == schema.get_schema_structure()


def test_a_key_may_be_validated_by_a_lazy_prop():
    node = s.object({"next": s.lazy("node"), "v": s.number()}, id="node")

    assert s.MISSING is node.validate_key("next")
    assert {"v": 1} == node.validate_key("next", {"v": "1"})


def test_entries_of_a_record_are_required_again_in_validate_key():
    holder = s.object({"r": s.record_of(s.string(), s.object({"a": s.number()}))})

    with pytest.raises(s.ValidationError) as refused:
        holder.validate_key("r", {"k": {}})

    assert "[r.k.a]: expected value of type [number] but got [undefined]" == str(refused.value)


@pytest.mark.parametrize("wrap", [lambda union: union, s.maybe, s.nullable])
def test_a_prop_named_as_a_discriminator_comes_before_the_union(wrap):
    union = s.discriminated_union("type", s.object({"type": s.literal("a")}))
    holder = s.object({"u": wrap(union), "a": s.string(), "type": s.string()})

    assert [("a",), ("type",)] == [issue.path for issue in holder.issues_of({"u": {}, "a": 1, "type": 1})][:2]
