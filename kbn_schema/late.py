"""This module does at once what is else done late, so that nothing is left for the first validation.

`import kbn_schema` must stay cheap: what few programs need is imported where it is needed. All that
validating, or telling an error, may come upon in that way is listed here.
"""

import codecs
import importlib
import os
from collections.abc import Callable

from kbn_schema import json_text, patterns

MODULES = (
    "datetime",  # has a type whose word is Date
    "difflib",  # guesses what a misspelled key was meant for
    "fractions",  # tells multiples of what is not whole
)

# Each codec has a module, which Python imports at the first use.
CODECS = (
    "punycode",  # spells host names in ASCII
    "unicode_escape",  # spells what does not print
)


_before_fork: set[Callable[[], object]] = set()


def finish_before_fork(load: Callable[[], object]) -> None:
    """Call *load* before each fork from now on.

    A child that is forked while another thread imports could never finish that import.
    """
    if load not in _before_fork and hasattr(os, "register_at_fork"):
        _before_fork.add(load)
        os.register_at_fork(before=load)


def make_ready() -> None:
    """Import all that would be imported later, and compile the patterns of the kinds in use."""
    finish_before_fork(_load)
    _load()


def _load() -> None:
    for module in MODULES:
        importlib.import_module(module)
    for codec in CODECS:
        codecs.lookup(codec)
    json_text.make_ready()
    patterns.compile_all()
