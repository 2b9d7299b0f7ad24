"""This module makes the body of a request."""

from typing import Any

from kbn_schema.http.rendering import to_json
from kbn_schema.http.streams import is_stream
from kbn_schema.missing import MISSING


def encoded_body(body: Any) -> Any:
    """*body* as it is sent: bytes, or a stream as it is; None where there is none.

    Raises:
        TypeError: It is neither bytes, text nor a stream, and has something in it that JSON does not have.
        ValueError: There is NaN or an infinity in it, it contains itself, or holds a lone surrogate.
    """
    if body is None or body is MISSING:
        return None
    if isinstance(body, bytes) or is_stream(body):
        return body
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    try:
        return (body if isinstance(body, str) else to_json(body)).encode()
    except UnicodeEncodeError:
        reason: Exception = ValueError("the body must have no lone surrogate")
    except RecursionError:
        reason = ValueError("the body contains itself, or goes too deep")
    except (TypeError, ValueError) as error:
        reason = type(error)(f"the body is neither bytes, text nor JSON: {error}")
    # Out here, so that it does not hold the other one, whose frames hold the body.
    raise reason
