import pytest

import kbn_schema as s


@pytest.mark.parametrize("value", [0, 1, 0.0, 1.0, "0", "1", "yes", "on", "", "tru", b"true", None])
def test_takes_nothing_that_is_merely_truthy(value):
    assert ["type"] == [issue.code for issue in s.boolean().issues_of(value)]


def test_reads_subclasses_of_text():
    class Text(str):
        pass

    assert True is s.boolean().validate(Text("true"))
