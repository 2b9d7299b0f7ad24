"""This module makes one HTML file of the routes of a router, which asks for nothing from elsewhere."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any, Final

from kbn_schema.openapi.offers import Whole
from kbn_schema.openapi.page.articles import Articles, method, path
from kbn_schema.openapi.page.changes import changes_of
from kbn_schema.openapi.page.html import Markup, element, join, link, prose
from kbn_schema.openapi.page.logins import logins_of
from kbn_schema.openapi.page.routes import Routers, Shown, ShownRoute, collect
from kbn_schema.openapi.page.trees import Trees, anchor_of
from kbn_schema.openapi.paths import Access

Document = Mapping[str, Any]


def render(
    router: Routers,
    document: Document | None = None,
    *,
    access: Access = "all",
    api_version: str | None = None,
) -> str:
    """Return a page of the routes of *router*, or of several ones: the text of one file.

    The same routes give the same text.

    Args:
        document: The OpenAPI document of the routes: its title, servers, tags and security are told, too.
        access: The routes that are shown.
        api_version: The version of versioned routes that is shown: ``"newest"``, ``"oldest"`` or that one;
            None shows all, and what changed between them.

    Raises:
        SchemaDefinitionError: A route cannot be described, see `openapi.paths`.
    """
    told = document or {}
    shown = collect(router, access, api_version, Whole(told.get("security", ())))
    info = _mapping(told.get("info"))
    title = str(info.get("title") or "API")
    groups = _groups(shown, told)
    style = _asset("page.css") + _version_rules(shown)
    early, late = _asset("early.js"), _asset("page.js")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy(style, early, late)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("link", rel="icon", href=ICON),
        element("style", Markup(style)),
        element("script", Markup(early)),
    )
    body = element(
        "body",
        element("a", "Skip to the routes", href="#main", class_="skip"),
        _top(title, info),
        element("div", _navigation(groups, shown), _main(title, info, told, groups, shown), class_="layout"),
        element("p", role="status", class_="hidden", id="status"),
        element("script", Markup(late)),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _top(title: str, info: Mapping[str, Any]) -> Markup:
    routes = element("button", "Routes", type="button", popovertarget="nav", class_="menu")
    version = element("span", str(info["version"]), class_="version") if info.get("version") else None
    name = element("p", element("a", title, href="#main"), " ", version, class_="name")
    theme = element("button", "Theme: system", type="button", id="theme", class_="scripted")
    return element("header", routes, name, theme, class_="top")


def _navigation(groups: Mapping[str, list[ShownRoute]], shown: Shown) -> Markup:
    label = element("label", "Filter routes and schemas", for_="filter", class_="hidden")
    field = element(
        "input", type="search", id="filter", placeholder="Filter", autocomplete="off", spellcheck="false",
        aria_describedby="filter-help", aria_keyshortcuts="/",
    )  # fmt: skip
    hint = element("kbd", "/", aria_hidden="true")
    words = "Slash comes here, arrows go through the matches, Enter opens one, Escape clears."
    help_text = element("p", words, id="filter-help", class_="hidden")
    search = element("div", label, field, hint, help_text, class_="search scripted")
    listed = [_nav_group(name, map(_nav_route, routes), True) for name, routes in groups.items()]
    if shown.schemas:
        names = sorted(shown.schemas, key=lambda name: (name.lower(), name))
        items = [
            element("li", element("a", element("span", name), href=f"#{anchor_of(name)}")) for name in names
        ]
        listed.append(_nav_group("Schemas", items, len(items) <= FEW))
    none = element("p", "Nothing here has these words.", class_="none", hidden=True)
    return element(
        "nav", search, *listed, none, id="nav", popover="auto", tabindex="-1", aria_label="Routes and schemas"
    )


def _nav_group(name: str, items: Iterable[Markup], is_open: bool) -> Markup:
    return element("details", element("summary", name), element("ul", *items), open=is_open)


def _nav_route(shown: ShownRoute) -> Markup:
    title = element("span", shown.title, class_="old" if shown.is_deprecated else None)
    where = element("small", path(shown.path)) if shown.title != shown.path else None
    words = element("span", title, " ", where)
    return element("li", element("a", method(shown.method), " ", words, href=f"#{shown.id}"))


def _main(
    title: str, info: Mapping[str, Any], told: Document, groups: Mapping[str, list[ShownRoute]], shown: Shown
) -> Markup:
    described = {str(tag.get("name")): tag.get("description") for tag in _mappings(told.get("tags"))}
    places = {(route.method, route.path): route.id for route in shown.routes}
    articles = Articles(shown.schemas, changes_of(shown.routes), places, _server(told), logins_of(told))
    sections = [
        _section(name, described.get(name), [articles.article(route) for route in routes], f"group-{number}")
        for number, (name, routes) in enumerate(groups.items(), 1)
    ]
    if shown.schemas:
        trees = Trees(shown.schemas)
        content = [_schema(name, trees.content(schema, name)) for name, schema in shown.schemas.items()]
        sections.append(_section("Schemas", None, content, "schemas"))
    intro = _intro(title, info, told, shown)
    # What is out of sight is laid out late there: that is fast, and a reload may come back a little off.
    is_large = len(shown.routes) + len(shown.schemas) > LARGE
    size = "large" if is_large else None
    return element("main", intro, *sections, id="main", tabindex="-1", class_=size)


def _intro(title: str, info: Mapping[str, Any], told: Document, shown: Shown) -> Markup:
    description = info.get("description")
    says = element("div", prose(description), class_="says") if isinstance(description, str) else None
    return element("section", element("h1", title), says, _facts(info, told, shown), class_="intro")


def _facts(info: Mapping[str, Any], told: Document, shown: Shown) -> Markup:
    """What is known of the whole: a list of terms."""
    count, versions = (
        len(shown.routes),
        {version.name for route in shown.routes for version in route.versions},
    )
    rows: list[tuple[str, Markup]] = [("Routes", join(f"{count:,}"))]
    named = sorted(versions - {""})
    if named:
        rows.append(("Versions", join(", ".join(named))))
    servers = [server for server in _mappings(told.get("servers")) if server.get("url")]
    for server in servers:
        about = server.get("description")
        rows.append(("Server", join(link(str(server["url"]), server["url"]), f" {about}" if about else None)))
    schemes = _mapping(_mapping(told.get("components")).get("securitySchemes"))
    for name, scheme in schemes.items():
        rows.append((f"Security: {name}", join(_scheme(_mapping(scheme)))))
    contact, licence = _mapping(info.get("contact")), _mapping(info.get("license"))
    if contact:
        words = str(contact.get("name") or contact.get("url") or contact.get("email"))
        rows.append(("Contact", join(link(words, contact.get("url")))))
    if licence.get("name"):
        rows.append(("Licence", link(str(licence["name"]), licence.get("url"))))
    more = _mapping(told.get("externalDocs"))
    if more.get("url"):
        rows.append(("Read more", link(str(more.get("description") or more["url"]), more["url"])))
    return element("dl", *[element("div", element("dt", term), element("dd", said)) for term, said in rows])


def _scheme(scheme: Mapping[str, Any]) -> str:
    words = [str(scheme[key]) for key in ("type", "scheme", "in", "name") if isinstance(scheme.get(key), str)]
    description = scheme.get("description")
    return ", ".join(words) + (f": {description}" if isinstance(description, str) else "")


def _section(name: str, description: Any, content: list[Markup], own_id: str) -> Markup:
    says = element("div", prose(description), class_="says") if isinstance(description, str) else None
    title = element("h2", name, id=own_id)
    return element("section", title, says, *content, class_="group", aria_labelledby=own_id)


def _schema(name: str, content: Markup) -> Markup:
    own_id = anchor_of(name)
    title = element("h3", element("a", name, href=f"#{own_id}"), id=f"{own_id}:title")
    return element("article", title, content, class_="named", id=own_id, aria_labelledby=f"{own_id}:title")


def _groups(shown: Shown, told: Document) -> dict[str, list[ShownRoute]]:
    """The routes by group: tags in the order in which the document has them, then by name."""
    listed = [str(tag.get("name")) for tag in _mappings(told.get("tags"))]
    ranks = {name: rank for rank, name in enumerate(listed)}
    groups: dict[str, list[ShownRoute]] = {}
    for route in shown.routes:
        groups.setdefault(route.group, []).append(route)
    ordered = sorted(groups, key=lambda name: (ranks.get(name, len(ranks)), name))
    return {name: groups[name] for name in ordered}


def _server(told: Document) -> str:
    """Where requests go in examples: the first server of the document, else one on this machine."""
    url = next((str(server["url"]) for server in _mappings(told.get("servers")) if server.get("url")), "")
    return url if "://" in url else LOCAL + url


def _version_rules(shown: Shown) -> str:
    """The rules that hide the versions that are not picked."""
    most = max([len(route.versions) for route in shown.routes], default=0)
    rules = [
        f".route:has(.versions label:nth-of-type({number}) input:checked) > "
        f'.panel:not([data-version="{number}"])'
        for number in range(1, most + 1 if most > 1 else 1)
    ]
    return "".join([f"{rule} {{ display: none; }}\n" for rule in rules])


def _policy(style: str, *scripts: str) -> str:
    allowed = " ".join([_hash(script) for script in scripts])
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {allowed}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _asset(name: str) -> str:
    return files("kbn_schema.openapi.page").joinpath(name).read_text(encoding="utf-8")


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(values: Any) -> list[Mapping[str, Any]]:
    return [value for value in values if isinstance(value, Mapping)] if isinstance(values, list) else []


LOCAL: Final = "http://localhost:8000"
FEW: Final = 30
LARGE: Final = 100
ICON: Final = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath d='M6 2C3 2 5 7 2 8c3 1 1 6 4 6M10 2c3 0 1 5 4 6-3 1-1 6-4 6' fill='none' stroke='%233b6fd4' "
    "stroke-width='2'/%3E%3C/svg%3E"
)
