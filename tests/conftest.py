"""Nothing that a developer's terminal says of colours is said to the tests."""

import os

for _name in ("FORCE_COLOR", "NO_COLOR"):
    os.environ.pop(_name, None)
