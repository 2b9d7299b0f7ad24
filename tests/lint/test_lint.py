"""Whatever stands in a module, it is linted: quickly, the same each time, and no value is shown."""

import subprocess
import sys
from types import ModuleType

import pytest

from kbn_schema import Schema, schema
from kbn_schema.demo import application
from kbn_schema.lint import NothingToLint, guard, lint
from tests.examples import EXAMPLES, IDS
from tests.lint.modules import findings_of, ids_of
from tests.steps import steps_of


def module(**names):
    made = ModuleType("made")
    vars(made).update(names)
    return made


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_every_kind_is_linted_and_always_alike(example):
    wrapped = schema.object({"a": example.schema, "b": schema.maybe(schema.array_of(example.schema))})

    assert lint(module(a=example.schema, b=wrapped)) == lint(module(a=example.schema, b=wrapped))


@pytest.mark.parametrize("example", EXAMPLES, ids=IDS)
def test_no_example_of_a_kind_is_a_mistake_of_its_own(example):
    errors = [one for one in lint(module(a=example.schema)).findings if one.level == "error"]
    wanted = {
        "one_of": {"shadowed-branch"},
        "union": {"shadowed-branch"},
        "conditional": {"constant-condition"},
    }

    assert {one.id for one in errors} <= wanted.get(example.name, set())


def test_findings_are_the_same_under_every_seed_of_hashes(tmp_path):
    text = (
        "from kbn_schema import schema as s\n"
        "b = s.object({n: s.string(default=None) for n in 'zxcvb'}, id='t')\n"
        "a = s.object({n: s.array_of(s.any()) for n in 'qwert'}, id='t', meta={'lint_ignore': {"
        "'no-version': 'x', 'no-summary': 'x'}})\n"
    )
    (tmp_path / "seeded.py").write_text(text)
    command = [sys.executable, "-m", "kbn_schema", "lint", "seeded"]
    env = {"PYTHONPATH": ":".join(sys.path)}
    told = {
        subprocess.run(
            command, cwd=tmp_path, env={**env, "PYTHONHASHSEED": seed}, capture_output=True, check=False
        ).stdout
        for seed in ("1", "2")
    }

    assert 1 == len(told)


def test_a_schema_that_contains_itself_is_linted_once():
    tree = schema.object(
        {"name": schema.string(), "children": schema.array_of(schema.lazy("tree"), max_size=9)}, id="tree"
    )

    assert ["tree.name"] == [one.place for one in lint(module(tree=tree)).findings]


def test_a_lazy_that_makes_a_new_schema_each_time_comes_to_an_end():
    def node() -> Schema:
        return schema.object({"name": schema.string(), "next": schema.maybe(schema.lazy(node))})

    assert {"unbounded-string"} == {one.id for one in lint(module(node=node())).findings}


def test_two_hundred_levels_are_linted():
    deep = schema.string()
    for _ in range(200):
        deep = schema.one_of(schema.object({"a": deep}), schema.object({"a": deep, "b": schema.integer()}))

    assert {"unbounded-string"} <= {one.id for one in lint(module(deep=deep)).findings}


def test_what_is_shared_at_every_level_is_looked_at_once():
    shared = schema.string()
    for _ in range(60):
        shared = schema.object({"a": shared, "b": shared}, default={})

    # It would never end, were each of the 2 ** 60 ways gone.
    found = lint(module(shared=shared)).findings

    assert 1 == sum(one.id == "unbounded-string" for one in found)


def many(count):
    return module(
        **{
            f"schema_{n}": schema.object(
                {
                    "id": schema.string(max_length=36, pattern="[a-z0-9][a-z0-9._-]*"),
                    "tags": schema.array_of(schema.string(), max_size=n + 1, default=[]),
                    "kind": schema.one_of(schema.literal(f"a{n}"), schema.integer(), schema.boolean()),
                }
            )
            for n in range(count)
        }
    )


def test_twice_as_many_schemas_take_twice_as_many_steps():
    small, large = many(100), many(200)
    reports = [lint(small), lint(large)]  # what modules hold is known from now on

    few, more = steps_of(lambda: lint(small)), steps_of(lambda: lint(large))

    assert [100, 200] == [len(report.findings) for report in reports]
    assert more < 2.2 * few


@pytest.mark.parametrize(
    "function",
    [
        "1 / 0", "exit()", "exec('raise BaseException')", "(_ for _ in ()).throw(KeyError('SECRET'))",
        "exec('def f(): f()\\nf()', {})", "exec('while True: pass')",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "text",
    [
        "a = s.integer(default=lambda: {})",
        "a = s.integer(default=3, validate=lambda value: {})",
        "a = s.integer(examples=[3], validate=lambda value: {})",
        "route({{'body': s.object({{'a': s.lazy(lambda: {})}})}}, method='post')",
        "route(lambda: {})",
        "route({{'response': {{200: {{'body': lambda: {}}}}}}})",
    ],
)
def test_whatever_the_author_has_written_ends_nothing(text, function, tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "SECONDS", 0.1)

    found = findings_of(tmp_path, text.format(function))

    assert "error" in {one.level for one in found}
    assert "SECRET" not in str(found)


def test_after_a_few_that_hang_no_other_is_asked_and_nothing_is_said_of_it(tmp_path, monkeypatch):
    monkeypatch.setattr(guard, "SECONDS", 0.05)
    text = (
        "import time\nfor n in range(9):\n"
        "    globals()[f'a{n}'] = s.integer(default=lambda: time.sleep(9))\n"
        "    route(lambda: time.sleep(9), path=f'/{n}')\n"
    )

    assert guard.MAX_LATE == sum(one.level == "error" for one in findings_of(tmp_path, text))


def test_a_value_is_never_shown(tmp_path):
    text = (
        "a = s.string(max_length=3, default='SECRET', examples=['SECRET'])\n"
        "b = s.object({'x': s.integer()}, default={'SECRET': 1})\n"
        "c = s.string(max_length=3, default='SEC', validate=lambda value: f'no {value}RET')\n"
        "d = s.discriminated_union('t', s.object({'t': s.literal('a')}), default={'t': 'SECRET'})\n"
        "e = s.record_of(s.integer(), s.integer(), default={'SECRET': 1}, validate=bool)\n"
        "f = s.object({'t': s.integer(), 'a': s.conditional(s.sibling_ref('t'), 'SECRET', s.ip(), s.ip())})\n"
    )

    found = findings_of(tmp_path, text)

    assert 5 <= sum(one.id.startswith("refused") for one in found)
    assert "SECRET" not in str(found)


def test_no_function_is_called_that_need_not_be(tmp_path):
    text = "a = s.integer(validate=lambda value: exit(), min=1)\nb = s.object({'a': a})"

    assert set() == ids_of(tmp_path, text)


def test_a_module_without_schemas_and_routes_cannot_be_asked():
    with pytest.raises(NothingToLint):
        lint(module(a=1))


def test_the_demo_has_no_findings():
    assert () == lint(application).findings
