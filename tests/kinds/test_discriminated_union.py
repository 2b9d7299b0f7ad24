import pytest

import kbn_schema as s

A = s.object({"t": s.literal("a"), "x": s.number()})
B = s.object({"t": s.literal("b"), "y": s.number()})
REST = s.object({"t": s.string(), "z": s.number()})
UNTAGGED = s.object({"x": s.number()})
NUMBERED = s.object({"t": s.literal(1)})


@pytest.mark.parametrize(
    "build", [lambda: s.discriminated_union("t", A, B), lambda: s.discriminated_union("t", [A, B])]
)
def test_alternatives_come_one_by_one_or_in_a_list(build):
    assert {"t": "b", "y": 1} == build().validate({"t": "b", "y": "1"})


def test_only_the_named_alternative_is_asked():
    strict = s.object({"t": s.literal("a")}, validate=lambda value: 1 / 0)

    assert {"t": "b", "y": 1} == s.discriminated_union("t", strict, B).validate({"t": "b", "y": 1})


def test_the_problems_are_those_of_the_named_alternative():
    issues = s.discriminated_union("t", A, B).issues_of({"t": "b", "x": 1})

    assert [(("y",), "required"), (("x",), "unknown_key")] == [(issue.path, issue.code) for issue in issues]


@pytest.mark.parametrize("tag", ["c", "A", ""])
def test_a_fallback_takes_all_other_tags(tag):
    assert {"t": tag, "z": 1} == s.discriminated_union("t", A, REST).validate({"t": tag, "z": 1})


@pytest.mark.parametrize(
    ("tag", "shown"),
    [("c", "c"), ('"', '"'), ("x" * 65, "x" * 61 + "..."), ("\u202e", "\\u202e")],
)
def test_an_unknown_tag_is_shown_escaped_and_short(tag, shown):
    message = s.discriminated_union("t", A, B).issues_of({"t": tag})[0].message

    assert f'expected "t" to be one of ["a", "b"] but got ["{shown}"]' == message


def test_an_unknown_tag_is_in_no_params():
    params = s.discriminated_union("t", A, B).issues_of({"t": "c"})[0].params

    assert {"property": "t", "expected": ["a", "b"], "got": "string"} == params


@pytest.mark.parametrize("value", [None, 1, "a", '{"t": "a", "x": 1}', [], {}, {"t": None}])
def test_what_has_no_tag_is_refused(value):
    issue = s.discriminated_union("t", A, B).issues_of(value)[0]

    assert ("discriminator", '"t" property is required') == (issue.code, issue.message)


def test_an_alternative_may_be_a_union_of_objects_with_one_tag():
    other = s.object({"t": s.literal("a"), "w": s.string()})

    assert {"t": "a", "w": "x"} == s.discriminated_union("t", s.one_of(A, other), B).validate(
        {"t": "a", "w": "x"}
    )


def test_a_validator_sees_the_output():
    seen: list[object] = []
    s.discriminated_union("t", A, B, validate=seen.append).validate({"t": "a", "x": "1"})

    assert [{"t": "a", "x": 1}] == seen


def test_subclasses_of_dict_and_text_are_read():
    class Data(dict):
        pass

    class Text(str):
        pass

    found = s.discriminated_union("t", A, B).validate(Data(t=Text("a"), x=1))

    assert ({"t": "a", "x": 1}, dict) == (found, type(found))


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("t",), "discriminated_union(): give it at least one alternative"),
        (("t", []), "discriminated_union(): give it at least one alternative"),
        ((1, A), "discriminated_union(): the discriminator must name a prop, but is [number]"),
        (
            ("t", A, A),
            "discriminated_union(): Discriminator for schema at index 1 must be a unique, a is already used",
        ),
        (("t", REST, REST), "discriminated_union(): Only one fallback schema is allowed"),
        (
            ("t", A, UNTAGGED),
            'discriminated_union(): Discriminator property "t" is required for schema at index 1',
        ),
        (
            ("t", NUMBERED),
            "discriminated_union(): Discriminator for schema at index 0 must be a string type, got number",
        ),
        (
            ("t", s.one_of(A, B)),
            "discriminated_union(): Discriminator for schema at index 0 must resolve to a single value, "
            'got ["a", "b"]',
        ),
        (
            ("t", s.one_of(A, REST)),
            "discriminated_union(): Discriminator for schema at index 0 must not mix literal and fallback "
            "discriminators within oneOf",
        ),
    ],
    ids=range(9),
)
def test_mistakes_are_refused_as_in_kibana(arguments, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.discriminated_union(*arguments)

    assert text == str(error.value)


@pytest.mark.parametrize("alternative", [s.string(), s.one_of(A, s.string()), s.maybe(A), "a", None])
def test_only_objects_are_alternatives(alternative):
    with pytest.raises(s.SchemaDefinitionError, match=r"^discriminated_union\(\): "):
        s.discriminated_union("t", A, alternative)


def test_a_fallback_judges_a_missing_value_where_nothing_is_required():
    rest = s.object({"t": s.maybe(s.string()), "z": s.number(default=1)})
    holder = s.object({"a": s.discriminated_union("t", A, rest), "b": s.discriminated_union("t", A, B)})

    assert ({"z": 1}, s.MISSING) == (holder.validate_key("a"), holder.validate_key("b"))


@pytest.mark.parametrize("rest", [s.object({"t": s.any()}, default="r"), s.object({"t": s.maybe(s.any())})])
def test_a_missing_value_is_left_to_the_fallback(rest):
    inner = s.discriminated_union("t", A, rest)
    outer = s.one_of(s.object({"a": inner}, unknowns="ignore"), s.object({"b": s.any()}))
    output = {"a": rest.validate()}

    assert [output] * 2 == [outer.validate({"b": 1}), outer.compile().validate({"b": 1})]


@pytest.mark.parametrize(
    ("schema", "word"),
    [(s.discriminated_union("t", A, B), "unknown"), (s.maybe(s.discriminated_union("t", A, B)), "unknown?")],
)
def test_has_kibanas_word_in_a_structure(schema, word):
    assert [{"path": [], "type": word}] == schema.get_schema_structure()
