"""This module reads the result of a request out of the body of an answer, as its media type says."""

import re
from codecs import BOM_UTF8
from typing import Any, Final

from kbn_schema.http.client.decoding import UnreadableBody
from kbn_schema.http.result_types import is_binary, is_json, media_type_name
from kbn_schema.json_text import JsonTextError, read_json


def read_result(media_type: str, content: bytes) -> Any:
    """What the caller is given: of JSON its value, of media types that are not text the bytes.

    Anything else is text, or its value where it is JSON. An empty body of these is None.

    Raises:
        JsonTextError: It should be JSON, and is none.
        UnreadableBody: It should be text, and is none.
    """
    name = media_type_name(media_type)
    if is_binary(name):
        return content
    if not content:
        return None
    if is_json(name):
        return read_json(content.removeprefix(BOM_UTF8))
    text = read_text(media_type, content)
    try:
        return read_json(text)
    except JsonTextError:
        return text


def read_text(media_type: str, content: bytes) -> str:
    """*content* as text, in the charset that *media_type* names; UTF-8 by default.

    Raises:
        UnreadableBody: It is none in that charset, or that is one we do not know.
    """
    named = _CHARSET.search(media_type)
    codec = _CODECS.get(named[1].lower()) if named else "utf-8-sig"
    if codec is None:
        raise UnreadableBody("the response has a charset that is not known")
    try:
        return content.decode(codec)
    except UnicodeDecodeError:
        pass
    # Out here: that error holds the content.
    raise UnreadableBody("the response is not the text that its media type says")


BODILESS: Final = frozenset({204, 205, 304})
_CHARSET = re.compile(r';[ \t]*charset=[ \t]*"?([^\s";,]+)', re.IGNORECASE)
_CODECS: Final = {
    "utf-8": "utf-8-sig",
    "utf8": "utf-8-sig",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
    "iso-8859-15": "iso8859-15",
    "windows-1252": "cp1252",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
