"""``python -m kbn_schema`` is the command ``kbn-schema``."""

import sys

from kbn_schema.cli import main

if __name__ == "__main__":
    sys.exit(main())
