"""Take the pictures of docs/how-to/contract-page.md: ``python -m tests.openapi.page_pictures``."""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from kbn_schema.demo.application import router
from kbn_schema.openapi import document, page

DOCS = Path(__file__).parents[2] / "docs"
PLACE = "#post-saved-objects-type-id"
PICTURES = {
    "contract-page.png": {"viewport": {"width": 1280, "height": 860}, "color_scheme": "light"},
    "contract-page-phone.png": {"viewport": {"width": 390, "height": 780}, "color_scheme": "dark"},
}


def main() -> int:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "page.html"
        told = document(router, title="Saved objects", version="1.0.0", servers=["http://localhost:8000"])
        file.write_text(page.render(router, told), encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for name, options in PICTURES.items():
            shown = browser.new_context(**options).new_page()
            shown.goto(file.as_uri() + PLACE)
            shown.wait_for_timeout(200)  # for the place in the navigation to be marked
            shown.screenshot(path=DOCS / name)
            print(f"wrote {name}, {(DOCS / name).stat().st_size:,} bytes", file=sys.stderr)  # noqa: T201
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
