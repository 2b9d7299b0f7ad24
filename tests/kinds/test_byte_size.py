import json

import pytest

import kbn_schema as s
from kbn_schema import ByteSize


def codes(schema, value):
    return [issue.code for issue in schema.issues_of(value)]


@pytest.mark.parametrize(
    ("value", "size"), [("1kb", 1024), (1024, 1024), (1024.0, 1024), ("0", 0), (ByteSize(3), 3)]
)
def test_yields_a_byte_size(value, size):
    found = s.byte_size().validate(value)

    assert (ByteSize, size) == (type(found), found)


def test_the_output_is_an_int_for_json():
    assert "1024" == json.dumps(s.byte_size().validate("1kb"))


@pytest.mark.parametrize("bound", ["2kb", 2048, 2048.0, ByteSize(2048)])
def test_bounds_are_texts_numbers_or_byte_sizes_and_inclusive(bound):
    assert [["min"], []] == [codes(s.byte_size(min=bound), size) for size in (2047, 2048)]
    assert [[], ["max"]] == [codes(s.byte_size(max=bound), size) for size in (2048, 2049)]


def test_a_bound_of_0_counts():
    assert ["max"] == codes(s.byte_size(max=0), 1)


@pytest.mark.parametrize("default", ["1kb", 1024, ByteSize(1024), lambda: ByteSize(1024)])
def test_a_default_is_a_byte_size(default):
    found = s.byte_size(default=default).validate()

    assert (ByteSize, 1024) == (type(found), found)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"min": "2kb", "max": "1kb"},
            "byte_size(): min=2kb and max=1kb accept nothing: min must not exceed max",
        ),
        ({"min": "x"}, "byte_size(): min is no byte size that can be read"),
        ({"max": -1}, "byte_size(): max is no byte size that can be read"),
        ({"max": True}, "byte_size(): max is no byte size that can be read"),
        ({"default": "x"}, "byte_size(): default is no byte size"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, text):
    with pytest.raises(s.SchemaDefinitionError) as error:
        s.byte_size(**options)

    assert text == str(error.value)


def test_a_validator_sees_the_byte_size():
    seen: list[object] = []
    s.byte_size(validate=seen.append).validate("1kb")

    assert ["1kb"] == [str(size) for size in seen]


def test_spells_itself_as_python():
    bounded = s.byte_size(min="1kb", default=5)
    again = eval(repr(bounded), {"schema": s.schema, "ByteSize": ByteSize})

    assert (ByteSize(1024), ByteSize(5), repr(bounded)) == (again.min, again.default, repr(again))
