"""Check a schema while it is built: the author's mistakes are found here, not at the first request.

Nothing here knows what a kind is; *schema* is anything with the fields of `Schema`.
"""

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from types import FunctionType
from typing import Any, NoReturn

from kbn_schema.errors import SchemaDefinitionError
from kbn_schema.kinds.options import Changes
from kbn_schema.late import IMPORTING
from kbn_schema.missing import MISSING
from kbn_schema.problems import nearest
from kbn_schema.references import SiblingRef
from kbn_schema.wording import escape, type_word

UNKNOWNS = ("forbid", "ignore", "allow")


def refuse(schema: Any, reason: str) -> NoReturn:
    """Say that a definition makes no sense; *reason* says what is wrong and how to mend it.

    *schema* is a schema, or the name of its combinator.

    Raises:
        SchemaDefinitionError: always.
    """
    name = schema if isinstance(schema, str) else schema.combinator
    raise SchemaDefinitionError(escape(f"{name}(): {reason}"))


def hint_for(child: object) -> str:
    """Return what was probably meant by a *child* that is no schema, in brackets; may be empty."""
    kind = child if isinstance(child, type) else dict if type(child) is dict else None
    call = None if kind is None else _synonyms().call_for(kind)
    if call is None and isinstance(child, type) and not hasattr(child, "combinator"):
        call = f"enum({child.__name__})" if issubclass(child, Enum) else "object({...})"
    if call is None:
        return " (call the combinator: string() and not string)" if callable(child) else ""
    return f" (write {call} and not {child.__name__})" if isinstance(child, type) else f" (write {call})"


def require_known(kind: type[Any], options: Mapping[str, Any]) -> None:
    """Refuse *options* that are none of the *kind*: Python's own words name a class that nobody wrote.

    Raises:
        TypeError: one is not among the arguments of the class.
    """
    code = getattr(kind.__init__, "__code__", None)
    if code is None or code.co_flags & inspect.CO_VARKEYWORDS:
        return
    known = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    for name in options:
        if name not in known:
            hint = _hint_for_option(kind.combinator, name, known, known[code.co_argcount - 1 :])
            raise TypeError(escape(f"{kind.combinator}(): there is no option [{name}]{hint}"))


def _hint_for_option(combinator: str, name: str, known: tuple[str, ...], options: tuple[str, ...]) -> str:
    """What to write for *name*: as others call it, else spelled alike; else all *options*."""
    synonyms = _synonyms()
    hint = synonyms.hint_for_option(combinator, name, known)
    if hint is not None:
        return f"; {hint}"
    near = None if synonyms.knows(name) else nearest(name, known)
    if near is not None:
        return f"; did you mean [{near}]?"
    common = [option for option in Changes.__annotations__ if option in options]
    own = [option for option in options if option not in common]
    return f", expected {', '.join(f'[{option}]' for option in (*own, *common))}"


def _synonyms() -> Any:
    with IMPORTING:
        from kbn_schema.kinds import synonyms  # noqa: PLC0415 - only mistakes need it

    return synonyms


def copied_default(schema: Any, default: object) -> Any:
    """Return a copy of a plain *default*, which the author can no longer change."""
    try:
        return copy.deepcopy(default)
    except Exception as error:
        raise SchemaDefinitionError(
            f"{schema.combinator}(): default cannot be copied; give a callable that makes it"
        ) from error


def require_options(schema: Any) -> None:
    """Check the common options of *schema*."""
    if schema.validator is not None:
        _require_validator(schema, schema.validator)
    if schema.default is not MISSING and is_async(schema.default):
        refuse(schema, "default must be a value or a plain function: an async one is never awaited")
    if not isinstance(schema.examples, tuple):
        refuse(schema, f"examples must be a list of values, but is [{type_word(schema.examples)}]")
    for name in ("title", "description", "id"):
        text = getattr(schema, name)
        if text is not None and not isinstance(text, str):
            refuse(schema, f"{name} must be a string, but is [{type_word(text)}]")
    if schema.id is not None and (not schema.id or "." in schema.id):
        refuse(schema, "id must be a text without a period")
    if not isinstance(schema.meta, Mapping):
        refuse(schema, f"meta must be a mapping, but is [{type_word(schema.meta)}]")
    require_flags(schema, "deprecated")


def _require_validator(schema: Any, validator: Any) -> None:
    if not callable(validator):
        refuse(schema, f"validate must be a callable, but is [{type_word(validator)}]")
    if is_async(validator):
        refuse(schema, "validate must be a plain function: an async one is never awaited")
    if not _takes_one(validator):
        taken = ", ".join(inspect.signature(validator).parameters)
        refuse(schema, f"validate must take (value), but takes ({taken})")


def _takes_one(function: Callable[..., Any]) -> bool:
    """Whether *function* can be called with one argument."""
    if type(function) is FunctionType:  # the common case: a signature costs more than the schema
        code = function.__code__
        if code.co_argcount == 1 and not code.co_kwonlyargcount:
            return True
    # What `functools.wraps` has made looks like the function inside: what one of the two takes is taken.
    return binds(function, 1, inside=False) or binds(function, 1, inside=True)


def binds(
    function: Callable[..., Any], count: int, named: Mapping[str, Any] | None = None, *, inside: bool
) -> bool:
    """Return whether *function* can be called with *count* arguments, and *named* ones; it may not tell.

    Asked is what it wraps, by `functools.wraps`, if *inside*. What does not tell, as some callables of C, can
    be called with anything.
    """
    try:
        signature = inspect.signature(function, follow_wrapped=inside)
    except Exception:  # an object of the author's: whatever it raises
        return True
    try:
        signature.bind(*(None,) * count, **(named or {}))
    except TypeError:
        return False
    return True


def is_async(function: Any) -> bool:
    """Return whether calling *function* gives something to await."""
    call = getattr(type(function), "__call__", None)  # noqa: B004 - of the class, for an object that is called
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)


def require_flags(schema: Any, *names: str) -> None:
    """Refuse what is neither True nor False: a text such as "no" would turn on what it denies."""
    for name in names:
        flag = getattr(schema, name)
        if not isinstance(flag, bool):
            refuse(schema, f"{name} must be True or False, but is [{type_word(flag)}]")


def require_unknowns(schema: Any, unknowns: object) -> None:
    """Refuse what is not one of the three words for *unknowns*, nor None."""
    if unknowns is not None and unknowns not in UNKNOWNS:
        refuse(schema, "unknowns must be 'forbid', 'ignore' or 'allow'")


def collect_tree(schema: Any) -> None:
    """Note on *schema* the ids in its tree, and the siblings that it reads from further out."""
    if schema.id is None and not schema.children() and schema.default is MISSING:
        return  # the common case of a leaf, for schemas should be cheap to build
    # Kept only where there is something to keep: most trees have neither ids nor references.
    ids = dict(_named(schema))
    references = {(ref.levels, ref.keys[0]) for ref in schema.own_references() if isinstance(ref, SiblingRef)}
    for child in schema.children():
        references |= {(n - schema.climb, key) for n, key in child.references() if n > schema.climb}
    if ids:
        object.__setattr__(schema, "_ids", ids)
    if references:
        object.__setattr__(schema, "_references", frozenset(references))


def _named(schema: Any) -> Iterator[tuple[str, Any]]:
    own = {schema.id: schema} if schema.id is not None else {}
    met: dict[str, Any] = {}
    for tree in (*(child.ids for child in schema.children()), own):
        for name, named in tree.items():
            if met.setdefault(name, named) is not named:
                refuse(schema, f"two schemas in one tree have the id [{name}]; give each its own")
            yield name, named


def speaks(kind: type, method: str) -> bool:
    """Return whether *method* of *kind* speaks for its `check`: no class in between has changed that."""
    return next(name for base in kind.__mro__ for name in (method, "check") if name in vars(base)) == method
