"""pydantic in Starlette and in FastAPI, as their users write it. Strict but where a URL brings text."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Query
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.http_peer import FASTAPI, HttpPeer, through
from benchmarks.http_requests import FIND, IMPORT_ALL, SAVE, Path

Id = Annotated[str, Field(min_length=1, max_length=64)]
Text64 = Annotated[str, Field(max_length=64)]
Text200 = Annotated[str, Field(max_length=200)]
Text1000 = Annotated[str, Field(max_length=1000)]
Title = Annotated[str, Field(min_length=1, max_length=200)]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SavedObject(Strict):
    type: Literal["dashboard", "visualization", "search"]
    id: Id
    title: Title
    description: Text1000
    version: Positive
    refresh_sec: Annotated[int, Field(ge=0, le=86400)]
    archived: bool
    tags: Annotated[list[Annotated[str, Field(max_length=50)]], Field(max_length=50)]
    owner: Id
    updated_at: Text64


class Layout(Strict):
    columns: Annotated[int, Field(ge=1, le=48)]
    rows: Positive
    theme: Literal["light", "dark"]


class Attributes(Strict):
    description: Text1000
    hits: Count
    pinned: bool
    layout: Layout


class Reference(Strict):
    id: Id
    type: Text64
    name: Text200


class Imported(Strict):
    id: Id
    type: Text64
    title: Title
    version: Positive
    attributes: Attributes
    references: Annotated[list[Reference], Field(max_length=100)]


class WholeImport(Strict):
    namespace: Id
    overwrite: bool
    objects: Annotated[list[Imported], Field(max_length=1000)]


class Find(BaseModel):
    model_config = ConfigDict(extra="forbid")  # numbers from text
    page: Positive = 1
    per_page: Annotated[int, Field(ge=1, le=100)] = 20
    search: Annotated[str, Field(max_length=256)] | None = None


def starlette_app() -> Starlette:
    async def save(request: Request) -> JSONResponse:
        saved = SavedObject.model_validate_json(await request.body())
        return JSONResponse({"ok": True, "n": saved.version})

    async def import_all(request: Request) -> JSONResponse:
        whole = WholeImport.model_validate_json(await request.body())
        return JSONResponse({"ok": True, "n": whole.objects[-1].attributes.hits})

    async def find(request: Request) -> JSONResponse:
        query = Find.model_validate(dict(request.query_params))
        return JSONResponse({"ok": True, "n": query.page})

    routes = [
        Route(SAVE.path, refusing(save), methods=["POST"]),
        Route(IMPORT_ALL.path, refusing(import_all), methods=["POST"]),
        Route(FIND.path, refusing(find), methods=["GET"]),
    ]
    return Starlette(routes=routes)


Endpoint = Callable[[Request], Awaitable[JSONResponse]]


def refusing(endpoint: Endpoint) -> Endpoint:
    """Return *endpoint* with 422 for what does not fit, as FastAPI answers it."""

    async def refuse(request: Request) -> JSONResponse:
        try:
            return await endpoint(request)
        except ValidationError as error:
            return JSONResponse({"detail": error.errors(include_url=False)}, 422)

    return refuse


def fastapi_app() -> FastAPI:
    app = FastAPI()

    @app.post(SAVE.path, response_model=None)
    async def save(body: SavedObject) -> dict[str, Any]:
        return {"ok": True, "n": body.version}

    @app.post(IMPORT_ALL.path, response_model=None)
    async def import_all(body: WholeImport) -> dict[str, Any]:
        return {"ok": True, "n": body.objects[-1].attributes.hits}

    @app.get(FIND.path, response_model=None)
    async def find(query: Annotated[Find, Query()]) -> dict[str, Any]:
        return {"ok": True, "n": query.page}

    return app


def wrong(refusal: Any) -> frozenset[Path]:
    # FastAPI begins with the part, pydantic does not.
    paths = (tuple(error["loc"]) for error in refusal["detail"])
    return frozenset(path[1:] if path[0] == "body" else path for path in paths)


PEERS = [
    HttpPeer(
        "Starlette, pydantic",
        ("starlette", "pydantic"),
        through(starlette_app()),
        422,
        wrong,
        "yields objects, not dicts; JSON is read by pydantic",
    ),
    HttpPeer(
        FASTAPI,
        ("fastapi", "starlette", "pydantic"),
        through(fastapi_app()),
        422,
        wrong,
        "yields objects, not dicts; answers are not validated",
    ),
]
