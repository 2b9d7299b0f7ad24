import pytest

import kbn_schema as s


def issues_of(schema, value):
    return [(issue.path, issue.code) for issue in schema.issues_of(value)]


@pytest.mark.parametrize(
    ("key", "given", "output"),
    [
        (s.string(), "a", "a"),
        (s.number(), " 2 ", "2"),
        (s.number(), 1.0, "1"),
        (s.boolean(), "TRUE", "true"),
        (s.literal(None), None, "null"),
        (s.uuid(), "F81D4FAE-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7dec-11d0-a765-00a0c91e6bf6"),
        (s.byte_size(), "1kb", "1kb"),
    ],
)
def test_keys_come_out_as_text(key, given, output):
    found = s.record_of(key, s.any()).validate({given: 1})

    assert ({output: 1}, [str]) == (found, [type(name) for name in found])


def test_of_two_keys_that_become_one_the_later_counts():
    assert {"1": "b"} == s.record_of(s.number(), s.any()).validate({"1": "a", " 1 ": "b"})


def test_all_problems_of_keys_and_values_are_told_in_order():
    assert [
        (('key("abc")',), "max_length"),
        (("b",), "type"),
        (("c", "x"), "unknown_key"),
    ] == issues_of(s.record_of(s.string(max_length=2), s.object({})), {"abc": {}, "b": 1, "c": {"x": 1}})


def test_entries_keep_their_order():
    assert ["b", "a", "c"] == list(s.record_of(s.string(), s.any()).validate({"b": 1, "a": 2, "c": 3}))


def test_a_missing_maybe_is_no_entry():
    assert {"a": 1} == s.record_of(s.string(), s.maybe(s.any())).validate({"a": 1, "b": s.MISSING})


def test_keys_may_be_an_enum():
    assert [(('key("z")',), "enum")] == issues_of(
        s.record_of(s.enum(["a", "b"]), s.number()), {"a": 1, "z": 2}
    )


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (
            lambda: s.record_of(s.string, s.any()),
            "record_of(): the key must be a schema, but is [Object] "
            "(call the combinator: string() and not string)",
        ),
        (lambda: s.record_of(s.string(), None), "record_of(): the value must be a schema, but is [null]"),
        (
            lambda: s.record_of(s.string(), s.any(), unknowns=1),
            "record_of(): unknowns must be 'forbid', 'ignore' or 'allow'",
        ),
    ],
    ids=range(3),
)
def test_mistakes_are_refused_with_the_mend(build, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        build()

    assert text == str(error.value)


def test_a_union_inside_shows_its_lines_from_the_entry():
    """Kibana validates each entry as a root of its own."""
    with pytest.raises(s.ValidationError) as error:
        s.object({"r": s.record_of(s.string(), s.one_of(s.number(), s.boolean()))}).validate(
            {"r": {"k": "x"}}
        )

    assert (
        "[r.k]: types that failed validation:\n"
        "- [0]: expected value of type [number] but got [string]\n"
        "- [1]: expected value of type [boolean] but got [string]"
    ) == str(error.value)
