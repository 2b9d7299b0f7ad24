"""What is rare in a module: values that raise when they are compared, conditions that may hold after all."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kbn_schema import Schema
from kbn_schema import schema as s
from kbn_schema.lint import lint
from kbn_schema.lint.guard import Answer, Failed, Guard
from tests.lint.modules import imported
from tests.lint.test_lint import module


class Incomparable:
    def __eq__(self, other: object) -> bool:
        raise RuntimeError

    __hash__ = object.__hash__


def ids(**schemas: Any) -> set[str]:
    return {finding.id for finding in lint(module(**schemas)).findings}


def made(leaf: Any) -> Any:
    return s.object({"a": leaf, "b": leaf}, id="thing")


@pytest.mark.parametrize(
    ("one", "other", "is_told"),
    [
        (made(s.boolean()), made(s.boolean()), False),
        (made(s.boolean()), made(s.integer()), True),
        (made(s.integer(min=1)), made(s.integer(min=2)), True),
        (made(s.integer(examples=[1, 2])), made(s.integer(examples=[1, 2])), False),
        (made(s.any(default=Incomparable())), made(s.any(default=Incomparable())), False),
    ],
)
def test_one_id_of_two_schemas_is_told_where_they_differ_for_certain(one, other, is_told):
    assert ("duplicate-id" in ids(one=one, other=other)) is is_told


@pytest.mark.parametrize(
    ("sibling", "right", "is_told"),
    [
        (s.enum(["a", "b"]), "a", False),
        (s.enum(["a", "b"]), "c", True),
        (s.enum(["a", "b"], default=lambda: "c"), "c", False),
        (s.maybe(s.integer()), None, False),
        (s.integer(), "a", True),
    ],
)
def test_a_condition_is_constant_where_its_sibling_is_never_that(sibling, right, is_told):
    condition = s.conditional(s.sibling_ref("a"), right, s.string(), s.integer())

    assert ("constant-condition" in ids(x=s.object({"a": sibling, "b": condition}))) is is_told


def test_a_default_that_cannot_be_made_is_told_where_it_is_and_not_around():
    broken = s.integer(default=lambda: 1 // 0)
    around = s.object({"a": broken}, default={})

    told = [finding for finding in lint(module(x=around)).findings if finding.id == "refused-default"]

    assert ["x.a"] == [finding.place for finding in told]


class Box(Schema[Any]):
    """A kind of somebody's own, with a schema inside."""

    def __init__(self, inside: Any) -> None:
        object.__setattr__(self, "inside", inside)
        super().__init__()

    def children(self) -> tuple[Schema[Any], ...]:
        return (self.inside,)

    def check(self, value: object, run: Any) -> Any:
        return self.inside.check(value, run)


def test_what_is_inside_of_a_kind_of_somebodys_own_is_linted():
    (told,) = lint(module(x=Box(s.string()))).findings

    assert ("unbounded-string", "x(0)") == (told.id, told.place)


@pytest.mark.parametrize("text", [None, "x = (", "x = '\0'"])
def test_of_a_module_whose_file_has_changed_no_line_is_told(text: str | None, tmp_path: Path):
    one = imported(tmp_path, "from kbn_schema import schema as s\nx = s.string()")
    file = Path(str(one.__file__))
    file.unlink() if text is None else file.write_text(text)

    (found,) = lint(one).findings

    assert (None, None) == (found.file, found.line)


def test_what_a_module_without_a_file_holds_is_told_where_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "fileless", module(name=s.string()))
    text = "import fileless\nfrom kbn_schema import schema as s\nx = s.object({'a': fileless.name})"

    (told,) = lint(imported(tmp_path, text)).findings

    assert ("x.a", 3) == (told.place, told.line)


def test_modules_of_one_file_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    one = imported(tmp_path, "from kbn_schema import schema as s\nx = s.string()")
    twin = module(y=s.integer(), __file__=one.__file__)
    monkeypatch.setitem(sys.modules, "twin", twin)

    (found,) = lint(one).findings

    assert 2 == found.line


def test_in_another_thread_nothing_is_stopped_and_all_is_called():
    with ThreadPoolExecutor(1) as pool:
        fine = pool.submit(Guard().call, lambda: 5).result()
        bad = pool.submit(Guard().call, lambda: 1 // 0).result()

    assert (Answer(5), Failed("raised [ZeroDivisionError]")) == (fine, bad)


def test_a_user_who_interrupts_is_heard():
    def interrupt() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Guard().call(interrupt)

    assert isinstance(Guard().call(lambda: 1 / 0), Failed)
