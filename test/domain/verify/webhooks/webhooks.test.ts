import { describe, expect, it } from "vitest";
import type { TrailEvent } from "../../../../src/domain/events/catalogue/catalogue.js";
import type { StoredEffect } from "../../../../src/domain/verify/promises.js";
import { createWebhookCalls } from "../../../../src/domain/verify/webhooks/calls.js";
import { createWebhookFailures } from "../../../../src/domain/verify/webhooks/failures.js";
import { brokenWebhooks } from "../../../../src/domain/verify/webhooks/of-bypass.js";
import { createSystemWebhooks } from "../../../../src/domain/verify/webhooks/of-system.js";
import type { EntryAddress } from "../../../../src/domain/webhooks/effects.js";
import { since } from "../../../support/domain/clock.js";
import { declared } from "../../../support/domain/lines.js";
import { numbered } from "../../../support/domain/scenario.js";

const AUDIT = [{ name: "audit", events: ["bypass.*", "gate.*"] }];
const minutesBefore = (minutes: number): string => since("1s", -60_000 * minutes);
const LATER = since("10h");
const ENTRIES = numbered(declared());
const SYSTEM = { kind: "system", part: "clock" } as const;

const row = (webhook: string, address: EntryAddress, over: Partial<StoredEffect> = {}): StoredEffect => ({
  effect: { kind: "webhook.send", webhook, ...address },
  createdAt: since("1s"),
  doneAt: since("2s"),
  posted: true,
  failedCode: null,
  ...over,
});
const GIVEN_UP = { posted: false, failedCode: "http_500" };

/** A record with a policy since long before, and everything else read up to much later. */
function recordWith(webhooks = AUDIT, ...failed: readonly TrailEvent[]) {
  const calls = createWebhookCalls();
  calls.policy(webhooks, minutesBefore(600));
  const failures = createWebhookFailures();
  for (const event of failed) failures.entry(event, LATER);
  failures.entry({ type: "bot.stopped", instance: "0" }, LATER);
  return { calls, failures };
}
const failure = { type: "webhook.failed", webhook: "audit", seq: 7, attempts: 9, code: "http_500" } as const;

describe("The rows of a bypass for webhooks", () => {
  const broken = (rows: readonly StoredEffect[], record = recordWith()) => brokenWebhooks(1, ENTRIES, rows, record);
  const DECLARED = { version: 1 };

  it("are sound when each entry that the policy calls for has one that waits, was taken, or failed on record", () => {
    expect(broken([row("audit", DECLARED)])).toEqual([]);
    expect(broken([row("audit", DECLARED, { doneAt: null, posted: false })])).toEqual([]);
    const onRecord = recordWith(AUDIT, { ...failure, ofBypass: 1, ofVersion: 1 });
    expect(broken([row("audit", DECLARED, GIVEN_UP)], onRecord)).toEqual([]);
  });

  it.each([
    ["is missing", [], /^nothing was queued for the webhook audit, which its version 1 calls for$/],
    ["is done without an outcome", [row("audit", DECLARED, { posted: false })], /version 1 .* nothing tells what came/],
    ["was given up without an entry", [row("audit", DECLARED, GIVEN_UP)], /was given up, but no entry tells of it$/],
    ["is there twice", [row("audit", DECLARED), row("audit", DECLARED)], /was queued 2 times$/],
    [
      "is for another webhook",
      [row("audit", DECLARED), row("spy", DECLARED)],
      /webhook spy was queued, which the policy/,
    ],
    ["is of another event", [row("audit", DECLARED), row("audit", { version: 2 })], /version 2 .* does not call for$/],
    ["names no entry", [row("audit", DECLARED), row("audit", { version: 99 })], /an entry that it does not have$/],
  ] as const)("are reported when one %s", (_, rows, message) => {
    expect(broken(rows)).toEqual([expect.stringMatching(message)]);
  });

  it("are judged by no policy while two may have been in force that do not agree", () => {
    const record = recordWith();
    record.calls.policy([], minutesBefore(10));
    expect(broken([], record)).toEqual([]);
    expect(broken([row("audit", DECLARED)], record)).toEqual([]);
    const long = recordWith();
    long.calls.policy([], minutesBefore(20));
    expect(broken([row("audit", DECLARED)], long)).toHaveLength(1);
  });

  it("are not judged without a policy that can be read", () => {
    const calls = createWebhookCalls();
    expect(broken([row("audit", DECLARED)], { ...recordWith(), calls })).toEqual([]);
    calls.policy(null, minutesBefore(600));
    expect(broken([row("audit", DECLARED)], { ...recordWith(), calls })).toEqual([]);
  });

  it("that were given up after the last entry that was read may have their entry behind it", () => {
    expect(broken([row("audit", DECLARED, { ...GIVEN_UP, doneAt: since("11h") })])).toEqual([]);
  });
});

describe("The rows for webhooks that belong to no bypass", () => {
  const body = (event: TrailEvent, command: string) => ({
    event,
    actor: SYSTEM,
    at: since("0s"),
    command,
    version: null,
    n: null,
    textHashes: {},
  });
  const recovered = body({ type: "gate.recovered", gate: "e2e-suite", item: 1, count: 0 }, "recovered");
  const replayed = body({ type: "webhook.replayed", webhook: "audit", firstSeq: 3, lastSeq: 5, count: 2 }, "again");

  function compared(rows: readonly StoredEffect[], record = recordWith()) {
    const system = createSystemWebhooks(record);
    system.entry(7, recovered);
    system.entry(8, replayed);
    const wrong = rows.flatMap(system.row);
    return [...wrong, ...system.missing().map(({ seq, webhook }) => `missing ${seq} ${webhook}`)];
  }
  const RECOVERED = { command: "recovered" };

  it("are sound when each entry about a gate has its row, and each repetition an entry", () => {
    expect(compared([row("audit", RECOVERED), row("audit", { seq: 3 }), row("audit", { seq: 5 })])).toEqual([]);
    const onRecord = recordWith(AUDIT, { ...failure, ofBypass: null, ofVersion: null });
    expect(compared([row("audit", RECOVERED, GIVEN_UP)], onRecord)).toEqual([]);
  });

  it.each([
    ["is missing", [], /^missing 7 audit$/],
    ["was given up without an entry", [row("audit", RECOVERED, GIVEN_UP)], /was given up, but no entry tells of it\.$/],
    ["is for another webhook", [row("audit", RECOVERED), row("spy", RECOVERED)], /sends entry 7, which the policy/],
    ["sends again what nobody asked for", [row("audit", RECOVERED), row("audit", { seq: 6 })], /sends entry 6 again/],
    ["sends again to somebody else", [row("audit", RECOVERED), row("spy", { seq: 4 })], /sends entry 4 again/],
    [
      "names no such command",
      [row("audit", RECOVERED), row("audit", { command: "x" })],
      /names no entry that is told outside/,
    ],
  ] as const)("are reported when one %s", (_, rows, message) => {
    expect(compared(rows)).toEqual([expect.stringMatching(message)]);
  });
});
