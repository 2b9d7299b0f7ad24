"""Nothing that a developer's terminal says of colours, or of how Python prints, is said to the tests."""

import os

for _name in ("FORCE_COLOR", "NO_COLOR", "PYTHONUNBUFFERED"):
    os.environ.pop(_name, None)
