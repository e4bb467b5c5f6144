import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as bounds from "../../src/domain/events/bounds.js";
import { TEXT_FIELDS } from "../../src/domain/events/catalogue/define.js";
import { SHAPES } from "../../src/postgres/outbox/effect-shape.js";
import { REAL_MIGRATIONS } from "../support/urls.js";

/** Reads the constant array `name` of an SQL function, sorted. */
async function listIn(file: string, name: string): Promise<readonly string[]> {
  const text = await readFile(join(REAL_MIGRATIONS, "functions", file), "utf8");
  const [, items = ""] = new RegExp(`\\b${name} constant text\\[\\] := '\\{([^}]*)\\}'`).exec(text) ?? [];
  return items.split(",").sort();
}

test("the database takes exactly the effects that the outbox can read", async () => {
  expect(await listIn("append_batch.sql", "effect_kinds")).toEqual(Object.keys(SHAPES).sort());
});

test("the database takes exactly the text fields of the catalogue", async () => {
  expect(await listIn("violation_of_texts.sql", "fields")).toEqual([...TEXT_FIELDS].sort());
});

test("the database bounds a declaration, and the name of a person, by the bounds of the domain", async () => {
  const functions = join(REAL_MIGRATIONS, "functions");
  const declaration = await readFile(join(functions, "violation_of_declaration.sql"), "utf8");
  const numbers = [...declaration.matchAll(/\b(\w+_max) constant integer := (\d+);/g)];
  expect(Object.fromEntries(numbers.map(([, name = "", most]) => [name.toUpperCase(), Number(most)]))).toEqual({
    ...bounds,
  });
  const body = await readFile(join(functions, "violation_of_body.sql"), "utf8");
  expect(body).toContain(`length(who ->> 'person') BETWEEN 1 AND ${bounds.NAME_MAX}`);
});
