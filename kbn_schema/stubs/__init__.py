"""Static types of schemas, written for Python and for TypeScript.

Nothing here knows a kind. Each says in `hint` what type its values have, in the words of a `TypeWriter`.

* `hints` are types before a language says them, and `writer` is what a kind says them with;
* `definitions` collects and names them, `outline` all that there is to write for a module, with its routes;
  `source` is that module's text, and `homes` are the modules that others were written beside;
* `python`, `typescript` and `client` write it, and `author` compares it with what the author wrote.
"""

from kbn_schema.stubs.definitions import Definition, Definitions
from kbn_schema.stubs.hints import Hint
from kbn_schema.stubs.writer import TypeWriter

__all__ = ["Definition", "Definitions", "Hint", "TypeWriter"]
