"""This module lets Sphinx read our docstrings, and find what they and signatures name."""

import builtins
import sys
from importlib import import_module
from typing import Any

from docutils.nodes import Element, document
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.nodes import make_refnode

from kbn_schema import schema

OF_A_MODULE = ("class", "data", "exception", "function", "module")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("autodoc-process-docstring", as_restructured_text, priority=499)  # then comes napoleon
    app.connect("env-updated", name_combinators_twice)
    app.connect("doctree-read", spell_out_builtins)
    app.connect("missing-reference", find_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def as_restructured_text(
    app: Sphinx, what: str, name: str, thing: Any, options: object, lines: list[str]
) -> None:
    """Put in other words what a docstring says in a way that is not known to Sphinx."""
    if what == "module":
        if hasattr(thing, "__path__") and "" in lines:
            del lines[lines.index("") :]  # what a package tells of its modules is for its developers
        code = next((at for at, line in enumerate(lines) if line.startswith("    ")), None)
        if code is not None:
            lines[code:code] = [".. code-block:: python", ""]
    elif what in ("attribute", "data", "property"):
        lines[:0] = ["..", ""]  # else napoleon takes what is before a colon for a type


def name_combinators_twice(app: Sphinx, env: BuildEnvironment) -> None:
    """Let a combinator be found as an attribute of the package, too."""
    objects = env.domains.python_domain.objects
    for name in schema.__all__:
        if entry := objects.get(f"kbn_schema.schema.{name}"):
            objects[f"kbn_schema.{name}"] = entry._replace(aliased=True)


def spell_out_builtins(app: Sphinx, doctree: document) -> None:
    """Let `object` in an annotation be Python's, and not the combinator or a method of this name."""
    for node in doctree.findall(pending_xref):
        if node["reftype"] == "class" and node["reftarget"] in vars(builtins):
            node["reftarget"] = f"builtins.{node['reftarget']}"


def find_name(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: Element) -> Element | None:
    """Link a name of which only the end is told; let another one be text, unless nothing has that name."""
    if node["refdomain"] != "py":
        return None
    name = node["reftarget"]
    if "." not in name:
        found = env.domains.python_domain.find_obj(env, "", "", name, None, searchmode=1)
        places = {(entry.docname, entry.node_id) for _, entry in found if entry.objtype in OF_A_MODULE}
        if len(places) == 1:
            return make_refnode(app.builder, node["refdoc"], *places.pop(), content)
    # What stands in backticks may be any code, or a word.
    return content if node["reftype"] == "obj" or exists(name) else None


def exists(name: str) -> bool:
    """Whether something has this *name*: in its module, or if it names none, anywhere in the package."""
    module, _, attribute = name.rpartition(".")
    if not module:
        ours = [loaded for path, loaded in sys.modules.items() if path.startswith("kbn_schema.")]
        return any(hasattr(loaded, name) for loaded in ours)
    try:
        return hasattr(import_module(module), attribute)
    except ImportError:
        return False
