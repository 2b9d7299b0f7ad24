"""This module does at once what is else done late, so that nothing is left for the first validation.

`import kbn_schema` must stay cheap: what few programs need is imported where it is needed. All that
validating, or telling an error, may come upon in that way is listed here.
"""

import codecs
import importlib
import os
import threading

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


# Held while something is imported late, and over every fork: a child that is forked while another
# thread imports could never finish that import.
IMPORTING = threading.RLock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=IMPORTING.acquire, after_in_parent=IMPORTING.release, after_in_child=IMPORTING.release
    )


def make_ready() -> None:
    """Import all that would be imported later, and compile the patterns of the kinds in use."""
    with IMPORTING:
        _load()


def _load() -> None:
    for module in MODULES:
        importlib.import_module(module)
    for codec in CODECS:
        codecs.lookup(codec)
    json_text.make_ready()
    patterns.compile_all()
