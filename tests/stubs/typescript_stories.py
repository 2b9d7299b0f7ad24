"""Modules of authors, and what programs in TypeScript do with their types, rightly or wrongly.

A line under ``@ts-expect-error`` is a mistake, and the compiler complains of each such comment above none.
"""

STORIES: dict[str, tuple[str, str]] = {}

STORIES["objects"] = (
    """
find_query = schema.object({
    "page": schema.integer(default=1),
    "sort": schema.maybe(schema.enum(["asc", "desc"])),
    "from": schema.date_time(),
    "keep": schema.duration(default="1m"),
    "gone": schema.never(),
})
empty = schema.object({})
""",
    """
const full: FindQueryInput = { page: 1, sort: "asc", from: "1970-01-01T00:00:00Z", keep: 60_000 };
const least: FindQueryInput = { from: "1970-01-01T00:00:00Z" };
export const page: number = ({} as FindQuery).page;
// @ts-expect-error: it has a default, so it may be left out where it is sent
export const sent: number = full.page;
// @ts-expect-error: a typo
export const typo: FindQueryInput = { from: "", pgae: 1 };
// @ts-expect-error: nothing was sent of what is needed
export const missing: FindQueryInput = { page: 1 };
// @ts-expect-error: no such word
export const other: FindQueryInput = { from: "", sort: "up" };
// @ts-expect-error: undefined is not left out
export const absent: FindQueryInput = { from: "", page: undefined };
// @ts-expect-error: null is not left out, either
export const none: FindQueryInput = { from: "", page: null };
// @ts-expect-error: must not be there
export const never: FindQueryInput = { from: "", gone: 1 };
// @ts-expect-error: a typo where it is read
least.srot;
export const nothing: Empty = {};
// @ts-expect-error: there are no keys
export const something: Empty = { a: 1 };
""",
)

STORIES["unions"] = (
    """
circle = schema.object({"type": schema.literal("circle"), "radius": schema.number()})
square = schema.object({"type": schema.literal("square"), "side": schema.number()})
shape = schema.discriminated_union("type", circle, square)
lists = schema.array_of(schema.one_of(schema.string(), schema.nullable(shape)))
numbers = schema.enum([1, 1.5, -2, 2**53])
safe = schema.enum([1, -0.0, 1e300, 1e-7, True, "a"])
mixed = schema.one_of(schema.literal("a"), schema.literal(1), schema.string())
""",
    """
export function area(shape: Shape): number {
  switch (shape.type) {
    case "circle":
      return shape.radius ** 2 * Math.PI;
    case "square":
      // @ts-expect-error: it is a square by now
      shape.radius;
      return shape.side ** 2;
  }
}
export const lists: Lists = ["a", null, { type: "circle", radius: 1 }];
// @ts-expect-error: the list is of either, and no alternative to them
export const text: Lists = "a";
// @ts-expect-error: of another shape
export const crossed: Shape = { type: "circle", side: 1 };
export const numbers: Numbers[] = [1, 9007199254740993, 7];
export const safe: Safe[] = [1, 0, 1e300, 0.0000001, true, "a"];
// @ts-expect-error: none of them
export const unsafe: Safe = 2;
export const mixed: Mixed[] = [1, "b"];
// @ts-expect-error: none of them
export const two: Mixed = 2;
""",
)

STORIES["recursion"] = (
    """
trees = schema.array_of(schema.lazy("tree"), default=[])
tree = schema.object({"name": schema.string(), "kids": trees}, id="tree")
json = schema.one_of(
    schema.nullable(schema.string()), schema.number(), schema.array_of(schema.lazy("json")),
    schema.record_of(schema.string(), schema.lazy("json")), id="json",
)
deep = schema.array_of(schema.nullable(schema.lazy("deep")), id="deep")
other = schema.nullable(deep)
by_name = schema.record_of(schema.enum(["left", "right"]), schema.lazy("by_name"), id="by_name")
""",
    """
export const tree: TreeInput = { name: "a", kids: [{ name: "b" }] };
// @ts-expect-error: further down
export const wrong: TreeInput = { name: "a", kids: [{ name: "b", kids: [{ nmae: "c" }] }] };
export const kids = (tree: Tree): string[] => [tree.name, ...tree.kids.flatMap(kids)];
export const json: Json = { a: [1, "b", null, { c: [] }] };
// @ts-expect-error: no such value
export const date: Json = { a: [new Date()] };
export const deep: Deep = [[[null], null]];
export const other: Other = [null];
// @ts-expect-error: further down
export const text: Other = [[["a"]]];
export const pair: ByName = { left: { right: {} } };
// @ts-expect-error: neither left nor right
export const up: ByName = { left: { up: {} } };
""",
)

STORIES["keys"] = (
    """
odd = schema.object({
    "__proto__": schema.string(), "1": schema.integer(), "01": schema.string(), "-1": schema.boolean(),
    "x-request-id": schema.maybe(schema.string()), "class": schema.string(), "": schema.string(),
    "new": schema.string(), "constructor": schema.string(), "é": schema.string(),
    "[key: string]": schema.string(),
})
named = schema.record_of(schema.enum(["a", "b-c", "__proto__"]), schema.integer())
word = schema.enum(["c", "d"])
by_word = schema.record_of(word, schema.integer())
anything = schema.record_of(schema.string(), schema.integer())
open = schema.object({"a": schema.integer(), "b": schema.maybe(schema.string())}, unknowns="allow")
key = schema.object({"key": schema.maybe(schema.string())})
keys = schema.record_of(schema.enum(["Key", "key"]), key)
""",
    """
export const odd: Odd = {
  ["__proto__"]: "a", 1: 1, "01": "b", "-1": true, class: "c", "": "d", new: "e", constructor: "f", "é": "g",
  "[key: string]": "h",
};
// @ts-expect-error: 1 is a number, and 01 a text
export const swapped: Pick<Odd, "1" | "01"> = { "01": 1, "1": "b" };
export const named: Named = { a: 1, ["__proto__"]: 2 };
// @ts-expect-error: any of them may be missing
export const one: number = named["b-c"];
// @ts-expect-error: no such key
export const other: Named = { c: 1 };
export const worded: ByWord = { c: 1 };
// @ts-expect-error: no such word
export const unworded: ByWord = { a: 1 };
export const anything: Anything = { a: 1 };
// @ts-expect-error: no text
export const text: Anything = { a: "1" };
export const open: Open = { a: 1, more: [] };
// @ts-expect-error: what is known is still of its type
export const wrong: Open = { a: "1", more: [] };
export const keys: Keys = { Key: { key: "a" } };
// @ts-expect-error: of another type
export const values: Keys = { key: "a" };
""",
)

STORIES["names"] = (
    """
array = schema.object({"items": schema.array_of(schema.string())})
blob = schema.object({"data": schema.buffer()})
promise = schema.object({"promised": schema.boolean()})
dicts = schema.record_of(schema.string(), array)
own = {"own": schema.string()}
Object, Function, String, Number, Boolean, Symbol, Date, Request, Response, Record, ArrayBuffer = (
    schema.object(own) for _ in range(11)
)
Partial = schema.object({"string": schema.nullable(Symbol)})
undefined = null = any = unknown = schema.integer()
@router.get("/blob", validate={"request": {"query": array}, "response": {200: {"body": schema.buffer()}}})
def constructor(context, request, response): ...
""",
    """
export const array: Array = { items: ["a"] };
export const blob: Blob = { data: new globalThis.Blob(["a"]) };
export const dicts: Dicts = { a: array };
export const record: Record = { own: "a" };
export const symbol: Symbol = { own: "a" };
export const object: Object = { own: "a" };
export const partial: Partial = { string: null };
export const number: Undefined = 1;
declare const client: ShopClient;
export const answer: globalThis.Promise<globalThis.Blob> = client.constructor({ query: array });
""",
)

STORIES["routes"] = (
    """
found = schema.object({"id": schema.string(), "tags": schema.array_of(schema.string(), default=[])})
@router.get("/items/{id}/{rest*}", validate={
    "request": {"query": schema.object({"deep": schema.boolean(default=False)})},
    "response": {200: {"body": found}, 404: {"body": schema.object({"why": schema.string()})}},
})
def find(context, request, response): ...

@router.put("/items/{id}", validate={
    "request": {
        "params": schema.object({"id": schema.maybe(schema.integer())}),
        "body": schema.object({"at": schema.duration()}),
        "headers": schema.object({"X-Tenant": schema.string()}),
    },
    "response": {201: {"body": schema.object({"at": schema.duration()})}, 204: {}},
})
def store(context, request, response): ...

@router.post("/files", validate={
    "request": {"body": schema.buffer()}, "response": {200: {"body": schema.stream()}},
})
def upload(context, request, response): ...

@router.get("/ping", validate=False)
def ping(context, request, response): ...

@router.get("/page", validate=False, options={"http_resource": True})
def page(context, request, response): ...

check_response = schema.object({"n": schema.integer(default=0)})
@router.get("/check/{name?}", validate={
    "request": {"query": lambda value, ok: ok(value)}, "response": {200: {"body": check_response}},
})
def check(context, request, response): ...

@router.get("/lost", validate={"request": {}, "response": {404: {"body": found}}})
def lose(context, request, response): ...

@router.get("/deny", validate={
    "request": {}, "response": {403: {"body": schema.object({"why": schema.string()})}},
})
def deny(context, request, response): ...

versions = router.versioned.get("/items", access="public")
@versions.add_version("2023-10-31", validate={
    "request": {}, "response": {200: {"body": schema.array_of(found)}},
})
@versions.add_version("2024-10-31", validate={
    "request": {"query": schema.object({"page": schema.integer()})},
    "response": {200: {"body": schema.object({"items": schema.array_of(found)})}},
})
def list_all(context, request, response): ...
""",
    """
export const find: FindRequest = { params: { id: "a", rest: "b/c" }, query: { deep: true } };
export const least: FindRequest = { params: { id: "a" } };
// @ts-expect-error: the path needs it
export const nowhere: FindRequest = { params: { rest: "b" } };
// @ts-expect-error: parameters of a path without a schema are texts
export const number: FindRequest = { params: { id: 1 } };
// @ts-expect-error: it takes no body
export const body: FindRequest = { params: { id: "a" }, body: {} };
// @ts-expect-error: an answer may do without what has a default
export const tags: string[] = ({} as FindResponse).tags;
// @ts-expect-error: that is what errors say
({} as FindResponse).why;

export const store: StoreRequest = { params: { id: 1 }, body: { at: "1m" }, headers: { "X-Tenant": "a" } };
// @ts-expect-error: the schema does without, but not the path
export const pathless: StoreRequest = { params: {}, body: { at: "1m" }, headers: { "X-Tenant": "a" } };
// @ts-expect-error: declared as a number
export const text: StoreRequest = { params: { id: "1" }, body: { at: "1m" }, headers: { "X-Tenant": "a" } };
// @ts-expect-error: the header is needed
export const headless: StoreRequest = { params: { id: 1 }, body: { at: "1m" } };
// @ts-expect-error: it may be answered without a body
export const at: string | number = ({} as StoreResponse).at;

export const upload: UploadRequest = { body: new File(["a"], "a.txt") };
export const init = { method: "POST", body: upload.body } satisfies RequestInit;
export const received = async (response: Response): Promise<UploadResponse> => response.blob();
export const ping: PingRequest = {};
// @ts-expect-error: it takes nothing
export const pinged: PingRequest = { query: {} };
export const check: CheckRequest[] = [{}, { params: { name: "a" }, query: ["anything"] }];
// @ts-expect-error: nobody says it is there
export const n: number = ({} as CheckResponse).n;
export const lost = (answer: LoseResponse): unknown => answer;
// @ts-expect-error: nothing is known of success
({} as LoseResponse).id;
// @ts-expect-error: that is what errors say
({} as DenyResponse).why;
export const denied: DenyResponse403 = { why: "no" };

export const old: ListAllV20231031Response = [{ id: "a" }];
export const young: ListAllV20241031Response = { items: old };
export const paged: ListAllV20241031Request = { query: { page: 1 } };

declare const client: ShopClient;
export async function calls() {
  const found: FindInputOrMore = await client.find({ params: { id: "a" } });
  await client.store(store);
  await client.ping();
  await client.check();
  // @ts-expect-error: the path needs a parameter
  await client.find();
  // @ts-expect-error: a typo
  await client.find({ params: { id: "a" }, query: { depe: true } });
  // @ts-expect-error: pages are no API
  client.page;
  const items: ListAllV20231031Response = await client.listAllV20231031({});
  // @ts-expect-error: another version
  const others: ListAllV20241031Response = await client.listAllV20231031({});
  return [found, items, others];
}
type FindInputOrMore = FindResponse;
""",
)

STORIES["answers"] = (
    """
item = schema.object({"id": schema.string()})
keyed = schema.object({"key": schema.maybe(schema.string())})
def answer(body):
    return {"request": {}, "response": {200: {"body": body}}}
def named(context, request, response): ...
def unnamed(context, request, response): ...
def filled(context, request, response): ...
def empty(context, request, response): ...
def sure(context, request, response): ...
def anything(context, request, response): ...
router.get("/named", validate=answer(schema.maybe(item)))(named)
router.get("/unnamed", validate=answer(schema.maybe(schema.object({"id": schema.string()}))))(unnamed)
router.get("/filled", validate=answer(schema.object({"id": schema.string(default="a")})))(filled)
router.get("/empty", validate=answer(keyed))(empty)
router.get("/sure", validate=answer(item))(sure)
router.get("/anything", validate=answer(schema.maybe(schema.any())))(anything)
list_response = schema.maybe(schema.array_of(item))
@router.get("/list", validate=answer(list_response))
def list(context, request, response): ...
""",
    """
declare const client: ShopClient;
type Answer<K extends keyof RouteMap> = RouteMap[K]["response"];
export async function calls() {
  // @ts-expect-error: there may be no body
  (await client.named({})).id;
  // @ts-expect-error: there may be no body
  (await client.unnamed({})).id;
  // @ts-expect-error: there may be no body
  (await client.filled({})).id;
  // @ts-expect-error: there may be no body
  (await client.empty({})).key;
  // @ts-expect-error: there may be no body
  (await client.list({})).length;
  const ids: string[] = [(await client.sure({})).id];
  const more = [(await client.named({}))?.id, (await client.unnamed({}))?.id, (await client.filled({}))?.id];
  const first: Item | undefined = (await client.list({}))?.[0];
  const unknown: unknown = await client.anything({});
  return [ids, more, first, unknown];
}
type Maybe = [NamedResponse, FilledResponse, EmptyResponse, ListResponse, Answer<"GET /api/unnamed">];
export const none: Maybe = [
  undefined, undefined, undefined, undefined, undefined,
];
// @ts-expect-error: there is a body
export const some: Answer<"GET /api/sure"> = undefined;
""",
)

STORIES["map"] = (
    STORIES["routes"][0],
    """
type Optional<T> = {} extends T ? [request?: T] : [request: T];

async function call<K extends keyof RouteMap>(
  key: K, ...[request]: Optional<RouteMap[K]["request"]>
): Promise<RouteMap[K]["response"]> {
  const [method, path, version] = key.split(" ") as [string, string, string?];
  type Values = Record<string, unknown>;
  const { params = {}, query = {}, headers = {}, body } = (request ?? {}) as {
    params?: Values; query?: Values; headers?: Values; body?: unknown;
  };
  const url = path.replace(/\\{(\\w+)[?*]?\\}/g, (_, name) => encodeURIComponent(String(params[name] ?? "")));
  const fields = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const sent = Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]);
  if (version) sent.push(["elastic-api-version", version]);
  const init = body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) };
  const response = await fetch(`${url}?${fields}`, { method, headers: sent, ...init });
  return response.status === 204 ? undefined : await response.json();
}

export async function calls() {
  const found = await call("GET /api/items/{id}/{rest*}", { params: { id: "a" } });
  const name: string = found.id;
  await call("GET /api/ping");
  const items = await call("GET /api/items 2023-10-31");
  const first: string | undefined = items[0]?.id;
  // @ts-expect-error: no such route
  await call("GET /api/item");
  // @ts-expect-error: the path needs a parameter
  await call("GET /api/items/{id}/{rest*}");
  // @ts-expect-error: the version needs a page
  await call("GET /api/items 2024-10-31");
  // @ts-expect-error: of another version
  items.items;
  return [name, first];
}
export const version: RouteMap["GET /api/items 2023-10-31"]["version"] = "2023-10-31";
export const none: RouteMap["GET /api/ping"]["version"] = undefined;
export const method: RouteMap["PUT /api/items/{id}"]["method"] = "PUT";
export type Known<T extends Record<string, { method: string; path: string; request: object }>> = T;
export type All = Known<RouteMap>;
""",
)
