"""One page to look at, of the routes of a router: a file that asks for nothing from elsewhere.

* `render` makes the whole page, `articles` show a route each, `changes` what differs between versions;
* `routes` collects what is shown, as OpenAPI has it;
* `trees` show schemas, `wording` says their bounds in words;
* `examples` makes values that fit, `patterns` texts, `requests` commands of curl;
* `html` writes elements: what authors wrote becomes text, never markup.
"""

from kbn_schema.openapi.page.render import render

__all__ = ["render"]
