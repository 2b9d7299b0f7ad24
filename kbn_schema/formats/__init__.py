"""Recognise and read formatted text: addresses, host names, URIs, e-mail, dates, UUIDs.

Nothing here knows what a schema is.
Every function takes any `str` whatever is in it, raises nothing, and takes time linear in its length.
"""

from kbn_schema.formats.date_time import read_date, read_date_time
from kbn_schema.formats.email import is_email
from kbn_schema.formats.hostname import is_domain, is_hostname
from kbn_schema.formats.ip import is_ipv4, is_ipv6, is_ipvfuture
from kbn_schema.formats.uri import is_uri
from kbn_schema.formats.uuid import read_uuid

__all__ = [
    "is_domain",
    "is_email",
    "is_hostname",
    "is_ipv4",
    "is_ipv6",
    "is_ipvfuture",
    "is_uri",
    "read_date",
    "read_date_time",
    "read_uuid",
]
