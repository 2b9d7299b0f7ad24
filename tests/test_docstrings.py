"""Docstrings say all there is to say: each parameter, attribute, error and unit, and none that is not there.

These laws are for what is public: what an `__all__` lists, what the pages import, `mount` and `validated` of
each adapter, the typed dicts that signatures name, and of these classes whatever has no underscore in front.
A parameter is described in ``Args``, or in a sentence where it is written ``*name*``; an attribute may be so
by a text below it, too. How docstrings are laid out, public or not, is for ruff to check (its rules ``D``).
"""

import ast
import builtins
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import FunctionType
from typing import Any, get_origin, is_typeddict

import attrs
import pytest

import kbn_schema

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
IMPORT = re.compile(r"^(?:>>> )?from (kbn_schema[\w.]*) import (\w+(?:, \w+)*)", re.MULTILINE)

SECTIONS = ["Args", "Returns", "Yields", "Raises", "Source", "Example"]  # in this order
HEADING = re.compile(r"^(\w+):$", re.MULTILINE)
ENTRY = re.compile(r"^    ([\w.]+(?:, [\w.]+)*): ", re.MULTILINE)
SENTENCE = re.compile(r"[^a-z]\S*( \S+){2,}\.")
EMPHASIS = re.compile(r"(?<![\w*])\*(\w+)\*(?![\w*])")

NUMBER = re.compile(r"\b(?:int|float)\b")
UNIT = re.compile(
    r"\b(?:alternatives?|bytes?|characters?|code points?|days?|digits?|entries|indices|index|issues?|items?|"
    r"keys?|levels?|lines?|(?:milli)?seconds?|months?|parts?|places?|processes|props|records?|"
    r"requests?|schemas|status(?:es)?|steps|times|values?)\b"
)

Function = ast.FunctionDef | ast.AsyncFunctionDef
MAKERS = ("__init__", "__new__", "__attrs_post_init__")


@attrs.frozen
class Public:
    """A function, a method, a property or a class, by the place where it is defined."""

    module: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.module}.{self.path}"

    @property
    def node(self) -> Any:
        return nodes_of(self.module)[self.path]

    @property
    def names(self) -> dict[str, Any]:
        """What its module can name."""
        return vars(importlib.import_module(self.module))

    @property
    def thing(self) -> Any:
        found: Any = importlib.import_module(self.module)
        for part in self.path.split("."):
            found = inspect.getattr_static(found, part)
        return found

    @property
    def is_class(self) -> bool:
        return isinstance(self.node, ast.ClassDef)

    @property
    def holder(self) -> "Public | None":
        """The class that it is a method of."""
        path = self.path.rpartition(".")[0]
        return Public(self.module, path) if path else None


SCHEMA = Public("kbn_schema.kinds.base", "Schema")


# What is public.


@cache
def modules() -> list[str]:
    """All that can be imported: some adapters want their frameworks."""
    found = pkgutil.walk_packages(kbn_schema.__path__, "kbn_schema.")
    names = ["kbn_schema", *(one.name for one in found if one.name != "kbn_schema.__main__")]
    return list(filter(can_be_imported, names))


def can_be_imported(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("kbn_schema"):
            raise
        return False
    return True


@cache
def nodes_of(module: str) -> dict[str, ast.AST]:
    """The functions and classes of a module by their path in it; of overloads, the last."""
    return dict(_nodes(ast.parse(inspect.getsource(importlib.import_module(module))), ""))


def _nodes(parent: ast.AST, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for child in ast.iter_child_nodes(parent):
        if isinstance(child, Function | ast.ClassDef):
            yield prefix + child.name, child
        if isinstance(child, ast.ClassDef):
            yield from _nodes(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.If):
            yield from _nodes(child, prefix)


def roots() -> Iterator[Any]:
    for name in modules():
        module = importlib.import_module(name)
        yield from (getattr(module, listed) for listed in getattr(module, "__all__", ()))
        if name.startswith("kbn_schema.adapters.") and hasattr(module, "mount"):
            yield from (module.mount, module.validated)
    for page in PAGES:
        for name, imported in IMPORT.findall(page.read_text(encoding="utf-8")):
            yield from (getattr(importlib.import_module(name), one) for one in imported.split(", "))


def defined(thing: Any) -> Public | None:
    """Where *thing* is defined; None for what is neither a function nor a class of ours."""
    thing = inspect.unwrap(thing) if callable(thing) else thing
    if not isinstance(thing, type | FunctionType) or not thing.__module__.startswith("kbn_schema."):
        return None
    return Public(thing.__module__, thing.__qualname__)


@cache
def public() -> list[Public]:
    waiting = [found for root in roots() if (found := defined(root)) is not None]
    met: set[Public] = set()
    while waiting:
        one = waiting.pop()
        if one not in met and one.path in nodes_of(one.module):
            met.add(one)
            waiting += [*members_of(one), *mappings_of(one)]
    return sorted(met, key=lambda one: one.name)


def classes() -> list[Public]:
    return [one for one in public() if one.is_class]


def ancestry(cls: Public) -> list[Public]:
    """A class, and those of ours that it inherits from; a typed dict has them not in its `__mro__`."""
    bases = list(cls.thing.__mro__)
    if is_typeddict(cls.thing):
        bases += [get_origin(base) or base for base in getattr(cls.thing, "__orig_bases__", ())]
    return [found for base in bases if (found := defined(base)) is not None]


def members_of(one: Public) -> Iterator[Public]:
    for base in ancestry(one) if one.is_class else ():
        for child in base.node.body:
            if isinstance(child, Function) and not child.name.startswith("_"):
                yield Public(base.module, f"{base.path}.{child.name}")


def mappings_of(one: Public) -> Iterator[Public]:
    """The typed dicts that its annotations name."""
    annotations = filter(None, (getattr(node, "annotation", None) for node in ast.walk(one.node)))
    for name in re.findall(r"\w+", " ".join(map(ast.unparse, annotations))):
        found = defined(named) if is_typeddict(named := one.names.get(name)) else None
        if found is not None:
            yield found


# What is said.


def docstring(one: Public) -> str:
    """Its own; a class may have some of it at what makes its objects."""
    nodes = [one.node, *makers_of(one)] if one.is_class else [one.node]
    return "\n\n".join(ast.get_docstring(node) or "" for node in nodes)


def all_said(one: Public) -> str:
    """Its docstring, and those of what it inherits from or overrides."""
    if one.is_class:
        return "\n\n".join(map(docstring, ancestry(one)))
    return "\n\n".join(map(docstring, [one, *overridden_by(one)]))


def overridden_by(method: Public) -> Iterator[Public]:
    _, _, name = method.path.rpartition(".")
    for base in ancestry(method.holder)[1:] if method.holder else ():
        if f"{base.path}.{name}" in nodes_of(base.module):
            yield Public(base.module, f"{base.path}.{name}")


def section(text: str, heading: str) -> str:
    """What stands under that *heading*."""
    _, *parts = HEADING.split(text)
    return "".join(after for name, after in zip(parts[::2], parts[1::2], strict=True) if name == heading)


def entries(text: str, heading: str) -> dict[str, str]:
    """What the section of that *heading* says of each name."""
    _, *found = ENTRY.split(section(text, heading))
    pairs = zip(found[::2], found[1::2], strict=True)
    return {name: said for names, said in pairs for name in names.split(", ")}


def said_of(name: str, one: Public) -> str:
    """What is said of a parameter or an attribute; of a method's parameter, the class may say it for all."""
    text = all_said(one)
    paragraphs = (text + (f"\n\n{all_said(one.holder)}" if one.holder else "")).split("\n\n")
    found = [paragraph for paragraph in paragraphs if name in EMPHASIS.findall(paragraph)]
    if one.is_class:  # a private attribute may be set by an argument
        told = [attributes_of(base).get(key) for base in ancestry(one) for key in (name, f"_{name}")]
        found += [below for _, below in filter(None, told)]
    if one.module == "kbn_schema.kinds.options":  # in mappings, the common options
        found.append(said_of(name, SCHEMA))
    return "\n".join([entries(text, "Args").get(name, ""), *found]).strip()


# What there is to say.


def makers_of(cls: Public) -> list[Function]:
    """What is run when a class is called."""
    return [node for node in cls.node.body if isinstance(node, Function) and node.name in MAKERS]


@cache
def parameters_of(one: Public) -> dict[str, str]:
    """The parameters of a function, or of a class that is called, with their annotations."""
    if not one.is_class:
        is_method = one.holder is not None and not isinstance(one.thing, staticmethod)
        return arguments(one.node, is_method)
    if attrs.has(one.thing):
        return {field.alias: str(field.type) for field in attrs.fields(one.thing) if field.init}
    makers = [maker for base in ancestry(one) for maker in makers_of(base)]
    return arguments(makers[0], True) if makers else {}


def arguments(node: Function, is_method: bool) -> dict[str, str]:
    given = node.args
    named = [*given.posonlyargs, *given.args][is_method:]
    found = [*named, given.vararg, *given.kwonlyargs, given.kwarg]
    annotated = {one.arg: ast.unparse(one.annotation) if one.annotation else "" for one in found if one}
    return {name: annotation for name, annotation in annotated.items() if not name.startswith("_")}


def unpacked_by(one: Public) -> set[str]:
    """The options of ``**options: Unpack[...]``, which are described at that typed dict."""
    found = re.findall(r"Unpack\[(\w+)", " ".join(parameters_of(one).values()))
    return {option for name in found for option in one.names[name].__annotations__}


@cache
def attributes_of(cls: Public) -> dict[str, tuple[str, str]]:
    """The attributes that a class itself annotates or sets: their annotation, and what is said below."""
    found: dict[str, tuple[str, str]] = {}
    for body in (cls.node.body, *(maker.body for maker in makers_of(cls))):
        for node, after in zip(body, [*body[1:], None], strict=True):
            match node:
                case ast.AnnAssign(target, annotation):
                    found.setdefault(
                        name_set_by(target, body is cls.node.body), (ast.unparse(annotation), text_in(after))
                    )
                case ast.Assign([target]):
                    found.setdefault(name_set_by(target, body is cls.node.body), ("", text_in(after)))
    return found


def public_attributes(cls: Public) -> dict[str, str]:
    """The attributes that an object of the class has, with their annotations."""
    found = [told for base in reversed(ancestry(cls)) for told in attributes_of(base).items()]
    return {name: annotation for name, (annotation, _) in found if name and not name.startswith("_")}


def name_set_by(target: ast.expr, in_class: bool) -> str:
    match target:
        case ast.Name(name) if in_class:
            return name
        case ast.Attribute(ast.Name("self"), name):
            return name
    return ""


def text_in(node: ast.stmt | None) -> str:
    match node:
        case ast.Expr(ast.Constant(str(text))):
            return text
    return ""


def raised_by(one: Public) -> set[str]:
    """The names of the errors that it raises itself."""
    nodes = makers_of(one) if one.is_class else [one.node]
    names = {name for node in nodes for name in _raised(node, one.names)}
    return {name for name in names if not name.startswith("_")} - {"NotImplementedError"}


def _raised(function: Function, names: dict[str, Any]) -> Iterator[str]:
    for node in inside(function):
        match node:
            case ast.Raise(ast.Call(called)) | ast.Raise(ast.Name() | ast.Attribute() as called):
                yield from errors_of(resolved(ast.unparse(called), names))
            case ast.Expr(ast.Call(called)):
                yield from errors_at_the_end(resolved(ast.unparse(called), names))


def errors_of(raised: Any) -> Iterator[str]:
    """The class that is raised, or that the function gives that is called for it."""
    if isinstance(raised, FunctionType):
        raised = raised.__annotations__.get("return")
    if isinstance(raised, type) and issubclass(raised, BaseException):
        yield raised.__name__


def errors_at_the_end(called: Any) -> set[str]:
    """What a function raises that does nothing else."""
    is_end = isinstance(called, FunctionType) and "NoReturn" in str(called.__annotations__.get("return"))
    home = defined(called) if is_end else None
    return raised_by(home) if home is not None else set()


def inside(function: Function) -> Iterator[ast.AST]:
    """What a function does itself, without what stands in functions inside."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, Function | ast.ClassDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def resolved(dotted: str, names: dict[str, Any]) -> Any:
    """What *dotted* names where *names* are known; None where it is nothing."""
    first, *rest = dotted.split(".")
    found = names.get(first, getattr(builtins, first, None))
    for part in rest:
        found = getattr(found, part, None)
    return found


@cache
def listed_errors() -> dict[str, Any]:
    return {one.path: one.thing for one in classes()}


def is_error(name: str, names: dict[str, Any]) -> bool:
    """Whether *name* is an exception: one that is listed, that the module knows, or told with its module."""
    found = resolved(name, listed_errors() | names)
    module, _, last = name.rpartition(".")
    if found is None and module:
        found = getattr(importlib.import_module(module), last, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def numbers_of(one: Public) -> dict[str, str]:
    """What is said of each of its parameters and attributes that is a number, and of such a result."""
    annotated = parameters_of(one) | (public_attributes(one) if one.is_class else {})
    numbers = [name for name, told in annotated.items() if NUMBER.search(told) and "Callable" not in told]
    found = {name: said_of(name, one) for name in numbers}
    returns = "" if one.is_class or one.node.returns is None else ast.unparse(one.node.returns)
    return found | ({"returns": all_said(one)} if re.fullmatch(r"(int|float)( \| None)?", returns) else {})


# The laws.


@pytest.mark.parametrize(
    "name",
    [
        "kbn_schema.adapters.wsgi.mount",  # of an adapter
        "kbn_schema.contract.routes.of",  # listed
        "kbn_schema.http.client.clients.BaseClient.fetch",  # inherited
        "kbn_schema.http.route.Timeouts",  # a mapping in a mapping that a signature names
        "kbn_schema.lint.regex.lengths.lengths_of",  # wrapped
        "kbn_schema.plan.Call",  # imported by a page
        "kbn_schema.quantities.Duration.milliseconds",  # a property
    ],
)
def test_what_is_public_is_found(name):
    assert name in {one.name for one in public()}


def test_each_begins_with_a_sentence():
    found = [one.name for one in public() if not SENTENCE.fullmatch(all_said(one).strip().partition("\n")[0])]

    assert [] == found


def test_sections_have_known_names_and_their_order():
    headings = {one.name: HEADING.findall(docstring(one)) for one in public()}
    found = {name: has for name, has in headings.items() if has != [one for one in SECTIONS if one in has]}

    assert {} == found


def test_sections_of_names_hold_nothing_else():
    found = []
    for one in public():
        for heading in ("Args", "Raises"):
            lines = re.findall(r"^    (\S.*)$", section(docstring(one), heading), re.MULTILINE)
            found += [f"{one.name}: {line}" for line in lines if not ENTRY.match(f"    {line}")]

    assert [] == found


def test_each_parameter_is_described():
    found = [
        f"{one.name}: {name}"
        for one in public()
        for name, annotation in parameters_of(one).items()
        if "Unpack[" not in annotation and not said_of(name, one)
    ]

    assert [] == found


def test_each_parameter_that_is_described_is_there():
    found = []
    for one in public():
        known = {*parameters_of(one), *unpacked_by(one), *(public_attributes(one) if one.is_class else ())}
        found += [f"{one.name}: {name}" for name in entries(docstring(one), "Args") if name not in known]

    assert [] == found


def test_each_attribute_is_described():
    found = [
        f"{one.name}: {name}"
        for one in classes()
        for name in public_attributes(one)
        if not said_of(name, one)
    ]

    assert [] == found


def test_each_error_that_is_raised_is_described():
    found = []
    for one in public():
        told = {name.rpartition(".")[2] for name in entries(all_said(one), "Raises")}
        found += [f"{one.name}: {name}" for name in sorted(raised_by(one) - told)]

    assert [] == found


def test_each_error_that_is_described_is_there():
    found = [
        f"{one.name}: {name}"
        for one in public()
        for name in entries(docstring(one), "Raises")
        if not is_error(name, one.names)
    ]

    assert [] == found


def test_each_number_says_what_it_counts():
    found = [
        f"{one.name}: {name}"
        for one in public()
        for name, said in numbers_of(one).items()
        if not UNIT.search(said)
    ]

    assert [] == found
