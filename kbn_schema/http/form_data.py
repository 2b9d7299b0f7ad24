"""This module writes the bodies of requests: JSON, forms and uploads, as browsers write them."""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any
from urllib.parse import urlencode

from kbn_schema.http.rendering import to_json
from kbn_schema.http.uploads import UploadedFile
from kbn_schema.missing import MISSING


def content_of(json: Any, body: Any, form: Any, files: Any) -> tuple[bytes | None, str | None]:
    """The body, and its media type where it is known.

    Raises:
        TypeError: More than one of them is given, or one is not what it should be.
    """
    is_form = form is not None or files is not None
    if (json is not MISSING) + (body is not None) + is_form > 1:
        raise TypeError("give one of json, body, and form with files")
    if json is not MISSING:
        return to_json(json).encode(), "application/json"
    if files is not None:
        return _multipart([*_fields({} if form is None else form), *_files(files)])
    if form is not None:
        return urlencode(_fields(form)).encode(), "application/x-www-form-urlencoded"
    require(isinstance(body, bytes | str | None), "body", "bytes or text, and json anything else,", body)
    return body.encode() if isinstance(body, str) else body, None


def _fields(form: Any) -> list[tuple[str, str]]:
    require(isinstance(form, Mapping), "form", "a mapping", form)
    fields: list[tuple[str, str]] = []
    for name, given in form.items():
        require(isinstance(name, str), "the name of a field", "text", name)
        for text in given if isinstance(given, list | tuple) else [given]:
            require(isinstance(text, str), f"the field [{name}]", "text or a list of texts", text)
            fields.append((name, text))
    return fields


def _files(files: Any) -> list[tuple[str, UploadedFile]]:
    require(isinstance(files, Mapping), "files", "a mapping", files)
    return [
        (name, _file(name, file))
        for name, given in files.items()
        for file in (given if isinstance(given, list) else [given])
    ]


def _file(name: Any, given: Any) -> UploadedFile:
    require(isinstance(name, str), "the name of a field", "text", name)
    match given:
        case UploadedFile():
            return given
        case (str(filename), bytes(content)):
            return UploadedFile(content, filename)
        case (str(filename), bytes(content), str(content_type)):
            return UploadedFile(content, filename, content_type)
        case _:
            raise TypeError(
                f"the file [{name}] must be an UploadedFile, (filename, content), "
                "(filename, content, content_type), or a list of them; the content is bytes"
            )


def _multipart(fields: Iterable[tuple[str, str | UploadedFile]]) -> tuple[bytes, str]:
    """The ``multipart/form-data`` of *fields*, as a browser writes it, and its media type with the boundary.

    Source:
        RFC 7578; names are quoted as the HTML standard says ("multipart/form-data encoding algorithm").
    """
    parts = [_part(name, value) for name, value in fields]
    candidates = (f"form-boundary-{number:08}" for number in count())
    boundary = next(text for text in candidates if not any(text.encode() in part for part in parts))
    delimiter = f"--{boundary}".encode()
    written = [delimiter + b"\r\n" + part + b"\r\n" for part in parts]
    return b"".join([*written, delimiter, b"--\r\n"]), f"multipart/form-data; boundary={boundary}"


def _part(name: str, value: str | UploadedFile) -> bytes:
    head = f'Content-Disposition: form-data; name="{_escaped(name)}"'
    if isinstance(value, UploadedFile):
        head += f'; filename="{_escaped(value.filename)}"\r\nContent-Type: {value.content_type}'
    content = value.encode() if isinstance(value, str) else value
    return head.encode() + b"\r\n\r\n" + content


def _escaped(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def require(fits: bool, what: str, wish: str, given: object) -> None:
    """Refuse what does not fit: *what* must be as it is wished."""
    if not fits:
        raise TypeError(f"{what} must be {wish} but is [{type(given).__name__}]")
