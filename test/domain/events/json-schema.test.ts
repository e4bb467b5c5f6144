import { expect, test } from "vitest";
import { z } from "zod";
import { sealEntry } from "../../../src/domain/events/body.js";
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

test.each([
  ["a field too many", { ...body, extra: 1 }],
  ["a text that the event does not carry", { ...body, line: body.reason }],
  ["the version of another stream", { ...body, version: null }],
  ["an actor who may not cause the event", { ...body, actor: { kind: "system", part: "clock" } }],
  ["an unknown event", { ...body, type: "bypass.ignored" }],
])("The JSON Schema rejects a body with %s", (_, broken) => {
  expect(schema.safeParse(broken).success).toBe(false);
});
