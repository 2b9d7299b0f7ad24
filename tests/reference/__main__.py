"""Write the generated parts of the reference, or tell which pages are stale."""

import argparse
import sys
from collections.abc import Sequence

from tests.reference.all_pages import PAGES
from tests.reference.pages import COMMAND


def main(argv: Sequence[str] | None = None) -> int:
    """Return 1 where a page is stale, and was only to be checked."""
    parser = argparse.ArgumentParser(prog="python -m tests.reference", description=__doc__)
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("--write", action="store_true", help="write the parts between markers")
    asked.add_argument("--check", action="store_true", help="write nothing; exit with 1 if a page is stale")
    if parser.parse_args(argv).write:
        for page in PAGES:
            sys.stdout.write(f"{'wrote' if page.write() else 'up to date:'} {page.name}\n")
        return 0
    stale = [page.name for page in PAGES if page.is_stale]
    sys.stdout.writelines(f"{name} is stale: {COMMAND}\n" for name in stale)
    return int(bool(stale))


if __name__ == "__main__":
    sys.exit(main())
