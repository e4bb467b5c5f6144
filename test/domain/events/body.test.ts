import { describe, expect, test } from "vitest";
import type { Person } from "../../../src/domain/events/actor.js";
import { openBody, sealEntry, UnreadableBody, type Where } from "../../../src/domain/events/body.js";
import type { BypassEvent, SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import { textHash } from "../../../src/domain/events/hash.js";
import { declared } from "../../support/domain/lines.js";

const LEO: Person = { kind: "person", user: "U0LEO", person: "leo" };
const AT = "2026-03-02T09:00:00.000Z";
const NONCE = "0f".repeat(16);

const where = (over: Partial<Where> = {}): Where => ({
  stream: { kind: "bypass", n: 42 },
  version: 3,
  commandId: "click-1",
  nonce: () => NONCE,
  ...over,
});
const given: NewEntry<BypassEvent> = {
  event: { type: "bypass.denied", roleAsOf: null },
  actor: LEO,
  at: AT,
  texts: { reason: "not now" },
};

describe("sealing", () => {
  test("a body is canonical JSON that holds the hash of a text and never the text", () => {
    const { body, texts } = sealEntry(given, where());
    expect(body).toBe(
      `{"actor":{"kind":"person","person":"leo","user":"U0LEO"},"at":"${AT}","bypass":"BG-42","command":"click-1",` +
        `"reason":{"sha256":"${textHash(NONCE, "not now")}"},"roleAsOf":null,"type":"bypass.denied","v":1,"version":3}`,
    );
    expect(texts).toEqual([{ field: "reason", nonce: NONCE, text: "not now" }]);
  });

  test("a bypass without a number gets a placeholder, in its review too", () => {
    const opened = { type: "review.opened", reviewer: "lead", dueAt: AT } as const;
    const stream = { kind: "bypass", n: null } as const;
    const { body } = sealEntry({ event: opened, actor: LEO, at: AT }, where({ stream, version: 2 }));
    expect(body).toContain('"bypass":"BG-?"');
    expect(body).toContain('"review":"REV-?"');
    const { body: later } = sealEntry({ event: opened, actor: LEO, at: AT }, where());
    expect(later).toContain('"review":"REV-42"');
  });

  test("each text has a nonce of its own", () => {
    const asked: string[] = [];
    const nonce = (field: string) => {
      asked.push(field);
      return asked.length.toString(16).padStart(32, "0");
    };
    const [declaration] = declared();
    const entry = { ...declaration, at: AT, texts: { reason: "a", target_typed: "b" } };
    const { texts } = sealEntry(entry, where({ nonce }));
    expect(asked).toEqual(["reason", "target_typed"]);
    expect(new Set(texts.map((text) => text.nonce)).size).toBe(2);
  });

  test("a number that is no whole number is refused rather than rounded", () => {
    const event = { type: "ack.reminded", count: 1.5 } as const;
    expect(() => sealEntry({ event, actor: LEO, at: AT }, where())).toThrow(TypeError);
  });
});

describe("opening", () => {
  const principal: readonly BypassEvent[] = [
    { type: "bypass.withdrawn" },
    { type: "bypass.activated", endsAt: AT, approved: true },
    { type: "page.failed", step: null, user: null, role: "lead", via: "slack", code: "user_not_found" },
    { type: "page.addressed", purpose: "ask", role: "lead", step: null, users: ["U1", "U2"] },
    { type: "review.waived", why: "never_active" },
    { type: "text.redacted", seq: 7, field: "reason" },
    { type: "attempt.refused", action: "approve", code: "self_approval" },
  ];

  test.each(principal)("gives back what was sealed: $type", (event) => {
    const { body } = sealEntry({ event, actor: LEO, at: AT }, where());
    expect(openBody(body)).toEqual({
      event,
      actor: LEO,
      at: AT,
      command: "click-1",
      version: 3,
      n: 42,
      textHashes: {},
    });
  });

  test("gives back a event of the system, which has neither a version nor a bypass", () => {
    const event: SystemEvent = { type: "policy.changed", policyHash: "h", was: null };
    const entry = {
      event,
      actor: { kind: "system", part: "policy" },
      at: AT,
      texts: { policy: "version: 1" },
    } as const;
    const { body } = sealEntry<SystemEvent>(entry, where({ stream: { kind: "system" }, version: null }));
    const opened = openBody(body);
    expect(opened).toMatchObject({ event, actor: entry.actor, version: null, n: null });
    expect(opened.textHashes).toEqual({ policy: textHash(NONCE, "version: 1") });
  });

  const { body } = sealEntry(given, where());
  const broken: readonly (readonly [string, string, string])[] = [
    ["no JSON", "{", ""],
    ["another format", '"v":1', '"v":2'],
    ["an unknown type", "bypass.denied", "bypass.ignored"],
    ["a type of JavaScript's own", "bypass.denied", "constructor"],
    ["a field too much", '"roleAsOf":null', '"roleAsOf":null,"extra":1'],
    ["a field too few", '"roleAsOf":null,', ""],
    ["a field of another kind", '"roleAsOf":null', '"roleAsOf":7'],
    ["a prototype as its field", '"roleAsOf":null', '"roleAsOf":null,"__proto__":{"extra":1}'],
    ["a text that its event does not carry", '"reason":', '"lesson":'],
    ["no time", AT, "yesterday"],
    ["a ghost as its actor", '"kind":"person"', '"kind":"ghost"'],
    ["a person without an account", ',"user":"U0LEO"', ""],
    ["a command that is no text", '"command":"click-1"', '"command":1'],
    ["no version", '"version":3', '"version":null'],
    ["a version below one", '"version":3', '"version":0'],
    ["a placeholder for its number", "BG-42", "BG-?"],
    ["a review where none belongs", '"bypass"', '"review":"REV-42","bypass"'],
    ["a hash that is none", /"sha256":"\w{4}/.exec(body)?.[0] ?? "", '"sha256":"'],
  ];

  test.each(broken)("refuses a body with %s", (_, from, to) => {
    expect(body).toContain(from);
    expect(() => openBody(body.replace(from, to))).toThrow(UnreadableBody);
  });

  test.each([
    ["first", '["U1","U2"]', '[7,"U2"]'],
    ["last", '["U1","U2"]', '["U1",7]'],
  ])("refuses a list in which only the %s element is of another kind", (_, from, to) => {
    const event = { type: "page.addressed", purpose: "ask", role: "lead", step: null, users: ["U1", "U2"] } as const;
    const { body: addressed } = sealEntry({ event, actor: LEO, at: AT }, where());
    expect(() => openBody(addressed.replace(from, to))).toThrow("its users is missing or wrong");
  });

  test("says what is wrong without quoting any value", () => {
    const secret = body.replace('"roleAsOf":null', '"roleAsOf":null,"note":"hunter2"');
    expect(() => openBody(secret)).toThrow(/^(?!.*hunter2)/);
  });
});
