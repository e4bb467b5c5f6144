import { describe, expect, it, test } from "vitest";
import { openBody, sealEntry } from "../../../src/domain/events/body.js";
import { leafHash } from "../../../src/domain/events/hash.js";
import { cloudEventOf } from "../../../src/domain/webhooks/cloud-event.js";
import {
  subscribersOf,
  webhookLane,
  webhooksOfBypass,
  webhooksOfSystem,
} from "../../../src/domain/webhooks/effects.js";
import { DELIVERABLE, matches, PATTERNS } from "../../../src/domain/webhooks/patterns.js";
import { isGivenUp, pauseBefore } from "../../../src/domain/webhooks/schedule.js";

const HOUR = 3_600_000;

describe("A pattern", () => {
  it.each([
    ["*", "bypass.expired", true],
    ["bypass.*", "bypass.expired", true],
    ["bypass.expired", "bypass.expired", true],
    ["bypass.*", "review.opened", false],
    ["bypass.expired", "bypass.closed", false],
    // The dot is one.
    ["ack.*", "action.opened", false],
  ])("%s means %s: %s", (pattern, type, is) => {
    expect(matches(pattern, type)).toBe(is);
  });

  it("means at least one event that leaves the house, which those of the bot do not", () => {
    for (const pattern of PATTERNS)
      expect(
        DELIVERABLE.some((type) => matches(pattern, type)),
        pattern,
      ).toBe(true);
    for (const kept of ["bot.started", "policy.changed", "webhook.failed", "trail.gap", "digest.queued"])
      expect(DELIVERABLE).not.toContain(kept);
    for (const sent of ["bypass.declared", "review.submitted", "action.ended", "gate.flagged", "text.redacted"])
      expect(DELIVERABLE).toContain(sent);
  });
});

describe("The deliveries", () => {
  const webhooks = [
    { name: "audit", events: ["*"] },
    { name: "gates", events: ["gate.*"] },
  ];
  const expired = { event: { type: "bypass.expired" }, version: 7 } as const;
  const recovered = { type: "gate.recovered", gate: "e2e-suite", item: 1, count: 0 } as const;

  test("of an entry are one for each webhook that wants it", () => {
    expect(subscribersOf(webhooks, "gate.recovered")).toEqual(["audit", "gates"]);
    expect(webhooksOfBypass(webhooks, [expired])).toEqual([{ kind: "webhook.send", webhook: "audit", version: 7 }]);
    const own = ["audit", "gates"].map((webhook) => ({ kind: "webhook.send", webhook, command: "c" }));
    expect(webhooksOfSystem(webhooks, recovered, "c")).toEqual(own);
  });

  test("of the bot's own entries are none, even for all events", () => {
    expect(webhooksOfSystem(webhooks, { type: "bot.stopped", instance: "a" }, "c")).toEqual([]);
    expect(webhooksOfSystem(webhooks, { type: "attempt.refused", action: "a", code: "b" }, "c")).toEqual([]);
  });

  test("of two webhooks, and repetitions, do not wait for each other", () => {
    const send = { kind: "webhook.send", webhook: "audit" } as const;
    const lanes = [
      { ...send, version: 1 },
      { ...send, seq: 1 },
      { ...send, webhook: "siem", version: 1 },
    ].map(webhookLane);
    expect(new Set(lanes).size).toBe(3);
  });
});

describe("A CloudEvent", () => {
  const { body } = sealEntry(
    {
      event: { type: "bypass.denied", roleAsOf: null },
      actor: { kind: "person", user: "U0LEO", person: "leo" },
      at: "2026-11-30T12:00:00.000Z",
      texts: { reason: "the vault token is hunter2" },
    },
    { stream: { kind: "bypass", n: 42 }, version: 5, commandId: "c", nonce: () => "0".repeat(32) },
  );
  const head = "a".repeat(24);
  const entry = { seq: 128, n: 42, version: 5, head, body };

  it("holds the entry as it is in the trail, so that its hash can be computed, and no text", () => {
    const { id, payload } = cloudEventOf(entry, "0123456789ab");
    expect(id).toBe(`128-${head}`);
    expect(JSON.parse(payload)).toEqual({
      specversion: "1.0",
      id,
      source: "urn:breakglass:0123456789ab",
      type: "breakglass.bypass.denied",
      subject: "BG-42",
      time: "2026-11-30T12:00:00.000Z",
      datacontenttype: "application/json",
      data: { seq: 128, head, entry: JSON.parse(body) },
    });
    expect(payload).not.toContain("hunter2");
    const [, within = ""] = /"entry":(.*),"head":"a{24}","seq":128\}/.exec(payload) ?? [];
    expect(leafHash(within)).toEqual(leafHash(body));
    expect(openBody(within).n).toBe(42);
  });

  it("has another id for another entry at the same position, as after a restored backup", () => {
    const other = cloudEventOf({ ...entry, head: "b".repeat(24) }, "0123456789ab");
    expect(other.id).not.toBe(cloudEventOf(entry, "0123456789ab").id);
  });
});

describe("The pause before the next attempt", () => {
  test("doubles from five seconds to an hour, and is up to a fifth shorter", () => {
    expect([1, 2, 3, 10, 11, 500].map((attempt) => pauseBefore(attempt, null, 0))).toEqual([
      5_000,
      10_000,
      20_000,
      2_560_000,
      HOUR,
      HOUR,
    ]);
    expect(pauseBefore(1, null, 0.999)).toBe(4_001);
  });

  test("is at least what the receiver asked for, and an hour at most", () => {
    expect(pauseBefore(1, 60_000, 0)).toBe(60_000);
    expect(pauseBefore(11, 60_000, 0)).toBe(HOUR);
    expect(pauseBefore(1, 24 * HOUR, 0)).toBe(HOUR);
  });

  test("does not come once three days have passed", () => {
    const from = new Date("2026-11-30T12:00:00Z");
    expect(isGivenUp(from, new Date(from.getTime() + 72 * HOUR - 1))).toBe(false);
    expect(isGivenUp(from, new Date(from.getTime() + 72 * HOUR))).toBe(true);
  });
});
