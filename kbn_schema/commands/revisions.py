"""This module reads what a repository of git held at a commit."""

import contextlib
import io
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Generator
from pathlib import Path

import attrs

from kbn_schema.commands.answers import CannotAsk
from kbn_schema.wording import shorten


@attrs.frozen
class Folder:
    """A commit, as files."""

    root: Path
    """What is the top of the repository."""
    here: Path
    """What is the working directory."""


@attrs.frozen
class Revision:
    """A commit of the repository around the working directory."""

    name: str
    """As the user calls it."""
    commit: str
    """Its hash."""

    @classmethod
    def find(cls, name: str) -> "Revision":
        """The commit that *name* stands for: a hash, a branch, a tag, ``HEAD~2``.

        Raises:
            CannotAsk: There is none, or no repository.
        """
        _git("rev-parse", "--git-dir", failed="--git needs a repository of git around the working directory")
        try:
            # In two steps: what is put behind `:/text` would belong to the text.
            return cls(name, _hash(f"{_hash(name)}^{{commit}}"))
        except CannotAsk:
            raise CannotAsk(f"git knows no commit [{shorten(name, 200)}]{_hint(name)}") from None

    def content(self, path: str) -> bytes:
        """What was in the file *path*, which is told from the working directory.

        Raises:
            CannotAsk: There was no such file.
        """
        inside = Path(os.path.relpath(path)).as_posix()
        return _git("show", f"{self.commit}:./{inside}", failed=f"there was no [{path}] at [{self.name}]")

    @contextlib.contextmanager
    def checked_out(self) -> Generator[Folder, None, None]:
        """The files of the commit, in a folder of their own, until the block ends.

        Raises:
            CannotAsk: They cannot be written, or the working directory was not there.
        """
        prefix = _git("rev-parse", "--show-prefix", failed="cannot ask git").decode().strip()
        top = _git("rev-parse", "--show-toplevel", failed="cannot ask git").decode().rstrip("\n")
        packed = _git("-C", top, "archive", "--format=tar", self.commit, failed=f"cannot read [{self.name}]")
        with tempfile.TemporaryDirectory(prefix="kbn-schema-", ignore_cleanup_errors=True) as name:
            root = Path(os.path.realpath(name))
            try:
                with tarfile.open(fileobj=io.BytesIO(packed)) as files:
                    files.extractall(root, filter=_inside)  # noqa: S202 - the filter of tarfile is asked
            except (OSError, tarfile.TarError) as error:
                raise CannotAsk(f"cannot write the files of [{self.name}]: {error}") from error
            if not (root / prefix).is_dir():
                raise CannotAsk(f"there was no folder [{prefix}] at [{self.name}]")
            yield Folder(root, root / prefix)


def _inside(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    """What may be written of a file in the archive; None for a link that leads out of it."""
    try:
        return tarfile.data_filter(member, folder)
    except (tarfile.AbsoluteLinkError, tarfile.LinkOutsideDestinationError):
        return None


def _hash(name: str) -> str:
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", name, failed="there is none")
    return found.decode().strip()


def _hint(name: str) -> str:
    """How to fetch what a clone, above all one that CI has made, may be without."""
    remote, _, branch = name.partition("/")
    if branch and remote in _git("remote", failed="cannot ask git").decode().split():
        return f"; to fetch it: git fetch {remote} {shorten(branch, 200)}"
    is_shallow = _git("rev-parse", "--is-shallow-repository", failed="cannot ask git").strip() == b"true"
    return "; this clone is shallow: git fetch --unshallow" if is_shallow else ""


def _git(*arguments: str, failed: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and a name that looks like an option is none
            ["git", *arguments],  # noqa: S607 - the user's own git
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except OSError as error:
        raise CannotAsk(f"cannot start git: {error.strerror}") from error
    if done.returncode:
        raise CannotAsk(failed)
    return done.stdout
