"""How terms are compared: circles, sharing, depth, size, and contracts that mean harm."""

import datetime
from typing import Any

import attrs
import pytest

from kbn_schema import contract, diff, schema
from kbn_schema.contract import Contract
from kbn_schema.diff.places import dotted
from kbn_schema.diff.places import prop as step
from kbn_schema.http import Router
from tests.diff.routers import PUBLIC, handle, in_answer, in_request, plain, requests, versioned, worst
from tests.steps import steps_of


def tree(name: Any, **more: Any) -> Any:
    """A recursive object whose leaf is *name*."""
    props = {"name": name, "children": schema.array_of(schema.lazy("node")), **more}
    return schema.object(props, id="node")


def linked(terms: Any, root: Any) -> Contract:
    """A contract of *terms* by name, whose only route takes *root*."""
    one = requests(body=schema.any())
    (route,) = one.routes
    endpoint = attrs.evolve(route.versions[PUBLIC], request={"body": root})
    return Contract(routes=(attrs.evolve(route, versions={PUBLIC: endpoint}),), schemas=terms)


def ref(name: str) -> Any:
    return {"type": "ref", "to": name}


def test_a_change_inside_a_recursive_schema_is_told_once():
    (change,) = in_request(tree(schema.string()), tree(schema.string(max_length=5)))

    assert ("bound-tightened", ("body", "name")) == (change.rule, change.path)


def test_a_recursive_schema_is_what_it_unfolds_to():
    inner = tree(schema.string())
    outer = schema.object({"name": schema.string(), "children": schema.array_of(inner)})

    changes = in_request(inner, outer)

    assert {"id-removed"} == {change.rule for change in changes}


def test_branches_that_lead_back_are_compared_by_what_is_known_in_the_end():
    def both(size: int) -> Any:
        item = schema.object({"a": schema.string(max_length=size), "more": schema.maybe(schema.lazy("root"))})
        return schema.one_of(item, schema.array_of(schema.lazy("root")), id="root")

    assert worst(in_request(both(5), both(9))) == "INFO"
    assert worst(in_request(both(9), both(5))) == "ERR"


def test_a_condition_on_what_a_circle_reads_is_told():
    def node(kind: Any) -> Any:
        value = schema.conditional(schema.sibling_ref("kind"), 1, schema.number(), schema.boolean())
        return tree(schema.string(), kind=kind, value=value)

    changes = in_request(node(schema.integer(default=1)), node(schema.integer(default=2)))

    assert {"condition-input-changed", "default-changed"} == {change.rule for change in changes}


def circles(*branches: Any, **more: Any) -> Contract:
    """P and Q, which differ, and lead to R and S, which lead back to them."""

    def node(leaf: str, link: str) -> Any:
        return {
            "type": "object",
            "props": {"a": {"type": leaf}, "r": {"type": "optional", "of": ref(link)}},
        }

    def back(link: str) -> Any:
        return {"type": "object", "props": {"p": ref(link)}, "id": "back"}

    terms = {"P": node("boolean", "R"), "Q": node("number", "S"), "R": back("P"), "S": back("Q"), **more}
    return linked(terms, {"type": "union", "of": list(map(ref, branches))})


ROOMY = {"type": "object", "props": {"a": {"type": "boolean"}, "r": {"type": "any", "default": {"value": 1}}}}
INTEGER = {"type": "integer", "min": 0, "max": 9}
SMALL = {"type": "object", "props": {"a": INTEGER, "r": {"type": "optional", "of": ref("S")}}}


def test_what_was_taken_for_equal_in_a_branch_that_found_another_partner_is_told():
    old, new = circles("P", "R"), circles("Q", "P", "S", P=ROOMY)

    changes = diff.compare(old, new)

    assert ("ERR", True) == (worst(changes), any("p" in change.path for change in changes))


def test_what_was_taken_for_equal_on_the_way_proves_nothing():
    old, new = circles("P", "S", "R", "small", small=SMALL), circles("Q", "P", "S", P=ROOMY)

    changes = diff.compare(old, new)

    assert {"branch-removed", "variant-removed"} & {
        change.rule for change in changes if change.level == "ERR"
    }


def test_terms_that_are_shared_without_end_are_compared_once():
    def doubled(leaf: Any) -> Contract:
        terms = {
            f"n{i:03}": {"type": "object", "props": {"x": ref(f"n{i + 1:03}"), "y": ref(f"n{i + 1:03}")}}
            for i in range(200)
        }
        return linked({**terms, "n200": leaf}, ref("n000"))

    (change,) = diff.compare(doubled({"type": "string"}), doubled({"type": "string", "max_length": 1}))

    assert change.path == ("body", *["x"] * 200)


def test_no_contract_is_too_deep():
    def chain(leaf: Any, links: int = 3_000) -> Contract:
        terms = {f"n{i}": {"type": "array", "items": ref(f"n{i + 1}")} for i in range(links)}
        return linked({**terms, f"n{links}": leaf}, ref("n0"))

    def nested(leaf: Any) -> Contract:
        for _ in range(200):
            leaf = {"type": "object", "props": {"a": leaf}}
        return linked({}, leaf)

    string, short = {"type": "string"}, {"type": "string", "max_length": 1}

    assert "ERR" == worst(diff.compare(chain(string), chain(short)))
    assert "ERR" == worst(diff.compare(nested(string), nested(short)))
    assert () == diff.compare(nested(string), nested(dict(string)))


def test_names_of_terms_mean_nothing():
    one = linked({"a": {"type": "array", "items": ref("a")}}, ref("a"))
    other = linked(
        {"b": {"type": "array", "items": ref("c")}, "c": {"type": "array", "items": ref("b")}}, ref("b")
    )

    assert () == diff.compare(one, other) == diff.compare(other, one)


def test_a_term_of_the_same_name_and_another_meaning_is_seen():
    def made(leaf: Any) -> Contract:
        return linked({"a": {"type": "array", "items": ref("b")}, "b": leaf}, ref("a"))

    assert "ERR" == worst(diff.compare(made({"type": "string"}), made({"type": "boolean"})))


def branches(count: int, shift: int) -> Contract:
    """A contract of a union of objects."""
    objects = [schema.object({f"a{i}": schema.string(max_length=i + 1 + shift)}) for i in range(count)]
    return requests(body=schema.one_of(objects))


def test_branches_are_not_compared_each_with_each():
    """For twice as many, that would be four times as many steps."""
    few, many = ((branches(count, 0), branches(count, 1)) for count in (40, 80))

    assert worst(diff.compare(*many)) == "INFO"
    assert steps_of(lambda: diff.compare(*many)) < 2.2 * steps_of(lambda: diff.compare(*few))


def application(routes: int, size: int) -> Contract:
    """A contract of many routes, one of which takes texts of at most *size*."""
    router = Router()
    for i in range(routes):
        things = [
            schema.object({"name": schema.string(max_length=size if i == 7 else 9)}, id=f"thing{i}_{k}")
            for k in range(3)
        ]
        body = schema.object({f"p{k}": thing for k, thing in enumerate(things)})
        router.post(f"/api/{i}", validate={"body": body})(handle)
    return contract.of(router)


def test_twice_as_many_routes_are_compared_in_twice_as_many_steps():
    few, many = ((application(routes, 9), application(routes, 8)) for routes in (50, 100))

    assert 3 == len(diff.compare(*many))
    assert steps_of(lambda: diff.compare(*many)) < 2.2 * steps_of(lambda: diff.compare(*few))


def test_changes_are_sorted_and_do_not_depend_on_the_order_of_props():
    def made(names: str) -> Any:
        return schema.object({name: schema.string() for name in names})

    one, other = in_request(made("abc"), made("xyz")), in_request(made("cba"), made("zyx"))

    assert one == other
    assert [change.path for change in one] == sorted(change.path for change in one)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("body", "user", "tags", "[]"), "body.user.tags[]"),
        (("200", "body", "{}", "id"), "200.body.{}.id"),
        (("body", "shape", "|circle", "radius"), "body.shape|circle.radius"),
        (("query", "a.b"), 'query["a.b"]'),
        (("body", step("[]")), 'body["[]"]'),
        ((), ""),
    ],
)
def test_paths_have_one_spelling(path, expected):
    assert dotted(path) == expected


@pytest.mark.parametrize(
    ("access", "versions", "today", "expected"),
    [
        ("public", ["2023-10-31"], None, "2023-11-01"),
        ("public", ["2023-10-31"], datetime.date(2026, 11, 21), "2026-11-21"),
        ("public", ["2023-10-31", "2030-01-01"], datetime.date(2026, 11, 21), "2030-01-02"),
        ("internal", ["1", "2", "10"], datetime.date(2026, 11, 21), "11"),
    ],
)
def test_advice_names_the_version_to_add(access, versions, today, expected):
    def made(rule: Any) -> Contract:
        block = {"validate": {"request": {"body": rule}}}
        return versioned(dict.fromkeys(versions, block), access=access)

    changes = diff.compare(made(schema.string()), made(schema.string(max_length=1)), today=today)

    new = f"add version {expected} with this change"
    assert all(
        change.advice.endswith(f". If it has to be so, {new}, and keep {change.version} as it is.")
        for change in changes
    )
    assert set(versions) == {change.version for change in changes}


def test_the_tier_of_an_endpoint_is_told():
    def made(rule: Any) -> Contract:
        return plain(validate={"body": rule}, options={"availability": {"stability": "experimental"}})

    (change,) = diff.compare(made(schema.string()), made(schema.string(max_length=1)))

    assert ("ERR", "experimental") == (change.level, change.tier)


def test_hostile_texts_are_cut_and_escaped():
    name = "{x}\x1b[31m" + "y" * 500
    changes = in_answer(schema.object({name: schema.string(default=name)}), schema.object({}))

    assert all(len(change.message) <= 400 and change.message.isprintable() for change in changes)
    assert all(len(side or "") <= 80 for change in changes for side in (change.before, change.after))


def test_versions_of_one_route_are_compared_for_a_page():
    one, other = requests(body=schema.string()), requests(body=schema.string(max_length=1))
    endpoints = [made.routes[0].versions[PUBLIC] for made in (one, other)]

    (change,) = diff.compare_endpoints(
        *endpoints, one, other, method="POST", route="/api/things", version="2"
    )

    assert ("bound-tightened", "POST", "/api/things", "2") == (
        change.rule, change.method, change.route, change.version,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("after", "rule"),
    [
        (schema.number(), "integer-became-number"),
        (schema.number(unsafe=True), "type-widened"),
        (schema.number(unsafe=True, multiple_of=1), "type-changed"),
    ],
)
def test_numbers_take_integers_as_large_as_they_hold(after, rule):
    assert [rule] == [change.rule for change in in_request(schema.integer(), after)]
