"""What the tests want of their surroundings, wherever they run."""

import os
import sys

# Nothing that a developer's terminal says of colours is said to the tests.
for _name in ("FORCE_COLOR", "NO_COLOR"):
    os.environ.pop(_name, None)

# Tests write a module, import it and write it anew within a second, and a cache tells seconds apart.
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
sys.dont_write_bytecode = True
