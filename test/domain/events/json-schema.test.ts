import { expect, test } from "vitest";
import { z } from "zod";
import { sealEntry } from "../../../src/domain/events/body.js";
import { CATALOGUE, definitionOf } from "../../../src/domain/events/catalogue/catalogue.js";
import { trailJsonSchema } from "../../../src/domain/events/json-schema.js";

const LEO = { kind: "person", user: "U0LEO", person: "leo" } as const;
const AT = "2026-03-02T09:00:00.000Z";
const schema = z.fromJSONSchema(trailJsonSchema());

const body = JSON.parse(
  sealEntry(
    { event: { type: "bypass.denied", roleAsOf: null }, actor: LEO, at: AT, texts: { reason: "not now" } },
    { stream: { kind: "bypass", n: 42 }, version: 3, commandId: "click-1", nonce: () => "0f".repeat(16) },
  ).body,
);

test("The JSON Schema accepts a body that Breakglass writes", () => {
  expect(schema.safeParse(body).success).toBe(true);
});

test("The JSON Schema says what it describes", () => {
  expect(trailJsonSchema()).toMatchObject({
    title: "The body of an entry in Breakglass's audit trail",
    description: "Canonical JSON (RFC 8785) with whole numbers only. One schema per event, by its type.",
  });
});

test("The JSON Schema describes each event by its type, in one variant for each stream that it may stand in", () => {
  const schemas = Object.entries(trailJsonSchema().$defs ?? {});
  expect(schemas.map(([type]) => type).sort()).toEqual(CATALOGUE.map(({ type }) => type).sort());
  for (const [type, described] of schemas) {
    const variants = (described as { anyOf?: readonly unknown[] }).anyOf?.length ?? 1;
    expect([type, variants]).toEqual([type, definitionOf(type)?.stream === "both" ? 2 : 1]);
  }
});

test.each([
  ["a field too many", { ...body, extra: 1 }],
  ["a text that the event does not carry", { ...body, line: body.reason }],
  ["the version of another stream", { ...body, version: null }],
  ["an actor who may not cause the event", { ...body, actor: { kind: "system", part: "clock" } }],
  ["an unknown event", { ...body, type: "bypass.ignored" }],
])("The JSON Schema rejects a body with %s", (_, broken) => {
  expect(schema.safeParse(broken).success).toBe(false);
});
