// Answers a line of JSON with a line of JSON, so that ../typescript.py can measure in rounds:
//   {"peer", "schema", "text"}          -> {"output"} or {"refused": true}: validates once
//   {"peer", "schema", "text", "count"} -> {"ns"}: validates *count* times
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { joi } from "./joi.mjs";
import { zod } from "./zod.mjs";

const peers = { zod, joi };
const prepared = new Map();

const prepare = ({ peer, schema, text }) => {
  const key = JSON.stringify([peer, schema, text]);
  if (!prepared.has(key)) {
    prepared.set(key, { validate: peers[peer](schema), value: JSON.parse(text) });
  }
  return prepared.get(key);
};

const once = ({ validate, value }) => {
  try {
    return { output: validate(value) };
  } catch {
    return { refused: true };
  }
};

let last; // what is kept cannot be optimised away
const often = ({ validate, value }, count) => {
  const start = process.hrtime.bigint();
  for (let i = 0; i < count; i++) {
    try {
      last = validate(value);
    } catch (error) {
      last = error;
    }
  }
  return { ns: Number(process.hrtime.bigint() - start) };
};

const versionOf = (name) => createRequire(import.meta.url)(`${name}/package.json`).version;
const versions = { node: process.version.slice(1), zod: versionOf("zod"), joi: versionOf("joi") };

console.log(JSON.stringify(versions));
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  const made = prepare(request);
  console.log(JSON.stringify(request.count ? often(made, request.count) : once(made)));
}
