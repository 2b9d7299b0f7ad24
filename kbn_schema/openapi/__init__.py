"""Routes as OpenAPI describes them; JSON-ready, and in agreement with run time.

* `documents` makes whole documents, `base` checks what stands in them beside the routes;
* `paths` finds the routes and gives their operations, with the schemas that those refer to;
* `operations` describes one, `offers` says which versions it shows: `parameters` tells params, query and
  headers, `bodies` and `answers` what is sent and what comes back, `privileges` who may;
* `merging` lays what authors say over that;
* `names` spells operation ids, paths and tags.
"""

from kbn_schema.openapi.documents import document
from kbn_schema.openapi.paths import Paths, paths

__all__ = ["Paths", "document", "paths"]
