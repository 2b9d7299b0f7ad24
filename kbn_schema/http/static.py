"""This module answers with the files of a folder, and with nothing else.

What a path names is opened first, and judged by what was opened. Symbolic links are followed where they stay
inside the folder, also while somebody exchanges them; hard links and mounts are the file system's affair.
"""

import errno
import mimetypes
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from email.utils import formatdate
from io import FileIO
from pathlib import PurePath
from typing import Any, Final, cast

from kbn_schema.http.conditions import asked_range, has_failed, is_known
from kbn_schema.http.mistakes import refuse
from kbn_schema.http.parts import RequestParts
from kbn_schema.http.readers import CHUNK
from kbn_schema.http.rendering import checked_headers
from kbn_schema.http.responses import HeaderValues, Response, ResponseError, ResponseFactory
from kbn_schema.http.route import Handler, Request
from kbn_schema.http.statuses import phrase
from kbn_schema.wording import type_word


def static_handler(
    directory: str | os.PathLike[str],
    headers: HeaderValues | None = None,
    *,
    where: str = "Router.static()",
) -> Handler:
    """A handler for GET of ``{path*}``: the file of that name in *directory*, which is resolved once.

    404 is whatever is no regular file in there, or may not be read, and every name that begins with a dot.
    *headers* are added to the answers that hold a file, or say that the client has it; *where* names the
    declaration in errors.

    Raises:
        SchemaDefinitionError: There is no such *directory*, or *headers* cannot be sent.
    """
    folder = _resolved(directory, where)
    own = _checked({} if headers is None else headers, where)

    def serve(_: Any, request: Request, response: ResponseFactory) -> Response:
        names = _names(request)
        described = {"content-type": _content_type(names[-1]), **own}
        file = _open_inside(folder, names)
        if file is None:
            return response.not_found()
        head = request._head  # pyright: ignore[reportPrivateUsage]
        return _answer(head, response, file, described)

    return serve


class FilePart:
    """*length* bytes of *file* from where it stands, in chunks; *file* is closed at the end of them.

    A file that grows meanwhile is cut there.

    Raises:
        EOFError: The file has shrunk, so that there is less than was announced.
    """

    def __init__(self, file: FileIO, length: int) -> None:
        self._file = file
        self._left = length

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        chunk = self._file.read(min(CHUNK, self._left)) if self._left else b""
        if self._left and not chunk:
            self.close()
            raise EOFError("a static file has become shorter while it was sent")
        self._left -= len(chunk)
        if not self._left:
            self.close()
        if not chunk:
            raise StopIteration
        return chunk

    def close(self) -> None:
        """Send no more."""
        self._left = 0
        self._file.close()


def _resolved(directory: object, where: str) -> str:
    name = os.fspath(directory) if isinstance(directory, os.PathLike) else directory
    if not isinstance(name, str):
        refuse(where, f"the directory must be a path, but is [{type_word(directory)}]")
    if not os.path.isdir(name):
        refuse(where, f"there is no directory [{name}]")
    return os.path.realpath(name)


def _checked(headers: object, where: str) -> HeaderValues:
    """*headers* with names in lower case."""
    if not isinstance(headers, Mapping):
        refuse(where, f"headers must be a mapping, but is [{type_word(headers)}]")
    own: dict[str, str | Sequence[str]] = {}
    for name, value in cast("Mapping[object, Any]", headers).items():
        if not isinstance(name, str):
            refuse(where, f"the name of a header must be a string, but is [{type_word(name)}]")
        if name.lower() in _OF_A_FILE:
            refuse(where, f"the header [{name}] is another for each file: remove it")
        own[name.lower()] = value
    try:
        checked_headers(own)
    except ResponseError as error:
        refuse(where, str(error))
    return own


def _names(request: Request) -> list[str]:
    """The segments that name a file; an empty one, which names none, where they could be read in two ways."""
    names = str(request.params.get("path", "")).split("/")
    if _ENCODED_SLASH.search(request.path) or any(_UNSAFE.search(name) for name in names):
        return [""]
    return names


def _open_inside(folder: str, names: Sequence[str]) -> FileIO | None:
    """The regular file that *names* lead to from *folder*, without ever leaving it.

    Raises:
        OSError: The fault is ours, such as too many open files: it is no 404, which might be kept.
    """
    if not all(names):
        return None
    try:
        real = os.path.realpath(os.path.join(folder, *names), strict=True)
        descriptor = _open_real(folder, PurePath(real).relative_to(folder).parts)
    except ValueError:  # it is outside, or no file can have this name
        return None
    except OSError as error:
        if error.errno in _NOT_THERE:
            return None
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return FileIO(descriptor)


def _open_real(folder: str, names: Sequence[str]) -> int:
    """Open what *names* lead to from *folder*.

    Raises:
        OSError: It is not there, or one of the names is, perhaps since a moment ago, that of a link.
    """
    if not _OPENS_IN_STEPS:
        return _open_and_look_again(os.path.join(folder, *names))
    steps = [_STEP] * (len(names) - 1) + [_READ]
    here = os.open(folder, _STEP)
    for name, flags in zip(names, steps, strict=False):
        try:
            inner = os.open(name, flags | os.O_NOFOLLOW, dir_fd=here)
        finally:
            os.close(here)
        here = inner
    return here


def _open_and_look_again(path: str) -> int:
    # For Windows, where an open file and the folders on the way to it cannot be exchanged.
    descriptor = os.open(path, _READ)
    try:
        is_same = os.path.samestat(os.lstat(path), os.fstat(descriptor))
        if not is_same or os.path.realpath(path, strict=True) != path:
            raise FileNotFoundError(errno.ENOENT, "exchanged while it was opened")
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _answer(head: RequestParts, response: ResponseFactory, file: FileIO, described: HeaderValues) -> Response:
    """The answer with *file*, which is closed by the body, or here where there is none."""
    with ExitStack() as stack:
        stack.enter_context(file)
        found = os.fstat(file.fileno())
        size, etag, last_modified = found.st_size, _etag(found), _last_modified(found)
        # RFC 9110, section 13.2.2: the conditions in this order.
        if has_failed(head, etag, last_modified):
            return _refusal(response, 412)
        own = {"etag": etag, "last-modified": last_modified, "cache-control": "no-cache", **described}
        if is_known(head, etag, last_modified):
            return response.not_modified(headers=own)
        own["accept-ranges"] = "bytes"
        part = asked_range(head, size, etag, last_modified)
        if part is None:
            answer = response.ok(body=FilePart(file, size), headers={**own, "content-length": str(size)})
        elif part:
            answer = _partial(response, file, part, size, own)
        else:
            return _refusal(response, 416, {"content-range": f"bytes */{size}"})
        stack.pop_all()
        return answer


def _partial(
    response: ResponseFactory, file: FileIO, part: range, size: int, described: HeaderValues
) -> Response:
    file.seek(part.start)
    own = {
        "content-range": f"bytes {part.start}-{part.stop - 1}/{size}",
        "content-length": str(len(part)),
    }
    return response.custom(status_code=206, body=FilePart(file, len(part)), headers={**described, **own})


def _refusal(response: ResponseFactory, status: int, headers: HeaderValues | None = None) -> Response:
    return response.custom_error(status_code=status, body=phrase(status), headers=headers)


def _etag(found: os.stat_result) -> str:
    # RFC 9110, section 8.8.1: strong only once another change would get another time; FAT counts to 2 s.
    # Neither inode nor ctime: they differ between servers with the same files, and none would know a tag.
    tag = f'"{found.st_mtime_ns:x}-{found.st_size:x}"'
    return tag if time.time_ns() - found.st_mtime_ns > _COARSEST else f"W/{tag}"


def _last_modified(found: os.stat_result) -> str:
    # RFC 9110, section 8.8.2.1: never later than now.
    seconds = min(found.st_mtime_ns // 1_000_000_000, int(time.time()))
    return formatdate(max(seconds, 0), usegmt=True)


def _content_type(name: str) -> str:
    """What *name* promises; a compressed file is sent as that, and not for the client to inflate."""
    guessed, encoding = mimetypes.guess_type(name)
    if encoding is not None:
        return "application/gzip" if encoding == "gzip" else _BYTES
    media_type = _TYPES.get(os.path.splitext(name)[1].lower(), guessed or _BYTES)
    has_charset = media_type.startswith("text/") or media_type.endswith(("/json", "+json", "/javascript"))
    return f"{media_type}; charset=utf-8" if has_charset else media_type


_BYTES: Final = "application/octet-stream"
_COARSEST: Final = 2_000_000_000
# Under `nosniff`, a browser refuses a script of another type; a host's tables may differ, and older ones of
# Python's lack some.
_TYPES: Final[Mapping[str, str]] = {
    ".avif": "image/avif",
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
_OF_A_FILE = frozenset({"accept-ranges", "content-length", "content-range", "etag", "last-modified"})

# No file has a slash in its name: whoever sends one encoded hides a step from what stands before us.
_ENCODED_SLASH = re.compile("%2f", re.IGNORECASE)
# Empty, hidden, `.` and `..`; and what is a separator, a drive, a stream or an alias on Windows. It is
# refused everywhere, so that a folder has the same files everywhere.
_UNSAFE = re.compile(r"\A(?:\.|\Z)|[\x00-\x1f\x7f\\:]|[. ]\Z")

_OPENS_IN_STEPS = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW")
# Not blocking: to open a FIFO waits for somebody to write.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
# With O_PATH, a folder on the way may be one that cannot be listed.
_STEP = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", 0)
_NOT_THERE = frozenset(
    {
        errno.EACCES,
        errno.EINVAL,
        errno.EILSEQ,
        errno.EISDIR,
        errno.ELOOP,
        errno.EMLINK,  # a link, where FreeBSD was told not to follow it
        errno.ENAMETOOLONG,
        errno.ENODEV,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.ENXIO,  # a socket
        errno.EOPNOTSUPP,
        errno.EPERM,
    }
)
