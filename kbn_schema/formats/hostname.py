"""Recognise host names, international ones included, by the rules of Kibana's `hostname` option.

A host is an IP address or a domain. A domain is made ASCII as browsers do it (WHATWG URL, UTS #46
without transitional mapping), then each label is judged by RFC 1123.
The standard `idna` codec is of 2003 and refuses what browsers take, such as emoji; `punycode` is enough.
"""

from unicodedata import bidirectional, category, combining, normalize

from kbn_schema.formats.ip import is_ipv4, is_ipv6
from kbn_schema.patterns import pattern

_MAX_DOMAIN_LENGTH = 256
_MAX_LABEL_LENGTH = 63
_LABEL = pattern(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")

# UTS #46, section 4: characters that mean nothing in a domain (soft hyphen, joiners, variation selectors).
_IGNORED = dict.fromkeys(
    map(ord, "\u00ad\u034f\u180b\u180c\u180d\u180f\u200b\u2060\u2064\ufeff"), ""
) | dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)], "")
# UTS #46 keeps these apart from "ss" and σ, and the joiners where they change how a word is written.
_DEVIATIONS = "ßς"
_ZERO_WIDTH_NON_JOINER = "\u200c"
_ZERO_WIDTH_JOINERS = "\u200c\u200d"
# UTS #46, section 2.3; other characters that look like a full stop are refused.
_FULL_STOPS = pattern("[.\u3002\uff0e\uff61]")
# Unassigned, control, format, private use, surrogate, space; then fillers and stand-ins for lost content.
_REFUSED_CATEGORIES = frozenset({"Cn", "Cc", "Cf", "Co", "Cs", "Zs", "Zl", "Zp"})
_REFUSED = "\u115f\u1160\u17b4\u17b5\u3002\ufffc\ufffd"
# RFC 5893, section 2: what a label may hold and how it may end, by the direction of its first letter.
_NEUTRAL = {"EN", "ES", "CS", "ET", "ON", "BN", "NSM"}
_RIGHT_TO_LEFT = {"R", "AL", "AN"}


def is_hostname(text: str) -> bool:
    """An IPv4 or IPv6 address, or a domain of one label or more."""
    return is_domain(text) or is_ipv4(text) or is_ipv6(text)


def is_domain(text: str) -> bool:
    """Labels of 1 to 63 letters, digits and inner hyphens, at most 256 characters in all.

    The last label starts with a letter, so an IPv4 address is no domain; no dot comes after it.
    """
    if len(text) > _MAX_DOMAIN_LENGTH:
        return False
    labels = text.split(".") if text.isascii() else _ascii_labels(text)
    if not all(map(_LABEL().fullmatch, labels)):
        return False
    return bool(labels) and not labels[-1][0].isdigit()


def _ascii_labels(text: str) -> list[str]:
    """The labels of *text* as the domain name system knows them, none where it cannot know them."""
    labels = [_fold(label) for label in _FULL_STOPS().split(text)]
    if not all(map(_is_sound, labels)):
        return []
    if any(map(_runs_right_to_left, labels)) and not all(map(_obeys_bidi_rule, labels)):
        return []
    return [label if label.isascii() else f"xn--{label.encode('punycode').decode()}" for label in labels]


def _fold(text: str) -> str:
    """One spelling for all that look alike: letter case, width, ligatures, accents."""
    composed = normalize("NFKC", text.translate(_IGNORED))
    folded = "".join(char if char in _DEVIATIONS else char.casefold() for char in composed)
    return normalize("NFKC", folded)


def _is_sound(label: str) -> bool:
    """Neither empty nor too long nor encoded twice, no accent first, no character that cannot be seen."""
    if not 0 < len(label) <= _MAX_LABEL_LENGTH or category(label[0]).startswith("M"):
        return False
    if label.startswith("xn--") and not label.isascii():
        return False
    return all(
        _joins(label, place)
        if char in _ZERO_WIDTH_JOINERS
        else category(char) not in _REFUSED_CATEGORIES and char not in _REFUSED
        for place, char in enumerate(label)
    )


def _joins(label: str, place: int) -> bool:
    """Whether the zero-width joiner at *place* has a meaning there (RFC 5892, appendix A.1 and A.2)."""
    before, after = label[:place][-1:], label[place + 1 :][:1]
    if not before:
        return False
    virama = 9
    if combining(before) == virama:
        return True
    # The standard asks for letters that join; which do is not in `unicodedata`, Arabic ones do as a rule.
    between_arabic = bool(after) and bidirectional(before) == bidirectional(after) == "AL"
    return label[place] == _ZERO_WIDTH_NON_JOINER and between_arabic


def _runs_right_to_left(label: str) -> bool:
    return any(bidirectional(char) in _RIGHT_TO_LEFT for char in label)


def _obeys_bidi_rule(label: str) -> bool:
    """RFC 5893, section 2, which every label keeps if one of them runs right to left."""
    classes = [bidirectional(char) for char in label]
    ends = [name for name in classes if name != "NSM"][-1:]
    held = set(classes)
    if classes[0] == "L":
        return held <= _NEUTRAL | {"L"} and ends[0] in {"L", "EN"}
    return (
        classes[0] in {"R", "AL"}
        and held <= _NEUTRAL | _RIGHT_TO_LEFT
        and ends[0] in _RIGHT_TO_LEFT | {"EN"}
        and not {"EN", "AN"} <= held
    )
