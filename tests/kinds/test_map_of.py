import uuid

import pytest

import kbn_schema as s


@pytest.mark.parametrize(
    ("key", "given", "output"),
    [
        (s.number(), "2", 2),
        (s.boolean(), "true", True),
        (s.uuid(), str(uuid.UUID(int=0)), uuid.UUID(int=0)),
        (s.literal(None), None, None),
        (s.byte_size(), "1kb", s.ByteSize(1024)),
    ],
)
def test_keys_keep_the_type_that_their_schema_gives_them(key, given, output):
    found = s.map_of(key, s.any()).validate({given: 1})

    assert ({output: 1}, [type(output)]) == (found, [type(name) for name in found])


def test_keys_that_do_not_hash_are_refused():
    lists = s.map_of(s.array_of(s.number()), s.any())

    assert [('key("[1]")',)] == [issue.path for issue in lists.issues_of({"[1]": 1})]


def test_at_most_100_keys_have_the_same_hash():
    """A dict of more is quadratic to build."""
    alike = [n * (2**61 - 1) for n in range(1, 102)]
    sizes = s.map_of(s.integer(), s.any())

    assert 1 == len({hash(key) for key in alike})
    assert sizes.is_valid(dict.fromkeys(alike[:100]))
    assert [((f'key("{alike[100]}")',), "keys_alike")] == [
        (issue.path, issue.code) for issue in sizes.issues_of(dict.fromkeys(alike))
    ]


def test_a_problem_of_a_value_has_its_key_in_the_path():
    assert [("1",)] == [issue.path for issue in s.map_of(s.number(), s.number()).issues_of({"1": "x"})]


def test_mistakes_name_the_combinator():
    with pytest.raises(s.SchemaDefinitionError, match=r"^map_of\(\): the key must be a schema"):
        s.map_of("a", s.any())
