import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openBody, sealEntry, UnreadableBody, type Where } from "../../../src/domain/events/body.js";
import {
  actorOf,
  belongsIn,
  CATALOGUE,
  EVENT_TYPES,
  type EventType,
  isBypassEvent,
} from "../../../src/domain/events/catalogue/catalogue.js";
import { type EventDefinition, TEXT_FIELDS } from "../../../src/domain/events/catalogue/define.js";
import { isGateEvent } from "../../../src/domain/events/catalogue/gate.js";
import { isReviewEvent } from "../../../src/domain/events/catalogue/review.js";
import { textHash } from "../../../src/domain/events/hash.js";
import { anyOf, misfitsOf, sampleOf } from "../../support/domain/event-samples.js";
import { sizeOf } from "../../support/reliability/seed.js";

const LEO = { kind: "person", user: "U0LEO", person: "leo" } as const;
const AT = "2026-03-02T09:00:00.000Z";
const NONCE = "0f".repeat(16);

const where = ({ stream }: EventDefinition): Where => ({
  ...(stream === "system"
    ? { stream: { kind: "system" }, version: null }
    : { stream: { kind: "bypass", n: 42 }, version: 3 }),
  commandId: "click-1",
  nonce: () => NONCE,
});

/** A body with these fields, whether or not the event has them. */
function bodyWith(definition: EventDefinition, fields: object): string {
  const { stream, version, commandId } = where(definition);
  const review = definition.type.startsWith("review.") ? { review: "REV-42" } : {};
  const names = stream.kind === "system" ? {} : { bypass: "BG-42", ...review };
  const frame = { v: 1, type: definition.type, at: AT, actor: LEO, command: commandId, version, ...names };
  return JSON.stringify({ ...frame, ...fields });
}

describe.each(CATALOGUE.map((definition): [string, EventDefinition] => [definition.type, definition]))(
  "%s",
  (type, definition) => {
    test("is read back as sealed, whatever its fields hold", () => {
      const texts = Object.fromEntries(definition.texts.map((field) => [field, `the ${field}`]));
      const textHashes = Object.fromEntries(definition.texts.map((field) => [field, textHash(NONCE, `the ${field}`)]));
      fc.assert(
        fc.property(anyOf(definition), (event) => {
          const { body } = sealEntry({ event, actor: LEO, at: AT, texts }, where(definition));
          expect(openBody(body)).toMatchObject({ event, actor: LEO, at: AT, command: "click-1", textHashes });
        }),
        { numRuns: sizeOf("PROPERTY_RUNS", 25) },
      );
    });

    test("is rejected with a field missing, of another type, or too many", () => {
      expect(openBody(bodyWith(definition, sampleOf(definition))).event.type).toBe(type);
      for (const [fault, fields] of misfitsOf(definition)) {
        expect(() => openBody(bodyWith(definition, fields)), fault).toThrow(UnreadableBody);
      }
    });

    test("carries its own texts, and is rejected with any other", () => {
      for (const field of TEXT_FIELDS) {
        const body = bodyWith(definition, { ...sampleOf(definition), [field]: { sha256: "ab".repeat(32) } });
        if (definition.texts.includes(field)) expect(openBody(body).textHashes).toEqual({ [field]: "ab".repeat(32) });
        else expect(() => openBody(body), field).toThrow(UnreadableBody);
      }
    });

    test("has a description for itself and for each field", () => {
      const descriptions = [definition.meaning, ...Object.values(definition.fields).map((field) => field.description)];
      for (const sentence of descriptions) expect(sentence).toMatch(/^(?:`?[A-Z0-9].*\.|.*\. `null`: .*\.)$/s);
    });
  },
);

test("The catalogue lists each event once", () => {
  const types = CATALOGUE.map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
});

test("Events carry exactly these texts", () => {
  const own = CATALOGUE.map(({ type, texts }) => [type, texts.filter((field) => field !== "origin")] as const);
  const carried = own.filter(([, texts]) => texts.length > 0).map(([type, texts]) => [type, texts.join()]);
  expect(Object.fromEntries(carried)).toEqual({
    "bypass.declared": "reason,target_typed,target_key",
    "bypass.denied": "reason",
    "bypass.rejected_late": "reason",
    "bypass.revoked": "reason",
    "bypass.logged": "line",
    "review.submitted": "lesson",
    "review.amended": "lesson",
    "review.view_added": "line",
    "review.put_off": "reason",
    "action.opened": "line",
    "action.put_off": "reason",
    "action.ended": "reason",
    "gate.put_off": "reason",
    "gate.fixed": "reason",
    "policy.changed": "policy",
    "text.redacted": "reason",
  });
});

test("Exactly the events that a person may cause carry an origin", () => {
  const carrying = CATALOGUE.filter(({ texts }) => texts.includes("origin")).map(({ type }) => type);
  expect(carrying).toEqual(CATALOGUE.filter(({ actor }) => actor !== "system").map(({ type }) => type));
});

test("The type guards tell events apart by subject and stream", () => {
  const typesOf = (is: (event: { type: string }) => boolean) => CATALOGUE.filter(is).map(({ type }) => type);
  expect(typesOf(isGateEvent)).toEqual(typesOf(({ type }) => type.startsWith("gate.")));
  const ofReviews = typesOf(({ type }) => type.startsWith("review.") || type.startsWith("action."));
  expect(typesOf(isReviewEvent)).toEqual(
    ofReviews.filter((type) => type !== "review.opened" && type !== "review.waived"),
  );
  expect(isBypassEvent({ type: "attempt.refused" })).toBe(true);
  expect(isBypassEvent({ type: "gate.fixed" })).toBe(false);
  expect(isBypassEvent({ type: "no.such_event" })).toBe(false);
});

test("The database gets each event type with its stream and who may cause it", () => {
  expect(EVENT_TYPES).toHaveLength(CATALOGUE.length);
  expect(EVENT_TYPES).toContainEqual({ type: "bypass.revoked", stream: "bypass", actor: "both" });
  expect(EVENT_TYPES).toContainEqual({ type: "text.redacted", stream: "both", actor: "person" });
  expect(EVENT_TYPES).toContainEqual({ type: "bot.started", stream: "system", actor: "system" });
  expect(actorOf("ack.given")).toBe("person");
});

test("An event belongs in the streams that it is defined for", () => {
  const inBypass = CATALOGUE.filter(({ type }) => belongsIn("bypass", type)).map(({ type }) => type);
  const inSystem = CATALOGUE.filter(({ type }) => belongsIn("system", type)).map(({ type }) => type);
  expect(inBypass).toEqual(CATALOGUE.filter(isBypassEvent).map(({ type }) => type));
  expect(inSystem).toEqual(CATALOGUE.filter(({ stream }) => stream !== "bypass").map(({ type }) => type));
  expect(inBypass.filter((type) => inSystem.includes(type))).toEqual(["attempt.refused", "text.redacted"]);
});

test("Asking who may cause an unknown event is an error", () => {
  expect(() => actorOf("no.such_event" as EventType)).toThrow("There is no event no.such_event.");
});
