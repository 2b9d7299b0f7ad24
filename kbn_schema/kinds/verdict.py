"""Ask the author's own check, and read its verdict."""

import inspect
from collections.abc import Callable
from typing import Any

from kbn_schema import messages
from kbn_schema.problems import Failure, fail, fail_because, fail_in_words


def judge(validator: Callable[[Any], object], output: Any) -> Any:
    """Return *output*, or the failure that *validator* makes of it.

    A string that it returns is the error, and so is the text of a `ValueError` or
    `AssertionError` that it raises; False, something to await, and any other exception
    are an error in our words.
    """
    try:
        verdict = validator(output)
    except (ValueError, AssertionError) as error:
        return _in_words(error)
    except MemoryError:
        raise
    except Exception as error:  # the author's code: whatever it raises
        return fail_because(messages.CUSTOM, error)
    return _read(verdict, output)


def _in_words(error: Exception) -> Failure:
    try:
        words = str(error)
    except Exception:  # the author's own class may fail to print
        words = ""
    return fail_in_words(words) if words else fail(messages.CUSTOM)


def _read(verdict: Any, output: Any) -> Any:
    if verdict is None or verdict is True:
        return output
    if issubclass(type(verdict), str):
        words = str.__str__(verdict)
        return fail_in_words(words) if words else fail(messages.CUSTOM)
    if verdict is False:
        return fail(messages.CUSTOM)
    if hasattr(type(verdict), "__await__"):
        if inspect.iscoroutine(verdict):
            verdict.close()  # or Python warns that it was never awaited
        return fail(messages.CUSTOM)
    return output
