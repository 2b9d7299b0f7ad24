"""What is promised of routers that are mounted in an app, whichever its framework is."""

from typing import ClassVar

import pytest

from kbn_schema import schema
from kbn_schema.http import Router


def hello(context, request, response):
    return response.ok(body=dict(request.params))


def router_of(*paths, handler=hello, method="get", **options):
    router = Router(**options)
    for path in paths:
        getattr(router, method)(path, validate={"params": schema.any()})(handler)
    return router


class Mounting:
    """Subclasses have what is declared here.

    * ``new_app()`` makes an app without routes.
    * ``add_theirs(app, path)`` adds a route of the app's own that answers GET with ``theirs``.
    * ``get(app, target)`` gives the `Answer` to a request.
    """

    mount: ClassVar
    REST: ClassVar[str]
    """The part of a path that stands for its rest, in the framework's own form, such as ``<path:rest>``."""

    def mounted(self, *paths):
        app = self.new_app()
        self.mount(app, router_of(*paths))
        return app

    def answers(self, app, *targets):
        return [self.get(app, target).json() for target in targets]

    def test_a_router_is_mounted_once(self):
        router, app = router_of("/a"), self.new_app()
        self.mount(app, router)

        with pytest.raises(ValueError, match="mounted on this app already"):
            self.mount(app, router)
        self.mount(self.new_app(), router)

    def test_routers_share_an_app_but_not_a_path(self):
        app = self.mounted("/a/{id}")

        for path in ("/a/{name}", "/a/b"):
            with pytest.raises(ValueError, match="would never be reached"):
                self.mount(app, router_of(path))
        self.mount(app, router_of("/b"))
        assert [{"id": "1"}, {}] == self.answers(app, "/a/1", "/b")

    def test_the_router_that_was_mounted_first_goes_first(self):
        app = self.mounted("/{one}/b")
        self.mount(app, router_of("/a/{two}"))

        assert [{"one": "a"}, {"two": "c"}] == self.answers(app, "/a/b", "/a/c")

    def test_routes_may_be_declared_later(self):
        router, app = Router(), self.new_app()
        self.mount(app, router)
        router.get("/late", validate={"params": schema.any()})(hello)

        assert [{}] == self.answers(app, "/late")

    @pytest.mark.parametrize(
        ("path", "target"),
        [("/a", "/a/"), ("/a/", "/a"), ("/a/b", "/a//b"), ("/a/{id}", "/a//1"), ("/a/{id}", "/a/1/")],
    )
    def test_slashes_count(self, path, target):
        assert 404 == self.get(self.mounted(path), target).status

    def test_a_path_that_only_looks_the_same_decoded_is_not_ours(self):
        app = self.new_app()
        self.add_theirs(app, f"/a/{self.REST}")
        self.mount(app, router_of("/a/{id}"))

        assert (b"theirs", {"id": "b/c"}) == (self.get(app, "/a/b/c").body, self.get(app, "/a/b%2Fc").json())

    @pytest.mark.parametrize(("path", "own"), [("/a", "/b"), ("/a/{x}", "/a/b/c")])
    def test_other_routes_of_the_app_are_none_of_our_business(self, path, own):
        app = self.new_app()
        self.add_theirs(app, own)
        self.mount(app, router_of(path))

        assert b"theirs" == self.get(app, own).body
