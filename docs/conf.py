"""The site that is made of these pages: ``sphinx-build -W --keep-going docs build/site``.

The pages are Markdown that reads well without it; `pages` and `docstrings`, in the folder ``_ext``, add what
a site has besides. Links to files outside of this folder are plain text there, unless it is said where the
source is: ``-D source_url=https://...``.
"""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "kbn_schema"
author = copyright = "The kbn_schema developers"
version = release = version_of("kbn-schema")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "docstrings",
    "pages",
]
root_doc = "README"
nitpicky = True
nitpick_ignore_regex = [("py:class", r"WSGIApplication|httpx2\..+")]  # only checkers import them
linkcheck_retries = 3

# Markdown is what code-hosting sites take for it: headings have anchors, and nothing else is special.
myst_heading_anchors = 6
myst_disable_syntax = ["myst_block_break", "myst_line_comment", "myst_role", "myst_target"]

autodoc_inherit_docstrings = False
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
default_role = "py:obj"  # what docstrings have in backticks
napoleon_custom_sections = ["Source"]
napoleon_numpy_docstring = False
python_maximum_signature_line_length = 80
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = "kbn_schema"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_domain_indices = html_use_index = False  # there is a search
pygments_dark_style = "a11y-dark"  # the default underlines modules, as if they were links
toc_object_entries_show_parents = "hide"
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
