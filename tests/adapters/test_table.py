import pytest

from tests.adapters.named import ADAPTERS
from tests.adapters.table import COMMAND, DOCS, PAGE, TABLE, row_of, table


def test_the_table_of_the_docs_is_what_the_modules_say():
    found = TABLE.search(PAGE.read_text(encoding="utf-8"))

    assert found, f"{PAGE.name} has no table of the adapters"
    assert table() == found[0], f"the modules have changed: {COMMAND}"


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_limit_is_a_sentence(name):
    limits = row_of(name)[-1]

    assert all(limit.endswith(".") for limit in limits.split("<br>") if limit)


@pytest.mark.parametrize("name", ADAPTERS)
def test_every_adapter_has_its_page(name):
    page = (DOCS / "how-to" / f"{name}.md").read_text(encoding="utf-8")

    assert page.startswith("# How to serve routes ")
