"""What a generated module imports: enough, no code of authors when it runs, and no name twice."""

import enum
from typing import Any

import pytest

from kbn_schema import ByteSize
from kbn_schema import schema as s
from kbn_schema.stubs.python.imports import Imports
from tests import examples
from tests.examples import EPOCH, NIL, Color
from tests.stubs.made import body_of, fits, members, running, statements, types_of

LATE = "\nif TYPE_CHECKING:\n"


class Private(enum.Enum):
    ONE = 1


_Private = enum.Enum("_Private", "ONE", module=__name__)


def test_the_classes_of_authors_are_imported_for_checkers_only():
    text = types_of(root=s.object({"color": s.enum(Color)}), other=s.enum(Color))

    assert (
        """
if TYPE_CHECKING:
    from tests.examples import Color
"""
        in text
    )
    assert 'Other: TypeAlias = "Color"\n' in text
    with running(text, is_checked=False) as module:
        assert {"Root", "Other"} <= set(vars(module))


def test_a_class_is_told_apart_from_a_type_of_the_same_name():
    text = types_of(color=s.enum(Color))

    assert 'Color: TypeAlias = "tests.examples.Color"\n' in text
    with running(text) as module:
        assert fits(Color.RED, module.Color, module)


def test_classes_of_one_name_are_told_apart():
    made = enum.Enum("Color", "ONE", module=__name__)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), "Color", made)
        text = types_of(root=s.array_of(s.enum(made)), other=s.array_of(s.enum(examples.Color)))
        with running(text) as module:
            assert fits([made.ONE], module.Root, module)
            assert fits([examples.Color.RED], module.Other, module)
            assert not fits([made.ONE], module.Other, module)


def test_a_private_class_is_imported_with_leave():
    text = types_of(root=s.enum(_Private))

    assert "\n# pyright: reportPrivateUsage=false\n" in text
    assert "reportPrivateUsage" not in types_of(root=s.enum(Private))


@pytest.mark.parametrize("name", ["A.B", "a b", "class", "a\nimport os", "ﬁ"])
def test_a_class_that_cannot_be_imported_may_be_anything(name):
    made = enum.Enum(name, "ONE", module=__name__)
    made.__qualname__ = name
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(globals(), name, made)

        assert "Root: TypeAlias = Any\n" == body_of(types_of(root=s.enum(made)))


def test_a_class_whose_module_has_no_name_may_be_anything():
    made = enum.Enum("Made", "ONE", module=__name__)
    made.__module__ = None  # type: ignore[assignment]

    assert "Root: TypeAlias = Any\n" == body_of(types_of(root=s.enum(made)))


def test_a_class_in_a_class_or_in_a_function_may_be_anything():
    class Local(enum.Enum):
        ONE = 1

    assert "Root: TypeAlias = Any\n" == body_of(types_of(root=s.enum(Local)))
    assert "Root: TypeAlias = Any\n" == body_of(types_of(root=s.enum(Inside.Nested)))


class Inside:
    class Nested(enum.Enum):
        ONE = 1


WORDS = [
    "Any", "Literal", "Never", "NotRequired", "TypeAlias", "TypedDict", "Union", "Duration", "ByteSize",
    "UUID", "Request", "Undeclared",
]  # fmt: skip


def everything(name: str) -> dict[str, Any]:
    """Variables that need all imports, of which one is called *name*."""
    many = [s.array_of(s.literal(number)) for number in range(60)]
    return {
        "x": s.object(
            {
                "a": s.any(),
                "b": s.literal("b"),
                "c": s.object({"d": s.maybe(s.array_of(s.never()))}),
                "e": s.maybe(s.duration()),
                "f": s.byte_size(),
                "g": s.uuid(),
                "class": s.date(),
            }
        ),
        "y": s.one_of(many),
        name: s.object({"z": s.string()}),
    }


@pytest.mark.parametrize("name", WORDS)
def test_a_type_may_be_called_as_what_is_imported(name):
    spelled = "_".join(name) if name.isupper() else name
    text = types_of(**everything(spelled))

    assert name in statements(text)
    with running(text) as module:
        assert {"z": (str, True)} == members(vars(module)[name])
        assert fits([7], module.Y, module)
        value = {"a": 1, "b": "b", "c": {}, "f": ByteSize(1), "g": NIL, "class": EPOCH.date()}
        assert fits(value, module.X, module)


@pytest.mark.parametrize(
    ("taken", "asked", "spelled", "text"),
    [
        ([], [("typing", "Any")] * 2, ["Any"] * 2, "from typing import Any"),
        (["Any"], [("typing", "Any")], ["typing.Any"], "import typing"),
        (
            ["Any"],
            [("typing", "Never"), ("typing", "Any")],
            ["Never", "typing.Any"],
            "import typing\nfrom typing import Never",
        ),
        (["Color"], [("Color", "Color")], ["Color_.Color"], LATE + "    import Color as Color_"),
        (["Color", "Color_"], [("Color", "Color")], ["Color__.Color"], LATE + "    import Color as Color__"),
        (
            ["A"],
            [("A.b", "A"), ("A.c", "A")],
            ["A_b_.A", "A_c_.A"],
            LATE + "    import A.b as A_b_\n    import A.c as A_c_",
        ),
        (["A"], [("b.c", "A"), ("b.d", "A")], ["b.c.A", "b.d.A"], LATE + "    import b.c\n    import b.d"),
        ([], [("b", "A"), ("c", "A")], ["A", "c.A"], LATE + "    from b import A\n    import c"),
        ([], [("b", "str"), ("b", "typing")], ["b.str", "b.typing"], LATE + "    import b"),
        (
            [],
            [("datetime", "datetime"), ("b", "date"), ("datetime", "date")],
            ["datetime", "date", "datetime_.date"],
            "import datetime as datetime_\nfrom datetime import datetime\n" + LATE + "    from b import date",
        ),
        ([], [("kbn_schema", "Schema")], ["Schema"], "from kbn_schema import Schema"),
        ([], [("kbn_schema.demo.a", "B")], ["B"], LATE + "    from kbn_schema.demo.a import B"),
    ],
)
def test_no_name_is_bound_twice(taken, asked, spelled, text):
    imports = Imports(taken)

    assert spelled == [imports.name(*one) for one in asked]
    assert text == imports.text().replace("from typing import TYPE_CHECKING\n", "")
