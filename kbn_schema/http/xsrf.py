"""This module asks requests that change something for a header that no form of another site can send."""

from typing import Final

from kbn_schema.http.parts import Refusal, RequestParts

XSRF_HEADER: Final = "kbn-xsrf"
# RFC 9110, section 9.2.1: those that change nothing.
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def require_xsrf(head: RequestParts) -> None:
    """Refuse a request that changes something and has neither ``kbn-xsrf`` nor ``kbn-version``.

    Any value will do: a browser asks (CORS, a preflight) before it sends such a header for another site.

    Raises:
        Refusal: 400, in Kibana's words.
    """
    if head.method in SAFE_METHODS or head.header(XSRF_HEADER) or head.header("kbn-version"):
        return
    raise Refusal(400, f"Request must contain a {XSRF_HEADER} header.")
