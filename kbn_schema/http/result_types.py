"""This module tells what clients are given of a body, by its media type: what is JSON, and what stays bytes.

Both the client and those who write its types ask; the latter without a library for HTTP.
"""

import re


def media_type_name(header: str) -> str:
    """The media type that a Content-Type *header* names, in lower case and without parameters."""
    return header.partition(";")[0].strip(" \t").lower()


def is_json(name: str) -> bool:
    """Whether bodies of the media type *name* are JSON."""
    return _JSON.fullmatch(name) is not None


def is_binary(name: str) -> bool:
    """Whether bodies of the media type *name* are handed on as bytes."""
    return _BINARY.fullmatch(name) is not None


# Kibana has scripts among them, which are text here, or their value where they are JSON.
_JSON = re.compile(r"application/json|[^/]+/[^/]+\+json")
# Kibana's, and what is never text.
_BINARY = re.compile(
    r"application/(?:x-)?ndjson|application/(?:zip|vnd\.mapbox-vector-tile|octet-stream|pdf|gzip)"
    r"|(?:image|audio|video|font)/.*"
)
