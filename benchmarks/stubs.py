"""How long does `kbn-schema stubs --check` take for a whole application, and how does that grow?

The application is generated: each of its resources has ten schemas and three routes, and uses a few schemas
of another module. Each figure is of fresh processes that import it, compare all types and annotations, and
find nothing to change. How it grows is judged by the time of the processor, in which waits do not count.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Final

from benchmarks.environment import environment, versions
from benchmarks.question import CannotAnswerError, Found, Scope
from benchmarks.slope import slope, verdict
from benchmarks.table import machine_line, table

SCHEMAS_OF_RESOURCE: Final = 10
ROUTES_OF_RESOURCE: Final = 3
SIZES: Final = (10, 250, 500, 1000, 2000, 4000)
# What is promised: seconds for an application of this many schemas.
PROMISED: Final = 1000
SECONDS: Final = 3.0

SHARED: Final = """\
from kbn_schema import schema

space = schema.string(min_length=1, max_length=64, pattern="[a-z0-9_-]+")
reference = schema.object(
    {"type": schema.string(), "id": schema.uuid(), "name": schema.maybe(schema.string())}
)
owner = schema.object(
    {"id": schema.uuid(), "email": schema.email(), "roles": schema.array_of(schema.string())}
)
paging = schema.object(
    {"page": schema.integer(min=1, default=1), "per_page": schema.integer(min=1, max=100, default=20)}
)
condition = schema.object(
    {
        "field": schema.string(),
        "operator": schema.enum(["is", "is_not", "exists"]),
        "any_of": schema.maybe(schema.array_of(schema.lazy("condition"))),
    },
    id="condition",
)
"""

HEAD: Final = """\
from app.shared import condition, owner, paging, reference, space
from kbn_schema import schema
from kbn_schema.http import Router

router = Router()
"""

RESOURCE: Final = """
{name}_params = schema.object({{"id": schema.uuid(), "space": space}})
{name}_query = paging.extends(
    {{
        "sort": schema.one_of([schema.literal("title"), schema.literal("created_at")]),
        "order": schema.enum(["asc", "desc"], default="asc"),
        "fields": schema.array_of(schema.string(), default=[]),
        "filter": schema.maybe(schema.object({{"owner": schema.maybe(schema.uuid()), "where": condition}})),
    }}
)
{name}_text_panel = schema.object({{"type": schema.literal("text"), "markdown": schema.string()}})
{name}_chart_panel = schema.object(
    {{
        "type": schema.literal("chart"),
        "series": schema.array_of(
            schema.object({{"label": schema.string(), "values": schema.array_of(schema.number())}})
        ),
        "every": schema.duration(default="5m"),
    }}
)
{name}_panel = schema.discriminated_union("type", [{name}_text_panel, {name}_chart_panel])
{name}_attributes = schema.object(
    {{
        "title": schema.string(min_length=1, description="What the {name} is called."),
        "description": schema.nullable(schema.string()),
        "panels": schema.array_of({name}_panel),
        "options": schema.record_of(schema.string(), schema.one_of(schema.string(), schema.number())),
        "settings": schema.object(
            {{
                "theme": schema.enum(["light", "dark"], default="light"),
                "max-bytes": schema.maybe(schema.byte_size()),
            }}
        ),
    }}
)
{name}_body = schema.object(
    {{"attributes": {name}_attributes, "references": schema.array_of(reference, default=[])}}
)
{name}_body_2 = {name}_body.extends({{"tags": schema.array_of(schema.string(), max_size=20)}})
{name}_saved = schema.object(
    {{
        "id": schema.uuid(),
        "owner": owner,
        "version": schema.integer(),
        "updated_at": schema.date_time(),
        "attributes": {name}_attributes,
    }}
)
{name}_found = schema.object({{"total": schema.integer(), "saved": schema.array_of({name}_saved)}})


@router.get(
    "/api/{name}/_find",
    validate={{"request": {{"query": {name}_query}}, "response": {{200: {{"body": {name}_found}}}}}},
)
def find_{name}(context, request, response):
    return response.ok(body={{"total": 0, "saved": []}})


@router.get(
    "/s/{{space}}/api/{name}/{{id}}",
    validate={{"request": {{"params": {name}_params}}, "response": {{200: {{"body": {name}_saved}}}}}},
)
def get_{name}(context, request, response):
    return response.not_found()


update_{name} = router.versioned.put("/s/{{space}}/api/{name}/{{id}}", access="public")


@update_{name}.add_version(
    "2026-01-31",
    validate={{
        "request": {{"params": {name}_params, "body": {name}_body}},
        "response": {{200: {{"body": {name}_saved}}}},
    }},
)
def update_{name}_1(context, request, response):
    return response.not_found()


@update_{name}.add_version(
    "2026-06-30",
    validate={{
        "request": {{"params": {name}_params, "body": {name}_body_2}},
        "response": {{200: {{"body": {name}_saved}}, 409: {{"body": reference}}}},
    }},
)
def update_{name}_2(context, request, response):
    return response.not_found()
"""


def application(schemas: int) -> dict[str, str]:
    """Return the files of an application with that many *schemas*, by their paths."""
    resources = [RESOURCE.format(name=f"thing{number}") for number in range(schemas // SCHEMAS_OF_RESOURCE)]
    return {"app/__init__.py": "", "app/shared.py": SHARED, "app/routes.py": HEAD + "".join(resources)}


def measure(scope: Scope) -> Found:
    with tempfile.TemporaryDirectory() as folder:
        folders = {schemas: written(Path(folder, str(schemas)), schemas) for schemas in SIZES}
        times: dict[int, list[tuple[float, float]]] = {schemas: [] for schemas in folders}
        for _ in range(scope.rounds(9)):
            for schemas, where in folders.items():
                times[schemas].append(seconds_of_check(where))
    return {
        **environment(),
        "versions": versions(["kbn-schema"]),
        "seconds": {str(schemas): statistics(found) for schemas, found in times.items()},
    }


def seconds_of_check(folder: Path) -> tuple[float, float]:
    """Return the seconds of the clock and of the processor."""
    start, before = perf_counter(), seconds_of_processor()
    run(folder, "app.routes", "--check")
    return perf_counter() - start, seconds_of_processor() - before


def seconds_of_processor() -> float:
    """Return what all processes that were started and have ended have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def written(folder: Path, schemas: int) -> Path:
    """Write an application into *folder*, and its types, and return the folder."""
    for name, text in application(schemas).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    run(folder, "app.shared", "--annotate")
    run(folder, "app.routes", "--annotate")
    return folder


def run(folder: Path, *arguments: str) -> None:
    # An installed package has its byte code, and so has this one from the first process on.
    environment = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # The package is found where this one is, installed or not.
    environment["PYTHONPATH"] = str(Path(__file__).parent.parent)
    command = [sys.executable, "-P", "-m", "kbn_schema", "stubs", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotAnswerError(f"{' '.join(command)} answers {done.returncode}: {done.stdout}{done.stderr}")


def statistics(times: list[tuple[float, float]]) -> dict[str, float]:
    clock, processor = zip(*times, strict=True)
    lower, _, upper = quantiles(clock, n=4, method="inclusive")
    return {"median": median(clock), "spread": (upper - lower) / 2, "processor": median(processor)}


def markdown(found: Found) -> str:
    seconds = {int(schemas): times for schemas, times in found["seconds"].items()}
    rows = [
        [
            f"{schemas:,}",
            f"{schemas // SCHEMAS_OF_RESOURCE * ROUTES_OF_RESOURCE:,}",
            f"{times['median']:.2f} ±{times['spread']:.2f}",
            f"{times['processor']:.2f}",
        ]
        for schemas, times in seconds.items()
    ]
    head = ["schemas", "routes", "seconds", "of the processor"]
    return "\n\n".join([table(head, rows), "\n".join(judgements(seconds)), machine_line(found)])


def judgements(seconds: dict[int, dict[str, float]]) -> list[str]:
    """Return whether the time is linear, and whether it is what was promised."""
    exponent = slope({schemas: times["processor"] for schemas, times in seconds.items()})
    taken = seconds[PROMISED]["median"]
    outcome = "holds" if taken < SECONDS else "DOES NOT HOLD"
    return [
        f"- The time of the processor grows as the number of schemas to {exponent:.2f}: {verdict(exponent)}.",
        f"- {PROMISED:,} schemas in less than {SECONDS:g} s: {taken:.2f} s, {outcome}.",
    ]
