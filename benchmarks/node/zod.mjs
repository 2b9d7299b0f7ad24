// zod 4, as its users write it: strict objects, coercion only where a URL brings text.
import { z } from "zod";

const text = (min = 0, max) => {
  const bounded = min ? z.string().min(min) : z.string();
  return max === undefined ? bounded : bounded.max(max);
};
const integer = (min, max) => (max === undefined ? z.int().min(min) : z.int().min(min).max(max));
const integerInText = (min, max) =>
  max === undefined ? z.coerce.number().int().min(min) : z.coerce.number().int().min(min).max(max);
const id = () => text(1, 64);
const booleanInText = () => z.stringbool();

const body = () =>
  z.strictObject({
    name: text(1, 200),
    description: text(0, 1000),
    rule_type_id: text(0, 100).regex(/^[a-z][a-z0-9_.-]*$/),
    consumer: id(),
    enabled: z.boolean(),
    muted: z.boolean(),
    notify: z.boolean(),
    owner: id(),
    space: text(0, 64),
    interval_sec: integer(1, 86400),
    threshold: z.number().min(0).max(1e6),
    window_size: integer(1, 1000),
    risk_score: integer(0, 100),
    severity: z.enum(["low", "medium", "high"]),
    tags: z.array(text(0, 50)).max(50),
    parent_id: z.string().nullable(),
    schedule: z.strictObject({
      interval: text(1, 20),
      timezone: text(0, 64),
      start_at: integer(0),
      count: integer(1, 100),
      enabled: z.boolean(),
    }),
    version: integer(1).default(1),
    throttle: z.string().default("5m"),
    actions_enabled: z.boolean().default(true),
  });

const events = () =>
  z.array(
    z.discriminatedUnion("type", [
      z.strictObject({
        type: z.literal("log"),
        message: z.string(),
        level: z.enum(["info", "warn", "error"]),
        logger: z.string(),
      }),
      z.strictObject({ type: z.literal("metric"), name: z.string(), value: z.number(), unit: z.string() }),
      z.strictObject({
        type: z.literal("span"),
        id: z.string(),
        parent: z.string().nullable(),
        duration: integer(0),
      }),
      z.strictObject({
        type: z.literal("email"),
        to: z.array(z.string()),
        subject: z.string(),
        html: z.boolean(),
      }),
      z.strictObject({
        type: z.literal("webhook"),
        url: z.string(),
        retries: integer(0, 10),
        timeout: integer(1, 600),
      }),
    ]),
  );

const tree = () => {
  const node = z.strictObject({
    name: z.string(),
    value: z.int(),
    get children() {
      return z.array(node);
    },
  });
  return node;
};

const search = () =>
  z.strictObject({
    page: integerInText(1).default(1),
    per_page: integerInText(1, 10_000).default(20),
    search: text(0, 1000).optional(),
    search_fields: z.array(text(0, 100)).max(20).optional(),
    default_search_operator: z.enum(["OR", "AND"]).default("OR"),
    sort_field: text(0, 100).optional(),
    sort_order: z.enum(["asc", "desc"]).optional(),
    filter: text(0, 2000).optional(),
    from: integerInText(0).optional(),
    to: integerInText(0).optional(),
    enabled: booleanInText().optional(),
    min_score: z.coerce.number().min(0).max(1).optional(),
    include_hidden: booleanInText().default(false),
    namespace: text(0, 64).default("default"),
    track_total: booleanInText().default(true),
    fields: z.array(text(0, 100)).max(20).optional(),
    has_reference: text(0, 100).optional(),
    cursor: text(0, 500).optional(),
    ids: z.array(text(0, 100)).max(100).optional(),
  });

const operations = () => {
  const reference = z.strictObject({ type: z.string(), id: id(), name: z.string() });
  const create = z.strictObject({
    type: text(1),
    title: text(0, 200),
    references: z.array(reference).max(100),
    overwrite: z.boolean(),
  });
  const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
  const update = z.strictObject({ id: id(), version: integer(0), set: z.record(z.string(), value) });
  const remove = z.strictObject({ id: id(), force: z.boolean() });
  return z.array(
    z.union([
      z.strictObject({ create }),
      z.strictObject({ update }),
      z.strictObject({ delete: remove }),
    ]),
  );
};

const config = () => {
  const level = z.enum(["off", "fatal", "error", "warn", "info", "debug", "trace"]);
  const ssl = z.strictObject({
    enabled: z.boolean().default(false),
    certificate: z.string().optional(),
    key: z.string().optional(),
    client_auth: z.enum(["none", "optional", "required"]).default("none"),
  });
  const cors = z.strictObject({
    enabled: z.boolean().default(false),
    allow_credentials: z.boolean().default(false),
    allow_origin: z.array(z.string()).default(() => ["*"]),
  });
  const server = z.strictObject({
    name: text(1, 256),
    host: z.string().default("localhost"),
    port: integer(1, 65535).default(5601),
    base_path: text(1).nullable().default(null),
    max_payload: integer(1).default(1048576),
    ssl: ssl.prefault({}),
    cors: cors.prefault({}),
  });
  const section = z.strictObject({
    hosts: z.array(text(0, 200)).min(1),
    username: z.string().optional(),
    password: z.string().optional(),
    headers: z.record(z.string(), z.string()).default(() => ({})),
    timeouts: z
      .strictObject({ request: integer(1).default(30000), ping: integer(1).default(30000) })
      .prefault({}),
    sniff: z
      .strictObject({ on_start: z.boolean().default(false), interval: integer(1).nullable().default(null) })
      .prefault({}),
  });
  const appender = z.strictObject({
    kind: z.enum(["console", "file"]),
    layout: z.enum(["json", "pattern"]),
    path: z.string().optional(),
    max_files: integer(1, 100).default(5),
  });
  const logger = z.strictObject({
    name: z.string(),
    level,
    appenders: z.array(z.string()).default(() => ["default"]),
  });
  return z.strictObject({
    server,
    search: section,
    logging: z.strictObject({
      level,
      appenders: z.record(z.string(), appender),
      loggers: z.array(logger).default(() => []),
    }),
    plugins: z.record(z.string(), z.boolean()),
    telemetry: z.strictObject({ url: z.string(), interval: integer(1) }).nullable().default(null),
    locale: z.string().default("en"),
  });
};

const schemas = {
  params: () => z.strictObject({ type: z.string() }),
  query: () =>
    z.strictObject({
      page: integerInText(1).default(1),
      per_page: integerInText(1, 100).default(20),
      search: text(0, 256).optional(),
    }),
  typed_query: () =>
    z.strictObject({
      page: integer(1).default(1),
      per_page: integer(1, 100).default(20),
      search: text(0, 256).optional(),
    }),
  body,
  bulk: () => z.array(z.strictObject({ id: z.string(), count: integer(0), tags: z.array(z.string()) })),
  integers: () => z.array(integer(0, 1_000_000)),
  floats: () => z.record(z.string(), z.number()),
  events,
  tree,
  search,
  operations,
  config,
};

export const zod = (name) => {
  const schema = schemas[name]();
  return (value) => schema.parse(value);
};
