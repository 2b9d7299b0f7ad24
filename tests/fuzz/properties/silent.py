"""P6: errors are short and printable, and hold nothing of the rejected value."""

import json
import re
import traceback

from tests.fuzz.calls import inside
from tests.fuzz.properties.fast_is_check import shown
from tests.fuzz.property import Property, Tally
from tests.fuzz.subject import Given, Subject
from tests.fuzz.values import MARKER
from tests.hostile.helper import MAX_TEXT, assert_presentable

QUOTED_TAG = re.compile(r'but got \[\\?".*"\]')
SAMPLE = 32  # of so many errors one is looked at in all its forms


def check(subject: Subject, tally: Tally) -> None:
    for index, given in enumerate(subject.cases):
        told = given.told
        if told.kind != "refused":
            tally.excluded("P6", "there is no error")
            continue
        text = told.text
        assert is_clean(text), (
            f"P6: the text of an error cannot be printed, or is long\n{text!a}\n{shown(given)}"
        )
        messages = [message for _, _, message, _ in told.issues]
        assert is_clean("\n".join(messages), 100), (
            f"P6: a message cannot be printed, or is long\n{shown(given)}"
        )
        is_marked = is_in(given.part)
        if is_marked:
            found = [
                form
                for form in [text, *messages, repr([params for *_, params in told.issues])]
                if shows(form)
            ]
            assert not found, f"P6: an error shows the value\n{found[0]}\n{shown(given)}"
        if len(subject.cases) == 1 or (subject.number + index) % SAMPLE == 0:
            _look_closer(given, is_marked)
        tally.compared("P6")


def _look_closer(given: Given, is_marked: bool) -> None:
    error = given.told.content
    try:
        assert_presentable(error)
    except AssertionError as wrong:
        raise AssertionError(f"P6: an error is not presentable\n{wrong}\n{shown(given)}") from wrong
    if is_marked:
        forms = [repr(error), json.dumps(error.to_dict(), ensure_ascii=False), repr(error.issues)]
        forms.append("".join(traceback.format_exception(error, chain=False)))
        found = [form for form in forms if shows(form)]
        assert not found, f"P6: an error shows the value\n{found[0]}\n{shown(given)}"


def shows(text: str) -> bool:
    """Return whether *text* holds the marker elsewhere than in a tag, which Kibana's sentence quotes."""
    return MARKER in text and MARKER in QUOTED_TAG.sub("", text)


def is_clean(text: str, count: int = 1) -> bool:
    """Return whether *count* texts are short, and free of characters that do something."""
    return len(text) <= count * MAX_TEXT and text.replace("\n", "").isprintable()


def is_in(part: object) -> bool:
    """Return whether the marker is in a text of *part*."""
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if type(one) is str:
            if MARKER in one:
                return True
        else:
            waiting.extend(inside(one))
    return False


PROPERTY = Property("P6", "errors are printable and hold nothing of the value", check)
