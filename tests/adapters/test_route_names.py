"""How routes are called where a framework has names for them."""

from kbn_schema.adapters.route_names import named
from kbn_schema.http import Router


def hello(context, request, response): ...


def other(context, request, response): ...


def names(router, taken=()):
    return [name for name, _ in named(router.routes, lambda name: name in taken)]


def test_a_route_is_called_after_its_handler():
    router = Router("/api")
    router.get("/a", validate=False)(hello)
    router.post("/a", validate=False)(other)

    assert ["hello", "other"] == names(router)


def test_routes_whose_handlers_have_the_same_name_are_called_after_their_paths():
    router = Router("/api")
    router.get("/a/{id?}", validate=False)(hello)
    router.get("/b", validate=False)(hello)
    router.get("/c", validate=False)(other)

    assert ["GET /api/a/{id?}", "GET /api/b", "other"] == names(router)


def test_what_is_no_identifier_or_taken_is_no_name():
    router = Router()
    router.get("/a", validate=False)(lambda context, request, response: None)
    router.get("/b", validate=False)(hello)

    assert ["GET /a", "GET /b"] == names(router, taken=("hello",))


def test_versions_share_a_name():
    router = Router()
    versioned = router.versioned.get("/a", access="public")
    for version in ("2023-10-31", "2024-10-31"):
        versioned.add_version(version, validate=False, handler=hello)

    assert ["hello"] == names(router)
