"""This module answers ``kbn-schema stubs``: it writes the types of a module's schemas, or tells the stale."""

import base64
import contextlib
import os
import shlex
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from pathlib import Path, PurePath
from typing import Any, Final

import attrs

from kbn_schema.colours import wants_colours
from kbn_schema.commands.answers import FINE, NO, CannotAsk
from kbn_schema.commands.child import ask
from kbn_schema.commands.files import content, replace_all, shown
from kbn_schema.commands.marks import are_one, is_generated, owner, share_files
from kbn_schema.commands.targets import require_module
from kbn_schema.wording import escape

TYPESCRIPT: Final = (".ts", ".mts", ".cts")


@attrs.frozen
class Order:
    """What is asked for: the arguments of the command, by their names."""

    module: str
    check: bool = False
    stdout: bool = False
    layout: str = "sibling"
    ts: str | None = None
    client: bool = False
    annotate: bool = False
    timeout: float = 60

    def command(self) -> str:
        """The command that writes what this one asks about."""
        flags = [f"--{name}" for name in ("client", "annotate") if getattr(self, name)]
        layout = ["--layout", self.layout] if self.layout != "sibling" else []
        ts = ["--ts", self.ts] if self.ts is not None else []
        return shlex.join(["kbn-schema", "stubs", self.module, *layout, *ts, *flags])


@attrs.frozen
class Text:
    """What a file is to hold, and what it holds now, if it is there."""

    path: Path
    data: bytes
    before: bytes | None

    @property
    def is_right(self) -> bool:
        """Whether the file is as it should be, but for the ends of lines, which git may have changed."""
        return self.before is not None and _lines(self.before) == _lines(self.data)


def run(order: Order) -> int:
    """Write the types, or print them, or print what would change; return the exit status.

    Raises:
        CannotAsk: The module cannot be imported, or a file not be written; then none is.
    """
    _require_sense(order)
    with _tidy_when_terminated():
        return _run(order)


def _run(order: Order) -> int:
    answer = _ask(order)
    generated = [(Path(path), base64.b64decode(data)) for path, data in answer["generated"]]
    source, before, after = answer["source"]
    annotated = [(Path(source), base64.b64decode(after))] if order.annotate else []
    if order.stdout:
        _print([*generated, *annotated])
        return FINE
    texts = _generated(generated, Path(source), order)
    for path, data in annotated:
        texts.append(Text(path, data, content(path)))
        if texts[-1].before != base64.b64decode(before):
            raise CannotAsk(f"[{shown(path)}] was changed meanwhile: try again")
    findings = [f"{shown(Path(source))}:{line}: {message}" for line, message in answer["findings"]]
    status = _compare(texts, findings, order) if order.check else _write(texts, findings)
    for name in answer["untyped"]:
        remedy = f"run kbn-schema stubs {name} first"
        _say(f"[{name}] has no generated types, so its types are repeated here: {remedy}")
    return status


def _require_sense(order: Order) -> None:
    if order.check and order.stdout:
        raise CannotAsk("--check compares and --stdout prints: use one of them")
    if order.annotate and order.layout == "stub":
        raise CannotAsk("--annotate is for the layout [sibling]: beside a stub nothing needs annotations")
    if order.ts is not None and PurePath(order.ts).suffix not in TYPESCRIPT:
        raise CannotAsk(f"--ts writes TypeScript: expected a FILE with .ts at its end but got [{order.ts}]")
    require_module(order.module)


@contextlib.contextmanager
def _tidy_when_terminated() -> Generator[None, None, None]:
    """Let signals end us as Ctrl-C does: nothing is left running, and no temporary file."""

    def leave(number: int, _: object) -> None:
        raise SystemExit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Of a terminal that is closed, and of Ctrl-\; Windows has neither.
    known = [number for number in signal.Signals if number.name in ("SIGTERM", "SIGHUP", "SIGQUIT")]
    # One that is ignored, as under `nohup`, or has a handler already, stays so.
    numbers = [number for number in known if signal.getsignal(number) is signal.SIG_DFL]
    for number in numbers:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in numbers:
            signal.signal(number, signal.SIG_DFL)


def _ask(order: Order) -> dict[str, Any]:
    here = str(Path.cwd())
    ts = None if order.ts is None else str(Path(here, order.ts))
    wanted = attrs.asdict(order) | {"ts": ts, "folder": here}
    answer = ask("kbn_schema.commands.stubs_child", wanted, order.timeout)
    if "bug" in answer:
        _show(answer["bug"])
        raise CannotAsk("this is a bug of kbn-schema: please report it with the text above")
    if "refusal" in answer:
        _show(answer.get("traceback", ""))
        raise CannotAsk(answer["refusal"])
    return answer


def _print(contents: Sequence[tuple[Path, bytes]]) -> None:
    for path, data in contents:
        if len(contents) > 1:
            sys.stdout.write(f"==> {escape(shown(path))} <==\n")
        sys.stdout.flush()
        # Not through the encoding of the terminal, nor with other ends of lines.
        sys.stdout.buffer.write(data)


def _generated(contents: Sequence[tuple[Path, bytes]], source: Path, order: Order) -> list[Text]:
    """What is to be in the files that are generated; none of them may hold anything else."""
    taken = {os.path.realpath(source)}
    texts: list[Text] = []
    for path, data in contents:
        text = Text(path, data, content(path))
        problem = _problem(text, is_named=order.ts is not None and path == Path.cwd() / order.ts)
        if problem is None and os.path.realpath(path) in taken:
            problem = "holds something else: name another file"
        if problem is not None:
            raise CannotAsk(f"cannot write [{shown(path)}]: it {problem}")
        taken.add(os.path.realpath(path))
        texts.append(text)
    return texts


def _problem(text: Text, *, is_named: bool) -> str | None:
    """Why what is in a file now must stay there; it is named on the command line, or by the module's name."""
    before = text.before or text.data
    if not is_generated(before):
        return "was not generated by kbn-schema: move it, or name another file"
    other, ours = owner(before), owner(text.data)
    # Two modules would take turns in the file.
    if other is None or ours is None or (are_one if is_named else share_files)(other, ours):
        return None
    remedy = "move it, or name another file" if is_named else "rename one of the modules, or delete the file"
    return f"holds the types of [{other}] and not of [{ours}]: {remedy}"


def _compare(texts: Sequence[Text], findings: Sequence[str], order: Order) -> int:
    from kbn_schema.commands.unified import diff  # noqa: PLC0415 - slow, and mostly nothing differs

    coloured = wants_colours(sys.stdout)
    for text in texts:
        if text.is_right:
            _say(f"{shown(text.path)} is up to date")
        else:
            before = None if text.before is None else _lines(text.before)
            sys.stdout.write(diff(shown(text.path), before, _lines(text.data), coloured=coloured))
            _say(f"{shown(text.path)} is {'missing' if before is None else 'out of date'}")
    for finding in findings:
        sys.stdout.write(f"{escape(finding)}\n")
    if all(text.is_right for text in texts):
        return NO if findings else FINE
    _say(f"to write this: {order.command()}")
    return NO


def _write(texts: Sequence[Text], findings: Sequence[str]) -> int:
    stale = [text for text in texts if not text.is_right]
    replace_all({text.path: text.data for text in stale})
    for text in texts:
        name = shown(text.path)
        _say(f"{name} is up to date" if text.is_right else f"wrote {name}")
    for finding in findings:
        _say(finding)
    return FINE


def _say(line: str) -> None:
    sys.stderr.write(f"{escape(line)}\n")


def _show(traceback: str) -> None:
    """Write a *traceback*, whose texts may hold orders to a terminal."""
    sys.stderr.write("\n".join(map(escape, traceback.split("\n"))))


def _lines(data: bytes) -> bytes:
    """*data* with the ends of lines that we write."""
    return data.replace(b"\r\n", b"\n")
