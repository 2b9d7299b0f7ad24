// Joi, on which @kbn/config-schema is built: everything is required, nothing is converted but a query.
import Joi from "joi";

const STRICT = { presence: "required", convert: false };
const COERCING = { presence: "required", convert: true };

const text = (min = 0, max) => {
  const bounded = min ? Joi.string().min(min) : Joi.string().allow("");
  return max === undefined ? bounded : bounded.max(max);
};
const integer = (min, max) => {
  const bounded = Joi.number().integer().min(min);
  return max === undefined ? bounded : bounded.max(max);
};
const id = () => text(1, 64);
const boolean = () => Joi.boolean();
const words = (...values) => Joi.valid(...values);
const array = (item) => Joi.array().items(item);
const record = (value) => Joi.object().pattern(Joi.string(), value);
const optional = (schema) => schema.optional();
const preset = (schema, value) => schema.optional().default(value);
// The defaults inside make the default.
const section = (props) => Joi.object(props).optional().default();

const query = () =>
  Joi.object({
    page: preset(integer(1), 1),
    per_page: preset(integer(1, 100), 20),
    search: optional(text(0, 256)),
  });

const body = () =>
  Joi.object({
    name: text(1, 200),
    description: text(0, 1000),
    rule_type_id: text(0, 100).pattern(/^[a-z][a-z0-9_.-]*$/),
    consumer: id(),
    enabled: boolean(),
    muted: boolean(),
    notify: boolean(),
    owner: id(),
    space: text(0, 64),
    interval_sec: integer(1, 86400),
    threshold: Joi.number().min(0).max(1e6),
    window_size: integer(1, 1000),
    risk_score: integer(0, 100),
    severity: words("low", "medium", "high"),
    tags: array(text(0, 50)).max(50),
    parent_id: text().allow(null),
    schedule: Joi.object({
      interval: text(1, 20),
      timezone: text(0, 64),
      start_at: integer(0),
      count: integer(1, 100),
      enabled: boolean(),
    }),
    version: preset(integer(1), 1),
    throttle: preset(text(), "5m"),
    actions_enabled: preset(boolean(), true),
  });

const events = () => {
  const alternatives = {
    log: { message: text(), level: words("info", "warn", "error"), logger: text() },
    metric: { name: text(), value: Joi.number(), unit: text() },
    span: { id: text(), parent: text().allow(null), duration: integer(0) },
    email: { to: array(text()), subject: text(), html: boolean() },
    webhook: { url: text(), retries: integer(0, 10), timeout: integer(1, 600) },
  };
  const branches = Object.entries(alternatives).map(([type, props]) => ({
    is: type,
    then: Joi.object({ type: words(type), ...props }),
  }));
  return array(Joi.alternatives().conditional(".type", { switch: branches }));
};

const search = () =>
  Joi.object({
    page: preset(integer(1), 1),
    per_page: preset(integer(1, 10_000), 20),
    search: optional(text(0, 1000)),
    search_fields: optional(array(text(0, 100)).max(20)),
    default_search_operator: preset(words("OR", "AND"), "OR"),
    sort_field: optional(text(0, 100)),
    sort_order: optional(words("asc", "desc")),
    filter: optional(text(0, 2000)),
    from: optional(integer(0)),
    to: optional(integer(0)),
    enabled: optional(boolean()),
    min_score: optional(Joi.number().min(0).max(1)),
    include_hidden: preset(boolean(), false),
    namespace: preset(text(0, 64), "default"),
    track_total: preset(boolean(), true),
    fields: optional(array(text(0, 100)).max(20)),
    has_reference: optional(text(0, 100)),
    cursor: optional(text(0, 500)),
    ids: optional(array(text(0, 100)).max(100)),
  });

const operations = () => {
  const reference = Joi.object({ type: text(), id: id(), name: text() });
  const create = Joi.object({
    type: text(1),
    title: text(0, 200),
    references: array(reference).max(100),
    overwrite: boolean(),
  });
  const value = Joi.alternatives().try(text(), Joi.number(), boolean(), array(text()));
  const update = Joi.object({ id: id(), version: integer(0), set: record(value) });
  const remove = Joi.object({ id: id(), force: boolean() });
  return array(
    Joi.alternatives().try(
      Joi.object({ create }),
      Joi.object({ update }),
      Joi.object({ delete: remove }),
    ),
  );
};

const config = () => {
  const level = () => words("off", "fatal", "error", "warn", "info", "debug", "trace");
  const server = Joi.object({
    name: text(1, 256),
    host: preset(text(), "localhost"),
    port: preset(integer(1, 65535), 5601),
    base_path: preset(text(1).allow(null), null),
    max_payload: preset(integer(1), 1048576),
    ssl: section({
      enabled: preset(boolean(), false),
      certificate: optional(text()),
      key: optional(text()),
      client_auth: preset(words("none", "optional", "required"), "none"),
    }),
    cors: section({
      enabled: preset(boolean(), false),
      allow_credentials: preset(boolean(), false),
      allow_origin: preset(array(text()), ["*"]),
    }),
  });
  const searching = Joi.object({
    hosts: array(text(0, 200)).min(1),
    username: optional(text()),
    password: optional(text()),
    headers: preset(record(text()), {}),
    timeouts: section({ request: preset(integer(1), 30000), ping: preset(integer(1), 30000) }),
    sniff: section({
      on_start: preset(boolean(), false),
      interval: preset(integer(1).allow(null), null),
    }),
  });
  const appender = Joi.object({
    kind: words("console", "file"),
    layout: words("json", "pattern"),
    path: optional(text()),
    max_files: preset(integer(1, 100), 5),
  });
  const logger = Joi.object({
    name: text(),
    level: level(),
    appenders: preset(array(text()), ["default"]),
  });
  return Joi.object({
    server,
    search: searching,
    logging: Joi.object({
      level: level(),
      appenders: record(appender),
      loggers: preset(array(logger), []),
    }),
    plugins: record(boolean()),
    telemetry: preset(Joi.object({ url: text(), interval: integer(1) }).allow(null), null),
    locale: preset(text(), "en"),
  });
};

const schemas = {
  params: () => Joi.object({ type: text() }),
  query,
  typed_query: query,
  body,
  bulk: () => array(Joi.object({ id: text(), count: integer(0), tags: array(text()) })),
  integers: () => array(integer(0, 1_000_000)),
  floats: () => record(Joi.number()),
  events,
  tree: () =>
    Joi.object({
      name: text(),
      value: Joi.number().integer(),
      children: array(Joi.link("#node")),
    }).id("node"),
  search,
  operations,
  config,
};

export const joi = (name) => {
  const schema = schemas[name]();
  const options = name === "query" || name === "search" ? COERCING : STRICT;
  return (value) => {
    const { error, value: output } = schema.validate(value, options);
    if (error) {
      throw error;
    }
    return output;
  };
};
