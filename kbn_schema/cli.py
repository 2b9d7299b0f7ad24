"""The command ``kbn-schema``: reads its arguments and hands them to the command that is meant.

Exit status: 0 fine; 1 the answer is no; 2 it could not be asked. The answer goes to standard output,
everything else to standard error. A command is imported only when it is meant, so that
``kbn-schema --version`` stays cheap.
"""

import argparse
import io
import os
import sys
import threading
import traceback
from collections.abc import Sequence

from kbn_schema.commands.answers import COULD_NOT_ASK, NO, CannotAsk
from kbn_schema.commands.arguments import parser
from kbn_schema.wording import escape


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with the arguments *argv*, by default those of the process; return its exit status."""
    status = _run(parser().parse_args(argv))
    if argv is None:
        _leave_threads(status)
    return status


def _run(arguments: argparse.Namespace) -> int:
    if sys.stderr is None:  # else `print` would take standard output for it
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    if sys.stdout is None:
        return _refuse("standard output is closed")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A key or a file name may hold what the terminal's encoding does not; and where both are read from
        # one pipe, as in the log of CI, what is said of the answer does not come before it.
        sys.stdout.reconfigure(errors="backslashreplace", line_buffering=True)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except CannotAsk as error:
        return _refuse(*error.args)
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


def _leave_threads(status: int) -> None:
    """End the process, if a thread of the author's module would keep it: the answer is given."""
    waiting = [thread for thread in threading.enumerate() if not thread.daemon]
    if waiting != [threading.main_thread()]:
        sys.stderr.flush()
        os._exit(status)


def _refuse(*reasons: str) -> int:
    for reason in reasons:
        print(f"kbn-schema: {escape(reason)}", file=sys.stderr)
    return COULD_NOT_ASK


def _stop_listening() -> None:
    # Nobody reads the answer any more; Python's own flush at exit must not fail again.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
