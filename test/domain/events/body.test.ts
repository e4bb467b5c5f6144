import { describe, expect, test } from "vitest";
import type { Person } from "../../../src/domain/events/actor.js";
import { openBody, sealEntry, UnreadableBody, type Where } from "../../../src/domain/events/body.js";
import type { BypassEvent, SystemEvent } from "../../../src/domain/events/catalogue/catalogue.js";
import type { NewEntry } from "../../../src/domain/events/entries.js";
import { textHash } from "../../../src/domain/events/hash.js";
import { readEntry } from "../../../src/domain/events/read-entry.js";
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

describe("Sealing", () => {
  test("writes canonical JSON with the hash of a text and never the text", () => {
    const { body, texts } = sealEntry(given, where());
    expect(body).toBe(
      `{"actor":{"kind":"person","person":"leo","user":"U0LEO"},"at":"${AT}","bypass":"BG-42","command":"click-1",` +
        `"reason":{"sha256":"${textHash(NONCE, "not now")}"},"roleAsOf":null,"type":"bypass.denied","v":1,"version":3}`,
    );
    expect(texts).toEqual([{ field: "reason", nonce: NONCE, text: "not now" }]);
  });

  test("writes a placeholder for a bypass and review without a number", () => {
    const opened = { type: "review.opened", reviewer: "lead", dueAt: AT } as const;
    const stream = { kind: "bypass", n: null } as const;
    const { body } = sealEntry({ event: opened, actor: LEO, at: AT }, where({ stream, version: 2 }));
    expect(body).toContain('"bypass":"BG-?"');
    expect(body).toContain('"review":"REV-?"');
    const { body: later } = sealEntry({ event: opened, actor: LEO, at: AT }, where());
    expect(later).toContain('"review":"REV-42"');
  });

  test("uses a separate nonce for each text", () => {
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

  test("rejects a fraction rather than rounding it", () => {
    const event = { type: "ack.reminded", count: 1.5 } as const;
    expect(() => sealEntry({ event, actor: LEO, at: AT }, where())).toThrow(TypeError);
  });
});

describe("Opening", () => {
  const events: readonly BypassEvent[] = [
    { type: "bypass.withdrawn" },
    { type: "bypass.activated", endsAt: AT, approved: true },
    { type: "page.failed", step: null, user: null, role: "lead", via: "slack", code: "user_not_found" },
    { type: "page.addressed", purpose: "ask", role: "lead", step: null, users: ["U1", "U2"], others: 0 },
    { type: "review.waived", why: "never_active" },
    { type: "text.redacted", provenOrigins: [], seq: 7, field: "reason" },
    { type: "attempt.refused", action: "approve", code: "self_approval" },
  ];

  test.each(events)("returns what was sealed: $type", (event) => {
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

  test("returns an event of the system stream, which has no version and no bypass", () => {
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
  const wrong = (part: string) => `its ${part} is missing or wrong`;
  const foreign = "it holds what bypass.denied does not have";
  const unknown = "its event is of an unknown type";
  const hash = /"sha256":"(\w{64})"/.exec(body)?.[1] ?? "";
  const broken: readonly (readonly [what: string, from: string, to: string, says: string])[] = [
    ["invalid JSON", "{", "", "it is not JSON"],
    ["another format", '"v":1', '"v":2', "its format is unknown"],
    ["an unknown type", "bypass.denied", "bypass.ignored", unknown],
    ["a type that names a built-in property", "bypass.denied", "constructor", unknown],
    ["a type that is not a string", '"bypass.denied"', "7", unknown],
    ["a field too many", '"roleAsOf":null', '"roleAsOf":null,"extra":1', foreign],
    ["a missing field", '"roleAsOf":null,', "", wrong("roleAsOf")],
    ["a field of another type", '"roleAsOf":null', '"roleAsOf":7', wrong("roleAsOf")],
    ["a prototype as its field", '"roleAsOf":null', '"roleAsOf":null,"__proto__":{"extra":1}', foreign],
    ["a text that its event does not carry", '"reason":', '"lesson":', foreign],
    ["no time", AT, "yesterday", wrong("at")],
    ["an actor of an unknown kind", '"kind":"person"', '"kind":"ghost"', wrong("actor")],
    ["a person without an account", ',"user":"U0LEO"', "", wrong("actor")],
    ["a command that is not a string", '"command":"click-1"', '"command":1', wrong("command")],
    ["no version", '"version":3', '"version":null', wrong("version")],
    ["a version below one", '"version":3', '"version":0', wrong("version")],
    ["a placeholder instead of its number", "BG-42", "BG-?", wrong("bypass")],
    ["words before its number", "BG-42", "the BG-42", wrong("bypass")],
    ["words after its number", "BG-42", "BG-42 and more", wrong("bypass")],
    ["a review where none belongs", '"bypass"', '"review":"REV-42","bypass"', foreign],
    ["a hash that is too short", hash, hash.slice(4), wrong("reason")],
    ["digits before its hash", hash, `00${hash}`, wrong("reason")],
    ["digits after its hash", hash, `${hash}00`, wrong("reason")],
  ];

  test.each(broken)("rejects a body with %s", (_, from, to, says) => {
    expect(body).toContain(from);
    const refused = expect(() => openBody(body.replace(from, to)));
    refused.toThrow(UnreadableBody);
    refused.toThrow(says);
  });

  test.each([["[]"], ["null"], ["7"], ['"BG-42"']])("rejects %s, which is JSON but not an object", (text) => {
    const refused = expect(() => openBody(text));
    refused.toThrow(new UnreadableBody("it is not an object"));
    refused.toThrow(expect.objectContaining({ name: "UnreadableBody" }));
  });

  const opened: BypassEvent = { type: "review.opened", reviewer: "lead", dueAt: AT };
  const { body: ofReview } = sealEntry(
    { event: opened, actor: LEO, at: AT },
    where({ stream: { kind: "bypass", n: 420 } }),
  );

  test("returns an event of a review, which has the number of its bypass", () => {
    expect(openBody(ofReview)).toMatchObject({ event: opened, n: 420 });
  });

  test.each([
    ["the review of another bypass", "REV-421", "its review is not that of its bypass"],
    ["a review without a number", "REV-?", "its review is missing or wrong"],
    ["words before its review", "no REV-420", "its review is missing or wrong"],
    ["words after its review", "REV-420?", "its review is missing or wrong"],
  ])("rejects a body with %s", (_, review, says) => {
    expect(() => openBody(ofReview.replace("REV-420", review))).toThrow(says);
  });

  test("reads an entry of a bypass, and refuses one that belongs to none", () => {
    expect(readEntry(ofReview)).toEqual({ event: opened, actor: LEO, at: AT, version: 3 });
    const system: SystemEvent = { type: "policy.changed", policyHash: "h", was: null };
    const entry = { event: system, actor: { kind: "system", part: "policy" }, at: AT } as const;
    const { body: outside } = sealEntry<SystemEvent>(entry, where({ stream: { kind: "system" }, version: null }));
    expect(() => readEntry(outside)).toThrow("The trail has policy.changed among the entries of a bypass.");
  });

  test.each([
    ["first", '["U1","U2"]', '[7,"U2"]'],
    ["last", '["U1","U2"]', '["U1",7]'],
  ])("rejects a list in which only the %s element has another type", (_, from, to) => {
    const event = {
      type: "page.addressed",
      purpose: "ask",
      role: "lead",
      step: null,
      users: ["U1", "U2"],
      others: 0,
    } as const;
    const { body: addressed } = sealEntry({ event, actor: LEO, at: AT }, where());
    expect(() => openBody(addressed.replace(from, to))).toThrow("its users is missing or wrong");
  });

  test("names what is wrong without quoting any value", () => {
    const secret = body.replace('"roleAsOf":null', '"roleAsOf":null,"note":"hunter2"');
    expect(() => openBody(secret)).toThrow(/^(?!.*hunter2)/);
  });
});
