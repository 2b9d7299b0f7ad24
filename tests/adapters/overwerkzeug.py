"""What is promised of apps whose rules are werkzeug's: of Flask's and Quart's."""

import re
from typing import ClassVar

import pytest

from kbn_schema.http import Router
from tests.adapters.mounting import Mounting, hello, router_of


class OverWerkzeug(Mounting):
    """Subclasses have `App`, `Blueprint` and `request` of their framework, and how one is asked."""

    App: ClassVar
    Blueprint: ClassVar
    request: ClassVar
    REST = "<path:rest>"

    def new_app(self):
        return self.App("ours", static_folder=None)

    def add_theirs(self, app, path):
        app.add_url_rule(path, path, lambda **_: "theirs")

    def get(self, app, target):
        return self.ask(app, target, "GET")

    def seen_endpoints(self, app):
        """The endpoints that a hook of *app* will see."""
        seen = []
        app.before_request(lambda: seen.append(self.request.endpoint))
        return seen

    def test_a_hook_may_answer_first(self):
        app = self.mounted("/a")
        app.before_request(lambda: ("stop", 403))
        answer = self.get(app, "/a")

        assert (403, b"stop") == (answer.status, answer.body)

    @pytest.mark.parametrize(
        ("target", "method", "endpoint"),
        [
            ("/a/1", "GET", "kbn_schema.hello"),
            ("/a/b%2Fc", "GET", "kbn_schema.hello"),  # to werkzeug, this is the app's own `/a/<path:rest>`
            ("/a/%zz", "GET", "kbn_schema.hello"),
            ("/a/%ff", "HEAD", "kbn_schema.hello"),
            ("/a/1", "PUT", "kbn_schema"),
            ("/a/1", "OPTIONS", "kbn_schema"),
            ("/a/b/c", "GET", "public"),
            ("/a//b", "GET", None),
            ("/nowhere", "GET", None),
        ],
    )
    def test_hooks_see_where_a_request_goes(self, target, method, endpoint):
        """A hook that lets the public through must not be led astray by a path that it reads otherwise."""
        app = self.new_app()
        app.add_url_rule("/a/<path:rest>", "public", lambda rest: "public", methods=["GET", "PUT"])
        self.mount(app, router_of("/a/{id}"))
        preprocessed = []
        app.url_value_preprocessor(lambda endpoint, values: preprocessed.append(endpoint))
        seen = self.seen_endpoints(app)
        answer = self.ask(app, target, method)

        assert ([endpoint], [endpoint]) == (preprocessed, seen)
        assert ("public" == endpoint) == (answer.body == b"public")

    @pytest.mark.parametrize(("target", "args"), [("/a/b%2Fc", {"id": "b/c"}), ("/a/%ff", {})])
    def test_hooks_see_the_parameters(self, target, args):
        app = self.mounted("/a/{id}")
        seen = []
        app.before_request(lambda: seen.append((self.request.view_args, self.request.url_rule.rule)))
        self.get(app, target)

        assert [(args, "/a/<id>")] == seen

    def test_hooks_see_routes_that_were_declared_later(self):
        router, app = Router(), self.new_app()
        self.mount(app, router)
        seen = self.seen_endpoints(app)
        assert 404 == self.get(app, "/late").status
        router.get("/late", validate=False)(hello)

        assert 200 == self.get(app, "/late").status
        assert [None, "kbn_schema"] == seen

    def test_the_hooks_of_a_blueprint_that_werkzeug_would_have_chosen_do_not_run(self):
        app, blueprint = self.new_app(), self.Blueprint("theirs", "theirs")
        blueprint.before_request(lambda: "theirs")
        blueprint.add_url_rule("/a/<path:rest>", "rest", lambda rest: rest)
        app.register_blueprint(blueprint)
        self.mount(app, router_of("/a/{id}"))

        assert (b"theirs", {"id": "b/c"}) == (self.get(app, "/a/b/c").body, self.get(app, "/a/b%2Fc").json())

    def test_the_app_redirects_its_own_paths_as_before(self):
        app = self.new_app()
        self.add_theirs(app, "/own/")
        self.mount(app, router_of("/a"))

        assert 308 == self.get(app, "/own").status

    def test_routes_of_several_routers_have_names_of_their_own(self):
        app = self.mounted("/a/{id}")
        self.mount(app, router_of("/b"))

        assert {"kbn_schema.hello", "kbn_schema.GET /b"} <= app.view_functions.keys()

    @pytest.mark.parametrize(
        ("path", "own"),
        [
            ("/a", "/a"),
            ("/a/{id}", "/a/<name>"),
            ("/a/{id}", "/a/<int:id>"),
            ("/a/{id}", "/a/b"),
            ("/{r*}", "/<path:r>"),
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_a_rule_of_the_app_that_would_never_be_reached_is_refused(self, path, own, method):
        app = self.new_app()
        app.add_url_rule(own, "own", lambda **_: "own", methods=[method])
        before = list(app.url_map.iter_rules())

        with pytest.raises(ValueError, match=re.escape(f"own route [{own}] would never be reached")):
            self.mount(app, router_of(path))
        assert before == list(app.url_map.iter_rules())
        assert {"own"} == app.view_functions.keys()
