"""This module writes the methods with which clients call the routes of a module, typed by their schemas."""

from collections.abc import Iterator, Mapping
from typing import Any

from kbn_schema.http import Route
from kbn_schema.stubs.client.calls import (
    ASYNC_UPLOAD,
    JSON,
    TYPED,
    UPLOAD,
    Argument,
    Call,
    ClientOutline,
    client_outline,
)
from kbn_schema.stubs.outline import Outline
from kbn_schema.stubs.python.types import INDENT, PythonWriter, module_text
from kbn_schema.stubs.text import docstring, literal


def client_text(outline: Outline) -> str:
    """Return the text of the module with the clients of the routes of *outline*, which is that of JSON.

    It has the types of what is sent, and two classes: for `Client`, and for `AsyncClient`.

    Raises:
        SchemaDefinitionError: There are no routes, or two types or methods would have one name.
    """
    client = client_outline(outline)
    module = outline.module.__name__
    writer = PythonWriter(client.outline, client.names)
    statements = writer.definitions()
    endpoints = [_endpoint(call, writer) for call in client.calls]
    classes = [_class(client, is_async, writer) for is_async in (False, True)]
    return module_text(
        f"kbn-schema stubs {module} --client", writer.imports(), [*statements, *endpoints, *classes]
    )


def _endpoint(call: Call, writer: PythonWriter) -> str:
    route = call.route
    arguments = [literal(route.method), literal(route.path)]
    if route.api_version is not None:
        arguments.append(f"version={literal(route.api_version)}")
    if call.media_type not in (None, JSON):
        arguments.append(f"sends={literal(call.media_type or '')}")
    if call.gives_text:
        arguments.append("gives_text=True")
        arguments += ["gives_none=True"] if call.gives_none else []
    endpoint = writer.name(TYPED, "Endpoint")
    # What it gives is said in the annotation, which is not evaluated.
    return f"{_constant(call)}: {endpoint}[{_result(call, writer)}] = {endpoint}({', '.join(arguments)})"


def _class(client: ClientOutline, is_async: bool, writer: PythonWriter) -> str:
    base = writer.name(TYPED, "AsyncMethods" if is_async else "Methods")
    kind = "an `AsyncClient`" if is_async else "a `Client`"
    package, _, name = client.outline.module.__name__.rpartition(".")
    told = (
        f"Calls the routes of `{client.outline.module.__name__}` with {kind}.\n\n"
        "The types of this module are those of JSON, as it is sent and as it comes back.\n"
        f"They are others than those of `{package}{'.' * bool(package)}_{name}_types`,\n"
        "which are what handlers and schemas give."
    )
    methods = ["\n".join(_method(call, is_async, writer)) for call in client.calls]
    head = f"class {client.names[is_async]}({base}):\n{INDENT}{docstring(told, INDENT)}"
    return "\n\n".join([head, *methods])


def _method(call: Call, is_async: bool, writer: PythonWriter) -> Iterator[str]:
    define, wait = ("async def", "await ") if is_async else ("def", "")
    # One signature and no overloads: of those, mypy only says that none fits, and not which key is wrong.
    options = writer.name(TYPED, "StrictCallOptions" if call.declares_headers else "CallOptions")
    unpacked = f"**options: {writer.name('typing', 'Unpack')}[{options}]"
    arguments = [_argument(one, is_async, writer) for one in call.arguments]
    taken = ", ".join(["self", *(["*", *arguments] if arguments else []), unpacked])
    given = ", ".join(f'"{one.name}": {one.name}' for one in call.arguments)
    if call.route.deprecated:
        mark = writer.name("typing_extensions", "deprecated")
        yield f"{INDENT}@{mark}({literal(_deprecation(call.route.deprecated))})"
    yield f"{INDENT}{define} {call.name}({taken}) -> {_result(call, writer)}:"
    yield INDENT * 2 + docstring(_told(call.route), INDENT * 2)
    yield f"{INDENT * 2}return {wait}self._call({_constant(call)}, {{{given}}}, options)"


def _result(call: Call, writer: PythonWriter) -> str:
    return writer.spell(call.result, "input")


def _constant(call: Call) -> str:
    return f"_{call.name.upper()}"


def _argument(argument: Argument, is_async: bool, writer: PythonWriter) -> str:
    hint = ASYNC_UPLOAD if is_async and argument.hint == UPLOAD else argument.hint
    default = "" if argument.required else f" = {writer.name(TYPED, 'LEFT_OUT')}"
    return f"{argument.name}: {writer.spell(hint, 'input')}{default}"


def _told(route: Route) -> str:
    """What is said of *route*, in paragraphs."""
    version = "" if route.api_version is None else f", version {route.api_version}"
    discontinued = f"Discontinued: {route.discontinued}" if route.discontinued else ""
    told = [route.summary, route.description, f"{route.method} {route.path}{version}", discontinued]
    return "\n\n".join(text.strip() for text in told if text.strip())


def _deprecation(deprecated: bool | Mapping[str, Any]) -> str:
    """Why something is *deprecated*, and what to do, in a line."""
    if not isinstance(deprecated, Mapping):
        return "This endpoint is deprecated"
    message = str(deprecated.get("message", "This endpoint is deprecated"))
    reason = deprecated.get("reason", {})
    version, path = reason.get("new_api_version"), reason.get("new_api_path")
    if version is not None:
        message += f"; use version {version}"
    if path is not None:
        message += f"; use {reason.get('new_api_method', '')} {path}".replace("  ", " ")
    if reason.get("type") == "remove":
        message += "; it will be removed"
    url = deprecated.get("documentation_url")
    return message if url is None else f"{message}; see {url}"
