"""This module holds the logger: what is not the client's to know is told there."""

import logging
from typing import Final

log: Final = logging.getLogger("kbn_schema.http")
