"""This module replaces files: whole or not at all, and all of them or none."""

import contextlib
import os
import stat
import tempfile
from collections.abc import Generator, Mapping
from pathlib import Path

import attrs

from kbn_schema.commands.answers import CannotAsk


def content(path: Path) -> bytes | None:
    """What is in the file *path*; None where there is none.

    Raises:
        CannotAsk: It cannot be read, or is something else, such as a folder.
    """
    with _explained("read", path):
        try:
            if not stat.S_ISREG(os.stat(path).st_mode) and not path.is_dir():
                raise CannotAsk(f"[{shown(path)}] is no regular file")
            return path.read_bytes()
        except FileNotFoundError:
            return None


def replace_all(contents: Mapping[Path, bytes]) -> None:
    """Let each path hold its bytes; where one cannot be written, put back those that already were.

    A file keeps its mode, and a link stays one. Putting back may fail itself, and needs us alive: a reader
    may then see some new files beside old ones, but never a part of a file.

    Raises:
        CannotAsk: One cannot be written.
    """
    with contextlib.ExitStack() as drafts:
        # All is on disk before the first file is replaced: what can fail has failed by then.
        written = [drafts.enter_context(_draft(path, data)) for path, data in contents.items()]
        try:
            for draft in written:
                with _explained("write", draft.path):
                    os.replace(draft.temporary, draft.target)
        except BaseException:
            for draft in written:
                draft.undo()
            raise


def shown(path: Path) -> str:
    """*path* as users see it: from the working directory, if it is inside."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


@attrs.frozen
class _Draft:
    """New content, in a file beside the one that it will be."""

    path: Path
    target: Path
    """Where a link leads; else the path itself."""
    temporary: Path
    before: bytes | None

    def undo(self) -> None:
        """Put back what was there, if it was replaced."""
        if self.temporary.exists():
            return
        with contextlib.suppress(OSError, CannotAsk):
            if self.before is None:
                self.target.unlink()
            else:
                with _draft(self.path, self.before) as old:
                    os.replace(old.temporary, old.target)


@contextlib.contextmanager
def _draft(path: Path, data: bytes) -> Generator[_Draft, None, None]:
    before = content(path)
    with _explained("write", path):
        target = Path(os.path.realpath(path))
        if before is not None and not os.access(target, os.W_OK):
            # It could be replaced all the same, but somebody does not want that.
            raise PermissionError(None, "the file is read-only")
        number, name = tempfile.mkstemp(prefix=".kbn-schema-", suffix=".tmp", dir=target.parent)
    draft = _Draft(path, target, Path(name), before)
    try:
        with _explained("write", path):
            with open(number, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(number)
            os.chmod(name, _mode(target))
        yield draft
    finally:
        draft.temporary.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """The mode of the file that is there, or what a new one gets."""
    try:
        return stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        umask = os.umask(0)
        os.umask(umask)
        return 0o666 & ~umask


@contextlib.contextmanager
def _explained(verb: str, path: Path) -> Generator[None, None, None]:
    try:
        yield
    except OSError as error:
        raise CannotAsk(f"cannot {verb} [{shown(path)}]: {error.strerror or error}") from error
