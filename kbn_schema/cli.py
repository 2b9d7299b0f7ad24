"""The command ``kbn-schema``: reads its arguments and hands them to the command that is meant.

Exit status: 0 fine; 1 the answer is no; 2 it could not be asked. The answer goes to standard output,
everything else to standard error. A command is imported only when it is meant, so that
``kbn-schema --version`` stays cheap.
"""

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from kbn_schema.commands.answers import COULD_NOT_ASK, NO, CannotAsk
from kbn_schema.wording import escape


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with the arguments *argv*, by default those of the process; return its exit status."""
    arguments = _parser().parse_args(argv)
    if sys.stderr is None:  # else `print` would take standard output for it
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    if sys.stdout is None:
        return _refuse("standard output is closed")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A key or a file name may hold what the terminal's encoding does not.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except CannotAsk as reason:
        return _refuse(str(reason))
    except BrokenPipeError:  # `kbn-schema … | head`
        _stop_listening()
        return NO
    except OSError as error:
        _stop_listening()
        return _refuse(f"cannot write the answer: {error.strerror}")
    except KeyboardInterrupt:
        return 130
    except Exception:
        traceback.print_exc()
        return _refuse("this is a bug of kbn-schema: please report it with the text above")
    return status


def _refuse(reason: str) -> int:
    print(f"kbn-schema: {escape(reason)}", file=sys.stderr)
    return COULD_NOT_ASK


def _stop_listening() -> None:
    # Nobody reads the answer any more; Python's own flush at exit must not fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kbn-schema", description="Ask schemas from the command line.")
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    demo = commands.add_parser("demo", help="run a small real application and send it requests")
    demo.add_argument("--serve", action="store_true", help="keep serving until Ctrl-C")
    demo.add_argument("--port", type=_port, default=0, metavar="N", help="port (default: a free one)")
    demo.set_defaults(run=_demo)

    validate = commands.add_parser("validate", help="check the documents in a file against a schema")
    validate.add_argument("schema", metavar="MODULE:SCHEMA", help="such as app.schemas:find_query")
    validate.add_argument("file", metavar="FILE", help="the file to check, - for standard input")
    validate.add_argument(
        "--format",
        choices=("json", "ndjson", "yaml", "toml"),
        help="format of FILE (default: by its suffix, json for standard input)",
    )
    validate.add_argument(
        "--strip-unknown-keys", action="store_true", help="drop unknown keys rather than refuse them"
    )
    validate.set_defaults(run=_validate)

    stubs = commands.add_parser("stubs", help="write the static types of a module's schemas beside it")
    stubs.add_argument("module", metavar="MODULE", help="such as app.routes")
    stubs.add_argument(
        "--check",
        action="store_true",
        help="write nothing; show what is stale, and exit with 1 if anything is",
    )
    stubs.add_argument("--stdout", action="store_true", help="write nothing; print what would be written")
    stubs.add_argument(
        "--layout",
        choices=("sibling", "stub"),
        default="sibling",
        help="the types in _<module>_types.py (default), or a stub file too, for a module of schemas only",
    )
    stubs.add_argument("--ts", metavar="FILE", help="write the types to FILE in TypeScript, too")
    stubs.add_argument(
        "--client",
        action="store_true",
        help="write a typed HTTP client to _<module>_client.py, too; with --ts, its types to FILE",
    )
    stubs.add_argument(
        "--annotate", action="store_true", help="annotate the schemas in the source of MODULE, too"
    )
    stubs.add_argument(
        "--timeout",
        type=_seconds,
        default=60,
        metavar="SECONDS",
        help="end the import of MODULE after SECONDS (default: 60)",
    )
    stubs.set_defaults(run=_stubs)
    return parser


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


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 1_000_000:
        raise argparse.ArgumentTypeError("expected a number of seconds, from above 0 to 1,000,000")
    return seconds


def _demo(arguments: argparse.Namespace) -> int:
    from kbn_schema.demo.serve import serve, show  # noqa: PLC0415 - brings sqlite3 and an HTTP server

    return serve(arguments.port) if arguments.serve else show(arguments.port)


def _validate(arguments: argparse.Namespace) -> int:
    from kbn_schema.commands.validate import run  # noqa: PLC0415 - brings every kind of schema

    return run(arguments.schema, arguments.file, arguments.format, arguments.strip_unknown_keys)


def _stubs(arguments: argparse.Namespace) -> int:
    from kbn_schema.commands.stubs import Order, run  # noqa: PLC0415 - brings processes and threads

    given = vars(arguments)
    return run(Order(**{name: given[name] for name in Order.__annotations__}))
