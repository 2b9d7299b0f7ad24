"""This module lists the requests of the demo, good and bad, with the status that each must get."""

import json

import attrs


@attrs.frozen
class Step:
    """One request, and the *status* it must be answered with."""

    title: str
    method: str
    target: str
    status: int
    body: bytes | None = None
    content_type: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the request."""
        return {"Content-Type": self.content_type} if self.content_type else {}


def _post(title: str, target: str, status: int, body: object) -> Step:
    return Step(title, "POST", target, status, json.dumps(body).encode(), "application/json")


_ROOT = "/api/saved_objects"
_SALES = {"attributes": {"title": "Sales", "tags": ["q3", "emea"], "hits": "7"}}

STEPS = (
    _post("Create a dashboard; defaults are filled in", f"{_ROOT}/dashboard/sales", 201, _SALES),
    _post("Create another; the id is made up", f"{_ROOT}/dashboard", 201, {"attributes": {"title": "Costs"}}),
    Step("Get it", "GET", f"{_ROOT}/dashboard/sales", 200),
    Step("Find; one field or many", "GET", f"{_ROOT}/_find?search=sal&fields=title&fields=hits", 200),
    _post("Create it again", f"{_ROOT}/dashboard/sales", 409, _SALES),
    Step("A query with three mistakes", "GET", f"{_ROOT}/_find?page=0&per_page=lots&sort=titel", 400),
    _post(
        "Several mistakes in a body, and one in the path",
        f"{_ROOT}/dashbord/costs",
        400,
        {"attributes": {"title": "", "tags": ["q3", 4], "descripton": "secret"}},
    ),
    Step(
        "Malformed JSON",
        "POST",
        f"{_ROOT}/dashboard",
        400,
        b'{"attributes": {"title": Sales}}',
        "application/json",
    ),
    Step("Another media type", "POST", f"{_ROOT}/dashboard", 415, b"title=Sales", "text/plain"),
    Step("What is not there", "GET", f"{_ROOT}/dashboard/nowhere", 404),
    Step("A method that the path does not have", "PUT", f"{_ROOT}/dashboard/sales", 405),
    Step("Delete it", "DELETE", f"{_ROOT}/dashboard/sales", 204),
)
