"""Routes as OpenAPI describes them; JSON-ready, and in agreement with run time.

* `paths` finds the routes and gives their operations, with the schemas that those refer to;
* `operations` describes one: parameters, bodies, answers, versions;
* `parameters` makes parameters of the rules of params, query and headers;
* `names` spells operation ids, paths and tags.
"""

from kbn_schema.openapi.paths import Paths, paths

__all__ = ["Paths", "paths"]
