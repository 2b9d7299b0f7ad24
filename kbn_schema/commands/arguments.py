"""This module reads the arguments of each command; a command itself is imported only when it is meant."""

import argparse
from typing import Any, Final

Commands = Any  # argparse has no public name for it
MODULE: Final = "a module that can be imported, the working directory first, such as app.routes"
ROUTER: Final = "a module, and the name of a router in it, such as app.routes:router"


def parser() -> argparse.ArgumentParser:
    """Return what reads the command line; it leaves in ``run`` what does the work, given what was read."""
    made = argparse.ArgumentParser(prog="kbn-schema", description="Ask schemas from the command line.")
    made.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True, parser_class=_Command)
    _add_demo(commands)
    _add_stubs(commands)
    _add_openapi(commands)
    _add_snapshot(commands)
    _add_diff(commands)
    _add_validate(commands)
    _add_replay(commands)
    _add_lint(commands)
    return made


def _add_demo(commands: Commands) -> None:
    demo = commands.add_parser(
        "demo",
        help="run a small real application and show what it does",
        description="Shows what a small real application, a store of saved objects in SQLite, does: what its "
        "author writes, what clients get over HTTP on the loopback interface, what a type checker finds, and "
        "what CI says to a breaking change.",
        epilog=_exits("all answers are as expected", "one is not"),
    )
    instead = demo.add_mutually_exclusive_group()
    instead.add_argument("--all", action="store_true", help="send all requests, not a chosen few")
    instead.add_argument("--serve", action="store_true", help="send none, and keep serving until Ctrl-C")
    demo.add_argument(
        "--port", type=_port, default=0, metavar="N", help="listen on this port (default: a free one)"
    )
    demo.set_defaults(run=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    if arguments.serve:
        from kbn_schema.demo.serve import serve  # noqa: PLC0415 - brings sqlite3 and an HTTP server

        return serve(arguments.port)
    from kbn_schema.demo.story.tell import tell  # noqa: PLC0415 - nobody else reads the source

    return tell(arguments.port, is_whole=arguments.all)


def _add_stubs(commands: Commands) -> None:
    stubs = commands.add_parser(
        "stubs",
        help="write the static types of a module's schemas beside it",
        description="Writes the static types of the schemas in a module, and of the requests and responses "
        "of its routes, into _<module>_types.py beside it.",
        epilog=_exits("all is written, or up to date", "--check finds something stale, missing or wrong"),
    )
    stubs.add_argument("module", metavar="MODULE", help=MODULE)
    stubs.add_argument(
        "--check",
        action="store_true",
        help="write nothing; show what would change, and which annotations are missing or wrong",
    )
    stubs.add_argument(
        "--stdout", action="store_true", help="write nothing; print what would be written; not with --check"
    )
    stubs.add_argument(
        "--layout",
        choices=("sibling", "stub"),
        default="sibling",
        help="sibling writes the types alone, stub also <module>.pyi, for a module that has nothing but "
        "schemas (default: sibling)",
    )
    stubs.add_argument(
        "--ts",
        metavar="FILE",
        help="write the types to FILE in TypeScript, too; its name ends in .ts, .mts or .cts",
    )
    stubs.add_argument(
        "--client",
        action="store_true",
        help="write a typed HTTP client to _<module>_client.py, too; with --ts, its types also to FILE",
    )
    stubs.add_argument(
        "--annotate",
        action="store_true",
        help="annotate the schemas in the source of MODULE, too; not with --layout stub",
    )
    stubs.add_argument(
        "--timeout",
        type=_seconds,
        default=60,
        metavar="SECONDS",
        help="end the import of MODULE after that many seconds, at most 1,000,000 (default: 60)",
    )
    stubs.set_defaults(run=_stubs)


def _stubs(arguments: argparse.Namespace) -> int:
    from kbn_schema.commands.stubs import Order, run  # noqa: PLC0415 - brings processes and threads

    return run(Order(**_given(arguments, Order)))


def _add_openapi(commands: Commands) -> None:
    openapi = commands.add_parser(
        "openapi",
        help="write the OpenAPI document of a router, or a page of it",
        description="Writes the OpenAPI document of a router, or a page of it.",
        epilog=_exits("the document is written"),
    )
    openapi.add_argument("router", metavar="MODULE:ROUTER", help=ROUTER)
    openapi.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="write to FILE: YAML if it ends in .yaml or .yml, which needs kbn-schema[yaml], else JSON "
        "(default: -, standard output)",
    )
    openapi.add_argument(
        "--openapi", choices=("3.1", "3.0"), default="3.1", help="the version of OpenAPI (default: 3.1)"
    )
    openapi.add_argument(
        "--api-version",
        metavar="V",
        help="show this version of versioned routes, newest or oldest (default: all, in one document)",
    )
    openapi.add_argument(
        "--access",
        choices=("public", "internal", "all"),
        default="all",
        help="the routes that are shown (default: all)",
    )
    openapi.add_argument(
        "--base",
        metavar="FILE",
        help="a document, JSON or YAML, with what routes do not tell: info, servers, security, tags",
    )
    openapi.add_argument(
        "--html",
        metavar="FILE",
        help="write a page to look at, of one file, and the document only with -o; - prints the page",
    )
    openapi.set_defaults(run=_openapi)


def _openapi(arguments: argparse.Namespace) -> int:
    from kbn_schema.commands.openapi import Order, run  # noqa: PLC0415 - brings every kind of schema

    return run(Order(**_given(arguments, Order)))


def _add_snapshot(commands: Commands) -> None:
    snapshot = commands.add_parser(
        "snapshot",
        help="write the contract of a router, to compare with later",
        description="Writes the contract of a router, to compare with later.",
        epilog=_exits(
            "the contract is written, or up to date", "--check finds that FILE is stale, or not there"
        ),
    )
    snapshot.add_argument("router", metavar="MODULE:ROUTER", help=ROUTER)
    snapshot.add_argument(
        "-o", "--output", metavar="FILE", help="write to FILE (default: -, standard output)"
    )
    snapshot.add_argument(
        "--check", action="store_true", help="write nothing; show what would change in FILE; needs -o"
    )
    snapshot.set_defaults(run=_snapshot)


def _snapshot(arguments: argparse.Namespace) -> int:
    from kbn_schema.commands.snapshot import Order, run  # noqa: PLC0415 - brings every kind of schema

    return run(Order(**_given(arguments, Order)))


def _add_diff(commands: Commands) -> None:
    diff = commands.add_parser(
        "diff",
        help="tell what changed between two contracts, and whom it breaks",
        description="Tells what changed between two contracts, and whom it breaks.",
        epilog=_exits("nothing breaks clients that is not allowed", "something does"),
    )
    diff.add_argument("old", metavar="OLD", help="the file of a snapshot, or MODULE:ROUTER")
    diff.add_argument(
        "new", metavar="NEW", nargs="?", help="the same; may be left out with --git: OLD as it is now"
    )
    diff.add_argument(
        "--profile",
        choices=("kibana", "strict"),
        default="kibana",
        help="which changes are errors (default: kibana)",
    )
    diff.add_argument(
        "--format",
        choices=("text", "json", "markdown"),
        default="text",
        help="text for a terminal, markdown for a comment in a review, json for programs (default: text)",
    )
    diff.add_argument(
        "--allow",
        metavar="FILE",
        help="breaking changes that are meant, with their reasons: TOML, YAML or JSON by the suffix of FILE",
    )
    diff.add_argument(
        "--git",
        metavar="REV",
        help="take OLD as it is in this commit: a hash, a branch, a tag or the like, such as HEAD~2",
    )
    diff.set_defaults(run=_diff)


def _diff(arguments: argparse.Namespace) -> int:
    from kbn_schema.commands.diff import Order, run  # noqa: PLC0415 - brings the rules

    return run(Order(**_given(arguments, Order)))


def _add_validate(commands: Commands) -> None:
    validate = commands.add_parser(
        "validate",
        help="check the documents in files against a schema",
        description="Checks the documents in files, prints every issue, and how many documents are valid.",
        epilog=_exits("all documents are valid", "one is not"),
    )
    validate.add_argument(
        "schema",
        metavar="MODULE:SCHEMA",
        help="a module, and the name of a schema in it, such as app.schemas:find_query; it may have periods",
    )
    validate.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="the files to check, one at least; - for standard input, once",
    )
    validate.add_argument(
        "--format",
        choices=("json", "ndjson", "yaml", "toml"),
        help="the format of each FILE (default: by its suffix, json for standard input)",
    )
    validate.add_argument(
        "--strip-unknown-keys",
        action="store_true",
        help="drop unknown keys, however deep, wherever no schema states what happens to them",
    )
    validate.set_defaults(run=_validate)


def _validate(arguments: argparse.Namespace) -> int:
    from kbn_schema.commands.validate import run  # noqa: PLC0415 - brings every kind of schema

    return run(arguments.schema, arguments.files, arguments.format, arguments.strip_unknown_keys)


def _add_replay(commands: Commands) -> None:
    replay = commands.add_parser(
        "replay",
        help="tell which recorded requests would be answered differently now",
        description="Tells which recorded requests the present contract would answer differently.",
        epilog=_exits("nothing differs", "something does"),
    )
    replay.add_argument("router", metavar="MODULE:ROUTER", help=ROUTER)
    replay.add_argument(
        "traffic",
        metavar="TRAFFIC.ndjson",
        help="recorded requests, a JSON object in each line; - for standard input",
    )
    replay.add_argument(
        "--processes",
        type=_count,
        metavar="N",
        help="how many processes work at it, from 1 to 1024 (default: one for each core)",
    )
    replay.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="text for people, json for programs, which has all groups (default: text)",
    )
    replay.set_defaults(run=_replay)


def _replay(arguments: argparse.Namespace) -> int:
    from kbn_schema.commands.replay import Order, run  # noqa: PLC0415 - brings processes

    return run(Order(**_given(arguments, Order)))


def _add_lint(commands: Commands) -> None:
    lint = commands.add_parser(
        "lint",
        help="tell what in a module's schemas and routes is likely a mistake",
        description="Tells what in the schemas and routes of a module is likely a mistake.",
        epilog=_exits("there are no findings", "there is one"),
    )
    lint.add_argument("module", metavar="MODULE", help=MODULE)
    lint.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="ID",
        help="leave out the findings with this id; may be given several times",
    )
    lint.add_argument(
        "--format",
        choices=("text", "json"),
        default="text",
        help="text for people, json for programs (default: text)",
    )
    lint.set_defaults(run=_lint)


def _lint(arguments: argparse.Namespace) -> int:
    from kbn_schema.commands.lint import Order, run  # noqa: PLC0415 - brings every kind of schema

    return run(Order(**_given(arguments, Order)))


def _given(arguments: argparse.Namespace, order: type) -> dict[str, Any]:
    """Of what was read, that which an *order* asks for."""
    return {name: getattr(arguments, name) for name in order.__annotations__}


def _exits(fine: str, no: str | None = None) -> str:
    """Return the end of a command's help: what its exit statuses mean."""
    refused = "" if no is None else f", with 1 if {no}"
    return f"Exits with 0 if {fine}{refused}, and with 2 if it could not be asked."


class _Command(argparse.ArgumentParser):
    """Reads the arguments of one command, and shows its usage where there is one too many."""

    def parse_known_args(self, *arguments: Any, **options: Any) -> Any:
        """Read all arguments: what is left over would be told with the usage of the whole program."""
        found, rest = super().parse_known_args(*arguments, **options)
        if rest:
            self.error(f"unrecognized arguments: {' '.join(rest)}")
        return found, rest


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - slower than the rest

        try:
            print(f"kbn-schema {version('kbn-schema')}")
        except PackageNotFoundError:
            print("kbn-schema, not installed")
        parser.exit()


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65_535):
        raise argparse.ArgumentTypeError("expected a number from 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 1024):
        raise argparse.ArgumentTypeError("expected a number from 1 to 1024")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 1_000_000:
        raise argparse.ArgumentTypeError("expected a number of seconds, from above 0 to 1,000,000")
    return seconds
