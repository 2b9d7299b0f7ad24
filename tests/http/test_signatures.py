"""Functions of an author that cannot be called with what they are given are refused when declared."""

import contextlib
import functools

import pytest

from kbn_schema import SchemaDefinitionError, schema
from kbn_schema.http import Router, TestClient
from kbn_schema.http.validated import Check

s = schema


def handler_of(function):
    Router("/api").post("/a", validate=False)(function)


def versioned():
    return Router("/api").versioned.post("/a", access="internal")


def handler_of_version(function):
    versioned().add_version("1", validate=False, handler=function)


def decorated_handler_of_version(function):
    versioned().add_version("1", validate=False)(function)


def mapper_of_block(function):
    Router("/api").post("/a", validate={"request": {}, "response": {}, "on_validation_error": function})


def mapper_of_version(function):
    block = {"request": {}, "response": {}, "on_validation_error": function}
    versioned().add_version("1", validate=block, handler=lambda context, request, response: None)


ROUTE = "The [post] at [/api/a]"
VERSION = f"{ROUTE}, version [1]"
HANDLER = ("context", "request", "response")
HOOK = ("request", "response")
MAPPER = ("error", "request", "response")
# How it is declared, what errors call it, and what it takes.
PLACES = {
    "handler": (handler_of, f"{ROUTE}: the handler", HANDLER),
    "version": (handler_of_version, f"{VERSION}: the handler", HANDLER),
    "decorated version": (decorated_handler_of_version, f"{VERSION}: the handler", HANDLER),
    "on_request": (lambda f: Router().on_request(f), "Router(): the hook", HOOK),
    "on_pre_handler": (lambda f: Router().on_pre_handler(f), "Router(): the hook", HANDLER),
    "on_response": (lambda f: Router().on_response(f), "Router(): the hook", HOOK),
    "mapper": (lambda f: Router(on_validation_error=f), "Router(): on_validation_error", MAPPER),
    "mapper of a block": (mapper_of_block, f"{ROUTE}: on_validation_error", MAPPER),
    "mapper of a version": (mapper_of_version, f"{VERSION}: on_validation_error", MAPPER),
}
ALL_PLACES = pytest.mark.parametrize("place", PLACES)


def function_of(parameters, form="lambda {}: None"):
    """A function with *parameters*, which is never called."""
    return eval(form.format(parameters))


class Called:
    def __init__(self, function):
        self.function = function

    def __call__(self, request):
        return self.function(request)

    def method(self, request):
        return self.function(request)


WRONG = {
    "none": (lambda: None, ""),
    "one": (lambda request: None, "request"),
    "four": (lambda a, b, c, d: None, "a, b, c, d"),
    "names alone": (lambda *, context, request, response: None, "context, request, response"),
    "one more by name": (lambda a, b, c=None, *, more: None, "a, b, c, more"),
    "object": (Called(print), "request"),
    "method": (Called(print).method, "request"),
    "partial": (functools.partial(lambda a, b: None, 1), "b"),
}


@ALL_PLACES
@pytest.mark.parametrize(("function", "taken"), WRONG.values(), ids=WRONG)
def test_a_function_that_cannot_be_called_with_its_arguments_is_refused(place, function, taken):
    declare, name, arguments = PLACES[place]
    with pytest.raises(SchemaDefinitionError) as error:
        declare(function)

    assert f"{name} must take ({', '.join(arguments)}), but takes ({taken})" == str(error.value)


def test_a_function_of_two_or_of_three_is_for_its_own_place():
    for declare, name, arguments in PLACES.values():
        other = HANDLER if arguments == HOOK else HOOK
        with pytest.raises(SchemaDefinitionError) as error:
            declare(function_of(", ".join(other)))

        assert str(error.value).startswith(f"{name} must take ({', '.join(arguments)}), but takes (")


@ALL_PLACES
@pytest.mark.parametrize(
    "form",
    [
        "lambda {}: None",
        "lambda {}, more=1: None",
        "lambda {}, *more, **others: None",
        "lambda {}, *, more=1: None",
        "lambda {}, /: None",
        "lambda *everything: None",
        "functools.partial(lambda given, {}: None, 1)",
        "type('Called', (), dict(__call__=lambda self, {}: None))()",
        "functools.lru_cache(lambda {}: None)",
    ],
)
def test_a_function_that_can_be_called_with_its_arguments_is_taken(place, form):
    declare, _, arguments = PLACES[place]

    declare(function_of(", ".join(f"{name}_" for name in arguments), form))


@ALL_PLACES
def test_what_does_not_tell_what_it_takes_is_taken(place):
    class Silent:
        __signature__ = "none"

        def __call__(self, *arguments):
            raise NotImplementedError

    PLACES[place][0](Silent())


# Contexts


def generator(a, b):
    yield


@pytest.mark.parametrize(
    ("make", "arguments", "taken"),
    [
        (lambda request, more: None, "request", "request, more"),
        (lambda *, request: None, "", "request"),
        (lambda request, *, more: None, "request", "request, more"),
        (functools.partial(lambda a, b, c: None, 1), "request", "b, c"),
        (generator, "request", "a, b"),
        (contextlib.contextmanager(generator), "request", "a, b"),
    ],
)
def test_a_context_that_cannot_be_made_is_refused(make, arguments, taken):
    with pytest.raises(SchemaDefinitionError) as error:
        Router(context=make)

    assert f"Router(): context must take ({arguments}), but takes ({taken})" == str(error.value)


@pytest.mark.parametrize(
    "make",
    [
        dict,
        object,
        lambda: None,
        lambda request: None,
        lambda request, more=1: None,
        lambda request=None, *, more=1: None,
        lambda *everything, **others: None,
        contextlib.nullcontext,
    ],
)
def test_a_context_takes_the_request_or_nothing(make):
    Router(context=make)


# Function rules

WRONG_RULES = [
    lambda: None,
    lambda *, value: None,
    lambda value, result, more: None,
    lambda value, ok, bad_request, more: None,
    lambda value, ok, badRequest: None,
    lambda value, result, ok: None,
    lambda value, *, result: None,
    functools.partial(lambda value: None, 1),
]
RULE = "it must take (value), (value, result) or (value, ok, bad_request)"


@pytest.mark.parametrize("rule", WRONG_RULES)
@pytest.mark.parametrize(
    ("where", "declare"),
    [
        (f"{ROUTE}: the rule at key: [query]", lambda rule: declare_block({"query": rule})),
        (f"{ROUTE}: the rule at key: [body]", lambda rule: declare_block({"request": {"body": rule}})),
        (
            f"{ROUTE}: the rule at key: ['validate.response' of [200]: body]",
            lambda rule: declare_block({"response": {200: {"body": {"custom": rule}}}}),
        ),
        (
            f"{VERSION}: the rule at key: [query]",
            lambda rule: versioned().add_version("1", validate={"query": rule}),
        ),
        ("validated(): the rule at key: [query]", lambda rule: Check(query=rule)),
    ],
    ids=["part", "request", "response", "version", "validated"],
)
def test_a_function_rule_that_cannot_be_called_is_refused(declare, where, rule):
    with pytest.raises(SchemaDefinitionError) as error:
        declare(rule)

    assert f"{where}: {RULE}" == str(error.value)


def declare_block(block):
    return Router("/api").post("/a", validate=block)


def with_user(function):
    """A decorator that gives what it wraps one argument more."""

    @functools.wraps(function)
    def wrapper(context, request, response):
        return function(context, request, response, "ada")

    return wrapper


def test_a_decorator_may_give_its_function_more_than_it_takes():
    router = Router()

    @router.get("/", validate=False)
    @with_user
    def handler(context, request, response, user):
        return response.ok(body=user)

    assert "ada" == TestClient(router).get("/").text


def test_a_context_may_be_a_method():
    class Pool:
        @contextlib.contextmanager
        def session(self):
            yield "session"

    router = Router(context=Pool().session)
    router.get("/", validate=False)(lambda context, request, response: response.ok(body=context))

    assert "session" == TestClient(router).get("/").text
