"""The traceback that an author is shown: of the author's code, without ours."""

import re

import pytest

from kbn_schema.commands.tracebacks import authors_traceback

HEAD = "from kbn_schema import schema\n"
# What an author's module does, and the errors that are told, the first of them first.
STORIES = {
    "a failure": ("1 / 0", ["ZeroDivisionError"]),
    "a failure of another": (
        "try: 1 / 0\nexcept ZeroDivisionError as error: raise ValueError from error",
        ["ZeroDivisionError", "ValueError"],
    ),
    "a failure after another": (
        "try: 1 / 0\nexcept ZeroDivisionError: int('x')",
        ["ZeroDivisionError", "ValueError"],
    ),
    "a failure instead of another": (
        "try: 1 / 0\nexcept ZeroDivisionError: raise ValueError from None",
        ["ValueError"],
    ),
    "a failure of what was never raised": (
        "raise ValueError('a') from TypeError('b')",
        ["TypeError", "ValueError"],
    ),
    "a failure in another module": (
        "schema.any(default=(one for one in 'a'))",
        ["TypeError", "kbn_schema.errors.SchemaDefinitionError"],
    ),
    "plumbing before a failure": (
        "schema.byte_size(max='1 x')",
        ["kbn_schema.errors.SchemaDefinitionError"],
    ),
    "plumbing that is the reason": (
        "schema.lazy(iter).validate('a')",
        ["kbn_schema.errors.SchemaDefinitionError"],
    ),
    "several failures": (
        "try: 1 / 0\nexcept ZeroDivisionError as error: raise ExceptionGroup('two', [error, ValueError()])",
        ["ZeroDivisionError", "ExceptionGroup", "ZeroDivisionError", "ValueError"],
    ),
}


@pytest.mark.parametrize("story", STORIES)
def test_an_author_is_told_what_happened_and_not_our_plumbing(story):
    source, errors = STORIES[story]

    with pytest.raises(Exception) as raised:  # noqa: PT011 - of any class
        exec(compile(HEAD + source, "/home/ada/shop.py", "exec"), {})
    shown = authors_traceback(raised.value)

    assert errors == re.findall(r"^[ |+-]*([\w.]+(?:Error|Group))\b(?!.*line)", shown, re.MULTILINE)
    assert 'File "/home/ada/shop.py", line' in shown
    assert not re.search(r"kbn_schema[/\\]", shown)
