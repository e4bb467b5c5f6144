import { afterAll, beforeAll, expect, test } from "vitest";
import { CATALOGUE } from "../../../src/domain/events/catalogue/catalogue.js";
import { type Forge, openForge } from "./forge.js";

let forge: Forge;
beforeAll(async () => {
  forge = await openForge();
});
afterAll(() => forge.close());

test("the database knows every event that the code knows, with stream, actor and fields, and no other", async () => {
  const stored = await forge.app<{ type: string; stream: string; actor: string; fields: string[] }[]>`
    SELECT type, stream, CASE actor WHEN 'both' THEN 'either' ELSE actor END AS actor, fields
    FROM breakglass.fact_types ORDER BY type COLLATE "C"`;
  const known = CATALOGUE.map(({ type, stream, actor, fields }) => {
    return { type, stream, actor, fields: Object.keys(fields).sort() };
  });
  expect([...stored]).toEqual(known.sort((a, b) => (a.type < b.type ? -1 : 1)));
});
