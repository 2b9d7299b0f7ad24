"""This module writes HTML: what comes from authors becomes text there, and never markup."""

import html
import json
import re
from typing import Any, Final

Attribute = str | int | bool | None


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *children: str | None, **attributes: Attribute) -> Markup:
    """Return one element: texts in it are escaped, None is left out.

    An attribute is called as in Python, ``class_`` or ``aria_label``; True is one without a value, and
    False and None are none.
    """
    told = "".join([_attribute(key, value) for key, value in attributes.items()])
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{join(*children)}</{name}>")


def join(*children: str | None, by: str = "") -> Markup:
    """Return *children* one after the other, escaped where they are no markup; None is left out."""
    between = text(by)
    return Markup(between.join([text(child) for child in children if child is not None]))


def text(words: str) -> Markup:
    """Return *words* as they are to be seen, whatever is in them."""
    return words if isinstance(words, Markup) else Markup(html.escape(visible(words)))


def visible(words: str) -> str:
    """Return *words* with an escape for each character that cannot be seen, or that turns others around."""
    if words.isprintable():
        return words
    return "".join([c if c.isprintable() or c in _SEEN else ascii(c)[1:-1] for c in words])


def prose(words: str) -> Markup:
    """Return *words* of an author as paragraphs, with what stands in backticks as code; no more is read."""
    paragraphs = [part.strip() for part in re.split(r"(?:\n\s*\n|<br\s*/?>\s*<br\s*/?>)", words)]
    return join(*[element("p", _with_code(part)) for part in paragraphs if part])


def sentence(words: str) -> str:
    """Return *words* with a capital and a full stop."""
    return words[:1].upper() + words[1:] + ("" if words[-1:] in (".", "!", "?") else ".")


def code(words: str) -> Markup:
    """Return *words* as code in a line."""
    return element("code", words)


def link(words: str, address: object) -> Markup:
    """Return a link to *address*, which an author wrote; plain words where it is no address of the web."""
    if not isinstance(address, str) or not re.match(r"https?://[^\s]", address, re.IGNORECASE):
        return text(words if not isinstance(address, str) or words == address else f"{words} ({address})")
    return element("a", words, href=visible(address), rel="noreferrer noopener")


def json_text(value: Any, indent: int | None = None) -> str:
    """Return *value* as JSON, in which every character can be seen."""
    try:
        written = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    except (ValueError, TypeError, RecursionError):  # an integer of 5,000 digits, or what holds itself
        return "..."
    if written.isprintable():
        return written
    return "".join([c if c.isprintable() or c in _SEEN else json.dumps(c)[1:-1] for c in written])


def coloured(written: str) -> Markup:
    """Return *written*, which is JSON, with its keys apart from its values."""
    return Markup(_KEY.sub(r'\1<span class="key">\2</span>', text(written)))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'


def _with_code(words: str) -> Markup:
    parts = words.split("`")
    if len(parts) % 2 == 0:  # one of them is never closed
        parts[-2:] = ["`".join(parts[-2:])]
    return join(*[code(part) if index % 2 else text(part) for index, part in enumerate(parts)])


_VOID: Final = frozenset({"input", "link", "meta"})
# A line feed, a tab, and what joins emoji and parts letters.
_SEEN: Final = frozenset("\n\t\u200c\u200d")
# In JSON that is laid out, a line begins with a key, or has none.
_KEY: Final = re.compile(r"^( *)(&quot;.*?&quot;)(?=: )", re.MULTILINE)
