"""The page in headless Chromium, opened as a file: what a reader does with it, and what it never does."""

import os
import re
import shutil
from pathlib import Path

import pytest

from kbn_schema import schema
from kbn_schema.demo.router import router as demo
from kbn_schema.http import Router
from kbn_schema.openapi import document, page
from tests.openapi.page_routes import answer, make
from tests.openapi.test_page import NASTY

playwright = pytest.importorskip("playwright.sync_api") if "CI" not in os.environ else None
if playwright is None:
    from playwright import sync_api as playwright

QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 360, "height": 740}
ORDERS = "post-orders-shop-id"
PAGES = {name: f"{name}.html" for name in ("shop", "demo", "hostile", "large", "long")}

# The contrast of each text that is seen, with what it says: WCAG 2.2, "relative luminance".
CONTRASTS = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const parsed = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([r, g, b]) => {
    const linear = (c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const [x, y, z] = [r, g, b].map((c) => linear(c / 255));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = parsed(getComputedStyle(each).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim().slice(0, 40), parent = walker.currentNode.parentElement;
    if (!words || !parent.checkVisibility() || parent.closest("script, style")) continue;
    const colours = [parsed(getComputedStyle(parent).color), ground(parent)];
    const [above, below] = colours.map(luminance).sort((a, b) => b - a);
    found.push([(above + 0.05) / (below + 0.05), words]);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The pages, as files."""
    folder = tmp_path_factory.mktemp("pages")
    shop = make()
    told = document(shop, title="Shop", version="1.4.0", tags={"Items": "What is for sale."})
    contents = {
        "shop": page.render(shop, told),
        "demo": page.render(demo),
        "hostile": page.render(hostile(), {"info": {"title": NASTY[1], "description": "".join(NASTY)}}),
        "large": page.render(large()),
        "long": page.render(long()),
    }
    for name, content in contents.items():
        (folder / PAGES[name]).write_text(content, encoding="utf-8")
    return folder


def hostile():
    router = Router()
    for number, nasty in enumerate(NASTY):
        body = schema.object({f"a{nasty}": schema.string(description=nasty, title=nasty, examples=[nasty])})
        router.put(
            f"/api/{number}", summary=nasty, description=nasty, tags=[nasty], validate={"body": body},
            deprecated={"documentation_url": "javascript:alert(1)"},
        )(answer)  # fmt: skip
    return router


def long():
    router = Router()
    fields = schema.object({"a_long_name_" * 6: schema.integer()})
    router.put("/api/long", validate={"query": fields, "body": fields})(answer)
    return router


def large():
    router = Router()
    named = [
        schema.object(
            {"a": schema.string(max_length=9), "b": schema.maybe(schema.integer())}, id=f"Schema{each}"
        )
        for each in range(200)
    ]
    for number in range(60):
        body = schema.object({"one": named[number], "rest": schema.array_of(named[number + 100])})
        router.put(
            f"/api/part{number % 5}/thing{number}", summary=f"Make thing {number}", tags=[str(number % 5)],
            validate={"request": {"body": body}, "response": {200: {"body": body}}},
        )(answer)  # fmt: skip
    return router


@pytest.fixture(scope="module")
def browser():
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        assert "CI" not in os.environ, "no Chromium is installed"
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, folder):
    """Opens a page; in the end, nothing went out, and nobody complained."""
    contexts, complaints = [], []

    def open_page(name="shop", place="", size=WIDE, **options):
        context = browser.new_context(viewport=size, **options)
        contexts.append(context)
        context.on("request", lambda request: asked(request.url))
        shown = context.new_page()
        shown.set_default_timeout(15_000)
        shown.on("console", lambda message: complaints.append(message.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        shown.goto(f"{(folder / PAGES[name]).as_uri()}{place}")
        return shown

    def asked(url):
        if not url.startswith(("file:", "data:")):
            complaints.append(url)

    yield open_page
    for context in contexts:
        context.close()

    assert [] == complaints


def is_at_top(shown, anchor):
    """Whether the reader sees the start of *anchor*, sooner or later."""
    for _ in range(200):
        top = shown.evaluate("id => document.getElementById(id).getBoundingClientRect().top", anchor)
        if 0 <= top < 150:
            return True
        shown.wait_for_timeout(50)
    return False


def focused(shown):
    return shown.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")


def links(shown):
    """The routes that the navigation shows."""
    return shown.locator("nav li:visible a").evaluate_all("all => all.map(one => one.hash)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_without_asking_for_anything(opened, name):
    shown = opened(name)

    assert shown.locator("main article").count() > 0


def test_nasty_texts_do_nothing_but_stand_there(opened):
    shown = opened("hostile")
    for summary in shown.locator("summary:visible").all()[:20]:
        summary.click()

    assert len(NASTY) == shown.locator("article.route").count()
    assert 0 == shown.locator("img, iframe, b:has-text('alert'), [onerror], [onmouseover], [onfocus]").count()
    assert 0 == shown.locator("a:not([href^='#']):not([href^='http'])").count()
    assert NASTY[1] == shown.title()


def test_a_tab_goes_from_the_skip_link_through_the_page(opened):
    shown = opened()
    seen = []
    for _ in range(6):
        shown.keyboard.press("Tab")
        seen.append(focused(shown))

    assert [
        "Skip to the routes",
        "Shop",
        "Theme: system",
        "filter",
        "Items",
        "GET Get an item /api/items/{id}",
    ] == seen


def test_the_skip_link_goes_to_the_routes(opened):
    shown = opened()
    shown.keyboard.press("Tab")
    shown.keyboard.press("Enter")
    shown.keyboard.press("Tab")

    assert shown.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_every_stop_of_the_keyboard_can_be_seen(opened):
    shown = opened()
    unseen = []
    for _ in range(60):
        shown.keyboard.press("Tab")
        told = shown.evaluate(
            """() => {
              const here = document.activeElement;
              const holder = here.matches("[type=radio]") ? here.nextElementSibling : here;
              const box = holder.getBoundingClientRect();
              const { outlineStyle: outline, outlineWidth } = getComputedStyle(holder);
              const inSight = box.bottom > 0 && box.top < innerHeight && box.width > 0;
              return outline !== "none" && outlineWidth !== "0px" && inSight ? "" : here.outerHTML;
            }"""
        )
        unseen += [told] if told else []

    assert [] == unseen


def test_a_slash_goes_to_the_filter_and_words_narrow_the_list(opened):
    shown = opened()
    shown.keyboard.press("/")
    shown.keyboard.type("item put")

    assert "filter" == focused(shown)
    assert ["#put-items-id"] == links(shown)
    playwright.expect(shown.locator("#status")).to_have_text("1 match")


def test_a_slash_in_a_field_is_a_slash(opened):
    shown = opened()
    shown.keyboard.press("/")
    shown.keyboard.type("/orders")

    assert "/orders" == shown.locator("#filter").input_value()
    assert [f"#{ORDERS}"] == links(shown)


def test_a_filter_that_nothing_fits_says_so(opened):
    shown = opened()
    shown.locator("#filter").fill("zebra")

    assert [] == links(shown)
    assert shown.locator("nav .none").is_visible()


def test_arrows_go_through_the_matches_and_back(opened):
    shown = opened()
    shown.keyboard.press("/")
    shown.keyboard.type("/api/items get")
    seen = []
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp", "End", "Home", "ArrowUp"):
        shown.keyboard.press(key)
        seen.append(focused(shown))

    one, two = "GET Get an item /api/items/{id}", "GET Find items /api/items"
    assert [one, two, two, one, two, one, "filter"] == seen


def test_enter_opens_the_first_match(opened):
    shown = opened()
    shown.keyboard.press("/")
    shown.keyboard.type("order")
    shown.keyboard.press("Enter")

    shown.wait_for_url(f"**#{ORDERS}")
    assert "Order items" == focused(shown)
    assert is_at_top(shown, ORDERS)


def test_escape_clears_the_filter_and_then_leaves_it(opened):
    shown = opened()
    before = links(shown)
    shown.keyboard.press("/")
    shown.keyboard.type("order")
    shown.keyboard.press("ArrowDown")
    shown.keyboard.press("Escape")

    assert ("", "filter", before) == (shown.locator("#filter").input_value(), focused(shown), links(shown))

    shown.keyboard.press("Escape")

    assert shown.evaluate("document.activeElement === document.body")


def test_groups_fold_and_the_filter_looks_into_them_nevertheless(opened):
    shown = opened()
    shown.locator("nav summary", has_text="Items").first.focus()
    shown.keyboard.press("Enter")
    folded = links(shown)
    shown.locator("#filter").fill("find items")
    found = links(shown)
    shown.locator("#filter").fill("")

    assert "#get-items" not in folded
    assert ["#get-items"] == found
    assert folded == links(shown)


def test_many_schemas_are_folded_until_they_are_looked_for(opened):
    shown = opened("large")
    before = links(shown)
    shown.locator("#filter").fill("schema42")

    assert "#schema-Schema42" not in before
    assert ["#schema-Schema42"] == links(shown)


@pytest.mark.parametrize("anchor", ["put-items-id", ORDERS, "get-items"])
def test_a_link_to_a_route_goes_there_and_survives_reload(opened, anchor):
    shown = opened(place=f"#{anchor}")
    is_there = is_at_top(shown, anchor)
    shown.reload()

    assert is_there
    assert is_at_top(shown, anchor)


def test_a_link_into_a_large_page_goes_there(opened):
    shown = opened("large", "#put-part4-thing54")

    assert is_at_top(shown, "put-part4-thing54")
    playwright.expect(shown.locator("nav a[aria-current]")).to_have_attribute("href", "#put-part4-thing54")


def test_back_goes_back(opened):
    shown = opened()
    shown.locator("nav a[href='#put-items-id']").click()
    shown.locator(f"nav a[href='#{ORDERS}']").click()
    shown.go_back()
    shown.wait_for_url("**#put-items-id")

    assert is_at_top(shown, "put-items-id")


def test_the_newest_version_is_shown_first_and_another_one_on_demand(opened):
    shown = opened()
    route = shown.locator(f"#{ORDERS}")
    before = route.locator(".panel:visible").evaluate_all("all => all.map(one => one.id)")
    route.get_by_role("radio", name="2026-06-01").focus()
    shown.keyboard.press("ArrowRight")
    after = route.locator(".panel:visible").evaluate_all("all => all.map(one => one.id)")

    assert ([f"{ORDERS}:2026-06-01"], [f"{ORDERS}:2023-10-31"]) == (before, after)
    assert shown.url.endswith(f"#{ORDERS}:2023-10-31")
    assert route.get_by_text("Deprecated.").is_visible()


def test_a_link_to_a_version_shows_it_and_survives_reload(opened):
    shown = opened(place=f"#{ORDERS}:2023-10-31")
    shown.reload()

    assert shown.get_by_role("radio", name="2023-10-31").is_checked()
    assert shown.locator(f"[id='{ORDERS}:2023-10-31']").is_visible()
    assert shown.locator(f"[id='{ORDERS}:2026-06-01']").is_hidden()
    assert is_at_top(shown, ORDERS)


def test_a_picked_version_stays_picked_where_the_address_named_another(opened):
    shown = opened(place=f"#{ORDERS}:2023-10-31")
    shown.get_by_role("radio", name="2026-06-01").check(force=True)

    assert shown.locator(f"[id='{ORDERS}:2026-06-01']").is_visible()
    assert shown.locator(f"[id='{ORDERS}:2023-10-31']").is_hidden()


def test_the_link_of_a_deprecated_version_leads_to_the_one_to_use(opened):
    shown = opened(place=f"#{ORDERS}:2023-10-31")
    shown.locator(f"#{ORDERS} .note a:visible").click()

    assert shown.get_by_role("radio", name="2026-06-01").is_checked()


def test_a_named_schema_unfolds_where_it_is_referred_to(opened):
    shown = opened(place=f"#{ORDERS}")
    folded = shown.locator(f"#{ORDERS} details.lazy[data-of='schema-Address']:visible").first
    folded.locator("summary").focus()
    shown.keyboard.press("Enter")

    folded.get_by_text("street").wait_for()
    ids = shown.locator("[id]").evaluate_all("all => all.map(one => one.id)")

    assert len(ids) == len(set(ids))


def test_a_schema_in_itself_unfolds_one_level_at_a_time(opened):
    shown = opened(place="#schema-Category")
    again = "details.lazy[data-of='schema-Category']"
    outer = shown.locator(f"#schema-Category {again}").first
    outer.locator("summary").first.click()
    inner = outer.locator(again).first
    inner.locator("summary").first.click()

    playwright.expect(inner.locator(again)).to_have_count(1)


def test_a_named_schema_is_a_link_too(opened):
    shown = opened(place=f"#{ORDERS}")
    shown.locator(f"#{ORDERS} details[data-of='schema-Address']:visible summary").first.click()
    shown.locator(f"#{ORDERS} a[href='#schema-Address']:visible").first.click()

    assert shown.url.endswith("#schema-Address")
    assert shown.locator("#schema-Address h3").is_visible()


def test_a_press_copies_an_example(opened):
    shown = opened(permissions=["clipboard-read", "clipboard-write"])
    figure = shown.locator("#get-items-id figure").first
    figure.get_by_role("button").click()
    figure.get_by_text("Copied").wait_for()

    assert "curl 'http://localhost:8000/api/items/chair-7'" == shown.evaluate(
        "navigator.clipboard.readText()"
    )


def test_where_copying_is_refused_the_example_is_selected(opened):
    shown = opened()
    shown.evaluate(
        "navigator.clipboard.writeText = () => Promise.reject(); document.execCommand = () => false"
    )
    figure = shown.locator("#get-items-id figure").first
    figure.get_by_role("button").click()
    figure.get_by_text("Selected").wait_for()

    assert "curl 'http://localhost:8000/api/items/chair-7'" == shown.evaluate("String(getSelection())")


def test_the_theme_is_the_systems_until_another_is_chosen_and_that_is_kept(opened):
    shown = opened(color_scheme="dark")
    colour = "getComputedStyle(document.documentElement).backgroundColor"
    colours = [shown.evaluate(colour)]
    button = shown.locator("#theme")
    for _ in range(3):
        button.click()
        colours.append(shown.evaluate(colour))
    button.click()
    shown.reload()

    dark, light = "rgb(20, 23, 28)", "rgb(255, 255, 255)"
    assert [dark, light, dark, dark] == colours
    assert ("Theme: light", light) == (button.text_content(), shown.evaluate(colour))


def test_without_storage_the_theme_changes_nevertheless(opened):
    shown = opened()
    shown.evaluate("Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })")
    shown.locator("#theme").click()

    assert "Theme: light" == shown.locator("#theme").text_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_text_stands_out_from_its_ground(opened, scheme, size):
    shown = opened(color_scheme=scheme, size=size)
    shown.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    found = shown.evaluate(CONTRASTS)

    assert len(found) > 300
    assert [] == [(round(ratio, 2), words) for ratio, words in found if ratio < 4.5]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_phone_never_scrolls_sideways(opened, name, scripts):
    shown = opened(name, size=PHONE, java_script_enabled=scripts)
    if scripts:
        shown.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
    box = shown.locator("html").evaluate("e => [e.scrollWidth, e.clientWidth]") if scripts else [360, 360]
    boxes = [shown.locator(one).bounding_box() for one in ("main", "header.top")]

    assert box[0] <= box[1] == 360
    assert all(each["x"] >= 0 and each["x"] + each["width"] <= 360 for each in boxes)


def test_on_a_phone_the_navigation_opens_closes_and_leads_somewhere(opened):
    shown = opened(size=PHONE)
    nav = shown.locator("nav")
    states = [nav.is_visible()]
    shown.get_by_role("button", name="Routes").click()
    states.append(nav.is_visible())
    shown.keyboard.press("Escape")
    states.append(nav.is_visible())
    shown.keyboard.press("/")
    states.append(nav.is_visible())
    shown.keyboard.type("order")
    shown.keyboard.press("Enter")
    states.append(nav.is_visible())

    assert [False, True, False, True, False] == states
    assert is_at_top(shown, ORDERS)
    assert "Order items" == focused(shown)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_what_is_on_top_is_reached_without_leaving_the_place(opened, size):
    shown = opened(place="#put-items-id", size=size)
    for name in ("Theme", "Routes") if size is PHONE else ("Theme",):
        shown.get_by_role("button", name=name).click()
    shown.keyboard.press("/")
    shown.keyboard.press("Escape")

    assert is_at_top(shown, "put-items-id")


def test_without_scripts_everything_is_there_and_folds(opened):
    shown = opened(java_script_enabled=False)
    route = shown.locator(f"#{ORDERS}")
    answered = shown.locator("#get-items-id details.answer").first
    states = [answered.locator(".tree").first.is_visible()]
    answered.locator("summary").first.click()
    states.append(answered.locator(".tree").first.is_visible())
    route.get_by_role("radio", name="2023-10-31").check(force=True)

    assert [True, False] == states
    assert shown.locator(f"[id='{ORDERS}:2023-10-31']").is_visible()
    assert shown.locator(f"[id='{ORDERS}:2026-06-01']").is_hidden()
    assert 0 == shown.locator("#filter:visible, #theme:visible, .copy:visible").count()
    assert 6 == shown.locator("nav a[href*='-items'], nav a[href*='-orders']").count()


def test_without_scripts_a_link_to_a_version_shows_it(opened):
    shown = opened(place=f"#{ORDERS}:2023-10-31", java_script_enabled=False)

    assert shown.locator(f"[id='{ORDERS}:2023-10-31']").is_visible()


def test_on_paper_nothing_is_folded_and_no_button_is_left(opened):
    shown = opened()
    shown.emulate_media(media="print")

    assert shown.locator("#get-items-id details.answer", has_text="Bad Request").locator(".root").is_visible()
    assert 0 == shown.locator("nav:visible, .top:visible, .copy:visible").count()
    assert shown.pdf()[:5] == b"%PDF-"


def test_nothing_moves_for_those_who_do_not_want_it(opened):
    shown = opened(reduced_motion="reduce")
    durations = shown.evaluate(
        "[...document.querySelectorAll('*')].flatMap(e => [getComputedStyle(e).transitionDuration, "
        "getComputedStyle(e, '::before').transitionDuration, getComputedStyle(e).animationName])"
    )

    assert {"0s", "none"} == set(durations)


def test_axe_finds_nothing(opened):
    source = axe()
    shown = opened()
    shown.evaluate(source)
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = shown.evaluate("rules => axe.run(document, { runOnly: rules })", rules)
    broken = [(each["id"], node) for each in found["violations"] for node in each["nodes"]]

    assert len(found["passes"]) > 20
    assert [] == [(name, node["html"], node["failureSummary"]) for name, node in broken]


def axe():
    """The checker of accessibility, from where npm has put it."""
    folders = [Path(each) for each in os.environ.get("NODE_PATH", "").split(os.pathsep) if each]
    paths = [Path(each) for each in os.environ.get("PATH", "").split(os.pathsep)]
    folders += [each.parent for each in paths if each.name == ".bin"]
    found = [
        each / "axe-core" / "axe.min.js" for each in folders if (each / "axe-core" / "axe.min.js").is_file()
    ]
    if not found:
        assert "CI" not in os.environ, "axe-core is not installed"
        pytest.skip("axe-core is not installed: npm install axe-core, and its folder in NODE_PATH")
    return found[0].read_text(encoding="utf-8")


def test_ids_of_the_page_are_fit_for_addresses(folder):
    ids = re.findall(r' id="([^"]*)"', (folder / "shop.html").read_text(encoding="utf-8"))

    assert [] == [each for each in ids if not re.fullmatch(r"[A-Za-z0-9._~:-]+", each)]
